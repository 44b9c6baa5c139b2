"""The fit: labelled examples in, a fitted classifier with its honest scores out.

Everything that is reported comes from out-of-fold predictions: each example is scored by a model
that has not seen it, and thresholds and sigmoids that judge a fold are fitted on the other folds.
The same examples and seed give the same model.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack
from scipy.special import expit
from sklearn.linear_model import LogisticRegression, Ridge

from models.events import Relation, Tags, Theme
from models.features import Featuriser, fit_featuriser
from models.relations import (
    DIRECTIONS,
    HEADS,
    MODALITIES,
    PAIR_NUMBERS,
    STANCES,
    Candidate,
    RelationModel,
    find_candidates,
    find_named,
    pair_numbers,
    places_by_pair,
    told_by_scores,
)
from models.taxonomy import taxonomy
from models.text import Document, read
from models.themes import ThemeModel, theme_words
from training.datasets import Example, LabelledRelation
from training.evaluate import Report, Score, compare
from training.thresholds import (
    Bools,
    Floats,
    best_cut,
    calibration_error,
    fit_sigmoids,
    fit_thresholds,
)

Progress = Callable[[str], None]
Words = Sequence[Sequence[str]]
# Numbers are made this much smaller than standardised, so that they do not drown the words.
_NUMBER_SCALE = 0.3


@dataclass(frozen=True, slots=True)
class Parameters:
    """What a fit can be told; written to the manifest."""

    seed: int = 0
    n_folds: int = 5
    full_length_weight: float = 5.0
    n_words: int = 20_000
    n_pairs: int = 40_000
    ridge_alpha: float = 1.0
    n_relation_words: int = 6_000
    n_relation_pairs: int = 10_000
    relation_c: float = 1.0
    relation_alpha: float = 2.0


@dataclass(frozen=True, slots=True)
class Labelled:
    """The examples as the models see them, and their folds and weights, (n_examples,) each."""

    examples: tuple[Example, ...]
    documents: tuple[Document, ...]
    candidates: tuple[tuple[Candidate, ...], ...]
    folds: NDArray[np.int64]
    weights: Floats

    @property
    def is_full_length(self) -> Bools:
        """Which are articles with a title."""
        return np.array([example.is_full_length for example in self.examples])

    @property
    def themes(self) -> Bools:
        """Which example has which theme, (n_examples, n_themes)."""
        codes = taxonomy().codes
        return np.array([[code in e.themes for code in codes] for e in self.examples])


def prepare(examples: Sequence[Example], parameters: Parameters) -> Labelled:
    """The examples with their texts read, their candidates found and their folds drawn."""
    documents = tuple(read(example.title, example.text) for example in examples)
    candidates = tuple(tuple(find_candidates(d, find_named(d))) for d in documents)
    shuffled = np.random.default_rng(parameters.seed).permutation(len(examples))
    is_full_length = np.array([example.is_full_length for example in examples])
    weights = np.where(is_full_length, parameters.full_length_weight, 1.0)
    return Labelled(tuple(examples), documents, candidates, shuffled % parameters.n_folds, weights)


# Themes


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


# Relations


@dataclass(frozen=True, slots=True)
class _Told:
    """What one candidate's sentence tells, by the labels; None where it is not known."""

    keep: bool
    stance: str | None = None
    direction: str | None = None
    modality: str | None = None


def told_by(example: Example, document: Document, candidates: Sequence[Candidate]) -> list[_Told]:
    """What the sentence of each candidate of one example tells.

    With evidence, the sentences that share characters with it tell the relation, and no other
    does. Without evidence, or where none of the pair's sentences holds it, all of them do.
    """
    told = [_Told(False)] * len(candidates)
    for pair, places in places_by_pair(candidates).items():
        relations = [relation for relation in example.relations if relation.pair == pair]
        if not relations:
            continue
        by_place = {
            place: relation
            for relation in reversed(relations)
            for place in places
            if _holds(document, candidates[place], relation.evidence)
        }
        if not by_place:
            by_place = dict.fromkeys(places, relations[0])
        for place, relation in by_place.items():
            told[place] = _as_told(candidates[place], relation)
    return told


def _holds(document: Document, candidate: Candidate, evidence: str) -> bool:
    field = document.title if candidate.field == "title" else document.text
    cleaned = read("", evidence).text.text
    sentence = field.text[candidate.start : candidate.end]
    return bool(cleaned) and (cleaned in sentence or sentence.rstrip(".") in cleaned)


def _as_told(candidate: Candidate, relation: LabelledRelation) -> _Told:
    direction = "mutual"
    if relation.direction != "mutual":
        direction = "A>B" if relation.direction.startswith(candidate.first) else "B>A"
    return _Told(True, relation.stance, direction, relation.modality)


