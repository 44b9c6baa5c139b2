"""The command `python -m training fit`."""

import hashlib
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace
from math import isfinite
from pathlib import Path

import click
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from models.artifact import ArtifactError, DataSource, Manifest, make_directory, save
from models.taxonomy import Taxonomy
from training.card import write_card
from training.datasets import Dataset, DatasetError, Example, own_examples, read_dataset
from training.examples import Parameters
from training.fit import Fitted, fit
from training.folds import KINDS
from training.rows import read_rows
from training.soft_texts import SoftTexts, no_soft_texts, read_soft_texts
from training.tasks import BACKENDS, BackendError, Tasks, private_folder
from training.taxonomies import read_taxonomy

_PATH = click.Path(exists=True, path_type=Path)
_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
_DEFAULT = Parameters()


@click.command(name="fit")
@click.option(
    "--examples", multiple=True, type=_PATH, help="A file or folder of examples; may be repeated."
)
@click.option(
    "--out", required=True, type=click.Path(file_okay=False, path_type=Path), help="Where to write."
)
@click.option("--version", required=True, help="The version of the model, such as 2026.11.1.")
@click.option("--taxonomy", "taxonomy_path", type=_PATH, help="Other themes, in a TOML file.")
@click.option("--soft", multiple=True, type=_PATH, help="Soft labels, as `teach` writes them.")
@click.option("--rows", multiple=True, type=_PATH, help="Labels of rows of the corpora.")
@click.option("--corpora", type=_FOLDER, help="The folder with the texts of --soft and --rows.")
@click.option(
    "--seed",
    default=0,
    show_default=True,
    type=click.IntRange(0, 2**32 - 1),
    help="For what is drawn at random.",
)
@click.option(
    "--alpha",
    default=_DEFAULT.ridge_alpha,
    show_default=True,
    type=click.FloatRange(min=0, min_open=True),
    help="How much large weights cost; less suits many examples.",
)
@click.option(
    "--folds",
    default=_DEFAULT.folds,
    show_default=True,
    type=click.Choice(KINDS),
    help="What is judged by a model that has not seen it: texts, later dates, or other sources.",
)
@click.option(
    "--jobs",
    default=1,
    show_default=True,
    type=click.IntRange(min=-1),
    help="How many folds are fitted side by side; -1: one on each core.",
)
@click.option(
    "--backend",
    default=BACKENDS[0],
    show_default=True,
    type=click.Choice(BACKENDS),
    help="What runs them: processes, threads, or a cluster of Dask or Ray.",
)
def fit_command(
    examples: tuple[Path, ...],
    out: Path,
    version: str,
    taxonomy_path: Path | None,
    soft: tuple[Path, ...],
    rows: tuple[Path, ...],
    corpora: Path | None,
    seed: int,
    alpha: float,
    folds: str,
    jobs: int,
    backend: str,
) -> None:
    """Fit a model and write it as a directory.

    Without --examples it learns from the project's own articles alone. The model is the same for
    any --jobs and --backend. A fit that was stopped goes on where it was: the same command finds
    the finished folds in a hidden folder beside --out, which goes when the fit is done.

    \b
    Example:
      python -m training fit --examples labelled.jsonl --out build/2026.11.1 --version 2026.11.1
    """
    if (soft or rows) and corpora is None:
        raise click.UsageError("--soft and --rows need --corpora, the folder with their texts")
    if soft and folds != "hash":
        raise click.UsageError(
            f"--folds {folds}: --soft needs --folds hash; teachers have seen all dates and sources"
        )
    if jobs == 0:
        raise click.UsageError("--jobs: expected -1 or a number from 1 on, found 0")
    if not isfinite(alpha):
        raise click.UsageError(f"--alpha: expected a number, found {alpha}")
    if not version.strip():
        raise click.UsageError("--version: expected a version such as 2026.11.1, found none")
    parameters = Parameters(seed=seed, ridge_alpha=alpha, folds=folds)
    try:
        make_directory(out)
        kept_in = private_folder(out.resolve().parent / f".{out.resolve().name}.folds")
        themes = read_taxonomy(taxonomy_path)
        dataset = read_dataset(examples or [own_examples()], themes)
        if corpora and rows:
            dataset = _with_rows(dataset, rows, corpora, themes)
        unlabelled = no_soft_texts(len(themes.codes))
        if corpora and soft:
            unlabelled = read_soft_texts(soft, corpora, themes.codes)
        tasks = Tasks(jobs=jobs, backend=backend, kept_in=kept_in)
        fitted = _fit_showing_progress(dataset, themes, unlabelled, parameters, tasks)
        manifest = describe(fitted, themes, _sources(dataset, soft), parameters, version)
        card = write_card(manifest, fitted.per_theme, fitted.per_group)
        stamp = save(out, themes, fitted.themes, fitted.relations, manifest, card)
    except KeyboardInterrupt:
        click.echo("stopped; the same command goes on from the folds that are finished", err=True)
        raise
    except (DatasetError, ArtifactError, BackendError) as error:
        raise click.ClickException(str(error)) from error
    shutil.rmtree(kept_in, ignore_errors=True)
    console = Console()
    console.print(_scores_table(fitted))
    if fitted.per_group:
        console.print(_groups_table(fitted))
    console.print(f"{stamp.version} in {out}, {stamp.digest}", highlight=False, soft_wrap=True)


