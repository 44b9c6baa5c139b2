"""Rejected messages on a real Kafka: listed with their reason, repaired, sent back once."""

import asyncio
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from streams import topics
from streams.cli import main
from streams.decode import decode_article
from streams.delivery import TransactionalProducer
from streams.record import Record
from streams.rejected import RepairFailed, command_repair, jq_repair
from streams.scan import scan
from streams.settings import Settings, load_settings
from streams.tag import Targets, tag_records
from tests.factories import FakeRecord
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
    from models.artifact import load
    from streams.classify import now

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
    rows = [line.split("│") for line in result.output.splitlines() if "ValidationError" in line]
    assert [row[3].strip() for row in rows if row[1].strip() == "validate"] == ["2"]


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
    assert "2 not repaired" in result.output
    values = [record.value for record in asyncio.run(read(settings, topics.ARTICLES))]
    assert values == [None]


def test_a_dry_run_sends_nothing(settings: Settings) -> None:
    assert "5 would be sent back" in run("replay", "--dry-run").output
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
