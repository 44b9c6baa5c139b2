"""The demo: a broker and a worker of its own, the demo articles sent, what comes out shown.

Both children follow this process: however it ends, they end too.
"""

import asyncio
import os
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from importlib.resources import files
from pathlib import Path

from aiokafka import AIOKafkaConsumer
from rich.console import Console
from rich.table import Table

from models.events import TaggedArticle, decode
from streams import lifeline, topics
from streams.broker import environment, exports
from streams.connection import connected
from streams.record import Record, header
from streams.scan import reader
from streams.send import key_of, send_values
from streams.settings import Settings, load_settings
from streams.tag import ERROR_PREFIX
from streams.terminal import plain, printable

BROKEN = (
    b'{"id": "broken-1", "title": "Cut off in the mid',
    b'{"id": "broken-2", "title": "Latin-1 in a UTF-8 world: S\xe3o Paulo"}',
    b'{"id": 3, "title": "A number for an id"}',
    b'{"id": "broken-4", "title": "   ", "text": ""}',
    b'{"id": "broken-5", "title": "No time zone", "published_at": "2026-11-03T09:00:00"}',
)
TAGS_WITHIN_S = 30.0
MILLISECOND = timedelta(milliseconds=1)

console = Console(width=None if sys.stdout.isatty() else 116, highlight=False)


class DemoFailed(Exception):
    """A child process of the demo ended when it should not have."""


def run(*, stay: bool, rate: float) -> int:
    """Run the demo; gives the exit status. `stay` keeps it running until Ctrl-C."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with tempfile.TemporaryDirectory(prefix="dyadwire-demo-") as folder:
            log = Path(folder) / "worker.log"
            with _broker() as address:
                os.environ |= environment(address)
                settings = load_settings()
                asyncio.run(topics.create(settings))
                with _worker(log) as worker:
                    return asyncio.run(_show(settings, worker, log, stay=stay, rate=rate))
    except KeyboardInterrupt:
        return 0 if stay else 130
    except DemoFailed as failure:
        console.print(plain(str(failure), keep="\n"), style="red", markup=False)
        return 1


def demo_articles() -> list[bytes]:
    """The demo's messages, one JSON article each, the broken ones spread among them."""
    lines = files("streams").joinpath("data/demo_articles.jsonl").read_bytes().splitlines()
    step = len(lines) // len(BROKEN)
    for place, broken in enumerate(BROKEN):
        lines.insert((place + 1) * (step + 1) - 1, broken)
    return lines


@contextmanager
def _broker() -> Iterator[str]:
    with lifeline.running("broker", stderr=sys.stderr) as (_, line):
        found = re.search(r"DYADWIRE_BOOTSTRAP_SERVERS=(\S+)", line)
        if found is None:
            raise DemoFailed("the embedded broker did not start")
        yield found[1]


@contextmanager
def _worker(log: Path) -> "Iterator[subprocess.Popen[str]]":
    with log.open("w") as written, lifeline.running("worker", stderr=written) as (child, line):
        if line.strip() != "ready":
            raise DemoFailed(f"the worker did not start:\n{log.read_text()}")
        yield child


async def _show(
    settings: Settings,
    worker: "subprocess.Popen[str]",
    log: Path,
    *,
    stay: bool,
    rate: float,
) -> int:
    """Send the articles, show what comes out until all are through, then the summary."""
    messages = demo_articles()
    watch = Watch()
    tagged, rejected = (topics.named(topic, settings) for topic in (topics.TAGGED, topics.REJECTED))
    async with connected(reader(settings, tagged, rejected), settings) as consumer:
        console.print(_header())
        sending = asyncio.create_task(
            send_values(
                settings,
                messages,
                rate=rate,
                sent=lambda count: watch.sent(messages[count - 1]),
            )
        )
        quiet_since = time.monotonic()
        while watch.received < len(messages):
            if await _show_arrivals(consumer, watch, rejected):
                quiet_since = time.monotonic()
            if sending.done():
                await sending  # which raises if it failed
            if worker.poll() is not None:
                raise DemoFailed(f"the worker ended:\n{log.read_text()[-2000:]}")
            if time.monotonic() - quiet_since > TAGS_WITHIN_S:
                raise DemoFailed(f"no tags in time; the worker's log:\n{log.read_text()[-2000:]}")
        await sending
        console.print(watch.summary())
        if stay:
            await _stay(settings, consumer, watch, rejected, worker)
    return 0


