"""The embedded broker: librdkafka's mock cluster, for the demo, first steps and quick tests.

Nothing to install, and nothing kept: topics appear with four partitions when they are first asked
for, each holds its newest 5 MB, and all is gone when the process ends. It binds to loopback.
"""

import threading
from collections.abc import Callable

from confluent_kafka import Producer


class EmbeddedBroker:
    """A mock cluster of one broker in this process; it lives as long as this object."""

    def __init__(self) -> None:
        self._cluster = Producer(
            {"bootstrap.servers": "unused", "test.mock.num.brokers": 1, "log_level": 3}
        )
        brokers = self._cluster.list_topics(timeout=10).brokers.values()
        self.bootstrap_servers = ",".join(f"{broker.host}:{broker.port}" for broker in brokers)


def serve(announce: Callable[[str], None]) -> None:
    """Serve until interrupted; `announce` gets the address once it can be used."""
    broker = EmbeddedBroker()
    announce(broker.bootstrap_servers)
    threading.Event().wait()
