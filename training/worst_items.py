"""The worst items: where the probabilities were furthest from the labels.

Half of them tell what the model does not know, the other half what an annotator overlooked.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from training.datasets import Example
from training.thresholds import Bools, Floats

_N_ITEMS = 20
_N_CHARACTERS = 80
_SUREST = 1e-6


@dataclass(frozen=True, slots=True)
class Judged:
    """A theme with its probability, and whether label and model agree that it is there."""

    code: str
    probability: float
    agreed: bool


@dataclass(frozen=True, slots=True)
class WorstItem:
    """One item; `title` is the beginning of its text if it has none, themes most probable first."""

    id: str
    source: str
    title: str
    log_loss: float
    labelled: tuple[Judged, ...]
    given: tuple[Judged, ...]


def log_losses(truth: Bools, probabilities: Floats) -> Floats:
    """The surprise at the labels of each item, summed over themes, (n_items,), in nats.

    >>> log_losses(np.array([[True, False]]), np.array([[0.5, 0.5]])).round(4).tolist()
    [1.3863]
    """
    sure = np.clip(probabilities, _SUREST, 1 - _SUREST)
    losses: Floats = -np.log(np.where(truth, sure, 1 - sure)).sum(axis=1)
    return losses


def worst_items(
    examples: Sequence[Example],
    codes: Sequence[str],
    truth: Bools,
    probabilities: Floats,
    given: Bools,
) -> tuple[WorstItem, ...]:
    """The twenty items with the largest log loss, worst first; arrays are (n_items, n_themes)."""
    losses = log_losses(truth, probabilities)
    agreed = truth & given
    return tuple(
        WorstItem(
            examples[i].id,
            examples[i].source,
            _headline(examples[i]),
            round(float(losses[i]), 3),
            _judged(codes, truth[i], probabilities[i], agreed[i]),
            _judged(codes, given[i], probabilities[i], agreed[i]),
        )
        for i in np.argsort(-losses, kind="stable")[:_N_ITEMS].tolist()
    )


def _headline(example: Example) -> str:
    text = " ".join(example.text.split())
    return example.title or (text if len(text) <= _N_CHARACTERS else f"{text[:_N_CHARACTERS]}…")


def _judged(
    codes: Sequence[str], chosen: Bools, probabilities: Floats, agreed: Bools
) -> tuple[Judged, ...]:
    places = sorted(np.flatnonzero(chosen).tolist(), key=lambda place: -probabilities[place])
    return tuple(
        Judged(codes[place], round(float(probabilities[place]), 4), bool(agreed[place]))
        for place in places
    )
