"""The classifier beside other text classifiers: same articles, same 41 themes, one core.

    python -m benchmarks.classifier --out classifier.json

Everything is measured in one process (`measure`), in the peers' environment and with one thread, so
that an engine differs from another in its work alone. What it needs at the least is estimated
beside it (`floor`), and how well each labels is told (`accuracy`).
"""
