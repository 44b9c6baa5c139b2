"""Chaos on a real Kafka: whatever happens to workers and broker, each article is tagged once.

`CHAOS_KILLS` (30) and `CHAOS_ARTICLES` (20000) bound the kills in all and the articles of a test,
`CHAOS_SEED` (1) gives other kills.
"""

import logging
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import psutil
import pytest
from aiokafka import AIOKafkaProducer

from models.events import ArticleRef, TaggedArticle, encode
from streams import topics
from tests.factories import STAMP
from tests.kafka_broker import KafkaBroker, Names, pipe
from tests.worker_process import (
    Audit,
    Crew,
    Ledger,
    Source,
    Watcher,
    WorkerProcess,
    article_id,
    audit,
    create_topics,
    environment,
    tags_by_input,
    until,
    verdict,
)

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(600)]

logger = logging.getLogger(__name__)

KILLS = int(os.environ.get("CHAOS_KILLS", "30"))
ARTICLES = int(os.environ.get("CHAOS_ARTICLES", "20000"))
SEED = int(os.environ.get("CHAOS_SEED", "1"))

# Small transactions, so that there is always one to be torn apart; a death is noticed early.
TORN = {"slice_size": 20, "session_timeout_s": 4}
ALL_ONCE = Audit()

StartBroker = Callable[..., KafkaBroker]


@pytest.fixture
def source(kafka: KafkaBroker, names: Names) -> Source:
    """Sends to this test's topics on the shared broker, which it creates."""
    create_topics(kafka, names)
    return Source(kafka.bootstrap, names)


@pytest.fixture
def ledger(kafka: KafkaBroker, names: Names, source: Source) -> Iterator[Ledger]:
    """How far this test's group has come on the shared broker."""
    with Ledger(kafka.bootstrap, names) as opened:
        yield opened


async def plant(bootstrap: str, names: Names, ids: Sequence[str], *, commit: bool = True) -> None:
    """Write results for these articles in one transaction, then commit it or tear it apart."""
    tagged = TaggedArticle(
        id="planted",
        article=ArticleRef(id="planted"),
        outcome="no_theme",
        themes=(),
        countries=(),
        relations=(),
        subjects=(),
        model=STAMP,
        received_at=datetime.now(UTC),
        tagged_at=datetime.now(UTC),
    )
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, transactional_id=names.group("plant"))
    async with producer:
        await producer.begin_transaction()
        for id in ids:
            topic = names.topic(topics.TAGGED.name)
            await producer.send_and_wait(topic, encode(tagged), key=id.encode())
        await (producer.commit_transaction() if commit else producer.abort_transaction())


@pytest.mark.usefixtures("source")
async def test_the_auditor_finds_a_planted_gap_and_a_planted_duplicate(
    kafka: KafkaBroker, names: Names
) -> None:
    await plant(kafka.bootstrap, names, [article_id(number) for number in (0, 1, 3, 3, 9)])
    await plant(kafka.bootstrap, names, [article_id(2)], commit=False)
    assert audit(kafka.bootstrap, names, 4) == Audit(
        missing=(article_id(2),), twice=(article_id(3),), unknown=(article_id(9),)
    )
    assert tags_by_input(kafka.bootstrap, names, "read_uncommitted")[article_id(2)] == 1


@pytest.mark.usefixtures("source")
async def test_the_watcher_counts_a_planted_duplicate(kafka: KafkaBroker, names: Names) -> None:
    await plant(kafka.bootstrap, names, [article_id(1)], commit=False)
    await plant(kafka.bootstrap, names, [article_id(0), article_id(0), article_id(1)])
    with Watcher(kafka.bootstrap, names) as watcher:
        until(lambda: watcher.seen == {article_id(0): 2, article_id(1): 1}, "all were seen")


ORPHAN = """
import os, sys, time
from pathlib import Path
from tests.worker_process import WorkerProcess
worker = WorkerProcess(os.environ, Path(sys.argv[1]))
worker.freeze()
print(worker.pid, flush=True)
time.sleep(600)
"""


def test_a_frozen_worker_dies_with_a_killed_test_process(tmp_path: Path) -> None:
    command = [sys.executable, "-c", ORPHAN, str(tmp_path / "worker.log")]
    with subprocess.Popen(
        command, cwd=Path(__file__).parent.parent, stdout=subprocess.PIPE, text=True
    ) as parent:
        worker = psutil.Process(int(pipe(parent.stdout).readline()))
        assert worker.status() == psutil.STATUS_STOPPED
        parent.kill()
    until(lambda: is_gone(worker), "the worker is gone")


