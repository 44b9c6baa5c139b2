"""The broker that the other tests trust: what it must do, done to it."""

import asyncio
import os
import signal
import ssl
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import aiokafka
import psutil
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.errors import KafkaConnectionError, SaslAuthenticationFailed
from confluent_kafka import Producer

import tests.kafka_broker as broker_module
from tests.kafka_broker import KafkaBroker, KafkaUnavailable, Names, Secured, free_ports, kafka_jars

TESTS = Path(__file__).parent
MEBIBYTE = 1 << 20

StartBroker = Callable[..., KafkaBroker]


async def produce(bootstrap: str, topic: str, *values: bytes) -> None:
    async with AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all") as producer:
        for value in values:
            await producer.send_and_wait(topic, value)


async def read(
    bootstrap: str, topic: str, *, isolation_level: str = "read_committed"
) -> list[bytes]:
    """All values of a topic of one partition, up to its end as that isolation level sees it."""
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, isolation_level=isolation_level)
    async with consumer:
        partition = aiokafka.TopicPartition(topic, 0)
        consumer.assign([partition])
        await consumer.seek_to_beginning(partition)
        end = (await consumer.end_offsets([partition]))[partition]
        values: list[bytes] = []
        while await consumer.position(partition) < end:
            batches = await consumer.getmany(timeout_ms=200)
            values += [record.value for record in batches.get(partition, [])]
        return values


async def test_shared_broker_answers(kafka: KafkaBroker, names: Names) -> None:
    kafka.create_topic(names.topic("articles"))
    await produce(kafka.bootstrap, names.topic("articles"), b"one", b"two")
    assert await read(kafka.bootstrap, names.topic("articles")) == [b"one", b"two"]


def test_tests_do_not_share_names() -> None:
    assert Names().topic("articles") != Names().topic("articles")


def test_topic_that_nobody_created_is_not_made(kafka: KafkaBroker, names: Names) -> None:
    topic = names.topic("typo")
    admin = kafka.admin()
    assert admin.list_topics(topic, timeout=10).topics[topic].error is not None
    assert topic not in admin.list_topics(timeout=10).topics


async def test_aborted_transaction_is_invisible_to_read_committed(
    kafka: KafkaBroker, names: Names
) -> None:
    topic = names.topic("articles.tagged")
    kafka.create_topic(topic)
    producer = AIOKafkaProducer(
        bootstrap_servers=kafka.bootstrap, transactional_id=names.group("tagger")
    )
    async with producer:
        await producer.begin_transaction()
        await producer.send_and_wait(topic, b"aborted")
        await producer.abort_transaction()
        async with producer.transaction():
            await producer.send_and_wait(topic, b"committed")
    assert await read(kafka.bootstrap, topic) == [b"committed"]
    everything = await read(kafka.bootstrap, topic, isolation_level="read_uncommitted")
    assert everything == [b"aborted", b"committed"]


@pytest.mark.parametrize("end", [KafkaBroker.stop, KafkaBroker.kill])
async def test_started_again_it_has_its_data_and_its_port(
    kafka_broker: StartBroker, end: Callable[[KafkaBroker], None]
) -> None:
    broker = kafka_broker()
    bootstrap = broker.bootstrap
    broker.create_topic("articles")
    await produce(bootstrap, "articles", b"before")
    end(broker)
    assert broker.pid is None
    broker.start()
    await produce(bootstrap, "articles", b"after")
    assert await read(bootstrap, "articles") == [b"before", b"after"]


async def test_frozen_broker_answers_once_thawed(kafka_broker: StartBroker) -> None:
    broker = kafka_broker()
    broker.create_topic("articles")
    async with AIOKafkaProducer(bootstrap_servers=broker.bootstrap) as producer:
        await producer.send_and_wait("articles", b"before")
        broker.freeze()
        sent = await producer.send("articles", b"held")
        done, _ = await asyncio.wait([sent], timeout=1)
        assert not done
        broker.thaw()
        assert (await asyncio.wait_for(sent, 20)).offset == 1


async def login(secured: Secured, mechanism: str, password: str) -> None:
    producer = AIOKafkaProducer(
        bootstrap_servers=secured.sasl,
        security_protocol="SASL_SSL",
        ssl_context=ssl.create_default_context(cafile=secured.ca),
        sasl_mechanism=mechanism,
        sasl_plain_username=secured.username,
        sasl_plain_password=password,
    )
    try:
        await producer.start()
        assert await producer.client.fetch_all_metadata()
    finally:
        await producer.stop()


@pytest.mark.parametrize("mechanism", ["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"])
async def test_right_password_is_accepted_and_wrong_refused(
    kafka_secured: KafkaBroker, mechanism: str
) -> None:
    secured = kafka_secured.secured
    await login(secured, mechanism, secured.password)
    with pytest.raises((SaslAuthenticationFailed, KafkaConnectionError)):
        await login(secured, mechanism, "wrong")


