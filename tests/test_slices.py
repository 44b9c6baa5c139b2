"""Whole fetches become slices: nothing left out, nothing twice, partitions in turn."""

from typing import Any

from aiokafka import ConsumerRecord
from faust.types import TP

from streams.slices import Generation, Slice, cut, slice_scheduler
from tests.factories import FakeRecord


def consumer_record(partition: int, offset: int, value: bytes = b"{}") -> Any:
    return ConsumerRecord(
        "articles", partition, offset, 0, 0, b"key", value, None, 3, len(value), [("h", b"v")]
    )


def slices(fetched: dict[TP, list[Any]], size: int) -> list[tuple[TP, Any]]:
    return list(slice_scheduler(size, Generation())().iterate(fetched))


def test_a_fetch_comes_out_whole_and_in_order() -> None:
    tp = TP("articles", 0)
    carriers = slices({tp: [consumer_record(0, offset) for offset in range(10)]}, 4)
    assert [[r.offset for r in carrier.value.records] for _, carrier in carriers] == [
        [0, 1, 2, 3],
        [4, 5, 6, 7],
        [8, 9],
    ]


def test_the_carrier_says_where_its_slice_ends_and_nothing_of_its_content() -> None:
    tp = TP("articles", 0)
    [(_, carrier)] = slices({tp: [consumer_record(0, 5), consumer_record(0, 9)]}, 4)
    assert (carrier.offset, carrier.key, carrier.headers) == (9, None, ())
    assert isinstance(carrier.value, Slice)


def test_partitions_take_turns() -> None:
    fetched = {
        TP("articles", p): [consumer_record(p, offset) for offset in range(4)] for p in (0, 1)
    }
    assert [tp.partition for tp, _ in slices(fetched, 2)] == [0, 1, 0, 1]


def test_an_empty_partition_gives_no_slice() -> None:
    fetched = {TP("articles", 0): [], TP("articles", 1): [consumer_record(1, 0)]}
    assert [tp.partition for tp, _ in slices(fetched, 2)] == [1]


def test_large_records_end_a_slice_early() -> None:
    records = [FakeRecord(value=b"x" * 400, offset=offset) for offset in range(5)]
    assert [len(part) for part in cut(records, 100, max_bytes=800)] == [2, 2, 1]


def test_a_record_above_the_bound_still_comes_out() -> None:
    assert [len(part) for part in cut([FakeRecord(value=b"x" * 900)], 100, max_bytes=800)] == [1]


def test_a_slice_is_of_the_generation_in_which_it_was_handed_over() -> None:
    generation = Generation()
    tp = TP("articles", 0)
    iterator = slice_scheduler(1, generation)().iterate(
        {tp: [consumer_record(0, 0), consumer_record(0, 1)]}
    )
    assert next(iterator)[1].value.generation == 0
    generation.current += 1
    assert next(iterator)[1].value.generation == 1
