"""Workers as a process manager runs them, articles to feed them, and the audit of what came out.

Articles are sent and results are read with librdkafka, not with the client under test. An article
is known by its message key, which `articles.tagged` and `articles.rejected` keep.
"""

import itertools
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

import msgspec
from confluent_kafka import Consumer, KafkaError, KafkaException, Message, Producer, TopicPartition

from models.events import TaggedArticle, decode
from streams import topics
from streams.send import Identified
from streams.settings import PREFIX
from streams.tag import relations_found
from tests.kafka_broker import GATE, KafkaBroker, Names, pipe

READY_WITHIN_S = 60.0
DONE_WITHIN_S = 120.0
RESTART_AFTER_S = 0.2
POLL_S = 0.02

# In turn: themes and relations, themes, next to nothing, nothing, and what is no article.
TEXTS = (
    "South Korea and the United States signed a trade agreement on semiconductors.",
    "The central bank raised interest rates to fight inflation.",
    "A quiet day in the mountains with some clouds and hardly any wind at all.",
    "Rain.",
    None,
)

# Outlives the test process by a moment and takes the worker along, be it frozen.
GUARD = 'while read -r _; do :; done; kill -s KILL "$1"'

RESULTS = (topics.TAGGED, topics.REJECTED)

Isolation = Literal["read_committed", "read_uncommitted"]


class TookTooLong(Exception):
    """What a test waited for did not come; the message says what, and why if that is known."""


def until(
    condition: Callable[[], bool],
    what: str,
    *,
    within_s: float = DONE_WITHIN_S,
    why: Callable[[], str] = str,
) -> None:
    """Wait for a condition; a broker that does not answer counts as not yet."""
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        with suppress(KafkaException):
            if condition():
                return
        time.sleep(POLL_S)
    raise TookTooLong(f"not in {within_s:g} s: {what}\n{why()}")


def environment(bootstrap: str, names: Names, **settings: object) -> dict[str, str]:
    """The environment of a worker: ours without its settings, and these."""
    given = {
        "bootstrap_servers": bootstrap,
        "topic_prefix": names.prefix,
        "group_id": names.group(),
        **settings,
    }
    ours = {key: value for key, value in os.environ.items() if not key.startswith(PREFIX)}
    return ours | {PREFIX + name.upper(): str(value) for name, value in given.items()}


def create_topics(broker: KafkaBroker, names: Names) -> None:
    """Create what a worker needs under the names of this test."""
    for topic in topics.TAGGING:
        broker.create_topic(names.topic(topic.name), topic.partitions)


