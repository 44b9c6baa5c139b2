"""What happens to an article: the agent that reads slices, and the work of a lane on them."""

import asyncio
import logging
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from time import perf_counter
from typing import Any

import faust
from aiokafka import TopicPartition
from faust.types import StreamT
from mode import CrashingSupervisor

from models.classifier import Classifier
from streams import topics
from streams.delivery import TransactionalProducer, committed
from streams.gap import verify_gap
from streams.lanes import Lanes, SliceQueue
from streams.settings import Settings
from streams.slices import Generation, Slice
from streams.tag import Targets, tag_records

logger = logging.getLogger(__name__)

# How long an interrupted slice may take to end its transaction.
FINISH_WITHIN_S = 5.0


def add_classify_articles(
    app: faust.App, settings: Settings, classifier: Classifier, generation: Generation
) -> None:
    """Give the app its agent: all of a slice is tagged and committed, or nothing of it."""
    lanes = Lanes(ClassifyLane(settings, classifier), generation)
    articles = app.topic(
        topics.named(topics.ARTICLES, settings),
        key_type=bytes,
        value_type=bytes,
        key_serializer="raw",
        value_serializer="raw",
        acks=False,  # offsets are committed by us, inside the transaction
    )

    @app.agent(articles, name="classify_articles", supervisor_strategy=CrashingSupervisor)
    async def classify_articles(stream: StreamT[Slice]) -> None:
        async with lanes:
            async for event in stream.events():
                await lanes.put(TopicPartition(*event.message.tp), event.value)

    @app.on_partitions_revoked.connect
    async def release_lanes(app: Any, /, *revoked: Any, **_: Any) -> None:
        await lanes.release()


class ClassifyLane:
    """The work of one lane: fence, verify, then for each slice classify and commit."""

    def __init__(self, settings: Settings, classifier: Classifier) -> None:
        self._settings = settings
        self._classifier = classifier
        # One thread for all lanes: a second would only fight for the interpreter.
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="classify")
        self._targets = Targets(
            tagged=topics.named(topics.TAGGED, settings),
            relations=topics.named(topics.RELATIONS, settings),
            rejected=topics.named(topics.REJECTED, settings),
        )

    async def __call__(self, source: TopicPartition, slices: SliceQueue) -> None:
        async with TransactionalProducer(
            self._settings, fencing_id(self._settings, source)
        ) as producer:
            offset = await committed(self._settings, source)
            logger.info("%s/%d: from offset %d", source.topic, source.partition, offset)
            while True:
                part = await slices.get()
                offset = await self._work(producer, source, part, offset)

    async def _work(
        self,
        producer: TransactionalProducer,
        source: TopicPartition,
        part: Slice,
        offset: int,
    ) -> int:
        records = [record for record in part.records if record.offset >= offset]
        if not records:
            logger.info(
                "%s/%d: %d articles were committed before",
                source.topic,
                source.partition,
                len(part.records),
            )
            return offset
        if records[0].offset > offset:
            await verify_gap(self._settings, source, offset, records[0].offset)
        started = perf_counter()
        outputs = await asyncio.get_running_loop().run_in_executor(
            self._thread,
            tag_records,
            self._classifier,
            records,
            self._targets,
            part.received_at,
            now,
        )
        tagged = perf_counter()
        offset = records[-1].offset + 1
        await finished(
            producer.commit(outputs, {source: offset}),
            self._settings.transaction_timeout_s + FINISH_WITHIN_S,
        )
        rejected = sum(output.topic == self._targets.rejected for output in outputs)
        logger.info(
            "%s/%d: %4d articles, %3d rejected, tagged in %5.0f ms, committed in %4.0f ms, upto %d",
            source.topic,
            source.partition,
            len(records),
            rejected,
            1000 * (tagged - started),
            1000 * (perf_counter() - tagged),
            offset,
        )
        return offset


def fencing_id(settings: Settings, source: TopicPartition) -> str:
    """The transactional id of a partition's worker: another group's or topic's is never the same.

    >>> fencing_id(Settings(group_id="g"), TopicPartition("articles", 3))
    'g/articles/3'
    """
    # No name of a group or topic holds a slash.
    return f"{settings.group_id}/{source.topic}/{source.partition}"


class TransactionStalled(Exception):
    """A transaction neither ended nor failed in its time; a restart works its slice again."""


async def finished(transaction: Coroutine[Any, Any, None], within_s: float) -> None:
    """Await a transaction to its end, even when cancelled in the middle of it.

    `within_s` is more than the broker leaves it open. A client that still waits then waits for
    ever, and its partition with it: raises `TransactionStalled`, so that the worker ends.

    One that does not end in time is aborted; what the broker then makes of it, commit or abort, the
    next owner of the partition finds out when it fences and reads the committed offset.
    """
    task = asyncio.ensure_future(transaction)
    try:
        await asyncio.wait([task], timeout=within_s)
    except asyncio.CancelledError:
        await asyncio.wait([task], timeout=FINISH_WITHIN_S)
        if not task.done():
            task.cancel()
            await asyncio.wait([task], timeout=FINISH_WITHIN_S)
        if task.done() and not task.cancelled() and (failure := task.exception()):
            raise failure from None  # a fenced worker must end, not rejoin
        raise
    if not task.done():
        task.cancel()
        raise TransactionStalled(f"a transaction did not end in {within_s:g} s")
    task.result()


def now() -> datetime:
    """The time as an aware datetime in UTC."""
    return datetime.now(UTC)
