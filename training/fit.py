"""The fit: labelled examples in, fitted models with their honest scores out.

Everything that is reported comes from out-of-fold predictions: each example is scored by a model
that has not seen it, and thresholds and sigmoids that judge a fold are fitted on the other folds.
The same examples and seed give the same model.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.special import expit
from threadpoolctl import threadpool_limits

from models.events import Relation, Tags, Theme
from models.relations import RelationModel
from models.taxonomy import Taxonomy
from models.themes import ThemeModel
from training.datasets import DatasetError, Example
from training.evaluate import Report, Score, compare
from training.examples import Labelled, Parameters, prepare
from training.relations import (
    PairScores,
    fit_pairs,
    fit_relations,
    missed_weight,
    no_pairs,
    pairs_out_of_fold,
)
from training.soft_texts import SoftTexts
from training.themes import fit_themes
from training.thresholds import (
    Bools,
    Floats,
    calibration_error,
    fit_sigmoids,
    fit_thresholds,
)

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Fitted:
    """A fitted model, and what its out-of-fold predictions are worth."""

    themes: ThemeModel
    relations: RelationModel | None
    scores: dict[str, float | int]
    per_theme: dict[str, Score]


def fit(
    examples: Sequence[Example],
    taxonomy: Taxonomy,
    soft: SoftTexts,
    parameters: Parameters,
    progress: Progress = lambda step: None,
) -> Fitted:
    """The models of all examples; every score is out of fold. `progress` is told each step.

    On one core: a hundred small fits wait longer for threads than they work.
    """
    with threadpool_limits(limits=1):
        return _fit(examples, taxonomy, soft, parameters, progress)


def _fit(
    examples: Sequence[Example],
    taxonomy: Taxonomy,
    soft: SoftTexts,
    parameters: Parameters,
    progress: Progress,
) -> Fitted:
    progress("reading texts")
    data = prepare(examples, taxonomy.codes, parameters)
    if not data.themes.any():
        raise DatasetError("no example has a theme, so there is nothing to learn")
    theme_fit = fit_themes(data, soft, parameters, progress)
    themes, theme_scores = theme_fit.model, theme_fit.out_of_fold
    pairs, relations = no_pairs(), None
    if any(example.relations for example in examples):
        progress("relations: folds")
        pairs = pairs_out_of_fold(data, parameters)
        progress("relations: all examples")
        relations = fit_relations(data, pairs, parameters)
    progress("scores")
    tags, probabilities = _tags_out_of_fold(data, theme_scores, pairs, parameters)
    return Fitted(
        themes,
        relations,
        _scores(data, tags) | _calibration(data, probabilities, pairs),
        _report(data, tags, data.weights > 0).themes,
    )


@dataclass(frozen=True, slots=True)
class _Probabilities:
    """Out-of-fold probabilities of themes (n_examples, n_themes) and of pairs (n_pairs,)."""

    themes: Floats
    pairs: Floats


def _tags_out_of_fold(
    data: Labelled, theme_scores: Floats, pairs: PairScores, parameters: Parameters
) -> tuple[list[Tags], _Probabilities]:
    """What each example would be given by models, thresholds and sigmoids that never saw it."""
    given = np.zeros(data.themes.shape, dtype=bool)
    probable = np.zeros(data.themes.shape)
    kept = np.zeros(len(pairs.truth), dtype=bool)
    pair_probable = np.zeros(len(pairs.truth))
    for fold in range(parameters.n_folds):
        inside = data.folds != fold
        known = (theme_scores[inside], data.themes[inside], data.weights[inside])
        slopes, offsets = fit_sigmoids(*known)
        given[~inside] = theme_scores[~inside] >= fit_thresholds(*known)
        probable[~inside] = expit(theme_scores[~inside] * slopes + offsets)
        if not len(pairs.truth):
            continue
        own = inside[pairs.example]
        weights, intercept, threshold = fit_pairs(
            _subset(pairs, own),
            data.weights[pairs.example[own]],
            missed_weight(data, pairs, inside),
        )
        scores = pairs.numbers[~own] @ weights + intercept
        kept[~own] = scores >= threshold
        pair_probable[~own] = expit(scores)
    return _as_tags(data, given, pairs, kept), _Probabilities(probable, pair_probable)


def _subset(pairs: PairScores, chosen: Bools) -> PairScores:
    return replace(pairs, truth=pairs.truth[chosen], numbers=pairs.numbers[chosen])


def _as_tags(data: Labelled, given: Bools, pairs: PairScores, kept: Bools) -> list[Tags]:
    relations: dict[int, list[Relation]] = {}
    for place in np.flatnonzero(kept).tolist():
        relations.setdefault(int(pairs.example[place]), []).extend(
            Relation.between(
                one.candidate.first, one.candidate.second, acting=one.acting, stance=one.stance
            )
            for one in pairs.found[place]
        )
    return [
        Tags(
            outcome="tagged" if row.any() else "no_theme",
            themes=tuple(
                Theme(code=data.codes[k], area="", probability=1.0) for k in np.flatnonzero(row)
            ),
            relations=tuple(relations.get(i, ())) if row.any() else (),
        )
        for i, row in enumerate(given)
    ]


def _report(data: Labelled, tags: Sequence[Tags], chosen: Bools) -> Report:
    places = np.flatnonzero(chosen).tolist()
    return compare([data.examples[i] for i in places], [tags[i] for i in places])


def _scores(data: Labelled, tags: Sequence[Tags]) -> dict[str, float | int]:
    scores: dict[str, float | int] = {}
    for kind, chosen in (("short", ~data.is_full_length), ("full_length", data.is_full_length)):
        if not chosen.any():
            continue
        report = _report(data, tags, chosen)
        scores |= {
            f"{kind}_examples": report.n_examples,
            f"{kind}_themes_micro_f1": report.themes_micro.f1,
            f"{kind}_themes_macro_f1": report.macro_f1,
            f"{kind}_pairs_precision": report.pairs.precision,
            f"{kind}_pairs_recall": report.pairs.recall,
            f"{kind}_pairs_f1": report.pairs.f1,
            f"{kind}_pairs_with_stance_f1": report.records.f1,
            f"{kind}_stance_accuracy_on_matched_pairs": report.stance_accuracy,
            f"{kind}_direction_accuracy_on_matched_pairs": report.direction_accuracy,
        }
    return scores


def _calibration(
    data: Labelled, probabilities: _Probabilities, pairs: PairScores
) -> dict[str, float | int]:
    """How far probabilities are from shares, on full-length articles if there are any."""
    chosen = data.is_full_length if data.is_full_length.any() else ~data.is_full_length
    own = chosen[pairs.example]
    return {
        "calibration_error_themes": calibration_error(
            probabilities.themes[chosen].ravel(), data.themes[chosen].ravel()
        ),
        "calibration_error_pairs": calibration_error(probabilities.pairs[own], pairs.truth[own])
        if own.any()
        else 0.0,
    }