class WorkerProcess:
    """One `dyadwire worker`, started when it is made; it cannot outlive the test process."""

    def __init__(self, environment: Mapping[str, str], log: Path) -> None:
        """All that it prints goes to `log`, in whose folder it runs."""
        self._log = log
        self._was_killed = False
        with log.open("w") as written:
            self._process = subprocess.Popen(
                ["sh", "-c", GATE, "sh", sys.executable, "-m", "streams", "worker"],
                env=dict(environment),
                cwd=log.parent,
                stdin=subprocess.PIPE,
                stdout=written,
                stderr=subprocess.STDOUT,
                text=True,
                start_new_session=True,
            )
        guard = ["sh", "-c", GUARD, "sh", str(self.pid)]
        self._guard = subprocess.Popen(guard, stdin=subprocess.PIPE, start_new_session=True)
        gate = pipe(self._process.stdin)
        gate.write("go\n")
        gate.close()

    @property
    def pid(self) -> int:
        """The process id, also once it has ended."""
        return self._process.pid

    @property
    def status(self) -> int | None:
        """The exit status, negative for a signal; None while it runs, frozen or not."""
        return self._process.poll()

    @property
    def alive(self) -> bool:
        """Whether it still runs, frozen or not."""
        return self.status is None

    @property
    def was_killed(self) -> bool:
        """Whether `kill` was what ended it."""
        return self._was_killed

    def log(self) -> str:
        """All that it has printed so far."""
        return self._log.read_text(errors="replace")

    def log_tail(self, lines: int = 20) -> str:
        """The last lines of it under a title, for messages."""
        shown = self.log().splitlines()[-lines:]
        return "\n".join([f"--- {self._log.name}, status {self.status}", *shown])

    def is_ready(self) -> bool:
        """Whether it said that it has joined its group."""
        return "ready" in self.log().splitlines()

    def wait_until_ready(self) -> None:
        """Wait until it has joined its group; `TookTooLong` also when it ends instead."""
        until(
            lambda: self.is_ready() or not self.alive,
            "the worker is ready",
            within_s=READY_WITHIN_S,
            why=self.log_tail,
        )
        if not self.alive:
            raise TookTooLong(f"the worker ended instead of being ready\n{self.log_tail()}")

    def kill(self) -> None:
        """Kill it as a lost machine would (SIGKILL)."""
        self._was_killed |= self.alive
        self._process.kill()
        self._process.wait()
        self._release_guard()

    def freeze(self) -> None:
        """Stop its clock (SIGSTOP): its connections stay open and it says nothing."""
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on after `freeze`."""
        self._process.send_signal(signal.SIGCONT)

    def interrupt(self, number: signal.Signals) -> None:
        """Send it a signal."""
        self._process.send_signal(number)

    def wait(self, within_s: float) -> int:
        """The exit status once it has ended; `TookTooLong` if it does not."""
        try:
            status = self._process.wait(within_s)
        except subprocess.TimeoutExpired:
            raise TookTooLong(f"not ended in {within_s:g} s\n{self.log_tail()}") from None
        self._release_guard()
        return status

    def terminate(self, within_s: float = 30.0) -> int:
        """Ask it to end (SIGTERM); its exit status."""
        self._process.terminate()
        return self.wait(within_s)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.kill()

    def _release_guard(self) -> None:
        self._guard.kill()
        self._guard.communicate()


class Crew:
    """Workers that are started again when they end unasked, as by a process manager.

    `with Crew(…)` waits until all are ready and kills them in the end.
    """

    def __init__(self, size: int, environment: Mapping[str, str], logs: Path) -> None:
        self._environment = environment
        self._logs = logs
        self._size = size
        self._numbers = itertools.count()
        self._lock = threading.RLock()
        self._over = threading.Event()
        self._members: list[WorkerProcess] = []
        self._ended: list[WorkerProcess] = []
        self._manager = threading.Thread(target=self._restart_the_dead, name="crew")

    @property
    def members(self) -> list[WorkerProcess]:
        """The workers that should be running now, also one that has just died."""
        with self._lock:
            return list(self._members)

    @property
    def alive(self) -> list[WorkerProcess]:
        """The members that do run, ready or not."""
        return [worker for worker in self.members if worker.alive]

    @property
    def crashed(self) -> list[WorkerProcess]:
        """Those that ended of themselves."""
        with self._lock:
            return [worker for worker in self._ended if not worker.was_killed]

    def kill(self, worker: WorkerProcess) -> None:
        """Kill a member; another takes its place."""
        with self._lock:
            worker.kill()

    def join(self) -> WorkerProcess:
        """Start one more."""
        with self._lock:
            log = self._logs / f"worker-{next(self._numbers)}.log"
            worker = WorkerProcess(self._environment, log)
            self._members.append(worker)
            return worker

    def leave(self, worker: WorkerProcess) -> int:
        """Ask a member to end and do not replace it; its exit status."""
        with self._lock:
            self._members.remove(worker)
        with worker:
            return worker.terminate()

    def wait_until_ready(self) -> None:
        """Wait until all who should be running are ready, restarted ones too."""
        until(
            lambda: all(worker.alive and worker.is_ready() for worker in self.members),
            "all workers are ready",
            within_s=READY_WITHIN_S,
            why=self.story,
        )

    def story(self) -> str:
        """The ends of all logs, for messages."""
        with self._lock:
            return "\n".join(
                [
                    *(worker.log_tail(3) for worker in self._ended),
                    *(worker.log_tail() for worker in self._members),
                ]
            )

    def __enter__(self) -> Self:
        for _ in range(self._size):
            self.join()
        self._manager.start()
        try:
            self.wait_until_ready()
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is not None:
            error.add_note(self.story())
        self._end()

    def _end(self) -> None:
        self._over.set()
        self._manager.join()
        for worker in self._members:
            worker.kill()

    def _restart_the_dead(self) -> None:
        while not self._over.wait(RESTART_AFTER_S):
            with self._lock:
                dead = [worker for worker in self._members if not worker.alive]
                for worker in dead:
                    worker.wait(0)
                    self._members.remove(worker)
                    self._ended.append(worker)
                    self.join()


def article_id(number: int) -> str:
    """The id of the article with this number."""
    return f"a{number:07}"


def message(number: int) -> bytes:
    """The article with this number as it is sent; one in five cannot be read."""
    return msgspec.json.encode({"id": article_id(number), "text": TEXTS[number % len(TEXTS)]})


class Source:
    """Sends articles with numbers from 0 up; `count` says how many the broker is to have."""

    def __init__(
        self,
        bootstrap: str,
        names: Names,
        content: Callable[[int], bytes] = message,
    ) -> None:
        self._topic = names.topic(topics.ARTICLES.name)
        self._content = content
        self._failed: list[KafkaError] = []
        self._producer = Producer(
            {
                "bootstrap.servers": bootstrap,
                "enable.idempotence": True,
                "linger.ms": 5,
                "message.timeout.ms": 300_000,
                "reconnect.backoff.max.ms": 500,
                "log_level": 0,
            }
        )
        self.count = 0

    def send(self, count: int) -> None:
        """Send the next `count` articles and wait until the broker has them."""
        self._produce(count)
        self.flush()

    def flush(self) -> None:
        """Wait until the broker has what was sent."""
        left = self._producer.flush(DONE_WITHIN_S)
        if left or self._failed:
            raise TookTooLong(f"{left} articles not sent, errors {self._failed[:3]}")

    @contextmanager
    def flow(self, rate: int) -> Iterator[None]:
        """Send about `rate` articles a second while the context is open; it ends with a flush."""
        over = threading.Event()

        def send() -> None:
            while not over.wait(0.05):
                self._produce(rate // 20)

        sender = threading.Thread(target=send, name="source")
        sender.start()
        try:
            yield
        finally:
            over.set()
            sender.join()
        self.flush()

    def _produce(self, count: int) -> None:
        for number in range(self.count, self.count + count):
            self._producer.produce(
                self._topic,
                self._content(number),
                key=article_id(number),
                on_delivery=self._delivered,
            )
        self.count += count
        self._producer.poll(0)

    def _delivered(self, error: KafkaError | None, _: Message) -> None:
        if error is not None:
            self._failed.append(error)


class Ledger:
    """How far the group of this test has come with its input."""

    def __init__(self, bootstrap: str, names: Names) -> None:
        self._reader = consumer(bootstrap, "read_uncommitted", group=names.group())
        self._stable = consumer(bootstrap, "read_committed")
        self._input = names.topic(topics.ARTICLES.name)
        self._output = names.topic(topics.TAGGED.name)

    def committed(self) -> dict[int, int]:
        """The offset the group goes on from in each partition."""
        found = self._reader.committed(partitions_of(self._reader, [self._input]), timeout=10)
        return {source.partition: max(0, source.offset) for source in found}

    def ends(self) -> dict[int, int]:
        """Where each partition of the input ends."""
        sources = partitions_of(self._reader, [self._input])
        return {source.partition: end_of(self._reader, source) for source in sources}

    def transaction_is_open(self) -> bool:
        """Whether results were written just now that are not yet committed or torn apart."""
        return any(
            end_of(self._reader, target) > end_of(self._stable, target)
            for target in partitions_of(self._reader, [self._output])
        )

    def done(self) -> int:
        """How many articles are tagged or rejected for good."""
        return sum(self.committed().values())

    def wait_until_done(self, count: int, why: Callable[[], str] = str) -> None:
        """Wait until that many articles are through."""
        until(lambda: self.done() >= count, f"{count} articles are through", why=why)

    def wait_for_more(self, count: int, why: Callable[[], str] = str) -> None:
        """Wait until that many more articles are through."""
        done: list[int] = []

        def so_many_more() -> bool:
            done.append(self.done())
            return done[-1] >= done[0] + count

        until(so_many_more, f"{count} more articles are through", why=why)

    def wait_until_at_end(self, why: Callable[[], str] = str) -> None:
        """Wait until the group has committed all of its input."""
        until(lambda: self.committed() == self.ends(), "all articles are through", why=why)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._reader.close()
        self._stable.close()


class Watcher:
    """A reader of committed results that watches live; `seen` counts each article's results."""

    def __init__(self, bootstrap: str, names: Names) -> None:
        self.seen: Counter[str] = Counter()
        self._reader = consumer(bootstrap, "read_committed", group=names.group("watcher"))
        self._results = [names.topic(topic.name) for topic in RESULTS]
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="watcher")

    def __enter__(self) -> Self:
        self._reader.assign(partitions_of(self._reader, self._results))
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._over.set()
        self._thread.join()
        self._reader.close()

    def _watch(self) -> None:
        while not self._over.is_set():
            for found in self._reader.consume(1000, timeout=0.2):
                if found.error() is None:
                    self.seen[text_of(found.key())] += 1


