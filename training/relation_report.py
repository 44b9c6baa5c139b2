"""The report on relations: pairs of countries, and what is said of them."""

from collections.abc import Sequence
from dataclasses import dataclass

from models.events import Tags
from training.datasets import Example
from training.evaluate import compare
from training.theme_report import Rates, rates


@dataclass(frozen=True, slots=True)
class RelationReport:
    """All about the relations of some items; accuracies are on pairs that are true and found."""

    pairs: Rates
    pairs_with_stance: Rates
    stance_accuracy: float
    direction_accuracy: float


def relation_report(examples: Sequence[Example], tags: Sequence[Tags]) -> RelationReport:
    """The report on the relations that these examples were given."""
    found = compare(examples, tags)
    return RelationReport(
        rates(found.pairs), rates(found.records), found.stance_accuracy, found.direction_accuracy
    )
