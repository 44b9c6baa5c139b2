"""The contract's types: strict on what is known, tolerant of what is not."""

from datetime import UTC, datetime

import msgspec
import pytest

from models.events import (
    QUADS,
    Article,
    Relation,
    TaggedArticle,
    Tags,
    decode,
    encode,
)
from tests.factories import article_bytes


def test_unknown_fields_are_ignored() -> None:
    assert decode(Article, article_bytes(section="world", nested={"a": [1]})).id == "a1"


def test_absent_fields_are_not_written() -> None:
    assert encode(Article(id="a1", title="Chip duty")) == b'{"id":"a1","title":"Chip duty"}'


@pytest.mark.parametrize(
    ("fields", "names"),
    [
        ({"id": ""}, "$.id"),
        ({"id": "x" * 257}, "$.id"),
        ({"id": 7}, "$.id"),
        ({"id": None}, "$.id"),
        ({"title": None}, "$.title"),
        ({"title": ["Chip duty"]}, "$.title"),
        ({"text": 1.5}, "$.text"),
        ({"title": " \n", "text": "\t"}, "not blank"),
        ({"source": None}, "$.source"),
        ({"url": "ftp://example.org/a"}, "$.url"),
        ({"url": "javascript:alert(1)"}, "$.url"),
        ({"url": "https://"}, "$.url"),
        ({"language": "english language"}, "$.language"),
        ({"published_at": "2026-11-03T09:00:00"}, "$.published_at"),
        ({"published_at": "2026-11-03"}, "$.published_at"),
        ({"published_at": 1793700000}, "$.published_at"),
        ({"published_at": "0001-01-01T00:00:00+05:00"}, "years 1 and 9999"),
    ],
)
def test_a_known_field_has_exactly_its_type(fields: dict[str, object], names: str) -> None:
    with pytest.raises(msgspec.ValidationError) as error:
        decode(Article, article_bytes(**fields))
    assert names in str(error.value)


def test_an_id_of_256_characters_outside_ascii_is_read() -> None:
    assert decode(Article, article_bytes(id="\N{SNOWMAN}" * 256)).id == "\N{SNOWMAN}" * 256


def test_a_zone_offset_becomes_utc() -> None:
    read = decode(Article, article_bytes(published_at="2026-11-03T09:00:00+09:00"))
    assert read.published_at == datetime(2026, 11, 3, 0, 0, tzinfo=UTC)
    assert b'"published_at":"2026-11-03T00:00:00Z"' in encode(read)


def test_invalid_utf8_is_refused_even_in_an_unknown_field() -> None:
    with pytest.raises(UnicodeDecodeError):
        decode(Article, b'{"id": "a1", "title": "t", "other": "S\xe3o"}')


def test_a_lone_surrogate_is_refused() -> None:
    with pytest.raises(msgspec.DecodeError):
        decode(Article, b'{"id": "a1", "title": "\\ud800"}')


def test_quad_follows_from_stance() -> None:
    for stance, quad in QUADS.items():
        assert Relation.between("USA", "KOR", stance=stance).quad == quad


def test_a_pair_is_in_alphabetical_order_whoever_is_named_first() -> None:
    relation = Relation.between("USA", "KOR", acting="USA", stance="verbal_conflict")
    assert (relation.pair, relation.direction) == ("KOR-USA", "USA>KOR")


def relation_bytes(**fields: object) -> bytes:
    return msgspec.json.encode(
        {"pair": "KOR-USA", "direction": "mutual", "stance": "neutral", "quad": 0} | fields
    )


@pytest.mark.parametrize(
    "fields",
    [
        {"pair": "USA-KOR"},
        {"pair": "KOR-KOR"},
        {"pair": "kor-usa"},
        {"direction": "JPN>KOR"},
        {"quad": 3},
        {"stance": "hostile"},
        {"modality": "soon"},
        {"probability": 1.2},
    ],
)
def test_a_relation_that_cannot_be_is_refused(fields: dict[str, object]) -> None:
    with pytest.raises(msgspec.ValidationError):
        decode(Relation, relation_bytes(**fields))


def test_the_same_party_twice_cannot_be_expressed() -> None:
    with pytest.raises(ValueError, match="alphabetical"):
        Relation.between("KOR", "KOR", stance="neutral")


def test_a_tagged_article_always_has_its_lists() -> None:
    required = {field.name for field in msgspec.structs.fields(TaggedArticle) if field.required}
    assert {"themes", "countries", "relations", "subjects", "outcome"} <= required
    assert Tags(outcome="too_short").themes == ()
