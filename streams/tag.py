"""Records in, messages out: decode, classify, encode. Pure; the times are passed in."""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from models.classifier import Classifier
from models.events import Article, ModelStamp, RelationFound, TaggedArticle, Tags, encode
from streams.decode import Rejection, decode_article
from streams.delivery import Output
from streams.record import Headers, Record, header

ERROR_PREFIX = "__connect.errors."
ERROR_HEADERS = (
    "topic", "partition", "offset", "stage", "exception.class.name", "exception.message",
)  # fmt: skip
TAGGED_TYPE = b"dyadwire.article.tagged.v1"
RELATION_TYPE = b"dyadwire.relation.found.v1"


@dataclass(frozen=True, slots=True)
class Targets:
    """The names of the topics that tagging writes to."""

    tagged: str
    relations: str
    rejected: str


def tag_records(
    classifier: Classifier,
    records: Sequence[Record],
    targets: Targets,
    received_at: datetime,
    now: Callable[[], datetime],
) -> list[Output]:
    """What each record gives, in order: its tags and relations, or its rejection."""
    judged = judge(classifier, [(record.value, record.headers) for record in records])
    tagged_at = now()
    outputs: list[Output] = []
    for record, verdict in zip(records, judged, strict=True):
        if isinstance(verdict, Rejection):
            outputs.append(_rejected(record, verdict, targets))
        else:
            id = event_id(record.topic, record.partition, record.offset)
            tagged = tagged_article(id, *verdict, classifier.stamp, received_at, tagged_at)
            outputs.extend(_messages(record, tagged, targets))
    return outputs


def judge(
    classifier: Classifier, messages: Sequence[tuple[bytes | None, Headers]]
) -> list[tuple[Article, Tags] | Rejection]:
    """The article and its tags in each message, or why there are none; in order."""
    decoded = [decode_article(value, headers) for value, headers in messages]
    verdicts = iter(predict(classifier, [a for a in decoded if isinstance(a, Article)]))
    judged: list[tuple[Article, Tags] | Rejection] = []
    for article in decoded:
        if isinstance(article, Rejection):
            judged.append(article)
            continue
        verdict = next(verdicts)
        judged.append(verdict if isinstance(verdict, Rejection) else (article, verdict))
    return judged


def predict(classifier: Classifier, articles: Sequence[Article]) -> list[Tags | Rejection]:
    """The tags of each article; one that the classifier cannot take is rejected, alone.

    A batch that fails is halved until the article that does it stands alone.
    """
    if not articles:
        return []
    try:
        return list(classifier.tag_many(articles))
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001  # whatever it is, it must cost one article only
        if len(articles) == 1:
            return [Rejection("predict", type(error).__name__, str(error))]
    middle = len(articles) // 2
    return predict(classifier, articles[:middle]) + predict(classifier, articles[middle:])


def event_id(source: str, partition: int, offset: int) -> str:
    """The id of what one message gives, the same whenever it is read again; 32 hex digits.

    `source` may be the name of a file, with bytes that are no UTF-8 as Python holds them.

    >>> event_id("articles", 3, 17)
    '65b29213976a09d92b310b5962ea0487'
    """
    place = f"{source}/{partition}/{offset}"
    return hashlib.blake2b(place.encode(errors="surrogateescape"), digest_size=16).hexdigest()


def tagged_article(
    id: str,
    article: Article,
    tags: Tags,
    model: ModelStamp,
    received_at: datetime,
    tagged_at: datetime,
) -> TaggedArticle:
    """The event on `articles.tagged` for an article and its tags."""
    return TaggedArticle(
        id=id,
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


def relations_found(tagged: TaggedArticle) -> Iterable[RelationFound]:
    """The events on `relations` for a tagged article, ids in order of its records."""
    for place, relation in enumerate(tagged.relations):
        yield RelationFound(
            **{name: getattr(relation, name) for name in relation.__struct_fields__},
            id=f"{tagged.id}-{place}",
            article=tagged.article,
            model=tagged.model,
            tagged_at=tagged.tagged_at,
        )


def _messages(record: Record, tagged: TaggedArticle, targets: Targets) -> Iterable[Output]:
    trace = header(record.headers, "traceparent")
    shared = [
        ("ce_specversion", b"1.0"),
        ("ce_source", f"/{record.topic}/{record.partition}".encode()),
        ("ce_time", _rfc3339(tagged.tagged_at)),
        ("content-type", b"application/json"),
        *([] if trace is None else [("traceparent", trace)]),
    ]
    yield Output(
        targets.tagged,
        tagged.article.id.encode(),
        encode(tagged),
        [("ce_id", tagged.id.encode()), ("ce_type", TAGGED_TYPE), *shared],
        # Beside its article: their order is kept, and a transaction spans fewer partitions.
        record.partition,
    )
    for found in relations_found(tagged):
        yield Output(
            targets.relations,
            found.pair.encode(),
            encode(found),
            [("ce_id", found.id.encode()), ("ce_type", RELATION_TYPE), *shared],
        )


@lru_cache(maxsize=1)  # one time for all records of a slice
def _rfc3339(time: datetime) -> bytes:
    return time.isoformat().replace("+00:00", "Z").encode()


def _rejected(record: Record, reason: Rejection, targets: Targets) -> Output:
    place = (record.topic, str(record.partition), str(record.offset))
    errors = zip(ERROR_HEADERS, (*place, reason.stage, reason.kind, reason.message), strict=True)
    return Output(
        targets.rejected,
        record.key,
        record.value,
        [
            *record.headers,
            *((ERROR_PREFIX + name, value.encode()) for name, value in errors),
        ],
        record.partition,
    )
