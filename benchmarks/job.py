"""The job: what every peer is told, and the tagging that is the same for all of them.

Runs in the peers' own environment too, so it imports `models` and nothing that knows Kafka.
"""

import hashlib
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Literal, Protocol, Self

import msgspec

from models.artifact import load
from models.events import Article, ModelStamp, TaggedArticle, Tags, decode, encode
from streams import lifeline

# Articles that are worked at once, by every engine that can: our own default.
BATCH = 1024

NULL_STAMP = ModelStamp(version="null", taxonomy="null", digest="sha256:null")

ClassifierName = Literal["null", "shipped"]


class Tagger(Protocol):
    """What the engines need of a classifier."""

    @property
    def stamp(self) -> ModelStamp:
        """Which model makes the tags."""

    def tag_many(self, articles: Sequence[Article]) -> list[Tags]:
        """The tags of each article, in the same order."""


@dataclass(frozen=True, slots=True)
class NullClassifier:
    """Finds nothing, at once: what is left is the cost of the engine, decoding and encoding."""

    stamp: ModelStamp = NULL_STAMP

    def tag_many(self, articles: Sequence[Article]) -> list[Tags]:
        """No theme in any article."""
        return [Tags("no_theme") for _ in articles]


def tagger(name: ClassifierName) -> Tagger:
    """The classifier of this name, loaded."""
    return NullClassifier() if name == "null" else load()


class Job(msgspec.Struct, frozen=True, dict=True):
    """Read `source` from its beginning as `group`, write to `target`, until stopped."""

    bootstrap: str
    prefix: str
    group: str
    classifier: ClassifierName

    @classmethod
    def received(cls) -> Self:
        """The job on the command line; from now on this process ends when its parent does."""
        lifeline.follow_parent()
        return msgspec.json.decode(sys.argv[1], type=cls)

    def __str__(self) -> str:
        return msgspec.json.encode(self).decode()

    @property
    def source(self) -> str:
        """The topic with the articles."""
        return f"{self.prefix}articles"

    @property
    def target(self) -> str:
        """The topic for the tagged articles."""
        return f"{self.prefix}articles.tagged"

    @cached_property
    def tagger(self) -> Tagger:
        """The classifier of this job."""
        return tagger(self.classifier)

    def tag_many(self, values: Sequence[bytes]) -> list[tuple[bytes, bytes]]:
        """Key and value of the tagged article for each article, in the same order."""
        return tag_values(self.tagger, values)

    def tag_one(self, value: bytes) -> tuple[bytes, bytes]:
        """The same for one article, for tools that pass on one message at a time."""
        return self.tag_many([value])[0]


def tag_values(classifier: Tagger, values: Sequence[bytes]) -> list[tuple[bytes, bytes]]:
    """Decode, classify, encode.

    >>> tag_values(NullClassifier(), [b'{"id": "a1", "title": "Chip duty"}'])[0][0]
    b'a1'
    """
    return [
        (tagged.article.id.encode(), encode(tagged))
        for tagged in tagged_articles(classifier, values)
    ]


def tagged_articles(classifier: Tagger, values: Sequence[bytes]) -> list[TaggedArticle]:
    """Decode and classify: the event for each article, in the same order."""
    received_at = datetime.now(UTC)
    articles = [decode(Article, value) for value in values]
    tags = classifier.tag_many(articles)
    tagged_at = datetime.now(UTC)
    return [
        tagged_article(article, found, classifier.stamp, received_at, tagged_at)
        for article, found in zip(articles, tags, strict=True)
    ]


def tagged_article(
    article: Article, tags: Tags, model: ModelStamp, received_at: datetime, tagged_at: datetime
) -> TaggedArticle:
    """The event that every engine writes, with an id that costs what the worker's costs."""
    return TaggedArticle(
        id=hashlib.blake2b(article.id.encode(), digest_size=16).hexdigest(),
        article=article.ref(),
        outcome=tags.outcome,
        themes=tags.themes,
        countries=tags.countries,
        relations=tags.relations,
        subjects=tags.subjects,
        model=model,
        received_at=received_at,
        tagged_at=tagged_at,
    )
