"""The ranking of items for a theme: what it would give at any threshold."""

import numpy as np
from sklearn.metrics import average_precision_score, precision_recall_curve

from training.thresholds import Bools, Floats

_N_LEVELS = 50
Point = tuple[float, float]


def average_precision(truth: Bools, probabilities: Floats) -> float | None:
    """The mean precision over all levels of recall, (n,); None if nothing is true.

    >>> average_precision(np.array([True, False, True]), np.array([0.9, 0.5, 0.3]))
    0.8333
    """
    if not truth.any():
        return None
    return round(float(average_precision_score(truth, probabilities)), 4)


def curve(truth: Bools, probabilities: Floats) -> tuple[Point, ...]:
    """Recall and precision as the threshold falls, (n,); at most some fifty points.

    >>> curve(np.array([True, False, True]), np.array([0.9, 0.5, 0.3]))
    ((0.5, 1.0), (1.0, 0.6667))
    """
    if not truth.any():
        return ()
    precision, recall, _ = precision_recall_curve(truth, probabilities)
    precision, recall = precision[::-1][1:], recall[::-1][1:]
    # The highest threshold that reaches each level of recall; with few labelled, all levels.
    levels = np.linspace(1 / _N_LEVELS, 1, _N_LEVELS)
    places = np.unique(np.searchsorted(recall, levels - 1e-9))
    return tuple(
        (round(float(recall[place]), 4), round(float(precision[place]), 4)) for place in places
    )
