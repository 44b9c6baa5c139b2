"""The themes: which policy themes an article is about, how surely, and which words say so.

A linear model over TF-IDF rows: one ridge regression a theme, a threshold a theme, and a sigmoid a
theme that turns its score into a calibrated probability (Platt 1999).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.special import expit

from models.features import Featuriser, words_of
from models.text import Document

Scores = NDArray[np.float32]
N_EVIDENCE = 5
_N_HEAVIEST = 20
_LEAD_WORDS = 50
_LISTED_IDLE_WORDS = (
    "a about after all also an and any are as at be been before but by can could did do for from "
    "had has have he her his how i if in into is it its last may more most new no not of on one "
    "or other our out over per s said say says she so some such than that the their them there "
    "these they this those to under up was we were what when which who will with would year t us "
    "you your two first on a b c d e f g h i j k l m n o p q r s t u v w x y z re ve ll"
)
_IDLE_WORDS = frozenset(_LISTED_IDLE_WORDS.split())


def theme_words(document: Document) -> list[str]:
    """The words of an article as the theme model counts them: title and lead count twice.

    An empty word stands between two parts. A text without a title has no lead.
    """
    title = words_of(document.title.text)
    text = words_of(document.text.text)
    return [*title, "", *title, "", *text, "", *text[:_LEAD_WORDS]] if title else text


@dataclass(frozen=True, slots=True)
class ThemeModel:
    """A fitted theme model; all arrays are in the order of `codes`.

    `weights` is (n_columns, n_themes) float32, the others are (n_themes,).
    """

    codes: tuple[str, ...]
    featuriser: Featuriser
    weights: NDArray[np.float32]
    intercepts: NDArray[np.float32]
    thresholds: NDArray[np.float32]
    slopes: NDArray[np.float64]
    offsets: NDArray[np.float64]

    def rows(self, texts: Sequence[Sequence[str]]) -> csr_matrix:
        """The TF-IDF rows of tokenised texts."""
        return self.featuriser.rows(texts)

    def scores(self, rows: csr_matrix) -> Scores:
        """The score of each text for each theme, (n_texts, n_themes); a row depends on no other."""
        scores: Scores = rows @ self.weights + self.intercepts
        return scores

    def probability(self, theme: int, score: float) -> float:
        """The calibrated probability of a score for one theme, to four digits."""
        return sigmoid(score * float(self.slopes[theme]) + float(self.offsets[theme]))

    def probabilities(self, scores: Scores) -> NDArray[np.float64]:
        """The calibrated probabilities of all scores, (n_texts, n_themes)."""
        probabilities: NDArray[np.float64] = expit(scores * self.slopes + self.offsets)
        return probabilities

    def evidence(self, rows: csr_matrix, text: int, theme: int) -> tuple[str, ...]:
        """The words of one text that weighed most for one theme, heaviest first.

        A word alone is left out when a heavier pair holds it, and when it is a stop word.
        """
        begin, end = rows.indptr[text], rows.indptr[text + 1]
        columns = rows.indices[begin:end]
        weighed = rows.data[begin:end] * self.weights[columns, theme]
        if len(weighed) > _N_HEAVIEST:
            heavy = weighed.argpartition(-_N_HEAVIEST)[-_N_HEAVIEST:]
            heavy.sort()
            columns, weighed = columns[heavy], weighed[heavy]
        heaviest = (-weighed).argsort(kind="stable")
        names: list[str] = []
        said: set[str] = set()
        for column, weight in zip(
            columns[heaviest].tolist(), weighed[heaviest].tolist(), strict=True
        ):
            if weight <= 0 or len(names) == N_EVIDENCE:
                break
            words = self.featuriser.words_in(column)
            if _IDLE_WORDS.isdisjoint(words) and not said.issuperset(words):
                names.append(" ".join(words))
                said.update(words)
        return tuple(names)


def sigmoid(score: float) -> float:
    """The logistic function to four digits, without overflow.

    >>> sigmoid(0.0), sigmoid(1000.0)
    (0.5, 1.0)
    """
    return round(1.0 / (1.0 + exp(-min(max(score, -60.0), 60.0))), 4)
