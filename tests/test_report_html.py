"""The evaluation as page, table and JSON: nothing from an example becomes markup or a command."""

import json
import re
from collections import Counter
from dataclasses import replace
from html.parser import HTMLParser
from io import StringIO
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner
from rich.console import Console

from models.artifact import DEFAULT_MODEL, load
from training.__main__ import main
from training.datasets import own_examples, read_dataset
from training.markup import tag
from training.model_report import ModelReport, model_report
from training.report_html import report_page
from training.report_table import print_report

HOSTILE = "<script>alert('1')</script>\x1b[31m $body \"><img src=x onerror=alert(1)>"


@pytest.fixture(scope="module")
def twenty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ten articles and ten items without a title, all of them hostile where they can be."""
    lines = (own_examples() / "full_length.jsonl").read_text(encoding="utf-8").splitlines()[:20]
    rows = [json.loads(line) for line in lines]
    for place, row in enumerate(rows):
        row |= {"id": f"{place} {HOSTILE}", "source": HOSTILE, "title": HOSTILE}
        if place % 2:
            row |= {"title": "", "text": f"{HOSTILE} {row['text'][:300]}", "relations": []}
    path = tmp_path_factory.mktemp("data") / "twenty.jsonl"
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def report(twenty: Path) -> ModelReport:
    return model_report(load(DEFAULT_MODEL), read_dataset([twenty]))


class Page(HTMLParser):
    """The elements of a page; fails where one is not closed in its turn."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.counts: Counter[str] = Counter()
        self.attributes: set[str] = set()
        self.open: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Count it."""
        self.counts[tag] += 1
        self.attributes |= {name for name, _ in attrs}
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Close what was opened last."""
        assert self.open.pop() == tag


def test_nothing_of_an_example_is_markup(report: ModelReport) -> None:
    text = report_page(report)
    page = Page(text)
    assert page.counts["script"] == page.counts["img"] == 0
    assert "&lt;script&gt;alert(" in text
    assert not page.attributes & {"src", "href", "onerror", "onload", "style"}


def test_the_page_needs_no_other(report: ModelReport) -> None:
    text = report_page(report)
    for reference in ("http://", "https://", "@import", "url(", "<link", "<script", "<iframe"):
        assert reference not in text
    assert "default-src 'none'" in text
    assert "prefers-color-scheme: dark" in text


def test_charts_have_titles_and_tables_captions(report: ModelReport) -> None:
    text = report_page(report)
    page = Page(text)
    assert page.counts["table"] == page.counts["caption"]
    # A reliability diagram of all themes, and two charts a theme; for each of three groups.
    assert page.counts["figure"] == 3 * (1 + 41 + 41)
    assert page.counts["svg"] == 3 * (1 + 41 + 41 + 41)
    assert len(re.findall(r'<svg [^>]*role="img"[^>]*><title>', text)) == page.counts["svg"]


def test_short_items_and_articles_are_told_apart(report: ModelReport) -> None:
    assert [(group.name, group.themes.items) for group in report.groups] == [
        ("all", 20),
        ("short", 10),
        ("full_length", 10),
    ]
    text = report_page(report)
    assert "In detail: short items (10)" in text
    assert text.count("<details open") == 1


def test_one_kind_of_examples_is_one_group(tmp_path: Path) -> None:
    path = tmp_path / "three.jsonl"
    body = (own_examples() / "full_length.jsonl").read_text(encoding="utf-8")
    lines = body.splitlines(keepends=True)
    path.write_text("".join(lines[:3]), encoding="utf-8")
    found = model_report(load(DEFAULT_MODEL), read_dataset([path]))
    assert [group.name for group in found.groups] == ["all"]


def test_the_report_is_the_same_after_json(report: ModelReport) -> None:
    body = msgspec.json.encode(report)
    assert msgspec.json.decode(body, type=ModelReport) == report


def test_thresholds_are_shown_as_probabilities(report: ModelReport) -> None:
    for row in report.groups[0].themes.themes:
        assert row.threshold is not None
        assert 0 < row.threshold < 1


def test_a_title_commands_no_terminal(report: ModelReport) -> None:
    shown = StringIO()
    print_report(report, Console(file=shown, width=80))
    text = shown.getvalue()
    assert "\x1b" not in text
    assert "<script>alert('1')</script> [31m" in text
    assert "items without theme, recall" in text


def test_the_warning_is_on_the_page_too(report: ModelReport) -> None:
    seen = replace(report, seen=("labelled <1>.jsonl",))
    assert "no measure of how good. It has seen labelled &lt;1&gt;.jsonl." in report_page(seen)
    assert "no measure" not in report_page(report)


def test_the_command_writes_page_and_numbers(twenty: Path, tmp_path: Path) -> None:
    page, numbers = tmp_path / "report.html", tmp_path / "report.json"
    arguments = ["evaluate", str(DEFAULT_MODEL), str(twenty)]
    result = CliRunner().invoke(
        main, [*arguments, "--html", str(page), "--json", str(numbers)], catch_exceptions=False
    )
    assert result.exit_code == 0, result.output
    assert "pairs, F1" in result.output
    assert page.read_text(encoding="utf-8").startswith("<!doctype html>")
    written = msgspec.json.decode(numbers.read_bytes(), type=ModelReport)
    assert written.groups[0].themes.items == 20
    assert written.model.version in result.output


def test_numbers_on_standard_output_stand_alone(twenty: Path) -> None:
    result = CliRunner().invoke(main, ["evaluate", str(DEFAULT_MODEL), str(twenty), "--json", "-"])
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["groups"][0]["name"] == "all"


def test_a_page_that_cannot_be_written_is_a_message(twenty: Path, tmp_path: Path) -> None:
    nowhere = tmp_path / "missing" / "report.html"
    result = CliRunner().invoke(
        main, ["evaluate", str(DEFAULT_MODEL), str(twenty), "--html", str(nowhere)]
    )
    assert result.exit_code == 1
    assert "report.html" in result.output


def test_elements_escape_texts_and_attributes() -> None:
    assert tag("a", "<b>", class_='"x"', aria_label="&") == (
        '<a class="&quot;x&quot;" aria-label="&amp;">&lt;b&gt;</a>'
    )
