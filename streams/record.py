"""A record: what the stream uses of what aiokafka's consumer gives."""

from collections.abc import Sequence
from typing import Protocol

Headers = Sequence[tuple[str, bytes | None]]


class Record(Protocol):
    """One message of a topic, with its place; `timestamp` in milliseconds since 1970."""

    topic: str
    partition: int
    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None
    headers: Headers


def header(headers: Headers, name: str) -> bytes | None:
    """The last value of a header, the one set by the nearest sender; None when it is not there.

    >>> header([("Content-Type", b"text/plain")], "content-type")
    b'text/plain'
    """
    for key, value in reversed(headers):
        if key.lower() == name:
            return value
    return None
