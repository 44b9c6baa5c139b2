"""A transaction that hangs does not hold its partition for ever."""

import asyncio

import pytest

from streams.classify import TransactionStalled, finished


async def hang() -> None:
    """Wait for what never comes and refuse to be cancelled, as a stuck client may."""
    for _ in range(100):
        try:
            await asyncio.sleep(10)
        except asyncio.CancelledError:
            await asyncio.sleep(0.05)
            return


async def test_a_transaction_that_never_ends_is_a_failure() -> None:
    with pytest.raises(TransactionStalled, match=r"did not end in 0\.01 s"):
        await finished(hang(), 0.01)


async def test_one_that_ends_in_time_is_none() -> None:
    await finished(asyncio.sleep(0), 5)


async def test_a_failure_is_raised_as_it_is() -> None:
    async def fail() -> None:
        raise ValueError("fenced")

    with pytest.raises(ValueError, match="fenced"):
        await finished(fail(), 5)


async def test_a_cancelled_lane_lets_its_transaction_end() -> None:
    ended = asyncio.Event()

    async def commit() -> None:
        await asyncio.sleep(0.05)
        ended.set()

    lane = asyncio.ensure_future(finished(commit(), 5))
    await asyncio.sleep(0.01)
    lane.cancel()
    with pytest.raises(asyncio.CancelledError):
        await lane
    assert ended.is_set()
