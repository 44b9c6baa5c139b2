"""The checkpoints: the folder where a run of teachers keeps what is done, and whose it is."""

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import IO

import msgspec

from training.lesson import Lesson, TeacherError


def open_checkpoints(lesson: Lesson, resume: bool) -> None:
    """Make the folder of a run, or go on in it; TeacherError if it holds another, or unasked."""
    folder, digest = lesson.checkpoints, run_digest(lesson)
    folder.mkdir(parents=True, exist_ok=True)
    kept = folder / "digest"
    if any(folder.iterdir()):
        if not resume:
            raise TeacherError(f"{folder}: a run was stopped here; add --resume, or remove it")
        if not kept.exists() or kept.read_text() != digest:
            raise TeacherError(f"{folder}: of a run with other examples, texts or options")
    kept.write_text(digest)


def run_digest(lesson: Lesson) -> str:
    """The same for two runs that give the same labels; of the encoder only names and sizes."""
    encoder = sorted((f.name, f.stat().st_size) for f in lesson.encoder.iterdir() if f.is_file())
    examples = [(example.title, example.text, example.themes) for example in lesson.examples]
    whole = (examples, lesson.texts, lesson.codes, lesson.parameters, encoder)
    return sha256(msgspec.json.encode(whole)).hexdigest()


def write_whole(path: Path, write: Callable[[IO[bytes]], None]) -> None:
    """Write a file as a whole or not at all."""
    unfinished = path.with_name(f"{path.name}.new")
    with unfinished.open("wb") as file:
        write(file)
    unfinished.replace(path)