async def test_tls_client_needs_the_right_authority(kafka_secured: KafkaBroker) -> None:
    trusting = ssl.create_default_context(cafile=kafka_secured.secured.ca)
    async with AIOKafkaProducer(
        bootstrap_servers=kafka_secured.secured.tls, security_protocol="SSL", ssl_context=trusting
    ) as producer:
        assert await producer.client.fetch_all_metadata()
    stranger = AIOKafkaProducer(
        bootstrap_servers=kafka_secured.secured.tls,
        security_protocol="SSL",
        ssl_context=ssl.create_default_context(),
    )
    with pytest.raises(KafkaConnectionError):
        await stranger.start()
    await stranger.stop()


def fill(bootstrap: str, topic: str, size_bytes: int) -> tuple[int, int]:
    """Send `size_bytes` in records of 64 KiB; how many were acknowledged, and how many failed."""
    acknowledged: list[bool] = []
    producer = Producer(
        {"bootstrap.servers": bootstrap, "message.timeout.ms": 6000, "log_level": 0, "acks": "all"}
    )
    for _ in range(size_bytes // 65_536):
        producer.produce(
            topic, os.urandom(65_536), on_delivery=lambda error, _: acknowledged.append(not error)
        )
        producer.poll(0)
    producer.flush()
    return acknowledged.count(True), acknowledged.count(False)


@pytest.mark.parametrize("refuse_namespaces", [False, True])
async def test_broker_out_of_disk_fails_writes_and_recovers_with_room(
    kafka_broker: StartBroker, monkeypatch: pytest.MonkeyPatch, refuse_namespaces: bool
) -> None:
    if refuse_namespaces:
        hold = broker_module.hold
        monkeypatch.setattr(
            broker_module, "hold", lambda command: None if "unshare" in command else hold(command)
        )
    broker = kafka_broker(disk_bytes=24 * MEBIBYTE)
    assert broker.disk in ({"rlimit"} if refuse_namespaces else {"tmpfs", "rlimit"})
    broker.create_topic("articles")
    acknowledged, failed = fill(broker.bootstrap, "articles", 48 * MEBIBYTE)
    assert acknowledged > 0
    assert failed > 0
    assert broker.wait() != 0
    broker.resize_disk(96 * MEBIBYTE)
    broker.start()
    assert len(await read(broker.bootstrap, "articles")) >= acknowledged
    assert fill(broker.bootstrap, "articles", MEBIBYTE) == (16, 0)


ORPHAN = """
import sys, time
from pathlib import Path
from tests.kafka_broker import KafkaBroker
broker = KafkaBroker(Path(sys.argv[1]), disk_bytes=int(sys.argv[2]) or None)
broker.start()
if sys.argv[3] == "frozen":
    broker.freeze()
print(broker.pid, flush=True)
time.sleep(600)
"""


def gone(pid: int, within_s: float) -> bool:
    """Whether the process ends in that time; a zombie that nobody collects has ended."""
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        try:
            if psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
                return True
        except psutil.NoSuchProcess:
            return True
        time.sleep(0.05)
    return False


@pytest.mark.usefixtures("kafka")
@pytest.mark.parametrize(("disk_bytes", "state"), [(0, "running"), (32 * MEBIBYTE, "frozen")])
def test_broker_dies_with_a_killed_parent(tmp_path: Path, disk_bytes: int, state: str) -> None:
    command = [sys.executable, "-c", ORPHAN, str(tmp_path), str(disk_bytes), state]
    with subprocess.Popen(command, cwd=TESTS.parent, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        broker = int(parent.stdout.readline())
        assert psutil.Process(broker).name() == "java"
        parent.send_signal(signal.SIGKILL)
    assert gone(broker, within_s=10)


@pytest.mark.parametrize(("required", "outcome"), [("0", "1 skipped"), ("1", "1 error")])
def test_without_java_tests_skip_unless_ci_requires_them(
    tmp_path: Path, required: str, outcome: str
) -> None:
    test = f"{__file__}::{test_shared_broker_answers.__name__}"
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", test],
        env={**os.environ, "PATH": str(tmp_path), "REQUIRE_KAFKA": required},
        cwd=TESTS.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    assert outcome in ran.stdout
    assert broker_module.INSTALL_HINT in ran.stdout


def test_missing_java_is_said_with_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(KafkaUnavailable, match="openjdk-17-jre-headless"):
        kafka_jars()


def test_ports_stay_out_of_the_clients_range() -> None:
    ports = free_ports(4)
    assert len(set(ports)) == 4
    assert max(ports) < 32_768
