"""The floor: what the themes of an article need of the memory and the arithmetic at the least."""

import time
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from benchmarks.classifier.messages import Floor
from models.classifier import Classifier
from models.events import Article
from models.grams import joined, pairs_of
from models.text import read
from models.theme_features import parts_of

_NS = 1e9
_READ_BYTES = 1 << 26
_IN_CACHE = 1 << 12


def floor(classifier: Classifier, articles: Sequence[Article], words: int) -> Floor:
    """What these articles need of the memory and of the arithmetic, an article."""
    themes = classifier.themes
    texts = [parts_of(read(article.title, article.text)) for article in articles]
    rows = themes.rows(texts)
    hashes = len(rows.words.hashes) + len(pairs_of(rows.words)[0])
    return Floor(
        words,
        text_bytes=len(rows.words.buffer) / len(articles),
        hashes=hashes / len(articles),
        cells=rows.matrix.nnz / len(articles),
        weight_bytes=rows.matrix.nnz * themes.weights[0].nbytes / len(articles),
        ns_a_byte=ns_a_byte(),
        ns_a_hash=ns_a_hash(),
        ns_a_lookup=ns_a_lookup(themes.features.vocabulary.bits),
    )


def ns_a_byte() -> float:
    """Nanoseconds to read a byte of memory that is in no cache."""
    values = np.ones(_READ_BYTES // 8, dtype=np.uint64)
    return least_ns(lambda: np.add.reduce(values)) / _READ_BYTES


def ns_a_hash() -> float:
    """Nanoseconds to hash a pair, on arrays that stay in the cache."""
    hashes = np.arange(_IN_CACHE, dtype=np.uint64)
    return least_ns(lambda: joined(hashes, hashes)) / _IN_CACHE


def ns_a_lookup(bits: NDArray[np.uint64]) -> float:
    """Nanoseconds to read one word of the bitmap of the vocabulary, at places without order."""
    places = np.random.default_rng(0).integers(0, len(bits), _IN_CACHE)
    return least_ns(lambda: bits.take(places)) / _IN_CACHE


def least_ns(work: Callable[[], object], repeats: int = 20) -> float:
    """Nanoseconds of the fastest of some calls."""
    taken = []
    for _ in range(repeats):
        started = time.perf_counter()
        work()
        taken.append(time.perf_counter() - started)
    return _NS * min(taken)
