"""Send a file of articles to `articles`, as a producer of any kind would."""

import asyncio
import time
from collections.abc import Callable, Iterable

import msgspec
from aiokafka import AIOKafkaProducer

from streams import topics
from streams.connection import connected, producer_options
from streams.settings import Settings

# Sends whose answer is still awaited: a bound on memory, far above what a second needs.
PENDING_SENDS = 5_000


class Identified(msgspec.Struct):
    """What of an article its key is made of."""

    id: str


async def send_values(
    settings: Settings,
    values: Iterable[bytes],
    *,
    rate: float = 0.0,
    sent: Callable[[int], None] = lambda count: None,
) -> int:
    """Send each value as one message, keyed by its `id` if it has one; gives how many.

    `rate` is in messages a second, 0 for as fast as possible; `sent` is told the count so far.
    Returns when the broker has them all; raises `TopicsUnfit` when there is no topic for them.
    """
    await topics.require(settings, (topics.ARTICLES,))
    topic = topics.named(topics.ARTICLES, settings)
    started = time.monotonic()
    count = 0
    client = AIOKafkaProducer(**producer_options(settings), linger_ms=5)
    async with connected(client, settings) as producer:
        pending: set[asyncio.Future[object]] = set()
        for value in values:
            if rate:
                await asyncio.sleep(max(0.0, started + count / rate - time.monotonic()))
            pending.add(await producer.send(topic, value, key=key_of(value)))
            count += 1
            sent(count)
            if len(pending) >= PENDING_SENDS:
                await asyncio.gather(*pending)
                pending.clear()
        await asyncio.gather(*pending)
    return count


def key_of(value: bytes) -> bytes | None:
    """The article's id as the message key, None for what is no article.

    >>> key_of(b'{"id": "a1", "title": "Chip duty"}'), key_of(b'not an article')
    (b'a1', None)
    """
    try:
        return msgspec.json.decode(value, type=Identified).id.encode()
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return None
