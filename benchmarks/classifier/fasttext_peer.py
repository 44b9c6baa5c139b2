"""fastText as a peer: a loop in C++ over the vectors of words and pairs of words."""

import importlib
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.classifier.articles import joint
from benchmarks.classifier.engines import FASTTEXT, Engine
from models.events import Article
from training.datasets import Example


def fasttext_engine(examples: Sequence[Example]) -> Engine:
    """fastText with words and pairs and a loss for each theme, its other options as they are."""
    fasttext: Any = importlib.import_module("fasttext")
    with tempfile.TemporaryDirectory(prefix="dyadwire-bench-") as folder:
        lines = Path(folder) / "articles.txt"
        lines.write_text("".join(fasttext_line(example) for example in examples))
        model = fasttext.train_supervised(
            str(lines), loss="ova", wordNgrams=2, epoch=25, lr=0.5, thread=1, verbose=0
        )

    def label(articles: Sequence[Article]) -> object:
        texts = [text.replace("\n", " ").lower() for text in joint(articles)]
        return model.predict(texts, k=-1, threshold=0.0)

    return Engine(FASTTEXT, label)


def fasttext_line(example: Example) -> str:
    """The example as fastText reads it.

    >>> fasttext_line(Example(("trade",), title="Chip duty", text="It is\\nback."))
    '__label__trade chip duty it is back.\\n'
    """
    labels = [f"__label__{theme}" for theme in example.themes]
    return " ".join([*labels, *f"{example.title} {example.text}".lower().split()]) + "\n"
