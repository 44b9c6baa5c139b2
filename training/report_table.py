"""The report on the terminal."""

from collections.abc import Callable, Iterator, Sequence

from rich import box
from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from training.confusion import Pair
from training.model_report import Group, ModelReport
from training.report_lines import (
    FEW,
    Line,
    group_name,
    judged,
    marked,
    number,
    relation_lines,
    span,
    theme_lines,
    warning,
)
from training.theme_report import ThemeReport
from training.worst_items import WorstItem

_N_PAIRS = 8
_N_WORST = 5
_LEGEND = f"""
P precision, R recall, 95 % interval of F1, AP average precision,
ECE expected calibration error, from: it is given from this probability on.
† fewer than {FEW} labelled: the interval says little. * Label and model differ."""


def print_report(report: ModelReport, console: Console) -> None:
    """Print all of a report, the details for all examples together."""
    files = ", ".join(f"{source.name} ({source.examples})" for source in report.sources)
    everything = report.groups[0].themes
    console.print(f"Model {report.model.version} on {files}", highlight=False, markup=False)
    for table in (
        _lines("Themes", report.groups, theme_lines),
        _themes(everything),
        _pairs("Missed", "given in its place", everything.confusion.missed_for),
        _pairs("False alarm", "true there", everything.confusion.false_on),
        _lines("Relations", report.groups, relation_lines),
        *_worst(report.worst_items),
    ):
        console.print(table)
    console.print(_LEGEND, style="dim", highlight=False)
    if report.seen:
        console.print(warning(report), style="bold", highlight=False, markup=False)


def _table(title: str, *names: str) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD)
    for place, name in enumerate(names):
        table.add_column(name, justify="right" if place else "left", no_wrap=True)
    return table


def _lines(
    title: str, groups: Sequence[Group], lines: Callable[[Sequence[Group]], list[Line]]
) -> Table:
    table = _table(title, "", *(group_name(group) for group in groups))
    for name, values in lines(groups):
        table.add_row(name, *values)
    return table


def _themes(themes: ThemeReport) -> Table:
    table = _table("Each theme", "", "P", "R", "F1", "95 %", "AP", "ECE", "from", "labelled")
    table.padding = (0, 0)
    for row in themes.themes:
        table.add_row(
            marked(row),
            number(row.rates.precision),
            number(row.rates.recall),
            number(row.rates.f1),
            span(row.f1_interval),
            number(row.average_precision),
            number(row.calibration_error, 3),
            number(row.threshold),
            str(row.rates.labelled),
        )
    return table


def _pairs(first: str, second: str, pairs: Sequence[Pair]) -> Table:
    table = _table("", first, second, "items")
    table.columns[1].justify = "left"
    for pair in pairs[:_N_PAIRS]:
        table.add_row(pair.code, pair.neighbour, str(pair.items))
    return table


def _worst(items: Sequence[WorstItem]) -> Iterator[RenderableType]:
    yield Text("Furthest from their labels", style="bold")
    for item in items[:_N_WORST]:
        said = f"labelled: {judged(item.labelled)}\ngiven: {judged(item.given)}"
        origin = f"{item.id} {item.source}".strip()
        yield Text(f"  {_printable(origin)}, log loss {number(item.log_loss)}")
        yield Padding(Text(f"{_printable(item.title)}\n{said}"), (0, 0, 0, 4))


def _printable(text: str) -> str:
    """A text of unknown origin, without what would command the terminal."""
    return "".join(character if character.isprintable() else " " for character in text)
