"""A gap in the offsets: proven to be one before anything behind it is committed.

Offsets are missing where a transaction marker or an aborted transaction lies, where a topic was
compacted, and where retention removed what nobody had read. They must never be missing because a
consumer went on from too high a position: that would lose articles for good.
"""

import logging

from aiokafka import AIOKafkaConsumer, TopicPartition

from streams.connection import client_options, connected
from streams.settings import Settings

logger = logging.getLogger(__name__)

LOOK_FOR_MS = 10_000


class ArticlesSkipped(Exception):
    """The consumer passed over records that were never worked; a restart goes back to them."""


async def verify_gap(settings: Settings, source: TopicPartition, start: int, end: int) -> None:
    """Raise `ArticlesSkipped` if the log holds a committed record in `start` … `end - 1`."""
    consumer = AIOKafkaConsumer(
        **client_options(settings),
        isolation_level="read_committed",
        auto_offset_reset="earliest",
        enable_auto_commit=False,
        check_crcs=settings.check_crcs,
    )
    async with connected(consumer, settings):
        consumer.assign([source])
        earliest = (await consumer.beginning_offsets([source]))[source]
        if earliest > start:
            logger.warning(
                "%s/%d: offsets %d to %d were removed by retention before they were read",
                source.topic, source.partition, start, min(earliest, end) - 1,
            )  # fmt: skip
        consumer.seek(source, max(start, earliest))
        found = await consumer.getmany(source, timeout_ms=LOOK_FOR_MS, max_records=1)
    for record in found.get(source, []):
        if record.offset < end:
            raise ArticlesSkipped(
                f"{source.topic}/{source.partition}: offset {record.offset} was passed over, "
                f"{start} is committed and {end} came next"
            )
