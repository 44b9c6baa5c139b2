"""The thresholds: from which score on a theme is given, and how sure a score is.

Per-theme thresholds as in SCutFBR (Yang 2001; Lewis et al. 2004): the cut with the best F1 on
out-of-fold scores, drawn towards one cut for all themes where examples are few. Probabilities by
Platt's sigmoid on the same scores.
"""

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
_PRIOR = 60.0


def best_cut(scores: Floats, truth: Bools, weights: Floats, n_missed: float = 0.0) -> float:
    """The score from which on saying yes gives the best weighted F1; all are (n,).

    `n_missed` true ones have no score at all; they count as missed at every cut.

    >>> ones = np.ones(4)
    >>> best_cut(np.array([0.1, 0.25, 0.75, 0.9]), np.array([False, False, True, True]), ones)
    0.5
    """
    order = np.argsort(-scores, kind="stable")
    ranked, weighed = scores[order], weights[order]
    hits = np.cumsum(weighed * truth[order])
    f1 = 2 * hits / (np.cumsum(weighed) + float((weights * truth).sum()) + n_missed + 1e-9)
    last = int(f1.argmax())
    below = ranked[last + 1] if last + 1 < len(ranked) else ranked[last]
    return float((ranked[last] + below) / 2)


def fit_thresholds(scores: Floats, truth: Bools, weights: Floats) -> Floats:
    """A threshold for each theme, (n_themes,); `scores` and `truth` are (n_examples, n_themes)."""
    n_themes = truth.shape[1]
    shared = best_cut(scores.ravel(), truth.ravel(), np.repeat(weights, n_themes))
    own = np.array([best_cut(scores[:, k], truth[:, k], weights) for k in range(n_themes)])
    support = (weights[:, None] * truth).sum(axis=0)
    drawn: Floats = (support * own + _PRIOR * shared) / (support + _PRIOR)
    return drawn


def fit_sigmoids(scores: Floats, truth: Bools, weights: Floats) -> tuple[Floats, Floats]:
    """Slope and offset of each theme's sigmoid, (n_themes,) each; slopes are positive.

    Themes with few examples lean on the sigmoid of all themes together.
    """
    n_themes = truth.shape[1]
    slope, offset = _sigmoid(scores.ravel(), truth.ravel(), np.repeat(weights, n_themes))
    slopes, offsets = np.full(n_themes, slope), np.full(n_themes, offset)
    for k in range(n_themes):
        support = float((weights * truth[:, k]).sum())
        if 0 < truth[:, k].sum() < len(truth):
            own_slope, own_offset = _sigmoid(scores[:, k], truth[:, k], weights)
            trust = support / (support + _PRIOR) if own_slope > 0 else 0.0
            slopes[k] = trust * own_slope + (1 - trust) * slope
            offsets[k] = trust * own_offset + (1 - trust) * offset
    return slopes, offsets


def _sigmoid(scores: Floats, truth: Bools, weights: Floats) -> tuple[float, float]:
    if truth.all() or not truth.any():
        return 1.0, 0.0  # nothing to learn from
    model = LogisticRegression(C=1e3, max_iter=500)
    model.fit(scores[:, None], truth, sample_weight=weights)
    return float(model.coef_[0, 0]), float(model.intercept_[0])


def calibration_error(probabilities: Floats, truth: Bools, n_bins: int = 10) -> float:
    """The expected calibration error: mean distance of probability and share of the true, (n,).

    >>> calibration_error(np.array([0.8] * 5), np.array([True, True, True, True, False]))
    0.0
    """
    bins = np.minimum((probabilities * n_bins).astype(int), n_bins - 1)
    gaps = [
        abs(probabilities[bins == b].mean() - truth[bins == b].mean()) * (bins == b).sum()
        for b in range(n_bins)
        if (bins == b).any()
    ]
    return round(float(sum(gaps) / len(truth)), 4)
