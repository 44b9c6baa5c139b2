"""The report on a model: what it makes of labelled examples, in numbers that can be written down.

As JSON it is this structure, field by field; the table and the page show it.
"""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from models.artifact import DataSource
from models.classifier import Classifier
from models.events import ModelStamp, Tags
from training.datasets import Dataset, Example, label_table
from training.evaluate import tag_examples, theme_probabilities
from training.relation_report import RelationReport, relation_report
from training.theme_report import ThemeReport, theme_report
from training.thresholds import Bools, Floats
from training.worst_items import WorstItem, worst_items


@dataclass(frozen=True, slots=True)
class Group:
    """The report on `all` examples, on the `short` items or on the `full_length` articles."""

    name: str
    themes: ThemeReport
    relations: RelationReport


@dataclass(frozen=True, slots=True)
class ModelReport:
    """A model and files, and how the two agree; it is no measure of files the model has `seen`."""

    model: ModelStamp
    sources: tuple[DataSource, ...]
    seen: tuple[str, ...]
    groups: tuple[Group, ...]
    worst_items: tuple[WorstItem, ...]


def model_report(
    classifier: Classifier, dataset: Dataset, learnt: Collection[str] = ()
) -> ModelReport:
    """The report on a model; `learnt` are the sha256 of the files that it was fitted on."""
    judged = _judge(classifier, dataset.examples)
    is_full_length = np.array([example.is_full_length for example in dataset.examples])
    chosen = {"all": np.ones(len(dataset.examples), dtype=bool)}
    if is_full_length.any() and not is_full_length.all():
        chosen |= {"short": ~is_full_length, "full_length": is_full_length}
    return ModelReport(
        classifier.stamp,
        dataset.sources,
        tuple(source.name for source in dataset.sources if source.sha256 in learnt),
        tuple(_group(name, judged, places) for name, places in chosen.items()),
        worst_items(
            judged.examples, judged.codes, judged.truth, judged.probabilities, judged.given
        ),
    )


@dataclass(frozen=True, slots=True)
class _Judged:
    """Examples and what was made of them; arrays are (n_examples, n_themes)."""

    codes: tuple[str, ...]
    thresholds: Floats
    examples: tuple[Example, ...]
    tags: list[Tags]
    truth: Bools
    given: Bools
    probabilities: Floats


def _judge(classifier: Classifier, examples: tuple[Example, ...]) -> _Judged:
    model = classifier.themes
    tags = tag_examples(classifier, examples)
    return _Judged(
        model.codes,
        model.probabilities(model.thresholds),
        examples,
        tags,
        label_table([example.themes for example in examples], model.codes),
        label_table([[theme.code for theme in own.themes] for own in tags], model.codes),
        theme_probabilities(classifier, examples),
    )


def _group(name: str, judged: _Judged, places: Bools) -> Group:
    chosen = np.flatnonzero(places).tolist()
    return Group(
        name,
        theme_report(
            judged.codes,
            judged.truth[places],
            judged.probabilities[places],
            judged.given[places],
            judged.thresholds,
        ),
        relation_report([judged.examples[i] for i in chosen], [judged.tags[i] for i in chosen]),
    )
