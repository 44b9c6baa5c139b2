"""The embedded broker: librdkafka's mock cluster, for the demo, first steps and quick tests.

Nothing to install, and nothing kept: topics appear with four partitions when they are first asked
for, each holds its newest 5 MB, and all is gone when the process ends. It binds to loopback. The
checksums of its transaction markers are wrong, so its clients must not verify any, and it forgets
the offsets of transactions, so a worker that is started again begins at the beginning.
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


def environment(bootstrap_servers: str) -> dict[str, str]:
    """The settings with which worker and commands use an embedded broker."""
    return {
        "DYADWIRE_BOOTSTRAP_SERVERS": bootstrap_servers,
        "DYADWIRE_SECURITY_PROTOCOL": "PLAINTEXT",
        "DYADWIRE_CHECK_CRCS": "false",
    }


def exports(bootstrap_servers: str) -> str:
    """The same as a line for a shell."""
    pairs = environment(bootstrap_servers).items()
    return "export " + " ".join(f"{key}={value}" for key, value in pairs)


def serve(announce: Callable[[str], None]) -> None:
    """Serve until interrupted; `announce` gets the address once it can be used."""
    broker = EmbeddedBroker()
    announce(broker.bootstrap_servers)
    threading.Event().wait()
