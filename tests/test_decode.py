"""Bytes to an article, or to the reason why not."""

import base64

import msgspec
import pytest

from models.events import MAX_ARTICLE_BYTES, Article
from streams.decode import Rejection, decode_article
from streams.record import Headers
from tests.factories import article_bytes

STRUCTURED: Headers = [("content-type", b"application/cloudevents+json; charset=utf-8")]


def cloud_event(**fields: object) -> bytes:
    event = {"specversion": "1.0", "id": "e1", "source": "/feed", "type": "article"}
    return msgspec.json.encode(event | fields)


def reason(value: bytes | None, headers: Headers = ()) -> tuple[str, str]:
    found = decode_article(value, headers)
    assert isinstance(found, Rejection), found
    return found.stage, found.kind


def test_plain_json_is_read() -> None:
    assert decode_article(article_bytes()) == Article(id="a1", title="Chip duty")


def test_the_prefix_of_a_schema_registry_is_stripped() -> None:
    assert decode_article(b"\x00\x00\x00\x00\x2a" + article_bytes()) == Article(
        id="a1", title="Chip duty"
    )


def test_a_cloud_event_in_binary_mode_is_read() -> None:
    headers = [("ce_specversion", b"1.0"), ("ce_id", b"e1"), ("content-type", b"application/json")]
    assert isinstance(decode_article(article_bytes(), headers), Article)


def test_a_cloud_event_in_structured_mode_is_read() -> None:
    event = cloud_event(data={"id": "a1", "title": "Chip duty"}, extension="x")
    assert decode_article(event, STRUCTURED) == Article(id="a1", title="Chip duty")


def test_a_structured_cloud_event_may_carry_base64_and_a_registry_prefix() -> None:
    event = cloud_event(data_base64=base64.b64encode(article_bytes()).decode())
    assert isinstance(decode_article(b"\x00\x00\x00\x00\x01" + event, STRUCTURED), Article)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, ("decode", "Tombstone")),
        (b"", ("decode", "DecodeError")),
        (b"\x00", ("decode", "DecodeError")),
        (b"\x00\x00\x00\x00\x01", ("decode", "DecodeError")),
        (b"not json", ("decode", "DecodeError")),
        (b'{"id": "a1", "title": "cut', ("decode", "DecodeError")),
        (b'{"id": "a1", "title": "t"} more', ("decode", "DecodeError")),
        (b'\xef\xbb\xbf{"id": "a1", "title": "t"}', ("decode", "DecodeError")),
        (b'{"id": "a1", "title": "S\xe3o"}', ("decode", "UnicodeDecodeError")),
        ('{"id": "a1", "title": "t"}'.encode("utf-16"), ("decode", "UnicodeDecodeError")),
        (b'{"id": "a1", "x": ' + b"[" * 100_000, ("decode", "RecursionError")),
        (b'{"id": "a1", "title": NaN}', ("decode", "DecodeError")),
        (b"[]", ("validate", "ValidationError")),
        (b"null", ("validate", "ValidationError")),
        (b"7", ("validate", "ValidationError")),
        (b"{}", ("validate", "ValidationError")),
        (article_bytes(text="x" * MAX_ARTICLE_BYTES), ("decode", "TooLarge")),
    ],
)
def test_what_cannot_be_read_has_a_reason(value: bytes | None, expected: tuple[str, str]) -> None:
    assert reason(value) == expected


@pytest.mark.parametrize(
    "event",
    [
        cloud_event(),
        cloud_event(data={"id": "a1"}),
        cloud_event(data_base64="not base64!"),
        msgspec.json.encode({"data": {"id": "a1", "title": "t"}}),
    ],
)
def test_a_cloud_event_without_an_article_has_a_reason(event: bytes) -> None:
    assert reason(event, STRUCTURED) == ("validate", "ValidationError")


def test_a_batch_of_cloud_events_has_a_reason() -> None:
    headers = [("content-type", b"application/cloudevents-batch+json")]
    assert reason(b"[" + cloud_event() + b"]", headers) == ("validate", "ValidationError")


def test_a_body_of_exactly_one_mebibyte_is_read() -> None:
    body = article_bytes(text="")
    body = article_bytes(text="x" * (MAX_ARTICLE_BYTES - len(body)))
    assert len(body) == MAX_ARTICLE_BYTES
    assert isinstance(decode_article(body), Article)
