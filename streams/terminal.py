"""What a person at a terminal sees: progress of long work, and text from elsewhere made safe."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import IO

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn


@contextmanager
def counted(verb: str, file: IO[bytes]) -> Iterator[Callable[[int], None]]:
    """A function to call with the number of lines done; shown as a bar over the bytes read."""
    if not sys.stderr.isatty():
        yield lambda count: None
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("bytes"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task(verb, total=_size(file))

        def show(count: int) -> None:
            progress.update(task, description=f"{verb} {count}", completed=_position(file))

        yield show


def _size(file: IO[bytes]) -> int | None:
    size = os.fstat(file.fileno()).st_size
    return size or None


def _position(file: IO[bytes]) -> int:
    return file.tell() if file.seekable() else 0


def plain(text: str, keep: str = "") -> str:
    r"""Text from elsewhere without what could steer a terminal; characters in `keep` stay.

    >>> plain("a\x1b[2Jb").encode()
    b'a\xef\xbf\xbd[2Jb'
    """
    return "".join(
        char if char.isprintable() or char in keep else "\N{REPLACEMENT CHARACTER}" for char in text
    )


def printable(text: str) -> str:
    """The same for rich, which would read markup in it."""
    return escape(plain(text))
