"""The floor: what each step of the path costs at the least, measured one by one.

python -m benchmarks.floor
"""

import asyncio
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, get_args

import click
from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.structs import OffsetAndMetadata
from rich.console import Console
from rich.table import Table

from benchmarks.articles import Shape, articles, fill
from benchmarks.broker import PARTITIONS, broker, fresh_outputs, kafka_version, stored_bytes
from benchmarks.job import BATCH, Job, tagged_article, tagger
from benchmarks.machine import conditions
from models.events import Article, decode, encode
from streams.connection import producer_options
from streams.delivery import Output, TransactionalProducer
from streams.record import Headers
from streams.settings import Settings, load_settings
from streams.tag import Targets, tag_records
from tests.kafka_broker import KafkaBroker

SLICE = BATCH
NOW = datetime(2026, 1, 1, tzinfo=UTC)

console = Console(width=None if sys.stdout.isatty() else 116, highlight=False)


@dataclass(slots=True)
class Fetched:
    """A record as aiokafka's consumer gives it."""

    offset: int
    key: bytes | None
    value: bytes | None
    topic: str = "articles"
    partition: int = 0
    timestamp: int = 0
    headers: Headers = ()


@click.command(epilog="\b\nExample:\n  python -m benchmarks.floor --repeats 5")
@click.option("--repeats", default=30, show_default=True, help="Medians are of this many.")
def main(repeats: int) -> None:
    """Measure microseconds an article and milliseconds a transaction, step by step."""
    about = conditions(kafka_version())
    console.print(
        f"{about['cpu']}, {about['cores']} cores, Kafka {about['kafka']}, {about['date']}"
    )
    console.print(steps_table(repeats))
    with broker() as kafka:
        console.print(bytes_table(kafka))
        console.print(transaction_table(kafka, repeats))


def steps_table(repeats: int) -> Table:
    """Microseconds of CPU an article, in slices of `BATCH`, without a broker."""
    table = Table(title=f"µs an article, median of {repeats} slices of {SLICE}")
    table.title_justify = "left"
    table.add_column("step")
    for shape in get_args(Shape):
        table.add_column(shape, justify="right")
    columns = [steps(shape, repeats) for shape in get_args(Shape)]
    for name in columns[0]:
        table.add_row(name, *(f"{column[name]:.1f}" for column in columns))
    return table


def steps(shape: Shape, repeats: int) -> dict[str, float]:
    """The steps of one shape; the last two hold the work of the others that they need."""
    messages = list(articles(shape, SLICE))
    values = [value for _, value in messages]
    records = [Fetched(number, *message) for number, message in enumerate(messages)]
    decoded = [decode(Article, value) for value in values]
    shipped, null = tagger("shipped"), tagger("null")
    tags = shipped.tag_many(decoded)
    tagged = [
        tagged_article(article, found, shipped.stamp, NOW, NOW)
        for article, found in zip(decoded, tags, strict=True)
    ]
    outputs = worked(shipped, records)

    def median_us(work: Callable[[], Any]) -> float:
        return 1e6 * statistics.median(timed(work) for _ in range(repeats)) / SLICE

    return {
        "decode": median_us(lambda: [decode(Article, value) for value in values]),
        "classify": median_us(lambda: shipped.tag_many(decoded)),
        "encode": median_us(lambda: [encode(event) for event in tagged]),
        "pack into a batch, zstd": 1e6 * asyncio.run(pack_s(outputs, repeats)) / SLICE,
        "all of a slice before it is sent, null classifier": median_us(
            lambda: worked(null, records)
        ),
        "all of a slice before it is sent, shipped classifier": median_us(
            lambda: worked(shipped, records)
        ),
    }


def worked(classifier: Any, records: Sequence[Fetched]) -> list[Output]:
    """What the worker does with a slice."""
    targets = Targets("articles.tagged", "relations", "articles.rejected")
    return tag_records(classifier, records, targets, NOW, lambda: NOW)


