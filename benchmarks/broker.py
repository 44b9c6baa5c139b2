"""The broker of a benchmark: a real Kafka in a folder that goes with it, topics made afresh."""

import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from confluent_kafka import KafkaException

from tests.kafka_broker import KafkaBroker, kafka_jars

PARTITIONS = 4
GONE_WITHIN_S = 30.0
# What the worker writes to, after its prefix; the other engines write to the first.
OUTPUTS = ("articles.tagged", "relations", "articles.rejected")


@contextmanager
def broker(properties: Mapping[str, str] | None = None) -> Iterator[KafkaBroker]:
    """A Kafka of one node for the length of a `with`; nothing of it stays."""
    with (
        tempfile.TemporaryDirectory(prefix="dyadwire-bench-") as folder,
        KafkaBroker(Path(folder), properties=properties) as started,
    ):
        yield started


def kafka_version() -> str:
    """The version of the broker."""
    return kafka_jars().name


def fresh_outputs(kafka: KafkaBroker, prefix: str) -> None:
    """Make the output topics, empty, whether or not they were there."""
    names = [prefix + name for name in OUTPUTS]
    admin = kafka.admin()
    there = [name for name in names if name in admin.list_topics(timeout=10).topics]
    for deleted in admin.delete_topics(there).values() if there else ():
        deleted.result(GONE_WITHIN_S)
    for name in names:
        _create(kafka, name)


def _create(kafka: KafkaBroker, name: str) -> None:
    """Create a topic, again and again until its predecessor of this name is gone."""
    deadline = time.monotonic() + GONE_WITHIN_S
    while True:
        try:
            return kafka.create_topic(name, PARTITIONS)
        except KafkaException:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


def stored_bytes(kafka: KafkaBroker, topic: str) -> int:
    """What the topic takes on the broker's disk, as it was sent: compressed."""
    return sum(path.stat().st_size for path in kafka.data.glob(f"{topic}-[0-9]*/*.log"))
