"""The relations: which two countries deal with each other, and how.

Linear models over the words of a sentence that names two countries, and over a few counts, say
whether it tells of a relation, with which stance, direction and modality. What all sentences of a
pair say together decides whether the pair is kept.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import log1p
from operator import mul
from typing import get_args

import numpy as np
from numpy.typing import NDArray

from models.candidates import Candidate
from models.events import Modality, Stance
from models.features import Featuriser
from models.themes import sigmoid

STANCES: tuple[Stance, ...] = get_args(Stance)
DIRECTIONS = ("A>B", "B>A", "mutual")
MODALITIES: tuple[Modality, ...] = get_args(Modality)
HEADS = ("keep", *STANCES, *DIRECTIONS, *MODALITIES)
PAIR_NUMBERS = ("best", "second", "sum of probabilities", "sentences", "best in title or lead")
MAX_PAIRS_OF_AN_ACTOR = 8
_NO_SENTENCE = -5.0
_CLEAR_BY_ITSELF = 0.0
_STANCE = slice(1, 6)
_DIRECTION = slice(6, 9)
_MODALITY = slice(9, 16)


@dataclass(frozen=True, slots=True)
class Found:
    """A relation as the model sees it, before it is an event."""

    candidate: Candidate
    probability: float
    stance: Stance
    acting: str | None
    modality: Modality


@dataclass(frozen=True, slots=True)
class RelationModel:
    """A fitted relation model.

    `word_weights` is (n_columns, n_heads), `number_weights` (n_numbers, n_heads) for numbers as
    they are, `intercepts` (n_heads,); `pair_weights` is (n_pair_numbers,). The heads are `HEADS`.
    """

    featuriser: Featuriser
    word_weights: NDArray[np.float32]
    number_weights: NDArray[np.float64]
    intercepts: NDArray[np.float64]
    pair_weights: NDArray[np.float64]
    pair_intercept: float
    threshold: float

    def scores(self, candidates: Sequence[Candidate]) -> NDArray[np.float64]:
        """The score of each candidate for each head, (n_candidates, n_heads)."""
        rows = self.featuriser.rows([candidate.words for candidate in candidates])
        numbers = np.array([candidate.numbers for candidate in candidates], dtype=np.float64)
        from_words = (rows @ self.word_weights).astype(np.float64)
        # A sum along the second of three axes adds in one order, however many rows there are.
        from_numbers = (numbers[:, :, None] * self.number_weights[None, :, :]).sum(axis=1)
        scores: NDArray[np.float64] = from_words + from_numbers + self.intercepts
        return scores

    def relations(
        self, candidates: Sequence[Candidate], scores: NDArray[np.float64]
    ) -> list[Found]:
        """The relations of one article, in the order of their evidence."""
        keep = scores[:, 0].tolist()
        pair_weights = self.pair_weights.tolist()
        found: list[list[Found]] = []
        for places in places_by_pair(candidates).values():
            numbers = pair_numbers(candidates, keep, places)
            score = sum(map(mul, numbers, pair_weights)) + self.pair_intercept
            if score >= self.threshold:
                found.append(found_in_pair(candidates, scores, places, sigmoid(score)))
        kept = [one for pair in _within_limits(found) for one in pair]
        return sorted(kept, key=lambda one: (one.candidate.field != "title", one.candidate.start))


def found_in_pair(
    candidates: Sequence[Candidate],
    scores: NDArray[np.float64],
    places: Sequence[int],
    probability: float,
) -> list[Found]:
    """What is found of a pair that is kept: its best sentence tells the relation.

    The next sentence that is clear by itself and tells another stance gives a second relation:
    two things at once on one pair are two records.
    """
    ranked = sorted(places, key=lambda place: -float(scores[place, 0]))
    found = [_found(candidates[ranked[0]], scores[ranked[0]], probability)]
    for place in ranked[1:]:
        score = float(scores[place, 0])
        if score < _CLEAR_BY_ITSELF:
            break
        other = _found(candidates[place], scores[place], min(probability, sigmoid(score)))
        if other.stance != found[0].stance:
            return [*found, other]
    return found


def _found(candidate: Candidate, scores: NDArray[np.float64], probability: float) -> Found:
    """Stance, the party that acts (None when both do) and modality, by the scores of all heads."""
    direction = DIRECTIONS[int(scores[_DIRECTION].argmax())]
    return Found(
        candidate,
        probability,
        STANCES[int(scores[_STANCE].argmax())],
        {"A>B": candidate.first, "B>A": candidate.second}.get(direction),
        MODALITIES[int(scores[_MODALITY].argmax())],
    )


def places_by_pair(candidates: Sequence[Candidate]) -> dict[str, list[int]]:
    """Which candidates are of which pair, in order of first appearance."""
    places: dict[str, list[int]] = {}
    for place, candidate in enumerate(candidates):
        places.setdefault(candidate.pair, []).append(place)
    return places


def pair_numbers(
    candidates: Sequence[Candidate], keep: Sequence[float], places: Sequence[int]
) -> tuple[float, ...]:
    """What the sentences of one pair say together; `keep` are the scores of all candidates."""
    ranked = sorted((keep[place] for place in places), reverse=True)
    early = [keep[place] for place in places if candidates[place].is_early]
    return (
        ranked[0],
        ranked[1] if len(ranked) > 1 else _NO_SENTENCE,
        min(sum(map(sigmoid, ranked)), 5.0),
        log1p(len(ranked)),
        max(early, default=_NO_SENTENCE),
    )


def _within_limits(found: list[list[Found]]) -> list[list[Found]]:
    """The most probable pairs, no more than eight for one actor."""
    pairs_of: Counter[str] = Counter()
    kept = []
    for pair in sorted(found, key=lambda pair: (-pair[0].probability, pair[0].candidate.pair)):
        parties = (pair[0].candidate.first, pair[0].candidate.second)
        if all(pairs_of[party] < MAX_PAIRS_OF_AN_ACTOR for party in parties):
            pairs_of.update(parties)
            kept.append(pair)
    return kept
