"""A process under measurement: in an empty folder of its own, what it says kept, ended with us."""

import os
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.environment import ROOT
from streams import lifeline


@dataclass(frozen=True, slots=True)
class Child:
    """A running process and the file with what it says."""

    process: "subprocess.Popen[str]"
    log: Path

    def said(self, characters: int = 300) -> str:
        """The end of what it said so far."""
        return " ".join(self.log.read_text(errors="replace")[-characters:].split())


@contextmanager
def running(command: Sequence[str], env: Mapping[str, str] | None = None) -> Iterator[Child]:
    """A process that calls `lifeline.follow_parent`, for the length of a `with`.

    The folder keeps what Faust and others leave behind, and our `.env`, out of the way.
    """
    with tempfile.TemporaryDirectory(prefix="dyadwire-bench-") as folder:
        log = Path(folder) / "said.log"
        with log.open("w") as said:
            process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=said,
                stderr=said,
                env={**os.environ, **(env or {}), "PYTHONPATH": str(ROOT)},
                cwd=folder,
                text=True,
                start_new_session=True,
            )
        with process:  # closes the lifeline
            try:
                yield Child(process, log)
            finally:
                lifeline.stop(process)
