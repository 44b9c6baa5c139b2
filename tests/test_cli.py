"""The commands as a person uses them: help with an example, plain errors, honest exit statuses."""

import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from models.events import TaggedArticle, Tags, decode
from streams.cli import main
from streams.files import classify_lines, plain_text
from streams.terminal import printable
from tests.factories import RuleClassifier, article_bytes


def commands(
    command: click.Command = main, path: tuple[str, ...] = ()
) -> Iterator[tuple[str, ...]]:
    """The path of every command and group."""
    yield path
    for name, child in getattr(command, "commands", {}).items():
        yield from commands(child, (*path, name))


@pytest.mark.parametrize("path", list(commands()), ids=" ".join)
def test_help_has_a_sentence_and_an_example(path: tuple[str, ...]) -> None:
    result = CliRunner().invoke(main, [*path, "--help"])
    assert result.exit_code == 0
    sentence = result.output.split("\n\n")[1]
    assert sentence.rstrip().endswith(".")
    assert "Example:\n  " in result.output
    assert " ".join(("dyadwire", *path)) in result.output


def test_every_named_command_is_there() -> None:
    assert {
        ("demo",), ("worker",), ("broker",), ("topics", "create"), ("topics", "check"), ("send",),
        ("classify",), ("rejected", "list"), ("rejected", "replay"), ("model", "show"),
    } <= set(commands())  # fmt: skip


def dyadwire(*arguments: str, stdin: bytes = b"") -> "subprocess.CompletedProcess[bytes]":
    return subprocess.run(
        [sys.executable, "-m", "streams", *arguments], input=stdin, capture_output=True, check=False
    )


def test_classify_writes_tagged_articles_in_order_and_reports_bad_lines() -> None:
    lines = [article_bytes(id=str(n)) for n in range(1200)]
    lines[3] = b"not json"
    lines[700] = b'{"id": "no title"}'
    done = dyadwire("classify", "-", stdin=b"\n".join(lines) + b"\n\n")
    assert done.returncode == 1
    tagged = [decode(TaggedArticle, line) for line in done.stdout.splitlines()]
    assert [one.article.id for one in tagged] == [str(n) for n in range(1200) if n not in (3, 700)]
    errors = done.stderr.decode().splitlines()
    assert [error.split(": ")[:2] for error in errors] == [
        ["<stdin>:4", "DecodeError"],
        ["<stdin>:701", "ValidationError"],
    ]


def test_classify_reads_plain_text(tmp_path: Path) -> None:
    file = tmp_path / "article.txt"
    file.write_text(
        "Washington imposed a 25 percent tariff on steel from South Korea on Monday.\n"
        "Seoul called the import duty unfair and said it would ask the WTO for a ruling.\n"
    )
    done = dyadwire("classify", "--text", str(file))
    assert done.returncode == 0, done.stderr
    [line] = done.stdout.splitlines()
    assert "tariffs" in {theme.code for theme in decode(TaggedArticle, line).themes}


def test_a_full_disk_is_one_plain_message() -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "streams", "classify", "-"],
            input=article_bytes(),
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
        )
    assert done.stderr.decode() == "Error: cannot write the output: No space left on device\n"
    assert done.returncode == 1


def test_a_file_whose_name_is_not_utf_8_is_classified(tmp_path: Path) -> None:
    file = tmp_path / os.fsdecode(b"S\xe3o.jsonl")
    file.write_bytes(article_bytes() + b"\nbad\n")
    done = dyadwire("classify", str(file))
    assert done.returncode == 1
    assert decode(TaggedArticle, done.stdout).article.id == "a1"
    assert "o.jsonl:2: DecodeError" in done.stderr.decode()
    assert b"Traceback" not in done.stderr
    done = dyadwire("classify", "--text", str(file))
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("command", [("send", "-"), ("demo",)], ids=" ".join)
def test_a_rate_below_zero_is_refused(command: tuple[str, ...]) -> None:
    result = CliRunner().invoke(main, [*command, "--rate", "-1"])
    assert result.exit_code == 2
    assert "-1.0 is not in the range x>=0" in result.output


def test_ids_of_a_file_are_the_same_on_every_run() -> None:
    def ids() -> list[str]:
        output = io.BytesIO()
        lines = [article_bytes(id=str(n)) for n in range(3)]
        classifier = RuleClassifier(lambda _: Tags(outcome="no_theme"))
        failed = classify_lines(
            classifier,  # type: ignore[arg-type]  # stands in for the trained one
            "a.jsonl",
            lines,
            output,
            io.StringIO(),
            lambda count: None,
        )
        assert failed == 0
        return [json.loads(line)["id"] for line in output.getvalue().splitlines()]

    assert ids() == ids()
    assert len(set(ids())) == 3


def test_plain_text_in_another_encoding_is_refused_as_what_it_is() -> None:
    errors = io.StringIO()
    failed = classify_lines(
        RuleClassifier(),  # type: ignore[arg-type]  # stands in for the trained one
        "latin.txt",
        plain_text("latin.txt", "S\xe3o Paulo".encode("latin-1")),
        io.BytesIO(),
        errors,
        lambda count: None,
    )
    assert (failed, errors.getvalue().split(":")[2]) == (1, " UnicodeDecodeError")


def test_model_show_names_version_digest_and_scores() -> None:
    done = dyadwire("model", "show")
    assert done.returncode == 0, done.stderr
    for text in (b"version", b"sha256:", b"scikit-learn", b"micro"):
        assert text in done.stdout


def test_a_bad_setting_is_one_plain_message(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DYADWIRE_SLICE_SIZE", "many")
    done = dyadwire("worker")
    assert done.returncode == 1
    assert done.stderr.decode().startswith("Error: DYADWIRE_SLICE_SIZE: found `many`")
    assert b"Traceback" not in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("worker",),
        ("topics", "check"),
        ("send", "-"),
        ("rejected", "list"),
        ("rejected", "replay"),
        ("rejected", "replay", "--dry-run"),
    ],
    ids=" ".join,
)
def test_no_broker_is_one_plain_message(
    arguments: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DYADWIRE_BOOTSTRAP_SERVERS", "127.0.0.1:1")
    done = dyadwire(*arguments, stdin=article_bytes())
    assert done.returncode == 1
    assert "Error: DYADWIRE_BOOTSTRAP_SERVERS: found `127.0.0.1:1`" in done.stderr.decode()
    assert b"Traceback" not in done.stderr


def test_text_from_elsewhere_cannot_steer_the_terminal() -> None:
    assert printable("\x1b[2J\x07\u202e[red]") == "\N{REPLACEMENT CHARACTER}[2J" + (
        "\N{REPLACEMENT CHARACTER}" * 2 + r"\[red]"
    )
