"""The command: `python -m training fit|evaluate`."""

from dataclasses import asdict
from pathlib import Path

import click
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from models.artifact import ArtifactError, DataSource, Manifest, load, read_manifest, save
from models.taxonomy import taxonomy
from training.card import write_card
from training.datasets import Dataset, DatasetError, own_examples, read_dataset
from training.evaluate import Report, Score, compare, tag_examples
from training.examples import Parameters
from training.fit import Fitted, fit

_PATH = click.Path(exists=True, path_type=Path)


@click.group()
def main() -> None:
    """Train and evaluate models from files of labelled examples."""


@main.command(name="fit")
@click.option(
    "--examples", multiple=True, type=_PATH, help="A file or folder of examples; may be repeated."
)
@click.option(
    "--out", required=True, type=click.Path(file_okay=False, path_type=Path), help="Where to write."
)
@click.option("--version", required=True, help="The version of the model, such as 2026.11.1.")
@click.option("--seed", default=0, show_default=True, help="Draws the folds.")
def fit_command(examples: tuple[Path, ...], out: Path, version: str, seed: int) -> None:
    """Fit a model and write it as a directory.

    Without --examples it learns from the project's own articles alone.

    \b
    Example:
      python -m training fit --examples labelled.jsonl --out build/2026.11.1 --version 2026.11.1
    """
    try:
        dataset = read_dataset(examples or [own_examples()])
        fitted = _fit_showing_progress(dataset, Parameters(seed=seed))
        manifest = describe(fitted, dataset, Parameters(seed=seed), version)
        card = write_card(manifest, fitted.per_theme)
        stamp = save(out, fitted.themes, fitted.relations, manifest, card)
    except (DatasetError, ArtifactError) as error:
        raise click.ClickException(str(error)) from error
    console = Console()
    console.print(_scores_table(fitted))
    console.print(f"{stamp.version} in {out}, {stamp.digest}", highlight=False, soft_wrap=True)


@main.command()
@click.argument("model", type=_PATH)
@click.argument("files", nargs=-1, required=True, type=_PATH)
def evaluate(model: Path, files: tuple[Path, ...]) -> None:
    """Compare what a model says about labelled examples with their labels.

    \b
    Example:
      python -m training evaluate models/default labelled.jsonl
    """
    try:
        dataset = read_dataset(files)
        classifier = load(model)
    except (DatasetError, ArtifactError) as error:
        raise click.ClickException(str(error)) from error
    report = compare(dataset.examples, tag_examples(classifier, dataset.examples))
    console = Console()
    console.print(_report_table(report))
    learnt = {source.sha256 for source in read_manifest(model).data}
    if any(source.sha256 in learnt for source in dataset.sources):
        console.print("The model was trained on some of these examples: no measure of how good.")


def describe(fitted: Fitted, dataset: Dataset, parameters: Parameters, version: str) -> Manifest:
    """The manifest of a fitted model, still without the digests of its files."""
    codes = fitted.themes.codes
    calibration = {
        name: value for name, value in fitted.scores.items() if name.startswith("calibration")
    }
    scores = {name: value for name, value in fitted.scores.items() if name not in calibration}
    thresholds = [round(float(threshold), 5) for threshold in fitted.themes.thresholds]
    return Manifest(
        version=version,
        taxonomy=taxonomy().version,
        labels=codes,
        thresholds={
            **dict(zip(codes, thresholds, strict=True)),
            "relations": round(fitted.relations.threshold, 5),
        },
        calibration=calibration,
        parameters=asdict(parameters),
        data=tuple(
            DataSource(source.name, source.sha256, source.examples, source.origins)
            for source in dataset.sources
        ),
        scores=scores,
    )


def _fit_showing_progress(dataset: Dataset, parameters: Parameters) -> Fitted:
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as shown:
        task = shown.add_task(f"{len(dataset.examples)} examples", total=None)
        return fit(dataset.examples, parameters, lambda step: shown.update(task, description=step))


def _scores_table(fitted: Fitted) -> Table:
    table = Table("out of fold", "value", title="How good")
    for name, value in fitted.scores.items():
        table.add_row(name.replace("_", " "), str(value))
    return table


def _report_table(report: Report) -> Table:
    table = Table("", "P", "R", "F1", "labelled", title=f"{report.n_examples} examples")
    for code, score in report.themes.items():
        table.add_row(code, *_cells(score))
    table.add_section()
    table.add_row("themes, micro", *_cells(report.themes_micro))
    table.add_row("themes, macro", "", "", f"{report.macro_f1:.3f}", "")
    table.add_row("pairs", *_cells(report.pairs))
    table.add_row("pairs with stance", *_cells(report.records))
    table.add_row("stance, on matched pairs", f"{report.stance_accuracy:.3f}", "", "", "")
    table.add_row("direction, on matched pairs", f"{report.direction_accuracy:.3f}", "", "", "")
    return table


def _cells(score: Score) -> tuple[str, str, str, str]:
    return (
        f"{score.precision:.3f}",
        f"{score.recall:.3f}",
        f"{score.f1:.3f}",
        str(score.hits + score.misses),
    )


if __name__ == "__main__":
    main(prog_name="python -m training")