@dataclass(frozen=True)
class Audit:
    """What is wrong with the results: ids, and nothing when all went exactly once."""

    missing: tuple[str, ...] = ()
    """Articles without a result."""
    twice: tuple[str, ...] = ()
    """Articles with more than one."""
    unknown: tuple[str, ...] = ()
    """Results of articles that were never sent."""
    astray: tuple[str, ...] = ()
    """Relations that are not on `relations` exactly once, or are there without their article."""


def audit(bootstrap: str, names: Names, count: int) -> Audit:
    """Check that the articles numbered from 0 to `count` gave one result each."""
    found = tags_by_input(bootstrap, names)
    return verdict(found, count, relations_astray(bootstrap, names))


def verdict(found: Counter[str], count: int, astray: Iterable[str] = ()) -> Audit:
    """What the number of results of each article says.

    >>> verdict(Counter({"a0000000": 1, "a0000002": 2}), 3)
    Audit(missing=('a0000001',), twice=('a0000002',), unknown=(), astray=())
    """
    sent = {article_id(number) for number in range(count)}
    return Audit(
        missing=tuple(sorted(sent - found.keys())),
        twice=tuple(sorted(id for id, results in found.items() if results > 1)),
        unknown=tuple(sorted(found.keys() - sent)),
        astray=tuple(sorted(astray)),
    )


