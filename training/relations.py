"""The fit of relations: single sentences first, then what the sentences of a pair say together."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack
from sklearn.linear_model import LogisticRegression, Ridge

from models.candidates import Candidate
from models.features import fit_featuriser
from models.relations import (
    DIRECTIONS,
    HEADS,
    MODALITIES,
    PAIR_NUMBERS,
    STANCES,
    Found,
    RelationModel,
    found_in_pair,
    pair_numbers,
    places_by_pair,
)
from models.text import Document, read
from training.datasets import DatasetError, Example, LabelledRelation
from training.examples import Labelled, Parameters
from training.folds import Fold
from training.tasks import Tasks
from training.thresholds import Bools, Floats, best_cut

# Numbers are made this much smaller than standardised, so that they do not drown the words.
_NUMBER_SCALE = 0.3


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
    """Out-of-fold predictions of all candidate pairs, (n_pairs,) each, but `numbers`."""

    example: NDArray[np.int64]
    pair: tuple[str, ...]
    truth: Bools
    numbers: Floats
    found: tuple[tuple[Found, ...], ...]


def no_pairs() -> PairScores:
    """No candidate pairs at all: nobody has labelled relations."""
    nothing = np.zeros(0, dtype=np.int64)
    return PairScores(nothing, (), nothing.astype(bool), np.zeros((0, len(PAIR_NUMBERS))), ())


def pairs_out_of_fold(data: Labelled, parameters: Parameters, tasks: Tasks) -> PairScores:
    """The candidate pairs of each judged example, scored by a model that has not seen it."""
    flat, owners, told = _flatten(data)
    score = partial(_score_fold, flat, owners, told, data.weights, parameters)
    scores = np.zeros((len(flat), len(HEADS)))
    for fold, own in zip(data.folds, tasks.score("relations", score, data.folds), strict=True):
        scores[fold.judged[owners]] = own
    return _by_pair(data, scores)


def _score_fold(
    flat: list[Candidate],
    owners: NDArray[np.int64],
    told: list[_Told],
    weights: Floats,
    parameters: Parameters,
    fold: Fold,
) -> Floats:
    """The scores of the candidates that a fold judges, (n_judged, n_heads)."""
    inside, outside = np.flatnonzero(fold.learned[owners]), np.flatnonzero(fold.judged[owners])
    if not len(inside) or not len(outside):
        return np.zeros((len(outside), len(HEADS)))
    model = _fit_sentences(
        [flat[i] for i in inside], [told[i] for i in inside], weights[owners[inside]], parameters
    )
    return model.scores([flat[i] for i in outside])


def _flatten(data: Labelled) -> tuple[list[Candidate], NDArray[np.int64], list[_Told]]:
    flat: list[Candidate] = []
    owners: list[int] = []
    told: list[_Told] = []
    for i, candidates in enumerate(data.candidates):
        flat.extend(candidates)
        owners.extend([i] * len(candidates))
        told.extend(told_by(data.examples[i], data.documents[i], candidates))
    return flat, np.array(owners, dtype=np.int64), told


def _by_pair(data: Labelled, scores: Floats) -> PairScores:
    example, pair, truth, numbers, found = [], [], [], [], []
    begin = 0
    judged = data.judged
    for i, candidates in enumerate(data.candidates):
        own = scores[begin : begin + len(candidates)]
        begin += len(candidates)
        if not judged[i]:
            continue
        gold = {relation.pair for relation in data.examples[i].relations}
        for key, places in places_by_pair(candidates).items():
            example.append(i)
            pair.append(key)
            truth.append(key in gold)
            numbers.append(pair_numbers(candidates, own[:, 0].tolist(), places))
            found.append(tuple(found_in_pair(candidates, own, places, 1.0)))
    return PairScores(
        np.array(example, dtype=np.int64),
        tuple(pair),
        np.array(truth, dtype=bool),
        np.array(numbers).reshape(-1, len(PAIR_NUMBERS)),
        tuple(found),
    )


def can_fit(pairs: PairScores) -> bool:
    """Whether some of these pairs are relations and some are not."""
    return bool(pairs.truth.any() and not pairs.truth.all())


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
    if not can_fit(pairs):
        raise DatasetError("of the pairs of countries that are judged, all or none is a relation")
    flat, owners, told = _flatten(data)
    model = _fit_sentences(flat, told, data.weights[owners], parameters)
    weights, intercept, threshold = fit_pairs(
        pairs, data.weights[pairs.example], missed_weight(data, pairs, data.judged)
    )
    return replace(model, pair_weights=weights, pair_intercept=intercept, threshold=threshold)


def missed_weight(data: Labelled, pairs: PairScores, used: Bools) -> float:
    """The weight of the true pairs of the examples in use that are no candidates."""
    n_true = np.array([len({r.pair for r in example.relations}) for example in data.examples])
    proposed = data.weights[pairs.example] * pairs.truth * used[pairs.example]
    return float((data.weights * n_true * used).sum() - proposed.sum())
