"""The evaluation: what was found beside what is true.

Precision, recall and F1 of themes (over all decisions, over themes, for each theme), of pairs of
countries, of pairs with their stance, and how often stance and direction are right on the pairs
that were found.
"""

from collections import Counter
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass

import numpy as np

from models.classifier import Classifier
from models.events import Article, Tags
from training.datasets import Example
from training.thresholds import Floats

_BATCH = 64


@dataclass(frozen=True, slots=True)
class Score:
    """Hits, false alarms and misses of one label.

    >>> Score(6, 2, 4).f1
    0.6667
    """

    hits: int
    false_alarms: int
    misses: int

    @property
    def precision(self) -> float:
        """The share of the found that is true; 0 when nothing was found."""
        return _share(self.hits, self.hits + self.false_alarms)

    @property
    def recall(self) -> float:
        """The share of the true that was found; 0 when nothing is true."""
        return _share(self.hits, self.hits + self.misses)

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall."""
        return _share(2 * self.hits, 2 * self.hits + self.false_alarms + self.misses)


@dataclass(frozen=True, slots=True)
class Report:
    """All scores of one comparison; `macro_f1` is the mean over themes that occur in the labels."""

    n_examples: int
    themes: dict[str, Score]
    themes_micro: Score
    macro_f1: float
    pairs: Score
    records: Score
    stance_accuracy: float
    direction_accuracy: float


def score_sets(gold: Sequence[Set[str]], found: Sequence[Set[str]]) -> dict[str, Score]:
    """The score of each label that occurs, sorted by label.

    >>> score_sets([{"tariffs"}, set()], [{"tariffs"}, {"labor"}])["labor"]
    Score(hits=0, false_alarms=1, misses=0)
    """
    hits: Counter[str] = Counter()
    false_alarms: Counter[str] = Counter()
    misses: Counter[str] = Counter()
    for true, said in zip(gold, found, strict=True):
        hits.update(true & said)
        false_alarms.update(said - true)
        misses.update(true - said)
    labels = sorted({*hits, *false_alarms, *misses})
    return {label: Score(hits[label], false_alarms[label], misses[label]) for label in labels}


def total(scores: Sequence[Score]) -> Score:
    """All decisions together."""
    return Score(
        sum(score.hits for score in scores),
        sum(score.false_alarms for score in scores),
        sum(score.misses for score in scores),
    )


def macro_f1(scores: Sequence[Score]) -> float:
    """The mean F1 over labels that are true at least once."""
    occurring = [score.f1 for score in scores if score.hits + score.misses]
    return round(sum(occurring) / len(occurring), 4) if occurring else 0.0


def tag_examples(classifier: Classifier, examples: Sequence[Example]) -> list[Tags]:
    """The tags that the classifier gives to each example, as a worker would."""
    return [tags for articles in _batches(examples) for tags in classifier.tag_many(articles)]


def theme_probabilities(classifier: Classifier, examples: Sequence[Example]) -> Floats:
    """The probability of every theme for each example, (n_examples, n_themes)."""
    return np.vstack([classifier.theme_probabilities(articles) for articles in _batches(examples)])


def compare(examples: Sequence[Example], tags: Sequence[Tags]) -> Report:
    """The labels of the examples beside their tags."""
    themes = score_sets(
        [set(example.themes) for example in examples],
        [{theme.code for theme in own.themes} for own in tags],
    )
    pairs = score_sets(
        [{relation.pair for relation in example.relations} for example in examples],
        [{relation.pair for relation in own.relations} for own in tags],
    )
    records = score_sets(
        [{f"{r.pair} {r.stance}" for r in example.relations} for example in examples],
        [{f"{r.pair} {r.stance}" for r in own.relations} for own in tags],
    )
    stances, directions = _matched(examples, tags)
    return Report(
        len(examples),
        themes,
        total(list(themes.values())),
        macro_f1(list(themes.values())),
        total(list(pairs.values())),
        total(list(records.values())),
        _share(sum(stances), len(stances)),
        _share(sum(directions), len(directions)),
    )


def _batches(examples: Sequence[Example]) -> Iterator[list[Article]]:
    articles = [
        Article(id="example", title=example.title, text=example.text, language="en")
        for example in examples
    ]
    for begin in range(0, len(articles), _BATCH):
        yield articles[begin : begin + _BATCH]


def _matched(examples: Sequence[Example], tags: Sequence[Tags]) -> tuple[list[bool], list[bool]]:
    """For each relation found on a true pair: whether stance, and direction, are one of its own."""
    stances: list[bool] = []
    directions: list[bool] = []
    for example, own in zip(examples, tags, strict=True):
        for found in own.relations:
            true = [relation for relation in example.relations if relation.pair == found.pair]
            if true:
                stances.append(found.stance in {relation.stance for relation in true})
                directions.append(found.direction in {relation.direction for relation in true})
    return stances, directions


def _share(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else 0.0