async def _show_arrivals(consumer: AIOKafkaConsumer, watch: "Watch", rejected: str) -> int:
    """Print a row for each message that came out; gives how many."""
    count = 0
    for records in (await consumer.getmany(timeout_ms=100)).values():
        for record in records:
            console.print(watch.row(record, is_rejected=record.topic == rejected))
            count += 1
    return count


async def _stay(
    settings: Settings,
    consumer: AIOKafkaConsumer,
    watch: "Watch",
    rejected: str,
    worker: "subprocess.Popen[str]",
) -> None:
    console.print(
        "\nStill running; Ctrl-C ends it. To send more, in another terminal:\n"
        f"  {exports(settings.bootstrap_servers)}\n"
        "  .venv/bin/dyadwire send articles.jsonl\n"
        "  .venv/bin/dyadwire rejected list\n",
        soft_wrap=True,
    )
    while worker.poll() is None:
        await _show_arrivals(consumer, watch, rejected)
    raise DemoFailed("the worker ended")


class Watch:
    """What went in and came out, and how long each article took."""

    def __init__(self) -> None:
        self._sent_at: dict[bytes, float] = {}
        self._latencies_s: list[float] = []
        self._in_worker_ms: list[float] = []
        self._started = self._ended = 0.0
        self._rejected = 0

    @property
    def received(self) -> int:
        """How many messages came out, tagged or rejected."""
        return len(self._latencies_s) + self._rejected

    def sent(self, value: bytes) -> None:
        """Note that a message was sent just now."""
        now = time.monotonic()
        self._started = self._started or now
        self._sent_at[key_of(value) or b""] = now

    def row(self, record: Record, *, is_rejected: bool) -> Table:
        """The row for a message that came out just now."""
        self._ended = time.monotonic()
        if is_rejected:
            self._rejected += 1
            kind, why = (
                (header(record.headers, ERROR_PREFIX + name) or b"").decode()
                for name in ("exception.class.name", "exception.message")
            )
            return _row("[red]rejected[/red]", printable(f"{kind}: {why}"), "")
        self._latencies_s.append(self._ended - self._sent_at.get(record.key or b"", self._ended))
        tagged = decode(TaggedArticle, record.value or b"")
        self._in_worker_ms.append((tagged.tagged_at - tagged.received_at) / MILLISECOND)
        themes = "\n".join(f"{theme.code} {theme.probability:.2f}" for theme in tagged.themes)
        relations = "\n".join(
            f"{found.pair if found.direction == 'mutual' else found.direction} {found.stance}"
            for found in tagged.relations
        )
        return _row(
            printable(tagged.article.title or tagged.article.id),
            themes or f"[dim]{tagged.outcome}[/dim]",
            relations,
        )

    def summary(self) -> str:
        """Received, tagged, rejected, articles a second, latency."""
        latencies_ms = [1000 * latency for latency in self._latencies_s]
        seconds = self._ended - self._started
        return (
            f"\nreceived {self.received}, tagged {len(latencies_ms)}, rejected {self._rejected}; "
            f"{self.received / seconds:.0f} articles a second; "
            f"latency median {statistics.median(latencies_ms):.0f} ms, "
            f"99th percentile {statistics.quantiles(latencies_ms, n=100)[98]:.0f} ms\n"
            f"(in the worker, from fetched to tagged: median "
            f"{statistics.median(self._in_worker_ms):.0f} ms; the rest is the embedded broker, "
            "which lets a reader that is up to date wait 1.5 s)"
        )


def _header() -> Table:
    return _row("[bold]article[/bold]", "[bold]themes[/bold]", "[bold]relations[/bold]")


def _row(title: str, themes: str, relations: str) -> Table:
    row = Table.grid(padding=(0, 2))
    for width in (48, 30, 32):
        row.add_column(width=width, overflow="fold")
    row.add_row(title, themes, relations)
    return row
