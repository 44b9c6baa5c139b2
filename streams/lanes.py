"""Lanes: one task for each partition, so that one's transaction overlaps another's classification.

A lane takes the slices of its partition in order. It starts with the first slice and ends when the
partition is revoked; if it fails, all lanes end and the failure is raised: the worker crashes, and
a restart resumes from the committed offset.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any, Self

from aiokafka import TopicPartition

from streams.slices import Generation, Slice

logger = logging.getLogger(__name__)

# One slice waits while another is worked; more would only delay what Faust's own buffer holds.
WAITING_SLICES = 1

SliceQueue = asyncio.Queue[Slice]
Work = Callable[[TopicPartition, SliceQueue], Awaitable[None]]


class Lanes:
    """Hands each slice to the lane of its partition; `async with` is the life of all lanes."""

    def __init__(self, work: Work, generation: Generation) -> None:
        self._work = work
        self._generation = generation
        self._queues: dict[TopicPartition, SliceQueue] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._group = asyncio.TaskGroup()

    async def __aenter__(self) -> Self:
        self._group = asyncio.TaskGroup()
        await self._group.__aenter__()
        return self

    async def __aexit__(self, *exception: Any) -> None:
        try:
            await self._group.__aexit__(*exception)
        except BaseExceptionGroup as failures:
            raise failures.exceptions[0] from None

    async def put(self, source: TopicPartition, part: Slice) -> None:
        """Queue a slice; waits while its lane is busy. One from before a rebalance is dropped.

        What is dropped is fetched again: a rebalance sets every position back to what is committed.
        """
        if part.generation != self._generation.current:
            logger.debug("dropped a slice of %s from before the rebalance", source)
            return
        if source not in self._queues:
            self._queues[source] = asyncio.Queue(WAITING_SLICES)
            task = self._group.create_task(self._run(source, self._queues[source]))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        await self._queues[source].put(part)

    async def release(self) -> None:
        """End all lanes, each after the transaction it is in; what waited is dropped."""
        self._generation.current += 1
        queues, self._queues = self._queues, {}
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)
        for queue in queues.values():
            while not queue.empty():  # a `put` that still waits goes on, into nothing
                queue.get_nowait()

    async def _run(self, source: TopicPartition, queue: SliceQueue) -> None:
        try:
            await self._work(source, queue)
        except Exception as error:
            logger.critical(
                "%s/%d: %s; the worker ends, a restart goes on from the committed offset",
                source.topic,
                source.partition,
                repr(error),
            )
            raise
