"""What could not be read: list it, repair it, send it back.

A rejected message that was sent back gets a mark on `articles.replayed` in the same transaction, so
it is sent back once, however often the command runs or is killed.
"""

import subprocess
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import jq
import msgspec

from streams import topics
from streams.decode import without_registry_prefix
from streams.delivery import Output, TransactionalProducer
from streams.record import Headers, Record, header
from streams.scan import scan
from streams.settings import Settings
from streams.tag import ERROR_PREFIX

# Outputs in one transaction: each message sent back and its mark.
BATCH = 1_000

Repair = Callable[[bytes], bytes]


class RepairFailed(Exception):
    """A repair gave no value for a message; it stays where it is."""


@dataclass(frozen=True, slots=True)
class Rejected:
    """One message on `articles.rejected`."""

    record: Record
    replayed: bool

    @property
    def position(self) -> str:
        """Where it is on the topic, as `partition:offset`."""
        return f"{self.record.partition}:{self.record.offset}"

    @property
    def at(self) -> datetime:
        """When it was rejected."""
        return datetime.fromtimestamp(self.record.timestamp / 1000, UTC)

    @property
    def stage(self) -> str:
        """Where it failed: `decode`, `validate` or `predict`."""
        return self.error("stage")

    @property
    def kind(self) -> str:
        """The class of the error."""
        return self.error("exception.class.name")

    @property
    def message(self) -> str:
        """What was wrong."""
        return self.error("exception.message")

    @property
    def source(self) -> str:
        """Where it came from, as `topic/partition/offset`."""
        return "/".join(map(self.error, ("topic", "partition", "offset")))

    def error(self, name: str) -> str:
        """The value of one error header, empty when there is none."""
        return (header(self.record.headers, ERROR_PREFIX + name) or b"").decode(errors="replace")

    def original_headers(self) -> Headers:
        """The headers it came with."""
        return [item for item in self.record.headers if not item[0].startswith(ERROR_PREFIX)]


@dataclass(frozen=True, slots=True)
class Filter:
    """Which rejected messages are meant; an empty field means any."""

    stage: str | None = None
    kind: str | None = None
    contains: str | None = None
    since: datetime | None = None
    position: str | None = None

    def takes(self, found: Rejected) -> bool:
        """Whether this one is meant."""
        return (
            self.stage in (None, found.stage)
            and self.kind in (None, found.kind)
            and self.position in (None, found.position)
            and (self.contains is None or self.contains.lower() in found.message.lower())
            and (self.since is None or found.at >= self.since)
        )


async def rejected(settings: Settings, wanted: Filter) -> AsyncIterator[Rejected]:
    """The rejected messages that are meant, partition by partition in order."""
    marks: set[bytes | None] = set()
    async for records in scan(settings, topics.named(topics.REPLAYED, settings)):
        marks.update(record.key for record in records)
    async for records in scan(settings, topics.named(topics.REJECTED, settings)):
        for record in records:
            found = Rejected(record, replayed=_mark(record) in marks)
            if wanted.takes(found):
                yield found


async def latest(
    settings: Settings, wanted: Filter, limit: int
) -> tuple[Sequence[Rejected], Counter[tuple[str, str]]]:
    """The newest of those that are meant, oldest first, and how many by stage and kind of all."""
    found = [each async for each in rejected(settings, wanted)]
    counts = Counter((each.stage, each.kind) for each in found)
    return sorted(found, key=lambda each: each.record.timestamp)[-limit:], counts


@dataclass
class Replayed:
    """How a replay went."""

    sent: int = 0
    already: int = 0
    failed: int = 0


async def replay(
    settings: Settings,
    wanted: Filter,
    repair: Repair,
    *,
    failed: Callable[[Rejected, str], None],
    dry_run: bool = False,
) -> Replayed:
    """Send back what is meant and was not yet, repaired; `failed` hears of what cannot be."""
    result = Replayed()
    batch: list[Output] = []
    async with TransactionalProducer(settings, f"{settings.group_id}-replay") as producer:
        async for found in rejected(settings, wanted):
            if found.replayed:
                result.already += 1
                continue
            value = found.record.value
            try:
                repaired = None if value is None else repair(value)
            except RepairFailed as error:
                result.failed += 1
                failed(found, str(error))
                continue
            result.sent += 1
            if not dry_run:
                batch += _sent_back(settings, found, repaired)
            if len(batch) >= BATCH:
                await producer.commit(batch)
                batch.clear()
        if batch:
            await producer.commit(batch)
    return result


def _sent_back(settings: Settings, found: Rejected, value: bytes | None) -> list[Output]:
    """The message for `articles` and its mark for `articles.replayed`."""
    record = found.record
    articles = topics.named(topics.ARTICLES, settings)
    marks = topics.named(topics.REPLAYED, settings)
    return [
        Output(articles, record.key, value, found.original_headers(), record.partition),
        Output(marks, _mark(record), b"", (), record.partition),
    ]


def jq_repair(program: str) -> Repair:
    """A repair by a jq program; raises `ValueError` when the program itself is wrong.

    >>> jq_repair('.id |= tostring')(b'{"id": 7}')
    b'{"id":"7"}'
    """
    compiled = jq.compile(program)

    def repair(value: bytes) -> bytes:
        try:
            results = compiled.input_text(without_registry_prefix(value).decode("utf-8")).all()
        except ValueError as error:
            raise RepairFailed(str(error)) from error
        if len(results) != 1:
            raise RepairFailed(f"the jq program gave {len(results)} values, expected one")
        return msgspec.json.encode(results[0])

    return repair


def command_repair(command: str) -> Repair:
    """A repair by a shell command: the message on its standard input, its repair on output."""

    def repair(value: bytes) -> bytes:
        done = subprocess.run(  # noqa: S602  # the user's own command, from their command line
            command, input=value, capture_output=True, shell=True, check=False
        )
        if done.returncode != 0 or not done.stdout:
            reason = done.stderr.decode(errors="replace").strip().splitlines()
            raise RepairFailed(
                f"the command ended with status {done.returncode}"
                f"{': ' + reason[-1] if reason else ' and gave no output'}"
            )
        return done.stdout

    return repair


def unchanged(value: bytes) -> bytes:
    """The repair that changes nothing."""
    return value


def _mark(record: Record) -> bytes:
    return f"{record.partition}:{record.offset}".encode()
