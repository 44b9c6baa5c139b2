"""The engines that are compared, one file each, written as their own documentation would.

Each is a program: `python -m benchmarks.peers.NAME JOB`. It reads, tags and writes until stopped.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Peer:
    """One engine; `batch` is how many articles it classifies at once."""

    name: str
    module: str
    guarantee: str
    batch: str
    arguments: tuple[str, ...] = ()
    own_environment: bool = False


BASELINE = "aiokafka"

PEERS = (
    Peer("dyadwire", "dyadwire_worker", "exactly once", "up to 512"),
    Peer(BASELINE, "aiokafka_loop", "at least once", "up to 512"),
    Peer("confluent", "confluent_loop", "at least once", "up to 512"),
    Peer("confluent-eos", "confluent_transactions", "exactly once", "up to 512"),
    Peer("bytewax", "bytewax_flow", "none as set up", "up to 512", own_environment=True),
    Peer("quix", "quix_app", "at least once", "1", ("at-least-once",), own_environment=True),
    Peer("quix-eos", "quix_app", "exactly once", "1", ("exactly-once",), own_environment=True),
    Peer("faust", "faust_tutorial", "loses on a crash", "1"),
)
