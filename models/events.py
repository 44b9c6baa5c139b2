"""The events: one type for what is on each topic.

The types are the contract. The JSON Schemas and the AsyncAPI document in `docs/contracts/` are
generated from them (`make contracts`). Decoding is strict (a known field has exactly its type, and
`null` is no string) and tolerant (an unknown field is ignored); a field that is absent is not
written. Times are aware UTC datetimes, on the wire RFC 3339 with `Z`.
"""

from datetime import UTC, datetime
from functools import cache
from typing import Annotated, Any, Literal, TypeVar

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType
from msgspec.structs import force_setattr

MAX_ARTICLE_BYTES = 1024 * 1024

Time = Annotated[datetime, Meta(tz=True)]
Probability = Annotated[float, Meta(ge=0.0, le=1.0)]
Count = Annotated[int, Meta(ge=0)]
Party = Annotated[
    str, Meta(pattern=r"^[A-Z]{3}$(?!\n)", description="ISO 3166-1 alpha-3, or a bloc")
]
Pair = Annotated[
    str,
    Meta(
        pattern=r"^[A-Z]{3}-[A-Z]{3}$(?!\n)",
        description="two party codes in alphabetical order, never the same",
    ),
]
Direction = Annotated[str, Meta(pattern=r"^(mutual|[A-Z]{3}>[A-Z]{3})$(?!\n)")]
Stance = Literal[
    "material_cooperation", "verbal_cooperation", "neutral", "verbal_conflict", "material_conflict"
]
Modality = Literal[
    "in_force", "announced", "threatened", "proposed", "suspended", "withdrawn", "background"
]
Outcome = Literal["tagged", "no_theme", "unsupported_language", "too_short"]
Field = Literal["title", "text"]

QUADS: dict[Stance, Literal[0, 1, 2, 3, 4]] = {
    "neutral": 0,
    "verbal_cooperation": 1,
    "material_cooperation": 2,
    "verbal_conflict": 3,
    "material_conflict": 4,
}


class Event(Struct, frozen=True, omit_defaults=True, gc=False):
    """What all types on the wire have in common: frozen, absent when not set."""


class Article(Event, frozen=True):
    """One news article from any producer, on `articles`."""

    id: Annotated[str, Meta(min_length=1, max_length=256, description="publisher's stable id")]
    title: str = ""
    text: Annotated[str, Meta(description="plain text, paragraphs separated by newlines")] = ""
    published_at: Time | UnsetType = UNSET
    source: Annotated[str, Meta(description="publisher's domain or name")] | UnsetType = UNSET
    url: (
        Annotated[str, Meta(pattern=r"^[Hh][Tt][Tt][Pp][Ss]?://[^\s/]", description="http(s)")]
        | UnsetType
    ) = UNSET
    language: (
        Annotated[
            str,
            Meta(pattern=r"^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$(?!\n)", description="BCP 47"),
        ]
        | UnsetType
    ) = UNSET

    def __post_init__(self) -> None:
        if not (self.title.strip() or self.text.strip()):
            raise ValueError("Expected a `title` or a `text` that is not blank")
        if self.published_at is not UNSET:
            force_setattr(self, "published_at", _in_utc(self.published_at))

    def ref(self) -> "ArticleRef":
        """The article without its text, as every output carries it."""
        return ArticleRef(
            id=self.id,
            title=self.title,
            source=self.source,
            url=self.url,
            published_at=self.published_at,
            language=self.language,
        )


class ArticleRef(Event, frozen=True):
    """An article without its text, in every output that came from it."""

    id: str
    title: str = ""
    source: str | UnsetType = UNSET
    url: str | UnsetType = UNSET
    published_at: Time | UnsetType = UNSET
    language: str | UnsetType = UNSET


class Theme(Event, frozen=True):
    """One policy theme of an article."""

    code: str
    area: str
    probability: Annotated[Probability, Meta(description="calibrated")]
    evidence: Annotated[
        tuple[str, ...], Meta(description="the words of this text that weighed most")
    ] = ()


class Country(Event, frozen=True):
    """One country or bloc that an article names."""

    code: Party
    mentions: Annotated[int, Meta(ge=1)]
    first: Annotated[Field, Meta(description="where it is named first")]


class Span(Event, frozen=True):
    """A sentence of the article, as offsets in Unicode code points, end exclusive."""

    field: Field
    start: Count
    end: Count

    def __post_init__(self) -> None:
        if self.start > self.end:
            raise ValueError(f"Expected start before end, got {self.start} and {self.end}")


