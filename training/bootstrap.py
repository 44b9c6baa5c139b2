"""The bootstrap: how far F1 would move with other items of the same kind.

Items are drawn again with replacement, whole, as the decisions on one item depend on each other;
an interval lies between percentiles of the F1 of these resamples (Efron and Tibshirani 1993).
"""

from dataclasses import dataclass

import numpy as np

from training.thresholds import Bools, Floats

N_RESAMPLES = 1000
LEVEL = 0.95
_BLOCK = 100


@dataclass(frozen=True, slots=True)
class Interval:
    """The ends of a 95 % interval."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class F1Intervals:
    """Intervals of F1 over all decisions, over themes, and of each theme.

    A theme that is neither true nor given in any resample has none.
    """

    micro: Interval | None
    macro: Interval | None
    themes: tuple[Interval | None, ...]


def f1_intervals(
    truth: Bools, given: Bools, *, n_resamples: int = N_RESAMPLES, seed: int = 0
) -> F1Intervals:
    """The intervals of these decisions; `truth` and `given` are (n_items, n_themes), not empty.

    >>> right = np.array([[True], [False], [True]])
    >>> f1_intervals(right, right).micro
    Interval(low=1.0, high=1.0)
    """
    hits, errors = truth & given, truth ^ given
    random = np.random.default_rng(seed)
    counted = np.hstack([hits, errors, truth]).astype(np.float32)
    blocks = [
        _drawn(random, min(_BLOCK, n_resamples - begin), len(truth)) @ counted
        for begin in range(0, n_resamples, _BLOCK)
    ]
    n_hits, n_errors, n_true = np.split(np.vstack(blocks).astype(float), 3, axis=1)
    of_themes = _f1(n_hits, n_errors)
    of_all = _f1(n_hits.sum(axis=1), n_errors.sum(axis=1))
    # As `macro_f1` does: themes that are true at least once, here in the resample.
    n_occurring = (n_true > 0).sum(axis=1)
    sums = np.where(n_true > 0, of_themes, 0.0).sum(axis=1)
    of_means = np.where(n_occurring > 0, sums / np.maximum(n_occurring, 1), np.nan)
    themes = tuple(_interval(of_themes[:, theme]) for theme in range(truth.shape[1]))
    return F1Intervals(_interval(of_all), _interval(of_means), themes)


def _drawn(random: np.random.Generator, n_resamples: int, n_items: int) -> Floats:
    """How often each item is in each resample, (n_resamples, n_items)."""
    drawn = random.integers(0, n_items, (n_resamples, n_items))
    drawn += np.arange(n_resamples)[:, None] * n_items
    counts = np.bincount(drawn.ravel(), minlength=n_resamples * n_items)
    times: Floats = counts.reshape(n_resamples, n_items).astype(np.float32)
    return times


def _f1(hits: Floats, errors: Floats) -> Floats:
    """F1, and NaN where nothing is true and nothing is given."""
    decided = 2 * hits + errors
    f1: Floats = np.where(decided > 0, 2 * hits / np.maximum(decided, 1), np.nan)
    return f1


def _interval(values: Floats) -> Interval | None:
    known = values[~np.isnan(values)]
    if not known.size:
        return None
    tail = (1 - LEVEL) / 2
    low, high = np.quantile(known, [tail, 1 - tail]).tolist()
    return Interval(round(low, 4), round(high, 4))