def _fit_sentences(
    candidates: Sequence[Candidate], told: Sequence[_Told], weights: Floats, parameters: Parameters
) -> RelationModel:
    """The models of single sentences; those of pairs are still empty."""
    words = [candidate.words for candidate in candidates]
    featuriser = fit_featuriser(
        words, n_words=parameters.n_relation_words, n_pairs=parameters.n_relation_pairs
    )
    numbers = np.array([candidate.numbers for candidate in candidates])
    scale = numbers.std(axis=0) + 1e-6
    rows = hstack(
        [featuriser.rows(words), csr_matrix(numbers / scale * _NUMBER_SCALE)], format="csr"
    )
    coefficients = np.zeros((rows.shape[1], len(HEADS)))
    intercepts = np.full(len(HEADS), -1.0)
    for head, (answers, classes) in enumerate(_tasks(told)):
        known = np.array([answer is not None for answer in answers])
        truth = np.array([answer == classes for answer in answers])[known]
        if truth.all() or not truth.any():
            continue
        coefficients[:, head], intercepts[head] = (
            _fit_keep(rows, truth, weights, parameters)
            if head == 0
            else _fit_kind(rows[known], truth, weights[known], parameters)
        )
    n_columns = featuriser.n_columns
    return RelationModel(
        featuriser,
        coefficients[:n_columns].astype(np.float16).astype(np.float32),
        coefficients[n_columns:] / scale[:, None] * _NUMBER_SCALE,
        intercepts,
        np.zeros(len(PAIR_NUMBERS)),
        0.0,
        0.0,
    )


def _tasks(told: Sequence[_Told]) -> list[tuple[list[str | bool | None], str | bool]]:
    """For each head: what each candidate's answer is, and the answer that the head stands for."""
    keep: list[str | bool | None] = [one.keep for one in told]
    stance: list[str | bool | None] = [one.stance for one in told]
    direction: list[str | bool | None] = [one.direction for one in told]
    modality: list[str | bool | None] = [one.modality for one in told]
    return [
        (keep, True),
        *((stance, name) for name in STANCES),
        *((direction, name) for name in DIRECTIONS),
        *((modality, name) for name in MODALITIES),
    ]


def _fit_keep(
    rows: csr_matrix, truth: Bools, weights: Floats, parameters: Parameters
) -> tuple[Floats, float]:
    model = LogisticRegression(
        C=parameters.relation_c, solver="liblinear", random_state=parameters.seed
    )
    model.fit(rows, truth, sample_weight=weights)
    return model.coef_[0], float(model.intercept_[0])


def _fit_kind(
    rows: csr_matrix, truth: Bools, weights: Floats, parameters: Parameters
) -> tuple[Floats, float]:
    """Ridge, which tells stances apart better than logistic regression does."""
    model = Ridge(alpha=parameters.relation_alpha, solver="sparse_cg", tol=1e-3)
    model.fit(rows, truth.astype(float), sample_weight=weights)
    return model.coef_, float(model.intercept_)


@dataclass(frozen=True, slots=True)
class PairScores:
    """Out-of-fold predictions of all candidate pairs, (n_pairs,) each; `heads` has a row a pair."""

    example: NDArray[np.int64]
    pair: tuple[str, ...]
    truth: Bools
    numbers: Floats
    heads: Floats
    best: tuple[Candidate, ...]


def pairs_out_of_fold(data: Labelled, parameters: Parameters) -> PairScores:
    """The candidate pairs of each example, scored by a model that has not seen it."""
    flat, owners, told = _flatten(data)
    scores = np.zeros((len(flat), len(HEADS)))
    in_fold = data.folds[owners]
    for fold in range(parameters.n_folds):
        inside, outside = np.flatnonzero(in_fold != fold), np.flatnonzero(in_fold == fold)
        model = _fit_sentences(
            [flat[i] for i in inside],
            [told[i] for i in inside],
            data.weights[owners[inside]],
            parameters,
        )
        scores[outside] = model.scores([flat[i] for i in outside])
    return _by_pair(data, flat, owners, scores)


def _flatten(data: Labelled) -> tuple[list[Candidate], NDArray[np.int64], list[_Told]]:
    flat: list[Candidate] = []
    owners: list[int] = []
    told: list[_Told] = []
    for i, candidates in enumerate(data.candidates):
        flat.extend(candidates)
        owners.extend([i] * len(candidates))
        told.extend(told_by(data.examples[i], data.documents[i], candidates))
    return flat, np.array(owners, dtype=np.int64), told


