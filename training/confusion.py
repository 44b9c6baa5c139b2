"""The confusion of neighbours: what was given in place of a theme, and what was true in its place.

An item has several themes, so a mistake has no single partner. Two questions are asked instead.
When a theme was missed, which themes were given on the same item that are not true? When a theme
was a false alarm, which themes were true on that item?
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from training.thresholds import Bools

_N_NEIGHBOURS = 3
_N_PAIRS = 15

Counts = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A theme that was there in place of another, and on how many items."""

    code: str
    items: int


@dataclass(frozen=True, slots=True)
class ThemeConfusion:
    """The mistakes of one theme, with its most frequent neighbours.

    `missed_for_none`: missed, and no other theme was wrongly given. `false_on_none`: given to an
    item that has no theme at all.
    """

    code: str
    missed: int
    missed_for_none: int
    given_instead: tuple[Neighbour, ...]
    false_alarms: int
    false_on_none: int
    true_instead: tuple[Neighbour, ...]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two themes that were there for one another on this many items."""

    code: str
    neighbour: str
    items: int


@dataclass(frozen=True, slots=True)
class Confusion:
    """All mistakes: of each theme, and the most frequent pairs.

    In `missed_for` the first was true and missed, the second wrongly given; in `false_on` the first
    was wrongly given, the second true.
    """

    themes: tuple[ThemeConfusion, ...]
    missed_for: tuple[Pair, ...]
    false_on: tuple[Pair, ...]


def confusion(codes: Sequence[str], truth: Bools, given: Bools) -> Confusion:
    """The mistakes of these decisions; `truth` and `given` are (n_items, n_themes).

    >>> truth, given = np.array([[True, False]]), np.array([[False, True]])
    >>> confusion(("tariffs", "trade-disputes"), truth, given).missed_for
    (Pair(code='tariffs', neighbour='trade-disputes', items=1),)
    """
    missed, false = truth & ~given, given & ~truth
    instead = missed.T.astype(np.int64) @ false
    beside = false.T.astype(np.int64) @ truth
    missed_for_none = (missed & ~false.any(axis=1, keepdims=True)).sum(axis=0)
    false_on_none = (false & ~truth.any(axis=1, keepdims=True)).sum(axis=0)
    themes = tuple(
        ThemeConfusion(
            code,
            int(missed[:, k].sum()),
            int(missed_for_none[k]),
            _neighbours(codes, instead[k]),
            int(false[:, k].sum()),
            int(false_on_none[k]),
            _neighbours(codes, beside[k]),
        )
        for k, code in enumerate(codes)
    )
    return Confusion(themes, _pairs(codes, instead), _pairs(codes, beside))


def _neighbours(codes: Sequence[str], counts: Counts) -> tuple[Neighbour, ...]:
    return tuple(
        Neighbour(codes[place], int(counts[place])) for place in _most(counts, _N_NEIGHBOURS)
    )


def _pairs(codes: Sequence[str], counts: Counts) -> tuple[Pair, ...]:
    flat = counts.ravel()
    return tuple(
        Pair(codes[place // len(codes)], codes[place % len(codes)], int(flat[place]))
        for place in _most(flat, _N_PAIRS)
    )


def _most(counts: Counts, n: int) -> list[int]:
    """The places of the largest counts above zero, largest first."""
    ranked = (-counts).argsort(kind="stable")[:n]
    return [place for place in ranked.tolist() if counts[place]]
