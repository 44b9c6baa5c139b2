"""Read topics from their beginning to where they end now, committed records only."""

from collections.abc import AsyncIterator, Sequence

from aiokafka import AIOKafkaConsumer, TopicPartition

from streams.connection import client_options
from streams.record import Record
from streams.settings import Settings


def reader(settings: Settings) -> AIOKafkaConsumer:
    """A consumer without a group that sees what was committed and nothing else."""
    return AIOKafkaConsumer(
        **client_options(settings),
        isolation_level="read_committed",
        auto_offset_reset="earliest",
        enable_auto_commit=False,
        max_partition_fetch_bytes=16 * 1024 * 1024,
    )


async def partitions(consumer: AIOKafkaConsumer, topic: str) -> list[TopicPartition]:
    """All partitions of a topic, in order; none when there is no such topic."""
    await consumer.topics()
    found = consumer.partitions_for_topic(topic) or set()
    return [TopicPartition(topic, number) for number in sorted(found)]


async def scan(settings: Settings, topic: str) -> AsyncIterator[Sequence[Record]]:
    """The records of a topic in runs of one partition, up to where it ended at the call."""
    async with reader(settings) as consumer:
        sources = await partitions(consumer, topic)
        if not sources:
            return
        consumer.assign(sources)
        ends = await consumer.end_offsets(sources)
        await consumer.seek_to_beginning(*sources)
        while any([await consumer.position(source) < ends[source] for source in sources]):
            for source, records in (await consumer.getmany(timeout_ms=200)).items():
                if run := [record for record in records if record.offset < ends[source]]:
                    yield run
