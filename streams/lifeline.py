"""A child process that cannot outlive its parent: its standard input ends when the parent does.

Works for every way a parent can end, SIGKILL too, and on every system that has pipes.
"""

import os
import signal
import subprocess
import sys
import threading
import time
from typing import IO

STOP_WITHIN_S = 10.0


def start(
    command: list[str],
    *,
    stdout: int | IO[str] | None = None,
    stderr: int | IO[str] | None = None,
) -> "subprocess.Popen[str]":
    """Start a child that calls `follow_parent`; a Ctrl-C in the terminal does not reach it."""
    return subprocess.Popen(  # noqa: S603  # our own commands only
        command,
        stdin=subprocess.PIPE,
        stdout=stdout,
        stderr=stderr,
        text=True,
        start_new_session=True,
    )


def stop(child: "subprocess.Popen[str]") -> int:
    """Ask the child to end, then make it; its exit status."""
    child.terminate()
    try:
        return child.wait(STOP_WITHIN_S)
    except subprocess.TimeoutExpired:
        child.kill()
        return child.wait()


def follow_parent() -> None:
    """From now on, end this process when its parent is gone: SIGTERM, then SIGKILL."""
    threading.Thread(target=_wait_for_parent, name="lifeline", daemon=True).start()


def _wait_for_parent() -> None:
    while os.read(sys.stdin.fileno(), 4096):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(STOP_WITHIN_S)
    os.kill(os.getpid(), signal.SIGKILL)
