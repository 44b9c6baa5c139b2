"""The examples as the models see them: texts read, candidates found, folds drawn."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.candidates import Candidate, find_candidates, find_named
from models.taxonomy import taxonomy
from models.text import Document, read
from training.datasets import Example
from training.thresholds import Bools, Floats


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
