"""Read topics from their beginning to where they end now, committed records only."""

from collections.abc import AsyncIterator, Sequence

from aiokafka import AIOKafkaConsumer

from streams.connection import client_options, connected
from streams.record import Record
from streams.settings import Settings


def reader(settings: Settings, *names: str) -> AIOKafkaConsumer:
    """A consumer of all partitions of some topics that sees what was committed and nothing else."""
    return AIOKafkaConsumer(
        *names,
        **client_options(settings),
        isolation_level="read_committed",
        auto_offset_reset="earliest",
        enable_auto_commit=False,
        check_crcs=settings.check_crcs,
        fetch_max_wait_ms=100,
        max_partition_fetch_bytes=16 * 1024 * 1024,
    )


async def scan(settings: Settings, name: str) -> AsyncIterator[Sequence[Record]]:
    """The records of a topic in runs of one partition, up to where it ended at the call."""
    async with connected(reader(settings, name), settings) as consumer:
        sources = consumer.assignment()
        ends = await consumer.end_offsets(sources)
        while any([await consumer.position(source) < ends[source] for source in sources]):
            for source, records in (await consumer.getmany(timeout_ms=200)).items():
                if run := [record for record in records if record.offset < ends[source]]:
                    yield run
