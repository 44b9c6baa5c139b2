"""The fit of themes: labelled texts and soft labels in, a theme model and honest scores out."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix, vstack

from models.knowledge import Lexicon, terms
from models.theme_features import Parts, ThemeFeatures
from models.themes import ThemeModel
from training.columns import choose, chunks, count, is_telling, names
from training.examples import Labelled, Parameters
from training.folds import Fold
from training.ridge import Matrix, fit_ridge
from training.soft_texts import SoftTexts
from training.tasks import Tasks
from training.thresholds import Bools, Floats, fit_sigmoids, fit_thresholds

# How many words and pairs may be told; what weighs less for every theme is seldom the evidence.
_N_TELLING = 10_000


@dataclass(frozen=True, slots=True)
class ThemeFit:
    """A fitted model and the score of each example by one that has not seen it."""

    model: ThemeModel
    out_of_fold: Floats


def fit_themes(data: Labelled, soft: SoftTexts, parameters: Parameters, tasks: Tasks) -> ThemeFit:
    """The theme model of all examples; thresholds and sigmoids are of out-of-fold scores.

    Columns are chosen without looking at labels, so they are the same in all folds.
    """
    tasks.progress("themes: columns")
    features = _features(data, soft, parameters)
    rows = _rows(features, data.texts)
    lessons = _Lessons(
        rows,
        data.themes.astype(np.float32),
        data.weights.astype(np.float32),
        _rows(features, soft.texts),
        soft.unseen,
        parameters,
    )
    out_of_fold = np.zeros(data.themes.shape)
    scores = tasks.score("themes", lessons.score, data.folds)
    for fold, own in zip(data.folds, scores, strict=True):
        out_of_fold[fold.judged] = own
    tasks.progress("themes: all examples")
    weights, intercepts = lessons.fit(np.ones(len(data.examples), dtype=bool), soft.targets)
    known = (out_of_fold[data.judged], data.themes[data.judged], data.weights[data.judged])
    slopes, offsets = fit_sigmoids(*known)
    model = ThemeModel(
        data.codes,
        features,
        weights,
        intercepts,
        fit_thresholds(*known).astype(np.float32),
        slopes,
        offsets,
        _telling(features, [*data.texts, *soft.texts], weights),
    )
    return ThemeFit(model, out_of_fold)


def _telling(features: ThemeFeatures, texts: Sequence[Parts], weights: Matrix) -> Bools:
    """Which columns may be told as evidence, (n_columns,): terms, and what says much of a theme."""
    n_words = len(features.idf)
    loud = np.zeros(features.n_columns)
    for column, name in enumerate(names(features, texts)):
        loud[column] = weights[column].max() if is_telling(name) else 0
    loudest = np.argsort(-loud, kind="stable")[:_N_TELLING]
    telling = np.zeros(features.n_columns, dtype=bool)
    telling[loudest[loud[loudest] > 0]] = True
    telling[n_words:] = True
    return telling


@dataclass(frozen=True, slots=True)
class _Lessons:
    """What is learned from: rows, themes and weights of the examples, rows of the soft texts."""

    rows: csr_matrix
    themes: Matrix
    weights: Matrix
    soft_rows: csr_matrix
    soft_unseen: tuple[Matrix, Matrix]
    parameters: Parameters

    def fit(self, learned: Bools, soft_targets: Matrix) -> tuple[Matrix, Matrix]:
        """Weights and intercepts that these examples and soft labels teach."""
        soft_weights = np.full(len(soft_targets), self.parameters.soft_weight, np.float32)
        return fit_ridge(
            vstack([self.rows[learned], self.soft_rows], format="csr"),
            np.concatenate([self.themes[learned], soft_targets]),
            np.concatenate([self.weights[learned], soft_weights]),
            self.parameters.ridge_alpha,
        )

    def score(self, fold: Fold) -> Floats:
        """The scores of what a fold judges, (n_judged, n_themes)."""
        weights, intercepts = self.fit(fold.learned, self.soft_unseen[fold.part])
        return (self.rows[fold.judged] @ weights + intercepts).astype(np.float64)


def _features(data: Labelled, soft: SoftTexts, parameters: Parameters) -> ThemeFeatures:
    counts = count(data.texts, parameters.labelled_count)
    if soft.texts:
        counts += count(soft.texts)
    lexicon = Lexicon.of(terms(), data.codes)
    return choose(counts, lexicon, n_columns=parameters.n_columns, least=parameters.least_texts)


def _rows(features: ThemeFeatures, texts: Sequence[Parts]) -> csr_matrix:
    rows = [features.rows(chunk).matrix for chunk in chunks(texts)]
    return vstack(rows, format="csr") if rows else csr_matrix((0, features.n_columns))
