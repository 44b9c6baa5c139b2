"""How soon a worker tags after it is started, and what memory it keeps under full load.

python -m benchmarks.worker --out worker.json
"""

import asyncio
import statistics
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import cycle
from pathlib import Path
from typing import get_args

import click
import msgspec
import psutil
from confluent_kafka import Producer
from rich.console import Console
from rich.progress import track

from benchmarks import watch
from benchmarks.articles import Shape, articles, fill
from benchmarks.broker import PARTITIONS, broker, kafka_version
from benchmarks.child import Child, running
from benchmarks.job import ClassifierName, Job
from benchmarks.machine import conditions
from streams import topics
from streams.settings import load_settings
from tests.kafka_broker import KafkaBroker

# A topic keeps this much for each partition: a long run must not fill the disk.
RETENTION = {
    "log.retention.bytes": str(128 * 1024 * 1024),
    "log.segment.bytes": str(32 * 1024 * 1024),
    "log.retention.check.interval.ms": "5000",
}
FIRST_WITHIN_S = 60.0
# Articles that wait in the topic at any time, so that the worker never does.
AHEAD = 20_000
DIFFERENT = 5_000
MIB = 1024 * 1024

console = Console(width=None if sys.stdout.isatty() else 116, highlight=False)
progress_console = Console(stderr=True)


@click.command(epilog="\b\nExample:\n  python -m benchmarks.worker --starts 3 --minutes 1")
@click.option("--starts", default=5, show_default=True, help="How often to start it; 0 for never.")
@click.option("--minutes", default=10.0, show_default=True, help="Length of the load; 0 for none.")
@click.option("--shape", type=click.Choice(get_args(Shape)), default="full", show_default=True)
@click.option(
    "--classifier",
    type=click.Choice(get_args(ClassifierName)),
    default="shipped",
    show_default=True,
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path(".cache/benchmarks/worker.json"),
    show_default=True,
    help="Where every sample is written as JSON, with machine, versions and date.",
)
def main(starts: int, minutes: float, shape: Shape, classifier: ClassifierName, out: Path) -> None:
    """Measure start to first tag, and resident memory under full load, on a real Kafka."""
    about = conditions(kafka_version())
    with broker(RETENTION) as kafka:
        first_tag_s = [
            start_to_first_tag(kafka, f"start{number}.", shape, classifier)
            for number in track(range(starts), "starts", console=progress_console, transient=True)
        ]
        load = memory(kafka, shape, classifier, minutes * 60) if minutes else None
    console.print(
        f"{about['cpu']}, {about['cores']} cores, Kafka {about['kafka']}, {about['date']}"
    )
    if first_tag_s:
        console.print(
            f"start to first tag: median {statistics.median(first_tag_s):.1f} s "
            f"({min(first_tag_s):.1f}-{max(first_tag_s):.1f}), {starts} starts"
        )
    if load:
        console.print(load.summary())
    body = {"conditions": about, "shape": shape, "classifier": classifier}
    found = {"first_tag_s": first_tag_s, "load": load}
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_bytes(msgspec.json.format(msgspec.json.encode(body | found)) + b"\n")
    console.print(f"written to {out}")


