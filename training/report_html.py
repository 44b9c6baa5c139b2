"""The report as a page: one file that needs no other, for the light and for the dark.

`data/report.html` is its frame and its style. Texts of examples are not ours; all are escaped.
"""

from collections.abc import Callable, Sequence
from importlib.resources import files
from string import Template

from training.markup import Html, table, tag, together
from training.model_report import Group, ModelReport
from training.report_details import group_details
from training.report_lines import (
    Line,
    group_name,
    number,
    relation_lines,
    theme_lines,
    warning,
)
from training.worst_items import Judged, WorstItem


def report_page(report: ModelReport) -> str:
    """The whole page."""
    frame = (files("training") / "data" / "report.html").read_text(encoding="utf-8")
    title = f"Model {report.model.version}"
    body = together(
        [
            tag("h1", title),
            tag("p", warning(report), class_="warning", role="note") if report.seen else "",
            _sources(report),
            tag(
                "div",
                _section("Themes", _lines("Measures of themes", report.groups, theme_lines)),
                _section(
                    "Relations", _lines("Measures of relations", report.groups, relation_lines)
                ),
                class_="beside",
            ),
            *(
                group_details(group, is_open=place == 0)
                for place, group in enumerate(report.groups)
            ),
            _section("Furthest from their labels", _worst(report.worst_items)),
        ]
    )
    return Template(frame).substitute(title=tag("title", title), body=body)


def _section(title: str, *children: str) -> Html:
    return tag("section", tag("h2", title), *children)


def _sources(report: ModelReport) -> Html:
    return together(
        [
            tag("p", f"Taxonomy {report.model.taxonomy}, {report.model.digest}", class_="quiet"),
            table(
                "Files of labelled examples",
                ["file", "examples", "from", "sha256"],
                [
                    (
                        source.name,
                        str(source.examples),
                        ", ".join(f"{name} ({n})" for name, n in source.origins.items()),
                        f"{source.sha256[:16]}…",
                    )
                    for source in report.sources
                ],
                class_="words",
            ),
        ]
    )


def _lines(
    title: str, groups: Sequence[Group], lines: Callable[[Sequence[Group]], list[Line]]
) -> Html:
    head = ["", *(group_name(group) for group in groups)]
    return table(title, head, [(name, *values) for name, values in lines(groups)])


def _worst(items: Sequence[WorstItem]) -> Html:
    rows = [
        (
            item.id,
            item.source,
            item.title,
            number(item.log_loss, 1),
            _judged(item.labelled, "missed"),
            _judged(item.given, "false alarm"),
        )
        for item in items
    ]
    head = ["id", "source", "title", "log loss", "labelled", "given"]
    return together(
        [
            tag(
                "p",
                "Where probabilities were furthest from labels, by log loss summed over themes. "
                "Some tell what the model does not know, others what an annotator overlooked.",
            ),
            table("Worst items, with probabilities", head, rows, class_="words"),
        ]
    )


def _judged(themes: Sequence[Judged], mistake: str) -> Html:
    """Themes with probabilities, one a line; the mistakes say so."""
    lines = [
        tag("li", f"{theme.code} {number(theme.probability)}")
        if theme.agreed
        else tag("li", f"{theme.code} {number(theme.probability)} ", tag("em", mistake))
        for theme in themes
    ]
    return tag("ul", *lines) if lines else tag("span", "none", class_="quiet")
