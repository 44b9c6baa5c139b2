"""What an engine has written: watched from outside while it works, counted when it is done.

While it works only the topic's last stable offsets are asked for, which costs the machine next to
nothing. Counting reads every committed record and decodes it, after the engine was stopped.
"""

import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import psutil
from confluent_kafka import Consumer, IsolationLevel, KafkaError, KafkaException, TopicPartition
from confluent_kafka.admin import AdminClient
from confluent_kafka.admin._listoffsets import OffsetSpec  # the package does not export its type

from models.events import TaggedArticle, decode

LOOK_EVERY_S = 0.02
FIRST_WITHIN_S = 60.0
STALLED_AFTER_S = 15.0
# This long after the last expected output the engine is done: what comes twice has come by then.
QUIET_S = 2.0
# The rate is taken up to here: after it partitions run dry one by one, and a batch waits to fill.
STEADY_SHARE = 0.95
# What a broker says of a topic in its first milliseconds.
JUST_MADE = (KafkaError.NOT_LEADER_FOR_PARTITION, KafkaError.UNKNOWN_TOPIC_OR_PART)


@dataclass(frozen=True, slots=True)
class Look:
    """How many outputs were visible at a time, and the CPU seconds the engine had used."""

    at_s: float
    outputs: int
    cpu_s: float


@dataclass(frozen=True, slots=True)
class Passage:
    """The steady part of a run, and why it ended before its time, if it did."""

    first: Look
    last: Look
    stopped: str | None = None

    @property
    def rate(self) -> float:
        """Outputs a second."""
        return self._outputs / max(self.last.at_s - self.first.at_s, LOOK_EVERY_S)

    @property
    def cpu_us(self) -> float:
        """Microseconds of CPU that the engine spent on an output, all its threads together."""
        return 1e6 * (self.last.cpu_s - self.first.cpu_s) / max(1, self._outputs)

    @property
    def _outputs(self) -> int:
        return self.last.outputs - self.first.outputs


class Failed(Exception):
    """An engine wrote nothing, or ended by itself."""


@dataclass(frozen=True, slots=True)
class Counted:
    """The committed records of a topic: how many, of how many articles, and their mean size."""

    records: int
    articles: int
    mean_bytes: float


def visible(bootstrap: str, topic: str, partitions: int) -> Callable[[], int]:
    """A function that gives how many offsets of the topic are committed.

    Commit markers are among them, about one for each transaction.
    """
    admin = AdminClient({"bootstrap.servers": bootstrap, "log_level": 0})
    newest: OffsetSpec = OffsetSpec.latest()  # type: ignore[no-untyped-call]  # untyped there
    latest = {TopicPartition(topic, number): newest for number in range(partitions)}

    def count() -> int:
        while True:
            found = admin.list_offsets(latest, isolation_level=IsolationLevel.READ_COMMITTED)
            try:
                return sum(future.result(10).offset for future in found.values())
            except KafkaException as error:
                if error.args[0].code() not in JUST_MADE:
                    raise
            time.sleep(LOOK_EVERY_S)

    return count


def watch(
    child: "subprocess.Popen[str]",
    count: Callable[[], int],
    wanted: int,
    limit_s: float,
    seen: Callable[[int], None],
) -> Passage:
    """Watch a run to its end, at most `limit_s` from its first output; `seen` is told the count.

    Raises `Failed` if there is no output, or if the engine ends by itself.
    """
    process = psutil.Process(child.pid)

    def look() -> Look:
        time.sleep(LOOK_EVERY_S)
        if child.poll() is not None:
            raise Failed(f"ended by itself with status {child.returncode}")
        used = process.cpu_times()
        return Look(time.monotonic(), count(), used.user + used.system)

    first = _first(look)
    last = grown = now = first
    while True:
        if now.outputs > grown.outputs:
            grown = now
            seen(min(now.outputs, wanted))
            if last.outputs < STEADY_SHARE * wanted:
                last = now
        quiet_s = now.at_s - grown.at_s
        if grown.outputs >= wanted and quiet_s > QUIET_S:
            return Passage(first, last)
        if grown.outputs < wanted and quiet_s > STALLED_AFTER_S:
            return Passage(first, last, f"stalled for {STALLED_AFTER_S:.0f} s")
        if grown.outputs < wanted and now.at_s - first.at_s > limit_s:
            return Passage(first, last, f"stopped after {limit_s:.0f} s")
        now = look()


def _first(look: Callable[[], Look]) -> Look:
    started = time.monotonic()
    while (now := look()).outputs == 0:
        if now.at_s - started > FIRST_WITHIN_S:
            raise Failed(f"no output within {FIRST_WITHIN_S:.0f} s")
    return now


def counted(bootstrap: str, topic: str, partitions: int) -> Counted:
    """Read the topic as a downstream consumer does, committed records only, and decode each."""
    consumer = Consumer(
        {
            "bootstrap.servers": bootstrap,
            "group.id": "count",
            "log_level": 0,
            "isolation.level": "read_committed",
            "enable.auto.commit": False,
            "enable.partition.eof": True,
        }
    )
    consumer.assign([TopicPartition(topic, number, 0) for number in range(partitions)])
    articles: set[str] = set()
    records = size_bytes = ended = 0
    try:
        while ended < partitions:
            messages = consumer.consume(10_000, timeout=0.5)
            values = [message.value() or b"" for message in messages if message.error() is None]
            ended += len(messages) - len(values)
            records += len(values)
            size_bytes += sum(map(len, values))
            articles.update(ids(values))
    finally:
        consumer.close()
    return Counted(records, len(articles), size_bytes / max(1, records))


def ids(values: Sequence[bytes]) -> list[str]:
    """The article id in each tagged article; raises if one is none."""
    return [decode(TaggedArticle, value).article.id for value in values]
