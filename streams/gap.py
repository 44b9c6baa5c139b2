"""A gap in the offsets: proven to be one before anything behind it is committed.

Offsets are missing where a transaction marker or an aborted transaction lies, where a topic was
compacted, and where retention removed what nobody had read. They must never be missing because a
consumer went on from too high a position: that would lose articles for good.
"""

import logging

from aiokafka import TopicPartition

from streams.connection import connected
from streams.scan import reader
from streams.settings import Settings

logger = logging.getLogger(__name__)

LOOK_FOR_MS = 10_000


class ArticlesSkipped(Exception):
    """The consumer passed over records that were never worked; a restart goes back to them."""


async def verify_gap(settings: Settings, source: TopicPartition, start: int, end: int) -> None:
    """Raise `ArticlesSkipped` if the log holds a committed record in `start` … `end - 1`."""
    async with connected(reader(settings), settings) as consumer:
        consumer.assign([source])
        earliest = (await consumer.beginning_offsets([source]))[source]
        if earliest > start:
            logger.warning(
                "%s/%d: offsets %d to %d were removed by retention before they were read",
                source.topic, source.partition, start, min(earliest, end) - 1,
            )  # fmt: skip
        consumer.seek(source, max(start, earliest))
        found = await consumer.getmany(source, timeout_ms=LOOK_FOR_MS, max_records=1)
    # The article at `end` was read before: a log that shows nothing has proven nothing.
    first = found[source][0].offset if found.get(source) else None
    if first is None or first < end:
        raise ArticlesSkipped(
            f"{source.topic}/{source.partition}: {start} is committed, {end} came next, and "
            + ("the log could not be read" if first is None else f"offset {first} was passed over")
        )