def tags_by_input(
    bootstrap: str, names: Names, isolation: Isolation = "read_committed"
) -> Counter[str]:
    """How many results each article has in `articles.tagged` and `articles.rejected`, to the end.

    With `read_uncommitted`, those of transactions that were torn apart are counted too.
    """
    results = [names.topic(topic.name) for topic in RESULTS]
    return Counter(text_of(found.key()) for found in read(bootstrap, results, isolation))


def relations_astray(bootstrap: str, names: Names) -> set[str]:
    """Ids of relations that the tagged articles and the topic `relations` do not both have once."""
    expected = Counter(
        relation.id
        for found in read(bootstrap, [names.topic(topics.TAGGED.name)])
        for relation in relations_found(decode(TaggedArticle, found.value() or b""))
    )
    there = Counter(
        msgspec.json.decode(found.value() or b"", type=Identified).id
        for found in read(bootstrap, [names.topic(topics.RELATIONS.name)])
    )
    return {id for id in expected.keys() | there.keys() if not expected[id] == there[id] == 1}


def read(
    bootstrap: str, names: Iterable[str], isolation: Isolation = "read_committed"
) -> Iterator[Message]:
    """The messages of some topics up to their ends now, what is still open included.

    `TookTooLong` if a transaction stays open, which keeps a reader of committed messages waiting.
    """
    counter = consumer(bootstrap, "read_uncommitted")
    sources = partitions_of(counter, names)
    ends: dict[tuple[str | None, int | None], int] = {
        (source.topic, source.partition): end_of(counter, source) for source in sources
    }
    counter.close()
    reader = consumer(bootstrap, isolation)
    reader.assign(sources)
    deadline = time.monotonic() + DONE_WITHIN_S
    while ends and time.monotonic() < deadline:
        for found in reader.consume(1000, timeout=1.0):
            error = found.error()
            if error is None:
                yield found
            elif error.code() == KafkaError._PARTITION_EOF:  # noqa: SLF001  # its public name
                source = (found.topic(), found.partition())
                if (found.offset() or 0) >= ends.get(source, 0):
                    ends.pop(source, None)
    reader.close()
    if ends:
        raise TookTooLong(f"not read to these ends: {ends}")


def consumer(bootstrap: str, isolation: Isolation, group: str = "auditor") -> Consumer:
    """A reader that commits nothing and never joins its group."""
    return Consumer(
        {
            "bootstrap.servers": bootstrap,
            "group.id": group,
            "isolation.level": isolation,
            "auto.offset.reset": "earliest",
            "enable.auto.commit": False,
            "enable.partition.eof": True,
            "reconnect.backoff.max.ms": 500,
            "log_level": 0,
        }
    )


def partitions_of(reader: Consumer, names: Iterable[str]) -> list[TopicPartition]:
    """All partitions of these topics, at their beginnings."""
    return [
        TopicPartition(name, partition, 0)
        for name in names
        for partition in reader.list_topics(name, timeout=10).topics[name].partitions
    ]


def end_of(reader: Consumer, source: TopicPartition) -> int:
    """Where a partition ends now."""
    _, end = reader.get_watermark_offsets(source, timeout=10)
    return end


def text_of(key: bytes | str | None) -> str:
    """A message key as text, empty when there is none."""
    return key.decode() if isinstance(key, bytes) else key or ""
