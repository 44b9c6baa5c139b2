"""Chaos on a real Kafka: whatever happens to workers and broker, each article is tagged once.

`CHAOS_KILLS` (30) and `CHAOS_ARTICLES` (20000) bound the kills in all and the articles of a test,
`CHAOS_SEED` (1) gives other kills.
"""

import logging
import os
import random
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from kafka_broker import KafkaBroker, Names
from worker_process import (
    Audit,
    Crew,
    Ledger,
    Source,
    audit,
    create_topics,
    environment,
    tags_by_input,
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


def kill_in_midst_of_work(
    crew: Crew, ledger: Ledger, source: Source, chance: random.Random
) -> None:
    """Kill a random member after a random part of what is to be done; one in five at once."""
    if chance.random() > 0.2:
        done = ledger.done()
        ledger.wait_until_done(
            done + int(chance.uniform(0.1, 0.6) * (source.count - done)), crew.story
        )
        time.sleep(chance.uniform(0, 0.05))
    crew.kill(chance.choice(crew.members))
