"""The folds: the examples that a model learns from, and the ones that it is then judged on.

Whatever the kind, no model learns from a copy (`training.copies`) of what it is judged on.

- `hash`: by how a text begins. A fold lies within one of the two parts of `training.parts`, so that
  soft labels of a teacher that has not seen a part can be used to judge it.
- `date`: blocks in the order of their dates, each judged by what is earlier or has no date. The
  first block and what has no date are only learned from, the second is scored for thresholds only.
- `source`: each source with at least 100 examples, judged by what the others teach.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from training.copies import groups_of_copies
from training.datasets import DatasetError, Example
from training.parts import digest_of, part_of
from training.thresholds import Bools

KINDS = ("hash", "date", "source")
LEAST_EXAMPLES = 100
"""So many examples of a source are enough to say how good a model is on them."""


_NEEDED = {
    "hash": "the examples are too few, or too much alike, for any",
    "date": "expected examples with a `date`, of several days",
    "source": f"expected two sources or more, one with at least {LEAST_EXAMPLES} examples",
}


@dataclass(frozen=True, slots=True)
class Fold:
    """What is learned from and what is judged, (n_examples,) each; `part` is of `hash` only."""

    name: str
    learned: Bools
    judged: Bools
    part: int = 0


def folds_of(examples: Sequence[Example], kind: str, n_folds: int) -> tuple[Fold, ...]:
    """The folds of a kind; DatasetError if the examples are too few, or too much alike, for any."""
    draw = {"hash": _by_hash, "date": _by_date, "source": _by_source}[kind]
    groups = groups_of_copies([f"{example.title}\n{example.text}" for example in examples])
    folds = []
    for name, learned, judged, part in draw(examples, n_folds):
        without_copies = learned & ~np.isin(groups, groups[judged])
        if judged.any() and without_copies.any():
            folds.append(Fold(name, without_copies, judged, part))
    if not folds:
        raise DatasetError(f"--folds {kind}: {_NEEDED[kind]}")
    return tuple(folds)


_Drawn = Iterator[tuple[str, Bools, Bools, int]]


def _by_hash(examples: Sequence[Example], n_folds: int) -> _Drawn:
    numbers = np.array([fold_of(example.text, n_folds) for example in examples])
    for number in range(n_folds):
        yield str(number), numbers != number, numbers == number, number % 2


def fold_of(text: str, n_folds: int) -> int:
    """The fold of a text, from 0 to `n_folds` - 1, an even number; its part is the fold modulo 2.

    >>> fold_of("Seoul and Washington agree.", 6) == fold_of("SEOUL and Washington agree.", 6)
    True
    """
    return digest_of(text) // 2 % (n_folds // 2) * 2 + part_of(text)


def _by_date(examples: Sequence[Example], n_folds: int) -> _Drawn:
    days = np.array([example.day.toordinal() if example.day else 0 for example in examples])
    dated = days > 0
    if not dated.any():
        return
    # A day is in one block, so blocks are not quite of one size.
    begins = np.sort(days[dated])[np.arange(1, n_folds) * dated.sum() // n_folds]
    blocks = np.searchsorted(begins, days, side="right")
    for block in np.unique(blocks[dated])[1:].tolist():
        judged = dated & (blocks == block)
        yield _span(days[judged]), ~dated | (blocks < block), judged, 0


def _span(days: NDArray[np.int64]) -> str:
    first, last = (date.fromordinal(int(day)) for day in (days.min(), days.max()))
    return f"{first} to {last}"


def _by_source(examples: Sequence[Example], n_folds: int) -> _Drawn:
    sources = np.array([example.origin for example in examples])
    for source in large_sources(examples):
        yield source, sources != source, sources == source, 0


def large_sources(examples: Sequence[Example]) -> list[str]:
    """The sources with at least `LEAST_EXAMPLES` of these examples, sorted."""
    counts = Counter(example.origin for example in examples)
    return sorted(source for source, count in counts.items() if count >= LEAST_EXAMPLES)
