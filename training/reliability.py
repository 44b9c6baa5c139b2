"""The reliability of probabilities: of the decisions said to be true at 30 %, how many are."""

from dataclasses import dataclass
from math import sqrt

import numpy as np

from training.bootstrap import Interval
from training.thresholds import Bools, Floats

N_BINS = 10
_Z = 1.96


@dataclass(frozen=True, slots=True)
class Bin:
    """The decisions whose probability lies between two tenths: how many, and what they are.

    `probability` is their mean, `share` the part of them that is true, `interval` its 95 % interval
    as if they were independent.
    """

    low: float
    high: float
    decisions: int
    probability: float
    share: float
    interval: Interval


def reliability(probabilities: Floats, truth: Bools) -> tuple[Bin, ...]:
    """The bins that are not empty, lowest first; the same as those of `calibration_error`; (n,).

    >>> [found] = reliability(np.full(5, 0.8), np.array([True, True, True, True, False]))
    >>> found.low, found.high, found.decisions, found.probability, found.share
    (0.8, 0.9, 5, 0.8, 0.8)
    """
    places = np.minimum((probabilities * N_BINS).astype(int), N_BINS - 1)
    counts = np.bincount(places, minlength=N_BINS)
    sums = np.bincount(places, weights=probabilities, minlength=N_BINS)
    trues = np.bincount(places, weights=truth, minlength=N_BINS)
    return tuple(
        Bin(
            place / N_BINS,
            (place + 1) / N_BINS,
            int(counts[place]),
            round(float(sums[place] / counts[place]), 4),
            round(float(trues[place] / counts[place]), 4),
            wilson(int(trues[place]), int(counts[place])),
        )
        for place in np.flatnonzero(counts).tolist()
    )


def brier(probabilities: Floats, truth: Bools) -> float:
    """The mean squared distance of probability and truth (Brier 1950), of any shape.

    >>> brier(np.array([0.5, 1.0]), np.array([True, True]))
    0.125
    """
    return round(float(((probabilities - truth) ** 2).mean()), 5)


def wilson(part: int, whole: int) -> Interval:
    """The 95 % interval of a share (Wilson 1927); it holds near 0 and 1 too.

    >>> wilson(0, 10)
    Interval(low=0.0, high=0.2775)
    """
    share, spread = part / whole, _Z**2 / whole
    middle = share + spread / 2
    reach = _Z * sqrt(share * (1 - share) / whole + spread / (4 * whole))
    low, high = ((middle + side * reach) / (1 + spread) for side in (-1, 1))
    return Interval(abs(round(low, 4)), round(min(high, 1.0), 4))
