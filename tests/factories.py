"""Values for the tests: records, articles and classifiers made with what a test cares about."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import msgspec

from models.events import Article, ModelStamp, Tags
from streams.record import Headers

STAMP = ModelStamp(version="2026.1.1", taxonomy="1", digest="sha256:00")


@dataclass
class FakeRecord:
    """A record as a consumer gives it."""

    value: bytes | None = b'{"id": "a1", "title": "Chip duty"}'
    key: bytes | None = b"a1"
    offset: int = 0
    partition: int = 0
    topic: str = "articles"
    timestamp: int = 1_700_000_000_000
    headers: Headers = ()


@dataclass
class RuleClassifier:
    """A classifier by a function, for tests of what surrounds one."""

    rule: Callable[[Article], Tags] = lambda article: Tags(outcome="no_theme")
    stamp: ModelStamp = STAMP
    calls: list[int] = field(default_factory=list)

    def tag_many(self, articles: Sequence[Article]) -> list[Tags]:
        """The rule applied to each; `calls` notes how many came at once."""
        self.calls.append(len(articles))
        return [self.rule(article) for article in articles]


def article_bytes(**fields: object) -> bytes:
    """An article as JSON, readable unless `fields` say otherwise."""
    return msgspec.json.encode({"id": "a1", "title": "Chip duty"} | fields)
