"""The examples as the models see them: texts read, candidates found, folds drawn."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from models.candidates import Candidate, find_candidates, find_named
from models.text import Document, read
from models.theme_features import Parts, parts_of
from training.datasets import Example, label_table
from training.folds import Fold, folds_of
from training.thresholds import Bools, Floats


@dataclass(frozen=True, slots=True)
class Parameters:
    """What a fit can be told; written to the manifest."""

    seed: int = 0
    folds: str = "hash"
    n_folds: int = 6
    full_length_weight: float = 5.0
    labelled_count: float = 4.0
    least_texts: float = 3.0
    n_columns: int = 70_000
    ridge_alpha: float = 1.0
    soft_weight: float = 0.3
    n_relation_words: int = 6_000
    n_relation_pairs: int = 10_000
    relation_c: float = 1.0
    relation_alpha: float = 2.0


@dataclass(frozen=True, slots=True)
class Labelled:
    """The examples as the models see them, their weights, (n_examples,), and the folds."""

    examples: tuple[Example, ...]
    codes: tuple[str, ...]
    documents: tuple[Document, ...]
    candidates: tuple[tuple[Candidate, ...], ...]
    folds: tuple[Fold, ...]
    weights: Floats

    @property
    def judged(self) -> Bools:
        """Which are scored by a model that has not seen them: those of any fold."""
        judged: Bools = np.logical_or.reduce([fold.judged for fold in self.folds])
        return judged

    @property
    def is_full_length(self) -> Bools:
        """Which are articles with a title."""
        return np.array([example.is_full_length for example in self.examples])

    @property
    def themes(self) -> Bools:
        """Which example has which theme, (n_examples, n_themes)."""
        return label_table([example.themes for example in self.examples], self.codes)

    @property
    def texts(self) -> list[Parts]:
        """Title and text of each example as the theme features take them."""
        return [parts_of(document) for document in self.documents]


def prepare(
    examples: Sequence[Example], codes: tuple[str, ...], parameters: Parameters
) -> Labelled:
    """The examples with their texts read, their candidates found and their folds drawn."""
    documents = tuple(read(example.title, example.text) for example in examples)
    candidates = tuple(
        tuple(find_candidates(document, find_named(document))) if example.knows_relations else ()
        for example, document in zip(examples, documents, strict=True)
    )
    folds = folds_of(examples, parameters.folds, parameters.n_folds)
    is_full_length = np.array([example.is_full_length for example in examples])
    weights = np.where(is_full_length, parameters.full_length_weight, 1.0)
    return Labelled(tuple(examples), codes, documents, candidates, folds, weights)
