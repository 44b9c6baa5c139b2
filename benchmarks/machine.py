"""The conditions of a measurement: machine, versions, date. A figure without them says little."""

import json
import os
import platform
import subprocess
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import psutil

from benchmarks.environment import ROOT

OURS = ("dyadwire", "aiokafka", "faust-streaming", "confluent-kafka", "msgspec", "scikit-learn")
PEERS = ("bytewax", "quixstreams", "confluent-kafka", "msgspec", "scikit-learn")


def conditions(kafka: str, peers: Path | None = None) -> dict[str, Any]:
    """What to write beside every figure; `peers` is the Python of the peers' environment."""
    return {
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "commit": _output("git", "-C", str(ROOT), "describe", "--always", "--dirty"),
        "cpu": cpu_model(),
        "cores": len(os.sched_getaffinity(0)),
        "memory_gib": round(psutil.virtual_memory().total / 2**30, 1),
        "load_at_start": round(os.getloadavg()[0], 2),
        "system": platform.platform(),
        "python": platform.python_version(),
        "kafka": kafka,
        "packages": {name: version(name) for name in OURS},
        "peers_packages": _versions(peers) if peers else {},
    }


def cpu_model() -> str:
    """The name of the processor."""
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def _versions(python: Path) -> dict[str, str]:
    asked = (
        "import importlib.metadata as m, json, sys;"
        "print(json.dumps({name: m.version(name) for name in sys.argv[1:]}))"
    )
    found: dict[str, str] = json.loads(_output(str(python), "-c", asked, *PEERS))
    return found


def _output(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout.strip()
