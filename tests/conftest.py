"""Fixtures of the tests that need a real Kafka; they carry the marker `kafka` by using one."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from tests.kafka_broker import KafkaBroker, KafkaUnavailable, Names

KAFKA_FIXTURES = {"kafka", "kafka_secured", "kafka_broker"}


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what uses a broker, so that `-m "not kafka"` is complete whatever the author wrote."""
    for item in items:
        if isinstance(item, pytest.Function) and KAFKA_FIXTURES & set(item.fixturenames):
            item.add_marker(pytest.mark.kafka)


@pytest.fixture(scope="session")
def kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KafkaBroker]:
    """The broker that tests share; do not stop it, and take topics and groups from `names`."""
    with ExitStack() as brokers:
        yield started(brokers, KafkaBroker(tmp_path_factory.mktemp("kafka")))


@pytest.fixture(scope="session")
def kafka_secured(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KafkaBroker]:
    """A shared broker with the listeners of `Secured` beside the open one."""
    with ExitStack() as brokers:
        yield started(brokers, KafkaBroker(tmp_path_factory.mktemp("kafka"), secured=True))


@pytest.fixture
def kafka_broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., KafkaBroker]]:
    """Starts a broker of the test's own, with `KafkaBroker`'s options: `secured=True`."""
    with ExitStack() as brokers:
        yield lambda **options: started(
            brokers, KafkaBroker(tmp_path_factory.mktemp("kafka"), **options)
        )


@pytest.fixture
def names() -> Names:
    """Topic and group names that no other test has."""
    return Names()


def started(brokers: ExitStack, broker: KafkaBroker) -> KafkaBroker:
    """The broker, started and ended with `brokers`; the test is skipped where none can run."""
    try:
        return brokers.enter_context(broker)
    except KafkaUnavailable as unavailable:
        if os.environ.get("REQUIRE_KAFKA") == "1":
            raise
        pytest.skip(str(unavailable))
