"""Faults: a wrong start says in one message what is wrong, and no fault loses an article."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from models.artifact import DEFAULT_MODEL, MODEL
from streams import topics
from tests.kafka_broker import KafkaBroker, Names
from tests.worker_process import (
    Audit,
    Crew,
    Ledger,
    Source,
    WorkerProcess,
    article_id,
    audit,
    create_topics,
    environment,
)

pytestmark = pytest.mark.timeout(180)

ENDS_WITHIN_S = 30.0
MIB = 1 << 20

# Small transactions, and the partitions of one who is gone are soon given to another.
SMALL = {"slice_size": 20, "session_timeout_s": 4}

StartBroker = Callable[..., KafkaBroker]


def refusal(environment: dict[str, str], log: Path) -> str:
    """What a worker says that must not start: one plain message, and status 1."""
    with WorkerProcess(environment, log) as worker:
        assert worker.wait(ENDS_WITHIN_S) == 1, worker.log_tail()
        said = worker.log()
    assert "Traceback" not in said
    assert "ready" not in said.splitlines()
    return next(line for line in said.splitlines() if line.startswith("Error: "))


def assert_a_good_worker_tags_all(bootstrap: str, names: Names, count: int, logs: Path) -> None:
    """Start one that has all it needs; each article sent so far must be tagged once."""
    with (
        Ledger(bootstrap, names) as ledger,
        WorkerProcess(environment(bootstrap, names), logs / "good.log") as worker,
    ):
        ledger.wait_until_at_end(worker.log_tail)
    assert audit(bootstrap, names, count) == Audit()


def test_no_broker_is_said_with_its_address(
    kafka_broker: StartBroker, names: Names, tmp_path: Path
) -> None:
    broker = kafka_broker()
    create_topics(broker, names)
    source = Source(broker.bootstrap, names)
    source.send(100)
    broker.stop()
    said = refusal(environment(broker.bootstrap, names), tmp_path / "refused.log")
    assert f"DYADWIRE_BOOTSTRAP_SERVERS: found `{broker.bootstrap}`" in said
    broker.start()
    assert_a_good_worker_tags_all(broker.bootstrap, names, source.count, tmp_path)


def test_a_server_that_is_no_broker_is_said_with_its_address(names: Names, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"127.0.0.1:{silent.getsockname()[1]}"
        said = refusal(environment(address, names), tmp_path / "refused.log")
    assert f"DYADWIRE_BOOTSTRAP_SERVERS: found `{address}`" in said


@pytest.mark.parametrize("missing", topics.TAGGING, ids=lambda topic: topic.name)
def test_a_missing_topic_is_named(
    kafka: KafkaBroker, names: Names, tmp_path: Path, missing: topics.Topic
) -> None:
    for topic in topics.TAGGING:
        if topic is not missing:
            kafka.create_topic(names.topic(topic.name), topic.partitions)
    log = tmp_path / "refused.log"
    refusal(environment(kafka.bootstrap, names), log)
    assert f"{names.topic(missing.name)}: topic is missing" in log.read_text()
    kafka.create_topic(names.topic(missing.name), missing.partitions)
    source = Source(kafka.bootstrap, names)
    source.send(100)
    assert_a_good_worker_tags_all(kafka.bootstrap, names, source.count, tmp_path)


def test_a_wrong_prefix_names_the_topics_it_asks_for(
    kafka: KafkaBroker, names: Names, tmp_path: Path
) -> None:
    create_topics(kafka, names)
    source = Source(kafka.bootstrap, names)
    source.send(100)
    log = tmp_path / "refused.log"
    refusal(environment(kafka.bootstrap, names, topic_prefix="wrong."), log)
    assert "wrong.articles: topic is missing" in log.read_text()
    assert_a_good_worker_tags_all(kafka.bootstrap, names, source.count, tmp_path)


def test_too_few_partitions_are_named(kafka: KafkaBroker, names: Names, tmp_path: Path) -> None:
    for topic in topics.TAGGING:
        kafka.create_topic(names.topic(topic.name), 2 if topic is topics.TAGGED else 4)
    log = tmp_path / "refused.log"
    refusal(environment(kafka.bootstrap, names), log)
    said = log.read_text()
    assert f"{names.topic(topics.TAGGED.name)}: partitions is 2, wanted 4" in said
    assert "`dyadwire topics create`" in said
    assert "--grow" in said
    grow = [sys.executable, "-m", "streams", "topics", "create", "--grow"]
    subprocess.run(grow, env=environment(kafka.bootstrap, names), cwd=tmp_path, check=True)
    source = Source(kafka.bootstrap, names)
    source.send(100)
    assert_a_good_worker_tags_all(kafka.bootstrap, names, source.count, tmp_path)


def test_a_model_altered_by_one_byte_is_named(
    kafka: KafkaBroker, names: Names, tmp_path: Path
) -> None:
    create_topics(kafka, names)
    source = Source(kafka.bootstrap, names)
    source.send(100)
    altered = shutil.copytree(DEFAULT_MODEL, tmp_path / "model") / MODEL
    content = bytearray(altered.read_bytes())
    content[len(content) // 2] ^= 1
    altered.write_bytes(content)
    settings = environment(kafka.bootstrap, names, model_dir=altered.parent)
    assert str(altered) in refusal(settings, tmp_path / "refused.log")
    assert_a_good_worker_tags_all(kafka.bootstrap, names, source.count, tmp_path)


@pytest.mark.parametrize(
    ("key", "value", "meant"),
    [
        ("slice_size", "0", "DYADWIRE_SLICE_SIZE: found `0`"),
        ("bootstrap_servers", "kafka", "DYADWIRE_BOOTSTRAP_SERVERS: found `kafka`"),
        ("model_dir", "/no/such/folder", "DYADWIRE_MODEL_DIR: found `/no/such/folder`"),
        ("slices", "20", "DYADWIRE_SLICES: there is no such setting"),
    ],
)
def test_a_wrong_setting_is_named(
    names: Names, tmp_path: Path, key: str, value: str, meant: str
) -> None:
    settings = environment("127.0.0.1:1", names) | {f"DYADWIRE_{key.upper()}": value}
    assert meant in refusal(settings, tmp_path / "refused.log")


def test_a_wrong_password_is_refused_and_not_shown(
    kafka_secured: KafkaBroker, names: Names, tmp_path: Path
) -> None:
    create_topics(kafka_secured, names)
    source = Source(kafka_secured.bootstrap, names)
    source.send(100)
    secured = kafka_secured.secured
    right = {
        "security_protocol": "SASL_SSL",
        "ssl_ca_file": secured.ca,
        "sasl_mechanism": "SCRAM-SHA-512",
        "sasl_username": secured.username,
        "sasl_password": secured.password,
    }
    wrong = environment(secured.sasl, names, **right | {"sasl_password": "wrong-one"})
    log = tmp_path / "refused.log"
    said = refusal(wrong, log)
    assert secured.sasl in said
    assert "SASL_SSL" in said
    assert "SaslAuthenticationFailed" in log.read_text()
    assert "wrong-one" not in log.read_text()
    with (
        Ledger(kafka_secured.bootstrap, names) as ledger,
        WorkerProcess(environment(secured.sasl, names, **right), tmp_path / "good.log") as worker,
    ):
        ledger.wait_until_at_end(worker.log_tail)
    assert audit(kafka_secured.bootstrap, names, source.count) == Audit()


def bulky(number: int) -> bytes:
    """An article that takes as much room in the results as in the input: its title is noise."""
    return msgspec.json.encode({"id": article_id(number), "title": os.urandom(2000).hex()})


@pytest.mark.chaos
def test_a_broker_out_of_disk_while_tagging_loses_nothing(
    kafka_broker: StartBroker, names: Names, tmp_path: Path
) -> None:
    broker = kafka_broker(disk_bytes=24 * MIB)
    create_topics(broker, names)
    source = Source(broker.bootstrap, names, bulky)
    with (
        Ledger(broker.bootstrap, names) as ledger,
        Crew(1, environment(broker.bootstrap, names, **SMALL), tmp_path) as crew,
    ):
        with source.flow(rate=1000):
            ledger.wait_for_more(100, crew.story)
            assert broker.wait(60) != 0
            broker.resize_disk(256 * MIB)
            broker.start()
        ledger.wait_until_at_end(crew.story)
    assert audit(broker.bootstrap, names, source.count) == Audit()


def test_terminated_while_the_broker_is_gone_a_worker_ends(
    kafka_broker: StartBroker, names: Names, tmp_path: Path
) -> None:
    broker = kafka_broker()
    create_topics(broker, names)
    source = Source(broker.bootstrap, names)
    with (
        Ledger(broker.bootstrap, names) as ledger,
        WorkerProcess(
            environment(broker.bootstrap, names, **SMALL), tmp_path / "worker.log"
        ) as worker,
    ):
        source.send(10_000)
        ledger.wait_for_more(100, worker.log_tail)
        broker.kill()
        time.sleep(2)
        worker.terminate(within_s=60)
    broker.start()
    assert_a_good_worker_tags_all(broker.bootstrap, names, source.count, tmp_path)


def test_sigusr2_neither_opens_a_debugger_nor_ends_a_worker(
    kafka: KafkaBroker, names: Names, tmp_path: Path
) -> None:
    create_topics(kafka, names)
    source = Source(kafka.bootstrap, names)
    with (
        Ledger(kafka.bootstrap, names) as ledger,
        WorkerProcess(environment(kafka.bootstrap, names), tmp_path / "worker.log") as worker,
    ):
        worker.wait_until_ready()
        worker.interrupt(signal.SIGUSR2)
        source.send(100)
        ledger.wait_until_at_end(worker.log_tail)
        assert "pdb" not in worker.log().lower()
        assert worker.terminate() == 0
    assert audit(kafka.bootstrap, names, source.count) == Audit()