def _by_pair(
    data: Labelled, flat: Sequence[Candidate], owners: NDArray[np.int64], scores: Floats
) -> PairScores:
    example, pair, truth, numbers, heads, best = [], [], [], [], [], []
    begin = 0
    for i, candidates in enumerate(data.candidates):
        own = scores[begin : begin + len(candidates)]
        gold = {relation.pair for relation in data.examples[i].relations}
        for key, places in places_by_pair(candidates).items():
            first = max(places, key=lambda place: own[place, 0])
            example.append(i)
            pair.append(key)
            truth.append(key in gold)
            numbers.append(pair_numbers(candidates, own[:, 0].tolist(), places))
            heads.append(own[first])
            best.append(candidates[first])
        begin += len(candidates)
    return PairScores(
        np.array(example, dtype=np.int64),
        tuple(pair),
        np.array(truth, dtype=bool),
        np.array(numbers),
        np.array(heads),
        tuple(best),
    )


def fit_pairs(pairs: PairScores, weights: Floats, n_missed: float) -> tuple[Floats, float, float]:
    """Weights, intercept and threshold of the pair model; all given are of the examples to use.

    `n_missed` is the weight of the true pairs that no sentence names together.
    """
    model = LogisticRegression(C=10.0, max_iter=1000)
    model.fit(pairs.numbers, pairs.truth, sample_weight=weights)
    scores = model.decision_function(pairs.numbers)
    threshold = best_cut(scores, pairs.truth, weights, n_missed)
    return model.coef_[0], float(model.intercept_[0]), threshold


def fit_relations(data: Labelled, pairs: PairScores, parameters: Parameters) -> RelationModel:
    """The relation model of all examples; the pair model is fitted on out-of-fold scores."""
    flat, owners, told = _flatten(data)
    model = _fit_sentences(flat, told, data.weights[owners], parameters)
    weights, intercept, threshold = fit_pairs(
        pairs, data.weights[pairs.example], _missed(data, pairs, np.ones(len(data.folds), bool))
    )
    return replace(model, pair_weights=weights, pair_intercept=intercept, threshold=threshold)


def _missed(data: Labelled, pairs: PairScores, used: Bools) -> float:
    """The weight of the true pairs of the examples in use that are no candidates."""
    n_true = np.array([len({r.pair for r in example.relations}) for example in data.examples])
    proposed = data.weights[pairs.example] * pairs.truth * used[pairs.example]
    return float((data.weights * n_true * used).sum() - proposed.sum())


# Scores


@dataclass(frozen=True, slots=True)
class Fitted:
    """A fitted model, and what its out-of-fold predictions are worth."""

    themes: ThemeModel
    relations: RelationModel
    scores: dict[str, float | int]
    per_theme: dict[str, Score]


def fit(
    examples: Sequence[Example], parameters: Parameters, progress: Progress = lambda step: None
) -> Fitted:
    """The models of all examples; every score is out of fold. `progress` is told each step."""
    progress("reading texts")
    data = prepare(examples, parameters)
    progress("themes, out of fold")
    theme_scores = theme_scores_out_of_fold(data, parameters)
    progress("themes, all examples")
    themes = fit_themes(data, theme_scores, parameters)
    progress("relations, out of fold")
    pairs = pairs_out_of_fold(data, parameters)
    progress("relations, all examples")
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
        own = inside[pairs.example]
        weights, intercept, threshold = fit_pairs(
            _subset(pairs, own), data.weights[pairs.example[own]], _missed(data, pairs, inside)
        )
        scores = pairs.numbers[~own] @ weights + intercept
        kept[~own] = scores >= threshold
        pair_probable[~own] = expit(scores)
    return _as_tags(data, given, pairs, kept), _Probabilities(probable, pair_probable)


def _subset(pairs: PairScores, chosen: Bools) -> PairScores:
    return replace(pairs, truth=pairs.truth[chosen], numbers=pairs.numbers[chosen])


def _as_tags(data: Labelled, given: Bools, pairs: PairScores, kept: Bools) -> list[Tags]:
    entries = taxonomy().themes
    relations: dict[int, list[Relation]] = {}
    for place in np.flatnonzero(kept).tolist():
        candidate, heads = pairs.best[place], pairs.heads[place]
        stance, acting, _ = told_by_scores(candidate, heads)
        relation = Relation.between(candidate.first, candidate.second, acting=acting, stance=stance)
        relations.setdefault(int(pairs.example[place]), []).append(relation)
    return [
        Tags(
            outcome="tagged" if row.any() else "no_theme",
            themes=tuple(
                Theme(code=entries[k].code, area=entries[k].area, probability=1.0)
                for k in np.flatnonzero(row)
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
