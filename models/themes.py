"""The themes: which policy themes an article is about, and how surely.

A linear model over the rows of `models.theme_features`: one weight vector a theme, a threshold a
theme, and a sigmoid a theme that turns its score into a calibrated probability (Platt 1999).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from models.theme_features import Parts, ThemeFeatures, ThemeRows

Scores = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class ThemeModel:
    """A fitted theme model; all arrays are in the order of `codes`.

    `weights` is (n_columns, n_themes) float32, `intercepts`, `thresholds`, `slopes` and `offsets`
    are (n_themes,), `is_telling` (n_columns,): whether a column may be shown as evidence.
    """

    codes: tuple[str, ...]
    features: ThemeFeatures
    weights: NDArray[np.float32]
    intercepts: NDArray[np.float32]
    thresholds: NDArray[np.float32]
    slopes: NDArray[np.float64]
    offsets: NDArray[np.float64]
    is_telling: NDArray[np.bool_]

    @property
    def n_words(self) -> int:
        """How many columns are of words and pairs; those behind them are of the themes' terms."""
        return len(self.features.idf)

    def rows(self, texts: Sequence[Parts]) -> ThemeRows:
        """The rows of texts."""
        return self.features.rows(texts)

    def scores(self, rows: ThemeRows) -> Scores:
        """The score of each text for each theme, (n_texts, n_themes); a row depends on no other."""
        scores: Scores = rows.matrix @ self.weights + self.intercepts
        return scores

    def probability(self, themes: NDArray[np.int64], scores: Scores) -> NDArray[np.float64]:
        """The calibrated probability, to four digits, of each score for its theme; both (n,)."""
        probability: NDArray[np.float64] = expit(
            scores * self.slopes[themes] + self.offsets[themes]
        )
        return probability.round(4)

    def probabilities(self, scores: Scores) -> NDArray[np.float64]:
        """The calibrated probabilities of all scores, (n_texts, n_themes)."""
        probabilities: NDArray[np.float64] = expit(scores * self.slopes + self.offsets)
        return probabilities


def sigmoid(score: float) -> float:
    """The logistic function to four digits, without overflow.

    >>> sigmoid(0.0), sigmoid(1000.0)
    (0.5, 1.0)
    """
    return round(1.0 / (1.0 + exp(-min(max(score, -60.0), 60.0))), 4)
