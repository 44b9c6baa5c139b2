"""The details of a group of examples on the page: each theme, calibration, curves, confusion."""

from collections.abc import Sequence

from training.bootstrap import N_RESAMPLES
from training.confusion import Neighbour, Pair
from training.markup import Html, table, tag, together
from training.model_report import Group
from training.report_charts import LARGE, SMALL, curve_chart, interval_bar, reliability_chart
from training.report_lines import FEW, group_name, marked, number, span
from training.theme_report import Row, ThemeReport


def group_details(group: Group, *, is_open: bool) -> Html:
    """The details of one group, to be folded away if not `is_open`."""
    name = group_name(group)
    inside = (
        tag("summary", tag("h2", f"In detail: {name} ({group.themes.items:,})")),
        _themes(group.themes, name),
        _calibration(group.themes, name),
        _curves(group.themes, name),
        _confusion(group.themes, name),
    )
    return tag("details", *inside, open="") if is_open else tag("details", *inside)


def _themes(themes: ThemeReport, name: str) -> Html:
    head = ["theme", "precision", "recall", "F1", "95 %", "from 0 to 1", "average precision"]
    head += ["calibration error", "Brier score", "given from", "labelled", "given"]
    return together(
        [
            tag(
                "p",
                f"Intervals are those of {N_RESAMPLES:,} resamples of the items. With fewer than "
                f"{FEW} labelled (†) they say little.",
            ),
            table(f"Each theme: {name}", head, [_theme_cells(row) for row in themes.themes]),
        ]
    )


def _theme_cells(row: Row) -> tuple[str, ...]:
    return (
        marked(row),
        number(row.rates.precision),
        number(row.rates.recall),
        number(row.rates.f1),
        span(row.f1_interval),
        interval_bar(row.rates.f1, row.f1_interval),
        number(row.average_precision),
        number(row.calibration_error, 3),
        number(row.brier, 3),
        number(row.threshold),
        str(row.rates.labelled),
        str(row.rates.given),
    )


def _calibration(themes: ThemeReport, name: str) -> Html:
    bins = table(
        f"All decisions by probability: {name}",
        ["probability", "decisions", "mean probability", "share that is true", "95 %"],
        [
            (
                f"{found.low:.1f}-{found.high:.1f}",
                f"{found.decisions:,}",
                number(found.probability, 3),
                number(found.share, 3),
                span(found.interval),
            )
            for found in themes.reliability
        ],
    )
    large = reliability_chart("all themes", themes.reliability, themes.calibration_error, LARGE)
    small = [
        _small(
            row.code,
            number(row.calibration_error, 3),
            reliability_chart(row.code, row.reliability, row.calibration_error, SMALL),
        )
        for row in themes.themes
    ]
    return together(
        [
            tag("h3", "How far probabilities can be trusted"),
            tag(
                "p",
                "Share of the true against probability, in tenths. On the dashed line the two are "
                "equal, below it the probability is too high. Bars are 95 % intervals as if "
                f"decisions were independent; rings stand for fewer than {FEW}. Most decisions are "
                "easy noes: that alone keeps the calibration error, beside each name, small.",
            ),
            tag("div", tag("figure", large), bins, class_="beside"),
            tag("div", *small, class_="grid"),
        ]
    )


def _curves(themes: ThemeReport, name: str) -> Html:
    small = [
        _small(row.code, number(row.average_precision), curve_chart(row, themes.items, SMALL))
        for row in themes.themes
    ]
    return together(
        [
            tag("h3", "Precision and recall"),
            tag(
                "p",
                f"Precision (upwards) against recall at every threshold: {name}. The ring is where "
                "the model stands, the dashed line the share of items that have the theme. Average "
                "precision is beside each name.",
            ),
            tag("div", *small, class_="grid"),
        ]
    )


def _small(code: str, value: str, chart: Html) -> Html:
    caption = tag("figcaption", code, " ", tag("span", value, class_="quiet"))
    return tag("figure", caption, chart)


def _confusion(themes: ThemeReport, name: str) -> Html:
    confusion = themes.confusion
    rows = [
        (
            theme.code,
            str(theme.missed),
            str(theme.missed_for_none),
            _neighbours(theme.given_instead),
            str(theme.false_alarms),
            str(theme.false_on_none),
            _neighbours(theme.true_instead),
        )
        for theme in confusion.themes
    ]
    head = ["theme", "missed", "nothing in its place", "given in its place"]
    head += ["false alarms", "on items without a theme", "true there"]
    return together(
        [
            tag("h3", "Confusion between neighbours"),
            tag(
                "div",
                _pairs("missed", "wrongly given in its place", confusion.missed_for),
                _pairs("false alarm", "true there", confusion.false_on),
                class_="beside",
            ),
            table(f"Mistakes of each theme: {name}", head, rows, class_="words"),
        ]
    )


def _pairs(first: str, second: str, pairs: Sequence[Pair]) -> Html:
    rows = [(pair.code, pair.neighbour, str(pair.items)) for pair in pairs]
    return table(f"Most often {first}", [first, second, "items"], rows, class_="words")


def _neighbours(neighbours: Sequence[Neighbour]) -> str:
    return ", ".join(f"{neighbour.code} {neighbour.items}" for neighbour in neighbours)
