"""How long an article takes: from its producer's send to a reader of committed data, on real Kafka.

python -m benchmarks.latency --rate 50 --seconds 30
"""

import asyncio
import os
import statistics
import sys
import time

import click
import msgspec
from rich.console import Console

from benchmarks.articles import articles
from benchmarks.broker import broker, kafka_version
from benchmarks.machine import conditions
from models.events import TaggedArticle, decode
from streams import lifeline, topics
from streams.connection import connected
from streams.scan import reader
from streams.send import send_values
from streams.settings import Settings, load_settings

console = Console(width=None if sys.stdout.isatty() else 116, highlight=False)


@click.command(epilog="\b\nExample:\n  python -m benchmarks.latency --rate 50 --seconds 30")
@click.option("--rate", default=50.0, show_default=True, help="Articles a second.")
@click.option("--seconds", default=30.0, show_default=True, help="Length of the flow.")
def main(rate: float, seconds: float) -> None:
    """Measure a steady flow of full-length articles through one `dyadwire worker`."""
    with broker() as kafka:
        os.environ["DYADWIRE_BOOTSTRAP_SERVERS"] = kafka.bootstrap
        settings = load_settings()
        asyncio.run(topics.create(settings))
        with lifeline.running("worker", stderr=sys.stderr):
            asyncio.run(_flow(settings, rate, int(rate)))  # opens every lane
            latencies_ms = asyncio.run(_flow(settings, rate, int(rate * seconds)))
    centiles = statistics.quantiles(latencies_ms, n=100)
    console.print_json(msgspec.json.encode(conditions(kafka_version())).decode())
    console.print(
        f"{len(latencies_ms)} articles at {rate:g}/s: median {centiles[49]:.0f} ms, "
        f"95th percentile {centiles[94]:.0f} ms, 99th {centiles[98]:.0f} ms, "
        f"most {max(latencies_ms):.0f} ms"
    )


async def _flow(settings: Settings, rate: float, count: int) -> list[float]:
    """Milliseconds from send to arrival of each article."""
    messages = list(articles("full", count))
    sent_at: list[float] = []
    arrived_at: dict[str, float] = {}
    name = topics.named(topics.TAGGED, settings)
    async with connected(reader(settings, name), settings) as consumer:
        await consumer.seek_to_end()
        await asyncio.gather(*(consumer.position(part) for part in consumer.assignment()))
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(
                send_values(
                    settings,
                    [value for _, value in messages],
                    rate=rate,
                    sent=lambda _: sent_at.append(time.perf_counter()),
                )
            )
            while len(arrived_at) < count:
                for records in (await consumer.getmany(timeout_ms=100)).values():
                    now = time.perf_counter()
                    for record in records:
                        arrived_at[decode(TaggedArticle, record.value).article.id] = now
    return [
        1000 * (arrived_at[key.decode()] - sent)
        for (key, _), sent in zip(messages, sent_at, strict=True)
    ]


if __name__ == "__main__":
    main()
