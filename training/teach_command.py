"""The command `python -m training teach`."""

import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

import click
import numpy as np
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from training.checkpoints import open_checkpoints
from training.corpora import Text, corpus_of, read_texts
from training.datasets import DatasetError, own_examples, read_dataset
from training.encoder_files import encoder_folder, require_extra
from training.lesson import Lesson, TeacherError, TeacherParameters
from training.soft import soft_labels, write_soft
from training.taxonomies import read_taxonomy
from training.teach import Taught, teach
from training.teach_report import table

_PARTS = (0, 1)
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
@click.option("--taxonomy", "taxonomy_path", type=_PATH, help="Other themes, in a TOML file.")
@click.option("--sample", type=click.IntRange(1), help="Take at most so many rows of each file.")
@click.option(
    "--out",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where to write, .jsonl.gz.",
)
@click.option("--encoder", type=_FOLDER, help="Another encoder, in the layout of Hugging Face.")
@click.option(
    "--epochs",
    default=_DEFAULT.epochs,
    show_default=True,
    type=click.IntRange(1),
    help="How often each example is learned from.",
)
@click.option(
    "--seed",
    default=_DEFAULT.seed,
    show_default=True,
    type=click.IntRange(0),
    help="For what is drawn at random.",
)
@click.option(
    "--max-tokens",
    default=_DEFAULT.max_tokens,
    show_default=True,
    type=click.IntRange(8),
    help="Of a longer text only the beginning is read.",
)
@click.option("--jobs", type=click.IntRange(1), help="Threads; without it as many as torch takes.")
@click.option("--resume", is_flag=True, help="Go on where a stopped run was.")
def teach_command(
    examples: tuple[Path, ...],
    texts: tuple[Path, ...],
    taxonomy_path: Path | None,
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
        themes = read_taxonomy(taxonomy_path)
        require_extra(encoder)
        use_threads(jobs)
        with encoder_folder(encoder) as folder:
            lesson = Lesson(
                read_dataset(examples or [own_examples()], themes).examples,
                tuple(_texts(texts, sample, seed)),
                themes.codes,
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


def _teach_showing_progress(lesson: Lesson, part: int) -> Taught:
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, TimeRemainingColumn(), console=Console(stderr=True)) as shown:
        task = shown.add_task(f"teacher {part + 1}", total=None)

        def report(said: str, done: int, of: int) -> None:
            said = f"teacher {part + 1}, {said}"
            shown.update(task, description=said, completed=done, total=of)

        taught = teach(lesson, part, report)
    title = f"Teacher {part + 1} of {len(_PARTS)}, micro F1 on the examples it has not seen"
    Console().print(table(title, lesson, part, taught))
    return taught


def _texts(paths: Sequence[Path], sample: int | None, seed: int) -> Iterator[Text]:
    names = [corpus_of(path) for path in paths]
    if twice := {name for name in names if names.count(name) > 1}:
        raise DatasetError(f"two files of texts are called {', '.join(sorted(twice))}")
    for path in paths:
        yield from read_texts(path, sample, seed)


def use_threads(jobs: int | None) -> None:
    """Let torch compute in so many threads, or as it likes."""
    if jobs:
        import torch

        torch.set_num_threads(jobs)
