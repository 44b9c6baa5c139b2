"""The engines that are compared, one file each, written as their own documentation would.

Each is a program: `python -m benchmarks.peers.NAME JOB`. It reads, tags and writes until stopped.
"""

from dataclasses import dataclass

from benchmarks.job import BATCH


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
    Peer("dyadwire", "dyadwire_worker", "exactly once", f"up to {BATCH}"),
    Peer(BASELINE, "aiokafka_loop", "at least once", f"up to {BATCH}"),
    Peer("confluent", "confluent_loop", "at least once", f"up to {BATCH}"),
    Peer("confluent-eos", "confluent_transactions", "exactly once", f"up to {BATCH}"),
    Peer("bytewax", "bytewax_flow", "none as set up", f"up to {BATCH}", own_environment=True),
    Peer("quix", "quix_app", "at least once", "1", ("at-least-once",), own_environment=True),
    Peer("quix-eos", "quix_app", "exactly once", "1", ("exactly-once",), own_environment=True),
    Peer("faust", "faust_tutorial", "loses on a crash", "1"),
)