class Load(msgspec.Struct, frozen=True):
    """A run under full load: resident bytes at each second, articles tagged in all."""

    rss_bytes: list[int]
    articles: int

    def summary(self) -> str:
        """Peak and slope; the first seconds, in which the worker grows to its size, count too.

        >>> Load([100 * MIB, 101 * MIB, 102 * MIB], 300).summary()
        'memory: peak 102 MiB; first third 100 MiB, last third 102 MiB: +2.0 MiB; 100 articles/s'
        """
        third = max(1, len(self.rss_bytes) // 3)
        early, late = (
            statistics.mean(part) / MIB
            for part in (self.rss_bytes[:third], self.rss_bytes[-third:])
        )
        return (
            f"memory: peak {max(self.rss_bytes) / MIB:.0f} MiB; first third {early:.0f} MiB, "
            f"last third {late:.0f} MiB: {late - early:+.1f} MiB; "
            f"{self.articles / len(self.rss_bytes):.0f} articles/s"
        )


def start_to_first_tag(
    kafka: KafkaBroker, prefix: str, shape: Shape, classifier: ClassifierName
) -> float:
    """Seconds from starting the process to its first committed tagged article."""
    job = made(kafka, prefix, classifier)
    fill(kafka.bootstrap, job.source, shape, 100)
    count = watch.visible(kafka.bootstrap, job.target, PARTITIONS)
    count()  # connected before the clock starts
    started = time.monotonic()
    with worker(job) as child:
        until_first(child, count)
        return time.monotonic() - started


def memory(kafka: KafkaBroker, shape: Shape, classifier: ClassifierName, seconds: float) -> Load:
    """Load a worker as much as it can take, and note its resident memory each second."""
    job = made(kafka, "load.", classifier)
    count = watch.visible(kafka.bootstrap, job.target, PARTITIONS)
    with feeding(kafka.bootstrap, job.source, shape, count), worker(job) as child:
        until_first(child, count)
        process = psutil.Process(child.process.pid)
        samples, before = [], count()
        ticks = range(int(seconds))
        for _ in track(ticks, "under load", console=progress_console, transient=True):
            time.sleep(1)
            alive(child)
            samples.append(process.memory_info().rss)
        return Load(samples, count() - before)


def made(kafka: KafkaBroker, prefix: str, classifier: ClassifierName) -> Job:
    """A job whose topics `dyadwire topics create` has made."""
    settings = load_settings(bootstrap_servers=kafka.bootstrap, topic_prefix=prefix)
    asyncio.run(topics.create(settings))
    return Job(kafka.bootstrap, prefix, f"{prefix}workers", classifier)


@contextmanager
def worker(job: Job) -> Iterator[Child]:
    """The command `dyadwire worker`; with the null classifier, the engine benchmark's process."""
    if job.classifier == "null":
        command = [sys.executable, "-m", "benchmarks.peers.dyadwire_worker", str(job)]
    else:
        command = [str(Path(sys.executable).with_name("dyadwire")), "worker", "--follow-parent"]
    env: Mapping[str, str] = {
        "DYADWIRE_BOOTSTRAP_SERVERS": job.bootstrap,
        "DYADWIRE_TOPIC_PREFIX": job.prefix,
        "DYADWIRE_GROUP_ID": job.group,
    }
    with running(command, env) as child:
        yield child


def until_first(child: Child, count: Callable[[], int]) -> None:
    """Wait for the first committed output."""
    deadline = time.monotonic() + FIRST_WITHIN_S
    while not count():
        alive(child)
        if time.monotonic() > deadline:
            raise click.ClickException(f"no tag in {FIRST_WITHIN_S:.0f} s: {child.said()}")
        time.sleep(0.005)


def alive(child: Child) -> None:
    """Raise if the worker has ended."""
    if child.process.poll() is not None:
        raise click.ClickException(f"the worker ended: {child.said()}")


@contextmanager
def feeding(bootstrap: str, topic: str, shape: Shape, tagged: Callable[[], int]) -> Iterator[None]:
    """Keep `AHEAD` articles waiting in the topic for the length of a `with`."""
    stop = threading.Event()
    messages = list(articles(shape, DIFFERENT))
    thread = threading.Thread(target=_feed, args=(bootstrap, topic, messages, tagged, stop))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _feed(
    bootstrap: str,
    topic: str,
    messages: Sequence[tuple[bytes, bytes]],
    tagged: Callable[[], int],
    stop: threading.Event,
) -> None:
    producer = Producer(
        {
            "bootstrap.servers": bootstrap,
            "compression.type": "lz4",
            "linger.ms": 20,
            "log_level": 0,
        }
    )
    for sent, (key, value) in enumerate(cycle(messages)):
        if sent % 1000 == 0:
            producer.flush()
            while sent - tagged() > AHEAD and not stop.wait(0.05):
                pass
            if stop.is_set():
                return
        producer.produce(topic, value, key)


if __name__ == "__main__":
    main()
