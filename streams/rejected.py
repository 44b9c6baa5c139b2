"""What could not be read: list it, repair it, send it back.

A rejected message that was sent back gets a mark on `articles.replayed` in the same transaction, so
it is sent back once, however often the command runs or is killed.
"""

import heapq
import re
import subprocess
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

import jq

from streams import topics
from streams.decode import without_registry_prefix
from streams.delivery import Output, TransactionalProducer
from streams.record import Headers, Record, header
from streams.scan import scan
from streams.settings import Settings
from streams.tag import ERROR_HEADERS, ERROR_PREFIX

# Outputs in one transaction, each message sent back and its mark, and their bytes.
BATCH = 1_000
BATCH_BYTES = 16 * 1024 * 1024
REASON_CHARACTERS = 160
# A number or a range of them, `3-8`; not the one in `utf-8`.
NUMBER = re.compile(r"(?<![\w-])(0x[0-9a-f]+|\d+)(-\d+)*\b")

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
    def reason(self) -> str:
        """What is said of it, the same for the same fault: numbers as `…`, not too long."""
        return NUMBER.sub("…", self.said)[:REASON_CHARACTERS]

    @property
    def said(self) -> str:
        """Class and message, whole."""
        return f"{self.kind}: {self.message}"

    @property
    def source(self) -> str:
        """Where it came from, as `topic/partition/offset`."""
        return "/".join(map(self.error, ("topic", "partition", "offset")))

    def error(self, name: str) -> str:
        """The value of one error header, empty when there is none."""
        return (header(self.record.headers, ERROR_PREFIX + name) or b"").decode(errors="replace")

    def original_headers(self) -> Headers:
        """The headers it came with, those of an earlier dead-letter queue too."""
        headers = self.record.headers
        ours = {ERROR_PREFIX + name for name in ERROR_HEADERS}
        first = len(headers) - len(ERROR_HEADERS)
        return [each for n, each in enumerate(headers) if n < first or each[0] not in ours]


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
            and (self.contains is None or _contains(found, self.contains))
            and (self.since is None or found.at >= self.since)
        )


async def rejected(settings: Settings, wanted: Filter) -> AsyncIterator[Rejected]:
    """The rejected messages that are meant, partition by partition in order."""
    await topics.require(settings, (topics.REPLAYED, topics.REJECTED))
    marks: set[bytes | None] = set()
    async for records in scan(settings, topics.named(topics.REPLAYED, settings)):
        marks.update(record.key for record in records)
    async for records in scan(settings, topics.named(topics.REJECTED, settings)):
        for record in records:
            found = Rejected(record, replayed=_mark(record) in marks)
            if wanted.takes(found):
                yield found


@dataclass(frozen=True, slots=True, order=True)
class Row:
    """A rejected message without its value, ordered by time."""

    at: datetime
    partition: int
    offset: int
    source: str
    stage: str
    reason: str
    size_bytes: int
    replayed: bool

    @property
    def position(self) -> str:
        """Where it is on the topic, as `partition:offset`."""
        return f"{self.partition}:{self.offset}"


async def latest(
    settings: Settings, wanted: Filter, limit: int
) -> tuple[list[Row], Counter[tuple[str, str]]]:
    """The newest of those that are meant, oldest first, and how many by stage and reason of all."""
    newest: list[Row] = []
    counts: Counter[tuple[str, str]] = Counter()
    async for found in rejected(settings, wanted):
        counts[found.stage, found.reason] += 1
        row = Row(
            found.at,
            found.record.partition,
            found.record.offset,
            found.source,
            found.stage,
            found.reason,
            len(found.record.value or b""),
            found.replayed,
        )
        heapq.heappush(newest, row)
        if len(newest) > limit:
            heapq.heappop(newest)
    return sorted(newest), counts


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
    size = 0
    async with _sender(settings, dry_run) as send:
        async for found in rejected(settings, wanted):
            if found.replayed:
                result.already += 1
                continue
            try:
                repaired = _repaired(found, repair)
            except RepairFailed as error:
                result.failed += 1
                failed(found, str(error))
                continue
            result.sent += 1
            batch += _sent_back(settings, found, repaired)
            size += len(repaired)
            if len(batch) >= BATCH or size >= BATCH_BYTES:
                await send(batch)
                batch, size = [], 0
        if batch:
            await send(batch)
    return result


@asynccontextmanager
async def _sender(
    settings: Settings, dry_run: bool
) -> AsyncIterator[Callable[[Sequence[Output]], Awaitable[None]]]:
    """What sends a batch; a dry run sends nothing and must not fence a replay that does."""
    if dry_run:
        yield _send_nothing
        return
    async with TransactionalProducer(settings, fencing_id(settings)) as producer:
        yield producer.commit


def fencing_id(settings: Settings) -> str:
    """The transactional id of a replay: the same for all who would set the same marks.

    Its two parts are never the three of a worker's id, since no name holds a slash.
    """
    return f"{topics.named(topics.REPLAYED, settings)}/replay"


async def _send_nothing(batch: Sequence[Output]) -> None:
    pass


def _repaired(found: Rejected, repair: Repair) -> bytes:
    if found.record.value is None:
        raise RepairFailed("a message without a value: there is nothing to send back")
    return repair(found.record.value)


def _sent_back(settings: Settings, found: Rejected, value: bytes) -> list[Output]:
    """The message for `articles` and its mark for `articles.replayed`."""
    record = found.record
    articles = topics.named(topics.ARTICLES, settings)
    marks = topics.named(topics.REPLAYED, settings)
    return [
        Output(articles, record.key, value, found.original_headers(), record.partition),
        Output(marks, _mark(record), b"", (), record.partition),
    ]


def repair_by(program: str | None, command: str | None) -> Repair:
    """The repair that was asked for; `ValueError` when the jq program is wrong."""
    if program is not None:
        return jq_repair(program)
    if command is not None:
        return command_repair(command)
    return unchanged


def jq_repair(program: str) -> Repair:
    """A repair by a jq program; raises `ValueError` when the program itself is wrong.

    Numbers that the program does not compute with keep all their digits.

    >>> jq_repair('.id |= tostring')(b'{"id": 7, "n": 12345678901234567891}')
    b'{"id":"7","n":12345678901234567891}'
    """
    jq.compile(program)  # by itself, so that an error is shown where the user made it
    # The text is jq's own: as Python values, numbers would have passed through a float.
    compiled = jq.compile(f"({program}\n) | tojson")

    def repair(value: bytes) -> bytes:
        try:
            results = compiled.input_text(without_registry_prefix(value).decode("utf-8")).all()
        except ValueError as error:
            raise RepairFailed(str(error)) from error
        if len(results) != 1:
            raise RepairFailed(f"the jq program gave {len(results)} values, expected one")
        text: str = results[0]
        return text.encode()

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


def _contains(found: Rejected, text: str) -> bool:
    """Whether a text, in any case, is in what is said of it or in what the list shows of that."""
    return any(text.lower() in said.lower() for said in (found.said, found.reason))


def _mark(record: Record) -> bytes:
    return f"{record.partition}:{record.offset}".encode()