def is_gone(process: psutil.Process) -> bool:
    """Whether it has ended; a zombie that nobody collects has."""
    try:
        return process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


@pytest.mark.parametrize("size", [1, 2, 3])
def test_killed_workers_lose_nothing_and_repeat_nothing(
    kafka: KafkaBroker, names: Names, source: Source, ledger: Ledger, tmp_path: Path, size: int
) -> None:
    chance = random.Random(f"{SEED}/{size}")  # noqa: S311  # not for secrets
    kills = -(-KILLS // 3)
    with Crew(size, environment(kafka.bootstrap, names, **TORN), tmp_path) as crew:
        for _ in range(kills):
            source.send(ARTICLES // kills)
            kill_in_midst_of_work(crew, ledger, source, chance)
        ledger.wait_until_at_end(crew.story)
        assert [worker.log_tail() for worker in crew.crashed] == []
    assert audit(kafka.bootstrap, names, source.count) == ALL_ONCE
    torn = tags_by_input(kafka.bootstrap, names, "read_uncommitted").total() - source.count
    logger.info("%d kills tore transactions with %d results apart", kills, torn)
    assert torn > 0 or kills < 10, "no kill has hit a transaction, so this was no test"


def kill_in_midst_of_work(
    crew: Crew, ledger: Ledger, source: Source, chance: random.Random
) -> None:
    """Kill a random member: in one case of five at once, else after a random part of the work.

    Of these, half the kills wait for results that are written and not committed.
    """
    if chance.random() > 0.2:
        done = ledger.done()
        part = int(chance.uniform(0.1, 0.6) * (source.count - done))
        ledger.wait_until_done(done + part, crew.story)
        if chance.random() < 0.5:
            until(
                lambda: ledger.transaction_is_open() or ledger.done() == source.count,
                "a transaction is open",
                why=crew.story,
            )
        else:
            time.sleep(chance.uniform(0, 0.05))
    until(lambda: bool(crew.alive), "somebody is there to be killed", why=crew.story)
    crew.kill(chance.choice(crew.alive))


def test_terminated_under_load_a_worker_ends_cleanly(
    kafka: KafkaBroker, names: Names, source: Source, ledger: Ledger, tmp_path: Path
) -> None:
    settings = environment(kafka.bootstrap, names, **TORN)
    with source.flow(rate=1000):
        for life in range(3):
            with WorkerProcess(settings, tmp_path / f"life-{life}.log") as worker:
                ledger.wait_for_more(500, worker.log_tail)
                assert worker.terminate() == 0
                assert "Traceback" not in worker.log()
    with Crew(1, settings, tmp_path) as crew:
        ledger.wait_until_at_end(crew.story)
    assert audit(kafka.bootstrap, names, source.count) == ALL_ONCE


def test_a_rolling_restart_loses_nothing(
    kafka: KafkaBroker, names: Names, source: Source, ledger: Ledger, tmp_path: Path
) -> None:
    with Crew(2, environment(kafka.bootstrap, names, **TORN), tmp_path) as crew:
        with source.flow(rate=1000):
            for worker in crew.members:
                ledger.wait_for_more(500, crew.story)
                assert crew.leave(worker) == 0
                crew.join().wait_until_ready()
        ledger.wait_until_at_end(crew.story)
        assert crew.crashed == []
    assert audit(kafka.bootstrap, names, source.count) == ALL_ONCE


def test_a_third_worker_joins_and_leaves_under_load(
    kafka: KafkaBroker, names: Names, source: Source, ledger: Ledger, tmp_path: Path
) -> None:
    with Crew(2, environment(kafka.bootstrap, names, **TORN), tmp_path) as crew:
        with source.flow(rate=1000):
            ledger.wait_for_more(500, crew.story)
            third = crew.join()
            until(lambda: "from offset" in third.log(), "the third has work", why=crew.story)
            ledger.wait_for_more(500, crew.story)
            assert crew.leave(third) == 0
            ledger.wait_for_more(500, crew.story)
        ledger.wait_until_at_end(crew.story)
        assert crew.crashed == []
    assert audit(kafka.bootstrap, names, source.count) == ALL_ONCE


def test_a_frozen_worker_commits_nothing_once_another_took_over(
    kafka: KafkaBroker, names: Names, source: Source, ledger: Ledger, tmp_path: Path
) -> None:
    settings = environment(kafka.bootstrap, names, **TORN)
    source.send(20_000)
    with (
        WorkerProcess(settings, tmp_path / "frozen.log") as frozen,
        WorkerProcess(settings, tmp_path / "other.log") as other,
    ):
        frozen.wait_until_ready()
        other.wait_until_ready()
        until(lambda: "from offset" in other.log(), "both work", why=other.log_tail)
        ledger.wait_for_more(1000, frozen.log_tail)
        frozen.freeze()
        ledger.wait_until_at_end(other.log_tail)
        frozen.thaw()
        # Its next commit is refused, unless it hears of the rebalance before it gets there.
        until(
            lambda: not frozen.alive or "re-joining group" in frozen.log(),
            "it knows that it lost its partitions",
            why=frozen.log_tail,
        )
        assert frozen.alive or "ProducerFenced" in frozen.log()
        assert other.alive
    assert audit(kafka.bootstrap, names, source.count) == ALL_ONCE


def test_a_worker_frozen_in_a_rebalance_holds_nothing_up(
    kafka: KafkaBroker, names: Names, source: Source, ledger: Ledger, tmp_path: Path
) -> None:
    with Crew(2, environment(kafka.bootstrap, names, **TORN), tmp_path) as crew:
        with source.flow(rate=1000):
            for _ in range(2):
                ledger.wait_for_more(500, crew.story)
                told = {worker: times_told_to_rejoin(worker) for worker in crew.members}
                crew.join()
                frozen = first_told_to_rejoin(told, crew.story)
                frozen.freeze()
                time.sleep(TORN["session_timeout_s"] + 2)
                frozen.thaw()
                # As it wakes it may fence another or be fenced; who crashed has started anew.
                crew.wait_until_ready()
                crew.leave(crew.members[-1])
            ledger.wait_for_more(500, crew.story)
        ledger.wait_until_at_end(crew.story)
    assert audit(kafka.bootstrap, names, source.count) == ALL_ONCE


def times_told_to_rejoin(worker: WorkerProcess) -> int:
    """How often the group has rebalanced under this worker, by its own log."""
    return worker.log().count("rebalancing")


def first_told_to_rejoin(
    told: Mapping[WorkerProcess, int], why: Callable[[], str]
) -> WorkerProcess:
    """Wait for a rebalance to reach one of these workers, told so often before; that worker."""

    def rejoining() -> Iterator[WorkerProcess]:
        return (worker for worker, count in told.items() if times_told_to_rejoin(worker) > count)

    until(lambda: any(rejoining()), "one has to rejoin", why=why)
    return next(rejoining())


@pytest.mark.parametrize(
    ("end", "outages_s"),
    [(KafkaBroker.stop, [20]), (KafkaBroker.kill, [1, 3])],
    ids=["stopped", "killed"],
)
def test_a_broker_outage_under_load_loses_nothing(
    kafka_broker: StartBroker,
    names: Names,
    tmp_path: Path,
    end: Callable[[KafkaBroker], None],
    outages_s: list[float],
) -> None:
    broker = kafka_broker()
    create_topics(broker, names)
    source = Source(broker.bootstrap, names)
    with (
        Ledger(broker.bootstrap, names) as ledger,
        Crew(2, environment(broker.bootstrap, names, **TORN), tmp_path) as crew,
    ):
        with source.flow(rate=1000):
            for outage_s in outages_s:
                ledger.wait_for_more(1000, crew.story)
                until(ledger.transaction_is_open, "a transaction is open", why=crew.story)
                end(broker)
                time.sleep(outage_s)
                broker.start()
            ledger.wait_for_more(1000, crew.story)
        ledger.wait_until_at_end(crew.story)
    assert audit(broker.bootstrap, names, source.count) == ALL_ONCE


def test_a_live_reader_never_sees_an_article_twice(
    kafka: KafkaBroker, names: Names, source: Source, ledger: Ledger, tmp_path: Path
) -> None:
    chance = random.Random(SEED)  # noqa: S311  # not for secrets
    with (
        Watcher(kafka.bootstrap, names) as watcher,
        Crew(2, environment(kafka.bootstrap, names, **TORN), tmp_path) as crew,
    ):
        with source.flow(rate=500):
            for _ in range(2):
                ledger.wait_for_more(500, crew.story)
                crew.kill(chance.choice(crew.alive))
                crew.wait_until_ready()
                frozen = chance.choice(crew.alive)
                frozen.freeze()
                ledger.wait_for_more(500, crew.story)
                frozen.thaw()
                assert crew.leave(chance.choice(crew.alive)) in (0, 1)
                crew.join()
        ledger.wait_until_at_end(crew.story)
        assert ledger.committed() == ledger.ends()
        until(lambda: watcher.seen.total() >= source.count, "the reader saw all", why=crew.story)
    assert verdict(watcher.seen, source.count) == ALL_ONCE
