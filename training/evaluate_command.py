"""The command `python -m training evaluate`."""

from pathlib import Path

import click
import msgspec
from rich.console import Console

from models.artifact import ArtifactError, load, read_manifest
from training.datasets import DatasetError, read_dataset
from training.model_report import ModelReport, model_report
from training.report_html import report_page
from training.report_lines import warning
from training.report_table import print_report

_PATH = click.Path(exists=True, path_type=Path)
_STDOUT = Path("-")


@click.command(name="evaluate")
@click.argument("model", type=_PATH)
@click.argument("files", nargs=-1, required=True, type=_PATH)
@click.option(
    "--json",
    "json_path",
    type=click.Path(dir_okay=False, allow_dash=True, path_type=Path),
    help="Write all numbers as JSON; with - to standard output, and no table.",
)
@click.option(
    "--html",
    "html_path",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write a page with curves and diagrams, in one file.",
)
def evaluate_command(
    model: Path, files: tuple[Path, ...], json_path: Path | None, html_path: Path | None
) -> None:
    """Compare what a model says about labelled examples with their labels.

    \b
    Example:
      python -m training evaluate models/default labelled.jsonl --html report.html
    """
    try:
        report = _report(model, files)
        if html_path:
            html_path.write_text(report_page(report), encoding="utf-8")
        if json_path and json_path != _STDOUT:
            json_path.write_bytes(_as_json(report))
    except (DatasetError, ArtifactError, OSError) as error:
        raise click.ClickException(str(error)) from error
    if json_path != _STDOUT:
        print_report(report, Console())
        return
    click.echo(_as_json(report), nl=False)
    if report.seen:
        click.echo(warning(report), err=True)


def _report(model: Path, files: tuple[Path, ...]) -> ModelReport:
    classifier = load(model)
    dataset = read_dataset(files, classifier.taxonomy)
    learnt = {source.sha256 for source in read_manifest(model).data}
    return model_report(classifier, dataset, learnt)


def _as_json(report: ModelReport) -> bytes:
    return msgspec.json.format(msgspec.json.encode(report), indent=2) + b"\n"