class Relation(Event, frozen=True):
    """What one country does with, for or against another in one article.

    >>> Relation.between("USA", "KOR", acting="USA", stance="verbal_conflict").quad
    3
    """

    pair: Pair
    direction: Direction
    stance: Stance
    quad: Literal[0, 1, 2, 3, 4]
    modality: Modality | UnsetType = UNSET
    themes: Annotated[tuple[str, ...], Meta(description="those of the article it is about")] = ()
    probability: Annotated[Probability, Meta(description="calibrated")] | UnsetType = UNSET
    evidence: Span | UnsetType = UNSET

    def __post_init__(self) -> None:
        first, second = self.pair.split("-")
        if not first < second:
            raise ValueError(f"Expected a pair in alphabetical order, got `{self.pair}`")
        if self.direction not in ("mutual", f"{first}>{second}", f"{second}>{first}"):
            raise ValueError(f"Expected a direction of `{self.pair}`, got `{self.direction}`")
        if self.quad != QUADS[self.stance]:
            raise ValueError(f"Expected quad {QUADS[self.stance]} for `{self.stance}`")

    @classmethod
    def between(
        cls, one: str, other: str, *, acting: str | None = None, stance: Stance, **rest: Any
    ) -> "Relation":
        """The relation of two parties in any order; `acting` is the one that acts, None both."""
        first, second = sorted((one, other))
        if acting is None:
            direction = "mutual"
        else:
            direction = f"{acting}>{second if acting == first else first}"
        return cls(
            pair=f"{first}-{second}",
            direction=direction,
            stance=stance,
            quad=QUADS[stance],
            **rest,
        )


class Subject(Event, frozen=True):
    """A theme as an IPTC Media Topic, in the form of ninjs."""

    uri: str
    name: str
    confidence: Annotated[int, Meta(ge=0, le=100)]


class ModelStamp(Event, frozen=True):
    """Which model made the tags."""

    version: str
    taxonomy: str
    digest: Annotated[str, Meta(description="sha256 of the model directory's manifest")]


class Tags(Event, frozen=True):
    """What the classifier says about one article."""

    outcome: Outcome
    themes: tuple[Theme, ...] = ()
    countries: tuple[Country, ...] = ()
    relations: tuple[Relation, ...] = ()
    subjects: tuple[Subject, ...] = ()


class TaggedArticle(Event, frozen=True, omit_defaults=False):
    """An article's tags, on `articles.tagged`; the lists are always there, if empty."""

    id: Annotated[str, Meta(description="derived from source topic, partition and offset")]
    article: ArticleRef
    outcome: Outcome
    themes: tuple[Theme, ...]
    countries: tuple[Country, ...]
    relations: tuple[Relation, ...]
    subjects: tuple[Subject, ...]
    model: ModelStamp
    received_at: Annotated[Time, Meta(description="when the worker fetched the article")]
    tagged_at: Time


class RelationFound(Relation, frozen=True, kw_only=True):
    """One relation found in one article, on `relations`, keyed by pair."""

    id: Annotated[str, Meta(description="derived from the article's event id and its place in it")]
    article: ArticleRef
    story: Annotated[str, Meta(description="story id, when known")] | UnsetType = UNSET
    model: ModelStamp
    tagged_at: Time


class Story(Event, frozen=True):
    """One story behind an alert."""

    headline: str
    source: str | UnsetType = UNSET
    url: str | UnsetType = UNSET
    evidence: str | UnsetType = UNSET
    stance: Stance | UnsetType = UNSET


class Alert(Event, frozen=True):
    """An alert that opened, changed or closed, on `alerts`, keyed by rule id and subject."""

    id: Annotated[str, Meta(description="the same for all events of one alert")]
    rule: str
    subject: Annotated[str, Meta(description="what it is about, e.g. `KOR-USA/tariffs`")]
    state: Literal["opened", "updated", "closed"]
    severity: Literal["info", "warning", "critical"]
    sentence: Annotated[str, Meta(description="why, for people")]
    opened_at: Time
    updated_at: Time
    closed_at: Time | UnsetType = UNSET
    observed: float | UnsetType = UNSET
    expected: float | UnsetType = UNSET
    threshold: float | UnsetType = UNSET
    stories: tuple[Story, ...] = ()


class Correction(Event, frozen=True, kw_only=True):
    """An analyst's verdict on one article's tags, on `corrections`, keyed by article id."""

    article: Article
    themes: tuple[str, ...]
    relations: tuple[Relation, ...] = ()
    analyst: str
    corrected_at: Time
    tagged_id: Annotated[str, Meta(description="id of the event that was corrected")]


class Coverage(Event, frozen=True, omit_defaults=False):
    """What one source sent in one minute, on `coverage`, keyed by source."""

    source: str
    minute: Annotated[Time, Meta(description="start of the minute")]
    received: Count
    tagged: Count
    rejected: Count
    no_theme: Count
    late: Count


E = TypeVar("E", bound=Event)
_encoder = msgspec.json.Encoder()


def encode(event: Event) -> bytes:
    """The event as JSON, UTF-8.

    >>> encode(Country(code="KOR", mentions=2, first="title"))
    b'{"code":"KOR","mentions":2,"first":"title"}'
    """
    return _encoder.encode(event)


def decode(kind: type[E], body: bytes) -> E:
    """The event of this kind in `body`; `msgspec.ValidationError` names the field that is wrong.

    Invalid UTF-8 raises `UnicodeDecodeError`, invalid JSON `msgspec.DecodeError`.

    >>> decode(Article, b'{"id": "a1", "title": "Chip duty", "unknown": 1}').title
    'Chip duty'
    """
    body.decode("utf-8")
    return _decoder(kind).decode(body)  # type: ignore[no-any-return]  # cached for many kinds


@cache
def _decoder(kind: type[Event]) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(kind)


def _in_utc(time: datetime) -> datetime:
    try:
        return time.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("Expected a time between the years 1 and 9999 in UTC") from error
