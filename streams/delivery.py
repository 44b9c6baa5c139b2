"""Exactly once: what a slice gives and the offset it came from are one transaction.

Each input partition has a producer of its own, with a transactional id that names the partition.
Starting it fences whoever owned the partition before and ends what that one left open. Only then is
the committed offset read, and what lies below it is dropped: fence, verify, work, commit.
"""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Self

from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError
from aiokafka.partitioner import murmur2
from aiokafka.producer.message_accumulator import BatchBuilder
from aiokafka.structs import OffsetAndMetadata

from streams.connection import client_options, producer_options
from streams.decode import Headers
from streams.settings import Settings

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Output:
    """One message to write. Without `partition`, the key decides as in Kafka's own clients."""

    topic: str
    key: bytes | None
    value: bytes | None
    headers: Headers
    partition: int | None = None


class Delivery:
    """The transactional producer of one input partition; `async with` starts and stops it."""

    def __init__(self, settings: Settings, source: TopicPartition) -> None:
        self._settings = settings
        self._source = source
        self._producer = AIOKafkaProducer(
            **producer_options(settings),
            transactional_id=f"{settings.group_id}-{source.topic}-{source.partition}",
            transaction_timeout_ms=int(settings.transaction_timeout_s * 1000),
        )

    async def __aenter__(self) -> Self:
        try:
            await self._producer.start()
        except BaseException:
            await self._producer.stop()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._producer.stop()

    async def committed(self) -> int:
        """The offset to go on from, 0 when the group has none: final, since others are fenced."""
        admin = AIOKafkaAdminClient(**client_options(self._settings))
        await admin.start()
        try:
            found = await admin.list_consumer_group_offsets(
                self._settings.group_id, partitions=[self._source]
            )
        finally:
            await admin.close()
        return max(0, found[self._source].offset)

    async def commit(self, outputs: Sequence[Output], upto: int) -> None:
        """Write all outputs and `upto`, the offset to go on from, or nothing at all."""
        async with self._producer.transaction():
            await self.send(outputs)
            await self._producer.send_offsets_to_transaction(
                {self._source: OffsetAndMetadata(upto, "")}, self._settings.group_id
            )

    async def send(self, outputs: Sequence[Output]) -> None:
        """Write all outputs inside the transaction; returns when the broker has them."""
        by_target: dict[TopicPartition, list[Output]] = {}
        for output in outputs:
            by_target.setdefault(await self._target(output), []).append(output)
        sent = [
            future
            for target, group in by_target.items()
            for future in await self._send_batches(target, group)
        ]
        await asyncio.gather(*sent)

    async def _send_batches(
        self, target: TopicPartition, outputs: Sequence[Output]
    ) -> "list[asyncio.Future[object]]":
        futures = []
        batch = self._producer.create_batch()
        for output in outputs:
            record = {
                "key": output.key,
                "value": output.value,
                "timestamp": None,
                "headers": output.headers,
            }
            if batch.append(**record) is None:
                futures.append(await self._send_batch(batch, target))
                batch = self._producer.create_batch()
                if batch.append(**record) is None:
                    raise KafkaError(f"a message for {target} does not fit into an empty batch")
        futures.append(await self._send_batch(batch, target))
        return futures

    async def _send_batch(
        self, batch: BatchBuilder, target: TopicPartition
    ) -> "asyncio.Future[object]":
        return await self._producer.send_batch(batch, target.topic, partition=target.partition)

    async def _target(self, output: Output) -> TopicPartition:
        count = len(await self._producer.partitions_for(output.topic))
        if output.partition is not None:
            return TopicPartition(output.topic, output.partition % count)
        return TopicPartition(output.topic, _hash(output.key or b"") % count)


@lru_cache(maxsize=65_536)
def _hash(key: bytes) -> int:
    return murmur2(key) & 0x7FFFFFFF
