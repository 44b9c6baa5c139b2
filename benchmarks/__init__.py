"""Benchmarks: how fast the worker is beside other engines, how soon it starts, what it keeps.

    python -m benchmarks.engine    articles a second, beside six other tools on the same Kafka
    python -m benchmarks.worker    start to first tag, and memory under full load
    python -m benchmarks.floor     what each step of the path costs at the least

Each starts a real Apache Kafka of its own and ends it. `README.md` says what is measured and how.
"""