async def pack_s(outputs: Sequence[Output], repeats: int) -> float:
    """Seconds to put outputs into one compressed batch, as a producer does."""

    def packed() -> None:
        batch = producer.create_batch()
        for output in outputs:
            batch.append(key=output.key, value=output.value, timestamp=0, headers=output.headers)
        batch.close()

    producer = AIOKafkaProducer(compression_type="zstd", max_batch_size=16 * 1024 * 1024)
    try:
        return statistics.median(timed(packed) for _ in range(repeats))
    finally:
        await producer.stop()


def timed(work: Callable[[], Any]) -> float:
    """Seconds that a call took."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def bytes_table(kafka: KafkaBroker) -> Table:
    """Bytes an article on the wire and on the broker's disk."""
    table = Table(title="bytes an article", title_justify="left")
    for name in ("shape", "as JSON", "in `articles`, lz4"):
        table.add_column(name, justify="left" if name == "shape" else "right")
    for shape in get_args(Shape):
        topic = f"{shape}.articles"
        kafka.create_topic(topic, PARTITIONS)
        size_bytes = fill(kafka.bootstrap, topic, shape, 10_000)
        stored = stored_bytes(kafka, topic)
        table.add_row(shape, f"{size_bytes / 10_000:.0f}", f"{stored / 10_000:.0f}")
    return table


def transaction_table(kafka: KafkaBroker, repeats: int) -> Table:
    """Milliseconds of a transaction and of its round trips, nothing else going on."""
    table = Table(title=f"ms, median of {repeats} transactions, one after another")
    table.title_justify = "left"
    table.add_column("part of a transaction")
    table.add_column("ms", justify="right")
    for name, median_s in asyncio.run(round_trips(kafka, repeats)).items():
        table.add_row(name, f"{1000 * median_s:.1f}")
    return table


async def round_trips(kafka: KafkaBroker, repeats: int) -> dict[str, float]:
    """Median seconds of each pair of requests, and of the worker's own transaction."""
    job = Job(kafka.bootstrap, "floor.", "floor", "null")
    kafka.create_topic(job.source, PARTITIONS)
    fresh_outputs(kafka, job.prefix)
    settings = load_settings(bootstrap_servers=job.bootstrap, group_id=job.group)
    return await parts_s(settings, job, repeats) | await whole_s(settings, job, repeats)


async def parts_s(settings: Settings, job: Job, repeats: int) -> dict[str, float]:
    """The round trips of a transaction with one record."""
    names = (
        "AddPartitionsToTxn, Produce",
        "AddOffsetsToTxn, TxnOffsetCommit",
        "EndTxn",
        "all of it, one record",
    )
    offsets = {TopicPartition(job.source, 0): OffsetAndMetadata(1, "")}
    taken: list[tuple[float, ...]] = []
    async with AIOKafkaProducer(**producer_options(settings), transactional_id="parts") as producer:
        for _ in range(repeats + 1):
            begun = time.perf_counter()
            await producer.begin_transaction()
            await producer.send_and_wait(job.target, b"1", partition=0)
            sent = time.perf_counter()
            await producer.send_offsets_to_transaction(offsets, job.group)
            added = time.perf_counter()
            await producer.commit_transaction()
            ended = time.perf_counter()
            taken.append((sent - begun, added - sent, ended - added, ended - begun))
    columns = zip(*taken[1:], strict=True)  # the first finds out where things are
    return dict(zip(names, map(statistics.median, columns), strict=True))


async def whole_s(settings: Settings, job: Job, repeats: int) -> dict[str, float]:
    """The worker's own transaction, with the outputs of a slice of each shape."""
    found = {}
    for shape in get_args(Shape):
        records = [Fetched(n, *message) for n, message in enumerate(articles(shape, SLICE))]
        outputs = [
            replace(output, topic=job.target) for output in worked(tagger("shipped"), records)
        ]
        taken = []
        async with TransactionalProducer(settings, f"whole-{shape}") as producer:
            for _ in range(repeats + 1):
                started = time.perf_counter()
                await producer.commit(outputs, {TopicPartition(job.source, 0): 1})
                taken.append(time.perf_counter() - started)
        name = f"a slice of {SLICE} {shape} articles, {len(outputs)} records"
        found[name] = statistics.median(taken[1:])
    return found


if __name__ == "__main__":
    main()
