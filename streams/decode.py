"""Bytes to an article, or to the reason why not.

Plain JSON, CloudEvents in binary and structured mode, and JSON behind the five-byte prefix of a
schema registry are all recognised. A bad message is a value, `Rejection`, never an exception.
"""

from dataclasses import dataclass
from typing import Literal

import msgspec

from models.events import MAX_ARTICLE_BYTES, Article, Event, decode
from streams.record import Headers, header

Stage = Literal["decode", "validate", "predict"]

REGISTRY_PREFIX_BYTES = 5


@dataclass(frozen=True, slots=True)
class Rejection:
    """Why a message could not be tagged."""

    stage: Stage
    kind: str
    message: str


class CloudEvent(Event, frozen=True):
    """A CloudEvent in structured mode: the article is its `data`."""

    specversion: str
    id: str
    source: str
    type: str
    data: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    data_base64: bytes | msgspec.UnsetType = msgspec.UNSET


def decode_article(value: bytes | None, headers: Headers = ()) -> Article | Rejection:
    """The article in a message.

    >>> decode_article(b'{"id": "a1", "title": "Chip duty"}').title
    'Chip duty'
    >>> decode_article(b'{"id": "a1"}').kind
    'ValidationError'
    >>> decode_article(None).kind
    'Tombstone'
    """
    if value is None:
        return Rejection("decode", "Tombstone", "a message without a value")
    if len(value) > MAX_ARTICLE_BYTES:
        return Rejection(
            "decode", "TooLarge", f"{len(value)} bytes, at most {MAX_ARTICLE_BYTES} are read"
        )
    try:
        return _article(without_registry_prefix(value), headers)
    except msgspec.ValidationError as error:
        return Rejection("validate", "ValidationError", str(error))
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        return Rejection("decode", type(error).__name__, str(error))
    except RecursionError:
        return Rejection("decode", "RecursionError", "the JSON is nested too deeply")


def without_registry_prefix(value: bytes) -> bytes:
    """The payload behind a schema registry's zero byte and four-byte schema id, if they are there.

    >>> without_registry_prefix(bytes([0, 0, 0, 0, 7]) + b'{}')
    b'{}'
    """
    return value[REGISTRY_PREFIX_BYTES:] if value[:1] == b"\x00" else value


def _article(body: bytes, headers: Headers) -> Article:
    content_type = (header(headers, "content-type") or b"").strip().lower()
    if not content_type.startswith(b"application/cloudevents"):
        return decode(Article, body)
    if content_type.startswith(b"application/cloudevents-batch"):
        raise msgspec.ValidationError("Expected one CloudEvent, got a batch")
    event = decode(CloudEvent, body)
    if event.data is not msgspec.UNSET:
        return decode(Article, bytes(event.data))
    if event.data_base64 is not msgspec.UNSET:
        return decode(Article, event.data_base64)
    raise msgspec.ValidationError("Object missing required field `data`")
