"""The charts of the page, as SVG: reliability diagrams, precision-recall curves, interval bars."""

from collections.abc import Sequence

from training.bootstrap import Interval
from training.markup import Html, tag
from training.ranking import Point
from training.reliability import Bin
from training.report_lines import FEW, number, span
from training.theme_report import Rates, Row

LARGE, SMALL = 300, 96
_LEFT, _BELOW, _EDGE = 30, 20, 8
_TITLES_LARGE = 18


def reliability_chart(name: str, bins: Sequence[Bin], calibration_error: float, side: int) -> Html:
    """Share of the true against probability; on the diagonal the two are the same."""
    marks = [tag("path", d=_path([(0, 0), (1, 1)], side), class_="guide")]
    marks += [_whisker(found.probability, found.interval, side) for found in bins]
    if side == LARGE:
        line = [(found.probability, found.share) for found in bins]
        marks.append(tag("path", d=_path(line, side), class_="line"))
    marks += [
        tag(
            "circle",
            tag(
                "title",
                f"probability {number(found.probability)}, true {number(found.share)} "
                f"({span(found.interval)}), {found.decisions} decisions",
            ),
            cx=_x(found.probability, side),
            cy=_y(found.share, side),
            r=4 if side == LARGE else 2.2,
            class_="dot" if found.decisions >= FEW else "dot few",
        )
        for found in bins
    ]
    told = f"Reliability of {name}: calibration error {number(calibration_error, 4)}"
    return _chart(told, marks, side, ("probability", "share that is true"))


def curve_chart(row: Row, items: int, side: int) -> Html:
    """Precision against recall at all thresholds; the dot is where the model stands."""
    rates = row.rates
    base = rates.labelled / items
    marks = [
        tag("path", d=_path([(0, base), (1, base)], side), class_="guide"),
        tag("path", d=_path(_steps(row.curve), side), class_="line"),
    ]
    if rates.given and rates.labelled:
        marks.append(_standing(rates, row.threshold, side))
    told = (
        f"Precision and recall of {row.code}: average precision {number(row.average_precision)}, "
        f"at the threshold precision {number(rates.precision)}, recall {number(rates.recall)}"
    )
    return _chart(told, marks, side, ("recall", "precision"))


def interval_bar(value: float, interval: Interval | None) -> Html:
    """A value between 0 and 1 and its interval, in a line of a table."""
    width, height = 100, 14
    low, high = (interval.low, interval.high) if interval else (value, value)
    shown = f"F1 {number(value)}, 95 % interval {span(interval)}"
    return tag(
        "svg",
        tag("title", shown),
        tag("path", d=f"M1 {height / 2}H{width - 1}", class_="axis"),
        tag(
            "path",
            d=f"M{1 + low * (width - 2):.1f} {height / 2}H{1 + high * (width - 2):.1f}",
            class_="interval",
        ),
        tag("circle", cx=round(1 + value * (width - 2), 1), cy=height / 2, r=3.5, class_="dot"),
        viewBox=f"-3 0 {width + 6} {height}",
        width=width + 6,
        height=height,
        role="img",
        aria_label=shown,
    )


def _standing(rates: Rates, threshold: float | None, side: int) -> Html:
    told = (
        f"given from {number(threshold)} on: precision {number(rates.precision)}, "
        f"recall {number(rates.recall)}"
    )
    return tag(
        "circle",
        tag("title", told),
        cx=_x(rates.recall, side),
        cy=_y(rates.precision, side),
        r=5 if side == LARGE else 3.2,
        class_="mark",
    )


def _whisker(at: float, interval: Interval, side: int) -> Html:
    return tag(
        "path", d=_path([(at, interval.low), (at, interval.high)], side), class_="interval thin"
    )


def _steps(curve: Sequence[Point]) -> list[Point]:
    """The curve with its corners: precision holds back to the level of recall before."""
    corners: list[Point] = []
    before = 0.0
    for recall, precision in curve:
        corners += [(before, precision), (recall, precision)]
        before = recall
    return corners


def _x(value: float, side: int) -> float:
    return round(_LEFT + value * side, 1)


def _y(value: float, side: int) -> float:
    return round(_EDGE + (1 - value) * side, 1)


def _path(points: Sequence[Point], side: int) -> str:
    return "M" + "L".join(f"{_x(x, side)} {_y(y, side)}" for x, y in points) if points else ""


def _chart(told: str, marks: Sequence[Html], side: int, axes: tuple[str, str]) -> Html:
    """Marks in a square from 0 to 1; only a large chart names its axes."""
    extra = _TITLES_LARGE if side == LARGE else 0
    steps = (0, 0.2, 0.4, 0.6, 0.8, 1) if side == LARGE else (0, 0.5, 1)
    width, height = side + _LEFT + _EDGE, side + _BELOW + _EDGE
    ticks = [
        mark
        for step in steps
        for mark in (
            tag("path", d=_path([(step, 0), (step, 1)], side), class_="grid"),
            tag("path", d=_path([(0, step), (1, step)], side), class_="grid"),
            tag("text", f"{step:g}", x=_x(step, side), y=height - 6, text_anchor="middle"),
            tag("text", f"{step:g}", x=_LEFT - 5, y=_y(step, side) + 3, text_anchor="end"),
        )
    ]
    middle = side / 2 + _EDGE
    names = [
        tag("text", axes[0], x=side / 2 + _LEFT, y=height + 9, text_anchor="middle"),
        tag(
            "text",
            axes[1],
            text_anchor="middle",
            transform=f"translate(-4 {middle}) rotate(-90)",
        ),
    ]
    return tag(
        "svg",
        tag("title", told),
        *ticks,
        *marks,
        *(names if extra else ()),
        viewBox=f"{-extra} 0 {width + extra} {height + extra}",
        width=width + extra,
        height=height + extra,
        role="img",
        aria_label=told,
    )
