"""The fit of themes: a ridge regression, a threshold and a sigmoid for each theme."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import Ridge

from models.features import Featuriser, fit_featuriser
from models.taxonomy import taxonomy
from models.themes import ThemeModel, theme_words
from training.examples import Labelled, Parameters
from training.thresholds import Bools, Floats, fit_sigmoids, fit_thresholds

Words = Sequence[Sequence[str]]


def theme_scores_out_of_fold(data: Labelled, parameters: Parameters) -> Floats:
    """The score of each example by a model that has not seen it, (n_examples, n_themes)."""
    words = [theme_words(document) for document in data.documents]
    scores = np.zeros(data.themes.shape)
    for fold in range(parameters.n_folds):
        inside, outside = np.flatnonzero(data.folds != fold), np.flatnonzero(data.folds == fold)
        featuriser, weights, intercepts = _fit_ridge(
            [words[i] for i in inside], data.themes[inside], data.weights[inside], parameters
        )
        rows = featuriser.rows([words[i] for i in outside])
        scores[outside] = rows @ weights + intercepts
    return scores


def fit_themes(data: Labelled, out_of_fold: Floats, parameters: Parameters) -> ThemeModel:
    """The theme model of all examples, with thresholds and sigmoids from out-of-fold scores."""
    words = [theme_words(document) for document in data.documents]
    featuriser, weights, intercepts = _fit_ridge(words, data.themes, data.weights, parameters)
    slopes, offsets = fit_sigmoids(out_of_fold, data.themes, data.weights)
    return ThemeModel(
        taxonomy().codes,
        featuriser,
        weights,
        intercepts,
        fit_thresholds(out_of_fold, data.themes, data.weights).astype(np.float32),
        slopes,
        offsets,
    )


def _fit_ridge(
    words: Words, themes: Bools, weights: Floats, parameters: Parameters
) -> tuple[Featuriser, NDArray[np.float32], NDArray[np.float32]]:
    featuriser = fit_featuriser(words, n_words=parameters.n_words, n_pairs=parameters.n_pairs)
    model = Ridge(alpha=parameters.ridge_alpha, solver="sparse_cg", tol=1e-3)
    model.fit(featuriser.rows(words), themes.astype(float), sample_weight=weights)
    # Stored in half precision; rounded here so that what is fitted is what is served.
    stored = model.coef_.T.astype(np.float16).astype(np.float32)
    return featuriser, np.ascontiguousarray(stored), model.intercept_.astype(np.float32)
