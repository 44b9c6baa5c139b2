"""The peers' own environment in `.cache/peers`, made from `peers.lock` when it is not there yet.

Quix Streams asks for an older confluent-kafka than this project, so it cannot share ours.

    python -m benchmarks.environment
"""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "benchmarks" / "peers.lock"
FOLDER = ROOT / ".cache" / "peers"
PYTHON = FOLDER / "bin" / "python"


class NotInstalled(Exception):
    """The peers' packages could not be installed; the message says why."""


def ensure() -> Path:
    """The Python of the peers' environment; made now unless it fits the lock file."""
    done = FOLDER / "peers.lock"
    if not done.exists() or done.read_bytes() != LOCK.read_bytes():
        uv = Path(sys.executable).with_name("uv")
        _run([str(uv), "venv", "--clear", "--python", sys.executable, str(FOLDER)])
        _run([str(uv), "pip", "sync", "--python", str(PYTHON), "--require-hashes", str(LOCK)])
        done.write_bytes(LOCK.read_bytes())  # last, so its presence means that all is there
    return PYTHON


def _run(command: list[str]) -> None:
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError as error:
        raise NotInstalled(f"{command[0]}: {error.strerror}") from error
    if done.returncode != 0:
        lines = done.stderr.strip().splitlines() or ["no message"]
        raise NotInstalled(f"`uv {command[1]}` failed: {' '.join(lines[-2:])}")


if __name__ == "__main__":
    print(ensure())
