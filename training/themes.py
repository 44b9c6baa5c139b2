"""The fit of themes: labelled texts and soft labels in, a theme model and honest scores out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, vstack

from models.knowledge import Lexicon, terms
from models.theme_features import Parts, ThemeFeatures
from models.themes import ThemeModel
from training.columns import choose, chunks, count, is_telling, names
from training.examples import Labelled, Parameters
from training.ridge import Matrix, fit_ridge
from training.soft_texts import SoftTexts
from training.thresholds import Floats, fit_sigmoids, fit_thresholds

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class ThemeFit:
    """A fitted model and the score of each example by one that has not seen it."""

    model: ThemeModel
    out_of_fold: Floats


def fit_themes(
    data: Labelled, soft: SoftTexts, parameters: Parameters, progress: Progress
) -> ThemeFit:
    """The theme model of all examples; thresholds and sigmoids are of out-of-fold scores.

    Columns are chosen without looking at labels, so they are the same in all folds.
    """
    progress("themes: columns")
    features = _features(data, soft, parameters)
    rows, soft_rows = _rows(features, data.texts), _rows(features, soft.texts)
    truth = data.themes.astype(np.float32)

    def fitted(inside: NDArray[np.bool_], soft_targets: Matrix) -> tuple[Matrix, Matrix]:
        return fit_ridge(
            vstack([rows[inside], soft_rows], format="csr"),
            np.concatenate([truth[inside], soft_targets]),
            np.concatenate(
                [data.weights[inside], np.full(len(soft_targets), parameters.soft_weight)]
            ).astype(np.float32),
            parameters.ridge_alpha,
        )

    out_of_fold = np.zeros(truth.shape)
    for fold in range(parameters.n_folds):
        progress(f"themes: fold {fold + 1} of {parameters.n_folds}")
        outside = data.folds == fold
        weights, intercepts = fitted(~outside, soft.unseen[fold % 2])
        out_of_fold[outside] = rows[outside] @ weights + intercepts
    progress("themes: all examples")
    weights, intercepts = fitted(np.ones(len(truth), dtype=bool), soft.targets)
    slopes, offsets = fit_sigmoids(out_of_fold, data.themes, data.weights)
    model = ThemeModel(
        data.codes,
        features,
        weights,
        intercepts,
        fit_thresholds(out_of_fold, data.themes, data.weights).astype(np.float32),
        slopes,
        offsets,
        np.array([is_telling(name) for name in names(features, [*data.texts, *soft.texts])]),
    )
    return ThemeFit(model, out_of_fold)


def _features(data: Labelled, soft: SoftTexts, parameters: Parameters) -> ThemeFeatures:
    counts = count(data.texts, parameters.labelled_count)
    if soft.texts:
        counts += count(soft.texts)
    lexicon = Lexicon.of(terms(), data.codes)
    return choose(counts, lexicon, n_columns=parameters.n_columns, least=parameters.least_texts)


def _rows(features: ThemeFeatures, texts: Sequence[Parts]) -> csr_matrix:
    rows = [features.rows(chunk).matrix for chunk in chunks(texts)]
    return vstack(rows, format="csr") if rows else csr_matrix((0, features.n_columns))
