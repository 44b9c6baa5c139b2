"""Lanes: in order within a partition, side by side between them, all or none on failure."""

import asyncio
from datetime import UTC, datetime

import pytest
from aiokafka import TopicPartition

from streams.lanes import Lanes, SliceQueue
from streams.slices import Generation, Slice
from tests.factories import FakeRecord

ZERO, ONE = TopicPartition("articles", 0), TopicPartition("articles", 1)


def part(offset: int, generation: int = 0) -> Slice:
    return Slice([FakeRecord(offset=offset)], generation, datetime.now(UTC))


class Recorder:
    """Work that notes what it gets and waits at a gate."""

    def __init__(self) -> None:
        self.seen: list[tuple[int, int]] = []
        self.gate = asyncio.Event()
        self.gate.set()

    async def __call__(self, source: TopicPartition, slices: SliceQueue) -> None:
        while True:
            taken = await slices.get()
            await self.gate.wait()
            self.seen.append((source.partition, taken.records[0].offset))


async def settle() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


async def test_slices_of_a_partition_are_worked_in_order() -> None:
    work = Recorder()
    async with Lanes(work, Generation()) as lanes:
        for offset in range(5):
            await lanes.put(ZERO, part(offset))
        await settle()
        await lanes.release()
    assert work.seen == [(0, offset) for offset in range(5)]


async def test_one_partition_does_not_wait_for_another() -> None:
    started = {ZERO: asyncio.Event(), ONE: asyncio.Event()}

    async def work(source: TopicPartition, slices: SliceQueue) -> None:
        await slices.get()
        started[source].set()
        await asyncio.Event().wait()

    async with Lanes(work, Generation()) as lanes:
        await lanes.put(ZERO, part(0))
        await lanes.put(ONE, part(0))
        await asyncio.gather(*(event.wait() for event in started.values()))
        await lanes.release()


async def test_a_slice_from_before_a_rebalance_is_dropped() -> None:
    work, generation = Recorder(), Generation()
    async with Lanes(work, generation) as lanes:
        await lanes.release()
        await lanes.put(ZERO, part(7, generation=0))
        await lanes.put(ZERO, part(3, generation=generation.current))
        await settle()
        await lanes.release()
    assert work.seen == [(0, 3)]


async def test_a_put_that_waits_during_a_rebalance_ends_without_its_slice_being_worked() -> None:
    work = Recorder()
    work.gate.clear()
    async with Lanes(work, Generation()) as lanes:
        await lanes.put(ZERO, part(0))
        await settle()
        await lanes.put(ZERO, part(1))
        waiting = asyncio.create_task(lanes.put(ZERO, part(2)))
        await settle()
        assert not waiting.done()
        await lanes.release()
        await waiting
        work.gate.set()
        await settle()
    assert work.seen == []


async def test_a_failing_lane_ends_all_and_is_raised() -> None:
    ended = asyncio.Event()

    async def work(source: TopicPartition, slices: SliceQueue) -> None:
        await slices.get()
        if source == ONE:
            raise RuntimeError("broker gone")
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    async def feed() -> None:
        async with Lanes(work, Generation()) as lanes:
            await lanes.put(ZERO, part(0))
            await lanes.put(ONE, part(0))
            await asyncio.Event().wait()

    with pytest.raises(RuntimeError, match="broker gone"):
        await feed()
    assert ended.is_set()
