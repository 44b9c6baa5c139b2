"""A child process that cannot outlive its parent: its standard input ends when the parent does.

Works for every way a parent can end, SIGKILL too, and on every system that has pipes.
"""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

FIRST_LINE_WITHIN_S = 60.0
STOP_WITHIN_S = 10.0


@contextmanager
def running(
    *arguments: str, stderr: IO[str] | None = None
) -> "Iterator[tuple[subprocess.Popen[str], str]]":
    """A `dyadwire` command that follows this process, and the first line that it prints.

    The line is empty if the command ended before, or took too long and was killed. A Ctrl-C in the
    terminal does not reach it; it is stopped when the context ends.
    """
    with subprocess.Popen(  # noqa: S603  # our own commands only
        [sys.executable, "-m", "streams", *arguments, "--follow-parent"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=stderr,
        text=True,
        start_new_session=True,
    ) as child:
        try:
            yield child, _first_line(child)
        finally:
            stop(child)


def _first_line(child: "subprocess.Popen[str]") -> str:
    assert child.stdout is not None  # noqa: S101  # a pipe was asked for
    too_late = threading.Timer(FIRST_LINE_WITHIN_S, child.kill)
    too_late.start()
    try:
        return child.stdout.readline()
    finally:
        too_late.cancel()


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
