"""The fit: labelled examples in, fitted models with their honest scores out.

Everything that is reported comes from out-of-fold predictions: each example is scored by a model
that has not seen it, and thresholds and sigmoids that judge a fold are fitted on the scores of what
that model has learned from. The same examples and seed give the same model.
"""

from collections.abc import Iterator, Sequence
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
from training.folds import large_sources
from training.relations import (
    PairScores,
    can_fit,
    fit_pairs,
    fit_relations,
    missed_weight,
    no_pairs,
    pairs_out_of_fold,
)
from training.soft_texts import SoftTexts
from training.tasks import Tasks, key_of
from training.themes import fit_themes
from training.thresholds import (
    Bools,
    Floats,
    calibration_error,
    fit_sigmoids,
    fit_thresholds,
)


@dataclass(frozen=True, slots=True)
class Fitted:
    """A fitted model, and what its out-of-fold predictions are worth.

    `per_group` has the larger sources and, if folds are by date, their spans.
    """

    themes: ThemeModel
    relations: RelationModel | None
    scores: dict[str, float | int]
    per_theme: dict[str, Score]
    per_group: dict[str, Report]


def fit(
    examples: Sequence[Example],
    taxonomy: Taxonomy,
    soft: SoftTexts,
    parameters: Parameters,
    tasks: Tasks | None = None,
) -> Fitted:
    """The models of all examples; every score is out of fold.

    `tasks` says how the folds run; all else runs on one core, for the reason of `training.tasks`.
    """
    key = key_of(tuple(examples), taxonomy.codes, soft, parameters)
    with threadpool_limits(limits=1):
        return _fit(examples, taxonomy, soft, parameters, replace(tasks or Tasks(), key=key))


def _fit(
    examples: Sequence[Example],
    taxonomy: Taxonomy,
    soft: SoftTexts,
    parameters: Parameters,
    tasks: Tasks,
) -> Fitted:
    tasks.progress("reading texts")
    if not any(example.themes for example in examples):
        raise DatasetError("no example has a theme, so there is nothing to learn")
    data = prepare(examples, taxonomy.codes, parameters)
    theme_fit = fit_themes(data, soft, parameters, tasks)
    themes, theme_scores = theme_fit.model, theme_fit.out_of_fold
    pairs, relations = no_pairs(), None
    if any(example.relations for example in examples):
        pairs = pairs_out_of_fold(data, parameters, tasks)
        tasks.progress("relations: all examples")
        relations = fit_relations(data, pairs, parameters)
    tasks.progress("scores")
    said = _said_out_of_fold(data, theme_scores, pairs)
    if not said.told.any():
        raise DatasetError(
            f"--folds {parameters.folds}: found too few dates or sources to judge by"
        )
    groups = _groups(data, said.told, by_date=parameters.folds == "date")
    return Fitted(
        themes,
        relations,
        _scores(data, said) | _calibration(data, said, pairs),
        _report(data, said, said.told).themes,
        {name: _report(data, said, chosen) for name, chosen in groups},
    )


@dataclass(frozen=True, slots=True)
class _Said:
    """What models, thresholds and sigmoids that never saw an example say of it.

    `told`, (n_examples,): which examples were judged at all. Probabilities are of themes,
    (n_examples, n_themes), and of pairs, (n_pairs,).
    """

    tags: list[Tags]
    told: Bools
    themes: Floats
    pairs: Floats


def _said_out_of_fold(data: Labelled, theme_scores: Floats, pairs: PairScores) -> _Said:
    given = np.zeros(data.themes.shape, dtype=bool)
    probable = np.zeros(data.themes.shape)
    kept = np.zeros(len(pairs.truth), dtype=bool)
    pair_probable = np.zeros(len(pairs.truth))
    told = np.zeros(len(data.examples), dtype=bool)
    for fold in data.folds:
        inside, outside = fold.learned & data.judged, fold.judged
        if not inside.any():
            continue  # before the first block that is scored there is nothing to fit thresholds on
        told |= outside
        known = (theme_scores[inside], data.themes[inside], data.weights[inside])
        slopes, offsets = fit_sigmoids(*known)
        given[outside] = theme_scores[outside] >= fit_thresholds(*known)
        probable[outside] = expit(theme_scores[outside] * slopes + offsets)
        own, others = inside[pairs.example], outside[pairs.example]
        seen = _subset(pairs, own)
        if not can_fit(seen):
            continue
        weights, intercept, threshold = fit_pairs(
            seen, data.weights[pairs.example[own]], missed_weight(data, pairs, inside)
        )
        scores = pairs.numbers[others] @ weights + intercept
        kept[others] = scores >= threshold
        pair_probable[others] = expit(scores)
    return _Said(_as_tags(data, given, pairs, kept), told, probable, pair_probable)


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


def _groups(data: Labelled, told: Bools, by_date: bool) -> Iterator[tuple[str, Bools]]:
    """The larger sources and, by date, the blocks: name, and which examples are in it."""
    origins = np.array([example.origin for example in data.examples])
    judged = [data.examples[i] for i in np.flatnonzero(told)]
    for source in large_sources(judged):
        yield source, told & (origins == source)
    for fold in data.folds:
        if by_date and told[fold.judged].any():
            yield fold.name, fold.judged


def _report(data: Labelled, said: _Said, chosen: Bools) -> Report:
    places = np.flatnonzero(chosen).tolist()
    return compare([data.examples[i] for i in places], [said.tags[i] for i in places])


def _scores(data: Labelled, said: _Said) -> dict[str, float | int]:
    scores: dict[str, float | int] = {}
    full_length = data.is_full_length
    for kind, chosen in (
        ("short", said.told & ~full_length),
        ("full_length", said.told & full_length),
    ):
        if not chosen.any():
            continue
        report = _report(data, said, chosen)
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


def _calibration(data: Labelled, said: _Said, pairs: PairScores) -> dict[str, float | int]:
    """How far probabilities are from shares, on full-length articles if there are any."""
    full_length = said.told & data.is_full_length
    chosen = full_length if full_length.any() else said.told
    own = chosen[pairs.example]
    return {
        "calibration_error_themes": calibration_error(
            said.themes[chosen].ravel(), data.themes[chosen].ravel()
        ),
        "calibration_error_pairs": calibration_error(said.pairs[own], pairs.truth[own])
        if own.any()
        else 0.0,
    }