def describe(
    fitted: Fitted,
    themes: Taxonomy,
    sources: Iterable[DataSource],
    parameters: Parameters,
    version: str,
) -> Manifest:
    """The manifest of a fitted model, still without the digests of its files."""
    calibration = {
        name: value for name, value in fitted.scores.items() if name.startswith("calibration")
    }
    scores = {name: value for name, value in fitted.scores.items() if name not in calibration}
    cuts = [round(float(threshold), 5) for threshold in fitted.themes.thresholds]
    thresholds = dict(zip(themes.codes, cuts, strict=True))
    if fitted.relations:
        thresholds["relations"] = round(fitted.relations.threshold, 5)
    return Manifest(
        version=version,
        taxonomy=themes.version,
        labels=themes.codes,
        thresholds=thresholds,
        calibration=calibration,
        parameters=asdict(parameters),
        data=tuple(sources),
        scores=scores,
    )


def _with_rows(dataset: Dataset, paths: Sequence[Path], corpora: Path, themes: Taxonomy) -> Dataset:
    """The data set with labelled rows; a text that is an example too is left out."""
    known = {example.text for example in dataset.examples}
    examples: list[Example] = list(dataset.examples)
    sources = list(dataset.sources)
    for path in paths:
        own = [
            example
            for example in read_rows(path, corpora, themes.codes)
            if example.text not in known
        ]
        origins = {name: sum(e.source == name for e in own) for name in {e.source for e in own}}
        digest = _digest(path)
        sources.append(DataSource(path.name, digest, len(own), dict(sorted(origins.items()))))
        examples.extend(own)
    return Dataset(tuple(examples), tuple(sources))


def _sources(dataset: Dataset, soft: Sequence[Path]) -> list[DataSource]:
    return [*dataset.sources, *(DataSource(path.name, _digest(path), 0, {}) for path in soft)]


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _fit_showing_progress(
    dataset: Dataset, themes: Taxonomy, soft: SoftTexts, parameters: Parameters, tasks: Tasks
) -> Fitted:
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as shown:
        task = shown.add_task(f"{len(dataset.examples)} examples", total=None)
        telling = replace(tasks, progress=lambda step: shown.update(task, description=step))
        return fit(dataset.examples, themes, soft, parameters, telling)


def _scores_table(fitted: Fitted) -> Table:
    table = Table("out of fold", "value", title="How good")
    for name, value in fitted.scores.items():
        table.add_row(name.replace("_", " "), str(value))
    return table


def _groups_table(fitted: Fitted) -> Table:
    table = Table("out of fold", "examples", "themes micro F1", "macro F1")
    for name, report in fitted.per_group.items():
        numbers = (report.n_examples, report.themes_micro.f1, report.macro_f1)
        table.add_row(name, *map(str, numbers))
    return table
