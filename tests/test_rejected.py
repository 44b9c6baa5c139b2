"""Rejected messages on a real Kafka: listed with their reason, repaired, sent back once."""

import asyncio
import io
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from rich.console import Console

from models.artifact import load
from streams import topics
from streams.classify import now
from streams.cli import main
from streams.decode import decode_article
from streams.delivery import TransactionalProducer
from streams.record import Record
from streams.rejected import (
    Filter,
    Rejected,
    RepairFailed,
    Row,
    command_repair,
    jq_repair,
    repair_by,
)
from streams.scan import scan
from streams.settings import Settings, load_settings
from streams.tag import ERROR_HEADERS, ERROR_PREFIX, Targets, tag_records
from streams.terminal import printable
from tests.factories import FakeRecord, RuleClassifier
from tests.kafka_broker import KafkaBroker, Names

BAD = (
    b'{"id": 7, "title": "A number"}',
    b'{"id": "n1", "title": "Naive", "published_at": "2026-11-03T09:00:00"}',
    b'{"id": "l1", "title": "S\xe3o Paulo"}',
    b'{"id": "cut',
    None,
)


@pytest.fixture
def settings(
    kafka: KafkaBroker, names: Names, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Settings:
    """Topics with five rejected messages, and the environment that leads there."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DYADWIRE_BOOTSTRAP_SERVERS", kafka.bootstrap)
    monkeypatch.setenv("DYADWIRE_TOPIC_PREFIX", names.prefix)
    monkeypatch.setenv("DYADWIRE_GROUP_ID", names.group())
    made = load_settings()
    asyncio.run(reject_all(made))
    return made


async def reject_all(settings: Settings) -> None:
    await topics.create(settings)
    targets = Targets(*(topics.named(t, settings) for t in topics.TAGGING[1:]))
    records = [
        FakeRecord(value=value, key=b"k%d" % n, offset=n, partition=n % 4, headers=[("h", b"v")])
        for n, value in enumerate(BAD)
    ]
    outputs = tag_records(load(), records, targets, now(), now)
    async with TransactionalProducer(settings, "test-rejections") as producer:
        await producer.commit(outputs)


async def read(settings: Settings, topic: topics.Topic) -> list[Record]:
    name = topics.named(topic, settings)
    return [record async for records in scan(settings, name) for record in records]


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["rejected", *arguments], env={"COLUMNS": "200"})


def test_the_list_shows_reasons_and_counts(settings: Settings) -> None:
    result = run("list")
    assert result.exit_code == 0, result.output
    assert "Expected `str`, got `int` - at `$.id`" in result.output
    assert "Tombstone" in result.output
    totals = [line for line in result.output.splitlines() if line.count("│") == 4]
    assert len(totals) == 5
    assert all(line.split("│")[3].strip() == "1" for line in totals)


def test_a_list_that_goes_to_a_file_is_not_cut(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    shown = CliRunner().invoke(main, ["rejected", "list"]).output
    rows = [line for line in shown.splitlines() if line.count("│") == 8]
    assert len(rows) == len(BAD)
    assert "ValidationError: Expected `str`, got `int` - at `$.id`" in rows[0]
    assert "articles/0/0" in rows[0]


def test_the_list_may_show_counts_alone(settings: Settings) -> None:
    result = run("list", "--limit", "0")
    assert [line.count("│") for line in result.output.splitlines() if "│" in line] == [4] * 5


def test_one_message_can_be_meant(settings: Settings) -> None:
    shown = run("list", "--kind", "Tombstone").output
    position = next(line for line in shown.splitlines() if line.count("│") == 8).split("│")[1]
    assert "Tombstone" in run("list", "--position", position.strip()).output
    assert "Tombstone" not in run("list", "--position", "9:9").output


@pytest.mark.parametrize(
    ("options", "kinds"),
    [
        (["--stage", "validate"], ["ValidationError"] * 2),
        (["--kind", "UnicodeDecodeError"], ["UnicodeDecodeError"]),
        (["--contains", "TIMEZONE"], ["ValidationError"]),
        (["--since", "2999-01-01"], []),
    ],
)
def test_the_list_can_be_filtered(settings: Settings, options: list[str], kinds: list[str]) -> None:
    result = run("list", *options)
    found = [
        line.split("│")[5].split(":")[0].strip()
        for line in result.output.splitlines()
        if line.count("│") == 8
    ]
    assert sorted(found) == sorted(kinds)


def test_a_repaired_message_is_sent_back_once(settings: Settings) -> None:
    repair = ("replay", "--contains", "$.id", "--jq", ".id |= tostring")
    first, second = run(*repair), run(*repair)
    assert first.output == "1 sent back, 0 were before, 0 not repaired\n"
    assert second.output == "0 sent back, 1 were before, 0 not repaired\n"
    [record] = asyncio.run(read(settings, topics.ARTICLES))
    assert (record.key, record.value) == (b"k0", b'{"id":"7","title":"A number"}')
    assert record.headers == (("h", b"v"),)
    assert "yes" in run("list", "--contains", "$.id").output


def test_a_command_can_repair(settings: Settings) -> None:
    result = run("replay", "--kind", "UnicodeDecodeError", "--command", "iconv -f latin1 -t utf-8")
    assert result.exit_code == 0, result.output
    [record] = asyncio.run(read(settings, topics.ARTICLES))
    article = decode_article(record.value)
    assert getattr(article, "title", None) == "São Paulo"


def test_what_cannot_be_repaired_stays_and_is_named(settings: Settings) -> None:
    result = run("replay", "--stage", "decode", "--jq", ".id |= tostring")
    assert result.exit_code == 1
    assert "3 not repaired" in result.output
    assert "nothing to send back" in result.output
    assert asyncio.run(read(settings, topics.ARTICLES)) == []


def test_headers_from_another_dead_letter_queue_come_back_too() -> None:
    earlier = [(ERROR_PREFIX + "topic", b"elsewhere"), ("h", b"v")]
    record = FakeRecord(value=b"bad", headers=earlier)
    targets = Targets("articles.tagged", "relations", "articles.rejected")
    [output] = tag_records(RuleClassifier(), [record], targets, now(), now)  # type: ignore[arg-type]  # stands in
    found = Rejected(FakeRecord(headers=output.headers), replayed=False)
    assert found.source == "articles/0/0"
    assert list(found.original_headers()) == earlier


def test_hostile_text_is_shown_as_text() -> None:
    headers = [(ERROR_PREFIX + name, b"[/red]\x1b[2J") for name in ERROR_HEADERS]
    shown = Rejected(FakeRecord(headers=headers), replayed=False)
    console = Console(file=io.StringIO(), width=200)
    console.print(printable(shown.source), printable(shown.reason))
    assert isinstance(console.file, io.StringIO)
    assert "\x1b" not in console.file.getvalue()
    assert "[/red]" in console.file.getvalue()


def refused(message: bytes, kind: bytes = b"DecodeError") -> Rejected:
    said = (("exception.class.name", kind), ("exception.message", message))
    headers = [(ERROR_PREFIX + name, value) for name, value in said]
    return Rejected(FakeRecord(headers=headers), replayed=False)


def test_the_same_fault_at_another_place_is_the_same_reason() -> None:
    def reason(message: bytes) -> str:
        return refused(message).reason

    assert reason(b"bytes in position 3-8") == reason(b"bytes in position 12-13")
    assert reason(b"bytes in position 3-8") == "DecodeError: bytes in position …"
    assert reason(b"not utf-8") == "DecodeError: not utf-8"
    assert reason(b"byte 0xe3 in position 8") == reason(b"byte 0xff in position 12")
    assert reason(b"Expected `str` - at `$.id`") != reason(b"Expected `str` - at `$.url`")


@pytest.mark.parametrize("text", ["decodeerror: byte 0xe3", "in position 8", "POSITION …"])
def test_what_the_list_shows_can_be_searched(text: str) -> None:
    found = refused(b"byte 0xe3 in position 8")
    assert Filter(contains=text).takes(found)
    assert not Filter(contains=text).takes(refused(b"truncated"))


def test_rows_of_one_millisecond_are_in_order_of_partition_and_offset() -> None:
    at = now()
    places = [(10, 0), (2, 1), (0, 10), (0, 9)]
    rows = [Row(at, *place, "articles/0/0", "decode", "", 1, replayed=False) for place in places]
    assert [row.position for row in sorted(rows)] == ["0:9", "0:10", "2:1", "10:0"]


@pytest.mark.parametrize("text", ["abc", "1", "1:", "-1:2", "1:2:3", "01:2"])
def test_a_position_that_is_none_is_refused(text: str) -> None:
    result = run("list", "--position", text)
    assert result.exit_code == 2
    assert f"found `{text}`, expected PARTITION:OFFSET" in result.output


@pytest.mark.parametrize("number", ["12345678901234567891", "0.12345678901234567891", "1.10"])
def test_a_jq_repair_keeps_every_digit(number: str) -> None:
    value = b'{"id":7,"n":[%s]}' % number.encode()
    assert jq_repair(".id |= tostring")(value) == value.replace(b"7,", b'"7",')


def test_a_jq_program_may_end_in_a_comment() -> None:
    assert jq_repair(".id # only")(b'{"id":"\xc3\xa3"}') == b'"\xc3\xa3"'


@pytest.mark.parametrize("program", [".id |", ".) | (."])
def test_a_jq_program_must_be_whole(program: str) -> None:
    with pytest.raises(ValueError, match="syntax error"):
        jq_repair(program)


def test_an_empty_command_is_no_command_that_changes_nothing() -> None:
    with pytest.raises(RepairFailed, match="gave no output"):
        repair_by(None, "")(b"{}")


def test_a_dry_run_sends_nothing(settings: Settings) -> None:
    output = run("replay", "--dry-run").output
    assert "4 would be sent back, 0 were before, 1 not repaired" in output
    assert asyncio.run(read(settings, topics.ARTICLES)) == []


def test_a_wrong_jq_program_is_refused_before_anything_is_read() -> None:
    result = run("replay", "--jq", ".id |")
    assert result.exit_code == 2
    assert "--jq" in result.output


def test_a_jq_program_must_give_one_value() -> None:
    with pytest.raises(RepairFailed, match="0 values"):
        jq_repair("empty")(b"{}")


def test_a_failing_command_says_why() -> None:
    with pytest.raises(RepairFailed, match="status 3: no luck"):
        command_repair("echo no luck >&2; exit 3")(b"{}")
