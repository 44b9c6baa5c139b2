"""Exactly once: what a slice gives and the offset it came from are one transaction.

Each input partition has a producer of its own, with a transactional id that names the partition.
Starting it fences whoever owned the partition before and ends what that one left open. Only then is
the committed offset read, and what lies below it is dropped: fence, verify, work, commit.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from time import monotonic, sleep
from typing import Any, Self

from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.errors import KafkaError
from aiokafka.partitioner import murmur2
from aiokafka.producer.message_accumulator import BatchBuilder
from aiokafka.structs import OffsetAndMetadata
from confluent_kafka import Consumer, KafkaException
from confluent_kafka import KafkaError as ErrorCode
from confluent_kafka import TopicPartition as Place

from streams.connection import producer_options, reader_options, start
from streams.record import Headers
from streams.settings import Settings

# A producer that cannot be reached is left behind; the broker aborts what it had open.
STOP_WITHIN_S = 5.0

# A group's coordinator that is just being made or moved, and how long until it is asked again.
NOT_YET = (
    ErrorCode.NOT_COORDINATOR,
    ErrorCode.COORDINATOR_NOT_AVAILABLE,
    ErrorCode.COORDINATOR_LOAD_IN_PROGRESS,
)
ASK_AGAIN_S = 0.1
UNDECIDED = (ErrorCode._TIMED_OUT, ErrorCode.UNSTABLE_OFFSET_COMMIT)  # noqa: SLF001  # its name


@dataclass(frozen=True, slots=True)
class Output:
    """One message to write. Without `partition`, the key decides as in Kafka's own clients."""

    topic: str
    key: bytes | None
    value: bytes | None
    headers: Headers
    partition: int | None = None


class OffsetUndecided(Exception):
    """The broker does not say which offset is committed: a transaction holds it back."""


class TransactionalProducer:
    """Writes outputs and offsets together or not at all; `async with` starts and stops it.

    Starting it fences the former holder of the id and ends the transaction that one left open.
    """

    def __init__(self, settings: Settings, transactional_id: str) -> None:
        self._settings = settings
        self._producer = AIOKafkaProducer(
            **producer_options(settings),
            transactional_id=transactional_id,
            transaction_timeout_ms=int(settings.transaction_timeout_s * 1000),
        )

    async def __aenter__(self) -> Self:
        try:
            # The transaction that another left open may have to end first.
            await start(self._producer, self._settings, self._settings.transaction_timeout_s)
        except BaseException:
            await self.__aexit__()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        # Not `wait_for`, which waits for what does not let itself be cancelled.
        stopping = asyncio.ensure_future(self._producer.stop())
        await asyncio.wait([stopping], timeout=STOP_WITHIN_S)
        if stopping.done():
            stopping.result()
        else:
            stopping.cancel()

    async def commit(
        self, outputs: Sequence[Output], offsets: Mapping[TopicPartition, int] | None = None
    ) -> None:
        """Write all outputs and the offsets to go on from, in one transaction."""
        async with self._producer.transaction():
            # Side by side: what is written and what was read need not wait for each other.
            await asyncio.gather(self._send(outputs), self._send_offsets(offsets or {}))

    async def _send_offsets(self, offsets: Mapping[TopicPartition, int]) -> None:
        if offsets:
            await self._producer.send_offsets_to_transaction(
                {source: OffsetAndMetadata(upto, "") for source, upto in offsets.items()},
                self._settings.group_id,
            )

    async def _send(self, outputs: Sequence[Output]) -> None:
        counts = {
            topic: len(await self._producer.partitions_for(topic))
            for topic in {output.topic for output in outputs}
        }
        by_target: defaultdict[TopicPartition, list[Output]] = defaultdict(list)
        for output in outputs:
            by_target[_target(output, counts[output.topic])].append(output)
        sent = [
            future
            for target, group in by_target.items()
            for future in await self._send_batches(target, group)
        ]
        await asyncio.gather(*sent)

    async def _send_batches(
        self, target: TopicPartition, outputs: Sequence[Output]
    ) -> "list[asyncio.Future[Any]]":
        futures = []
        batch = self._producer.create_batch()
        for output in outputs:
            record = {
                "key": output.key,
                "value": output.value,
                "timestamp": None,
                "headers": list(output.headers),
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
    ) -> "asyncio.Future[Any]":
        sent: asyncio.Future[Any] = await self._producer.send_batch(
            batch, target.topic, partition=target.partition
        )
        return sent


async def committed(settings: Settings, source: TopicPartition) -> int:
    """The offset the group goes on from, 0 when it has none. Final only once others are fenced.

    Read with librdkafka, which waits until no transaction that holds an offset is still being
    ended; aiokafka would be told the one before. Raises `OffsetUndecided` when it never ends.
    """
    return await asyncio.get_running_loop().run_in_executor(None, _committed, settings, source)


def _committed(settings: Settings, source: TopicPartition) -> int:
    reader = Consumer(reader_options(settings))
    deadline = monotonic() + settings.transaction_timeout_s
    try:
        (found,) = _when_coordinated(
            lambda: reader.committed(
                [Place(source.topic, source.partition)], timeout=max(0, deadline - monotonic())
            ),
            deadline,
        )
    except KafkaException as error:
        if error.args[0].code() not in UNDECIDED:
            raise
        raise OffsetUndecided(
            f"the offset of group {settings.group_id} for {source.topic}/{source.partition} is not "
            f"known after {settings.transaction_timeout_s:g} s: {error}. If the broker answers "
            "otherwise, it holds a transaction that nobody ends: "
            "docs/delivery.md, `A transaction that nobody ends`"
        ) from error
    finally:
        reader.close()
    if found.error:
        raise KafkaError(f"what group {settings.group_id} has committed: {found.error}")
    return max(0, int(found.offset))


def _when_coordinated(ask: Callable[[], list[Place]], deadline: float) -> list[Place]:
    """What a group's coordinator answers, asked again while the broker still makes one ready."""
    while True:
        try:
            return ask()
        except KafkaException as error:
            if error.args[0].code() not in NOT_YET or monotonic() > deadline:
                raise
            sleep(ASK_AGAIN_S)


def _target(output: Output, partitions: int) -> TopicPartition:
    place = _hash(output.key or b"") if output.partition is None else output.partition
    return TopicPartition(output.topic, place % partitions)


@lru_cache(maxsize=65_536)
def _hash(key: bytes) -> int:
    hashed: int = murmur2(key)
    return hashed & 0x7FFFFFFF
