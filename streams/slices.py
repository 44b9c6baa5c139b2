"""Slices: one event for Faust is a run of records of one partition, not one record.

Faust spends four asyncio tasks on each event. Its `ConsumerScheduler` setting sees what one fetch
brought; here it hands on whole slices, so that cost is paid once for hundreds of articles.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import zip_longest
from typing import Any

from faust.transport.utils import DefaultSchedulingStrategy
from faust.types import TP

from streams.record import Record

SLICE_BYTES = 1024 * 1024


class Generation:
    """Counts the rebalances: what was fetched before one must not be worked after it."""

    current: int = 0


@dataclass(frozen=True, slots=True)
class Slice:
    """Consecutive records of one partition, in order of offset, never empty."""

    records: Sequence[Record]
    generation: int
    received_at: datetime


def slice_scheduler(max_records: int, generation: Generation) -> type[DefaultSchedulingStrategy]:
    """The class for `ConsumerScheduler`: slices of at most `max_records`, partitions in turn."""

    class SliceScheduler(DefaultSchedulingStrategy):
        def iterate(self, records: Mapping[TP, list[Any]]) -> Iterator[tuple[TP, Any]]:
            received_at = datetime.now(UTC)
            slices = [cut(fetched, max_records) for fetched in records.values()]
            for turn in zip_longest(*slices):
                for tp, part in zip(records, turn, strict=True):
                    if part:
                        # Faust asks for the next only while the flow is on, so now is right.
                        whole = Slice(part, generation.current, received_at)
                        # What Faust reads: where the slice ends, no key, no headers.
                        carrier: Any = part[-1]
                        yield tp, replace(carrier, key=None, headers=(), value=whole)

    return SliceScheduler


def cut(
    records: Sequence[Record],
    max_records: int,
    max_bytes: int = SLICE_BYTES,
) -> Iterator[Sequence[Record]]:
    """Runs of at most `max_records` that end with the record that brings them to `max_bytes`."""
    start = size = 0
    for end, record in enumerate(records, start=1):
        size += len(record.value or b"")
        if end - start == max_records or size >= max_bytes:
            yield records[start:end]
            start, size = end, 0
    if start < len(records):
        yield records[start:]
