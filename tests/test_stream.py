"""The stream, end to end, on both brokers: what goes in comes out once, tagged or rejected."""

import asyncio
import json
from collections.abc import Iterator, Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

import pytest
from aiokafka import AIOKafkaProducer

from models.artifact import load
from models.events import MAX_ARTICLE_BYTES, Article, RelationFound, TaggedArticle, Tags, decode
from streams import lifeline, topics
from streams.broker import EmbeddedBroker, environment
from streams.record import Headers, Record
from streams.scan import scan
from streams.settings import Settings, load_settings
from streams.tag import ERROR_PREFIX
from tests.factories import article_bytes
from tests.kafka_broker import KafkaBroker, Names

Compression = Literal["gzip", "snappy", "lz4", "zstd"]


@pytest.fixture(params=["embedded", "kafka"])
def settings(
    request: pytest.FixtureRequest, names: Names, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[Settings]:
    """Settings of a broker with topics of this test's own, in the environment for its workers."""
    monkeypatch.chdir(tmp_path)
    embedded = None
    if request.param == "embedded":
        embedded = EmbeddedBroker()
        env = environment(embedded.bootstrap_servers)
    else:
        broker: KafkaBroker = request.getfixturevalue("kafka")
        env = {"DYADWIRE_BOOTSTRAP_SERVERS": broker.bootstrap}
    for key, value in env.items():
        monkeypatch.setenv(key, value)
    monkeypatch.setenv("DYADWIRE_TOPIC_PREFIX", names.prefix)
    monkeypatch.setenv("DYADWIRE_GROUP_ID", names.group())
    monkeypatch.setenv("DYADWIRE_SESSION_TIMEOUT_S", "6")
    made = load_settings()
    asyncio.run(topics.create(made))
    yield made
    del embedded


async def produce(
    settings: Settings,
    messages: Sequence[tuple[bytes | None, bytes | None, Headers]],
    compression: Compression | None = None,
) -> None:
    """Send (key, value, headers) to `articles`, spread over its partitions."""
    producer = AIOKafkaProducer(
        bootstrap_servers=settings.bootstrap_servers,
        compression_type=compression,
        max_request_size=8 * MAX_ARTICLE_BYTES,
    )
    name = topics.named(topics.ARTICLES, settings)
    async with producer:
        for number, (key, value, headers) in enumerate(messages):
            batch = producer.create_batch()
            batch.append(key=key, value=value, timestamp=None, headers=list(headers))
            sent = await producer.send_batch(batch, name, partition=number % 4)
            await sent


async def read(settings: Settings, topic: topics.Topic) -> list[Record]:
    """All committed records of a topic."""
    return [
        record
        async for records in scan(settings, topics.named(topic, settings))
        for record in records
    ]


async def read_outputs(settings: Settings, count: int) -> tuple[list[Record], list[Record]]:
    """What was tagged and what was rejected, once there are `count` of them together."""
    while True:
        tagged = await read(settings, topics.TAGGED)
        rejected = await read(settings, topics.REJECTED)
        if len(tagged) + len(rejected) >= count:
            return tagged, rejected
        await asyncio.sleep(0.2)


def demo_articles() -> list[bytes]:
    return files("streams").joinpath("data/demo_articles.jsonl").read_bytes().splitlines()


async def test_streamed_equals_direct(settings: Settings) -> None:
    values = demo_articles()
    articles = [decode(Article, value) for value in values]
    direct = dict(zip([a.id for a in articles], load().tag_many(articles), strict=True))
    with lifeline.running("worker") as (_, line):
        assert line == "ready\n"
        await produce(settings, [(None, value, ()) for value in values])
        records, rejected = await read_outputs(settings, len(values))
    assert rejected == []
    streamed = [decode(TaggedArticle, record.value or b"") for record in records]
    assert {tagged.article.id: tags_of(tagged) for tagged in streamed} == direct
    assert len(streamed) == len(values)
    found = [decode(RelationFound, r.value or b"") for r in await read(settings, topics.RELATIONS)]
    assert sorted((one.article.id, one.pair) for one in found) == sorted(
        (tagged.article.id, one.pair) for tagged in streamed for one in tagged.relations
    )
    assert found


def tags_of(tagged: TaggedArticle) -> Tags:
    return Tags(
        outcome=tagged.outcome,
        themes=tagged.themes,
        countries=tagged.countries,
        relations=tagged.relations,
        subjects=tagged.subjects,
    )


ERRORS = {
    ERROR_PREFIX + name
    for name in (
        "topic", "partition", "offset", "stage", "exception.class.name", "exception.message",
    )
}  # fmt: skip


@pytest.mark.parametrize("settings", ["kafka"], indirect=True)  # the embedded broker keeps them
async def test_an_aborted_article_is_not_tagged(settings: Settings) -> None:
    name = topics.named(topics.ARTICLES, settings)
    batches = {commit: [article_bytes(id=f"{commit}-{n}") for n in range(10)] for commit in "ny"}
    with lifeline.running("worker") as (_, line):
        assert line == "ready\n"
        producer = AIOKafkaProducer(
            bootstrap_servers=settings.bootstrap_servers, transactional_id=settings.group_id + "-up"
        )
        async with producer:
            for commit, values in batches.items():
                await producer.begin_transaction()
                for number, value in enumerate(values):
                    await producer.send_and_wait(name, value, partition=number % 4)
                await (
                    producer.commit_transaction() if commit == "y" else producer.abort_transaction()
                )
        tagged, rejected = await read_outputs(settings, 10)
    ids = {decode(TaggedArticle, record.value or b"").article.id for record in tagged}
    assert (ids, rejected) == ({f"y-{n}" for n in range(10)}, [])


@pytest.mark.parametrize("compression", ["gzip", "snappy", "lz4", "zstd"])
async def test_compressed_topics_are_read(settings: Settings, compression: Compression) -> None:
    messages = [(None, article_bytes(id=str(n), text="steel " * 200), ()) for n in range(20)]
    with lifeline.running("worker") as (_, line):
        assert line == "ready\n"
        await produce(settings, messages, compression)
        tagged, rejected = await read_outputs(settings, len(messages))
    assert (len(tagged), rejected) == (len(messages), [])


GOOD: dict[str, Any] = {"id": "good", "title": "Seoul and Washington sign shipbuilding pact"}
CLOUD_EVENT: Headers = [("content-type", b"application/cloudevents+json")]


def variant(**fields: object) -> bytes:
    return json.dumps(GOOD | fields).encode()


BAD: list[tuple[bytes | None, Headers]] = [
    (None, ()),
    (None, [("why", b"a tombstone with a header")]),
    (b"", ()),
    (b" ", ()),
    (b"\x00", ()),
    (b"\x00\x00\x00\x00\x07", ()),
    (b"\x00\x00\x00\x00\x07{}", ()),
    (b"\x01\x02\x03", ()),
    (bytes(range(256)), ()),
    (b"null", ()),
    (b"true", ()),
    (b"3.14", ()),
    (b'"text"', ()),
    (b"[]", ()),
    (b"[" + variant() + b"]", ()),
    (b"{}", ()),
    (b"{'id': 'single quotes'}", ()),
    (b'{"id": "cut", "title": "in the mid', ()),
    (b'{"id": "latin-1", "title": "S\xe3o Paulo"}', ()),
    (b'{"id": "surrogate", "title": "\\ud83d"}', ()),
    (b'{"id": "control", "title": "a\x07b"}', ()),
    (b'{"id": "nan", "title": "t", "x": NaN}', ()),
    (b'{"id": "deep", "title": ' + b"[" * 50_000 + b"}", ()),
    (variant() + variant(), ()),
    (variant() + b"\n[", ()),
    (b"\xef\xbb\xbf" + variant(), ()),
    (json.dumps(GOOD).encode("utf-16"), ()),
    (json.dumps(GOOD).encode("utf-32"), ()),
    (b"<article><id>xml</id></article>", ()),
    (b"id,title\n1,csv", ()),
    (variant(id=""), ()),
    (variant(id="x" * 257), ()),
    (variant(id=7), ()),
    (variant(id=None), ()),
    (variant(title=None), ()),
    (variant(title=""), ()),
    (variant(title=["a", "list"]), ()),
    (variant(text={"an": "object"}), ()),
    (variant(published_at="yesterday"), ()),
    (variant(published_at="2026-11-03T09:00:00"), ()),
    (variant(published_at=1793700000), ()),
    (variant(published_at="2026-02-30T00:00:00Z"), ()),
    (variant(url="ftp://example.org"), ()),
    (variant(url="javascript:alert(1)"), ()),
    (variant(source=3), ()),
    (variant(language="not a tag"), ()),
    (variant(text="x" * MAX_ARTICLE_BYTES), ()),
    (variant(), CLOUD_EVENT),
    (b'{"specversion":"1.0","id":"e","source":"s","type":"t","data":{"id":"e"}}', CLOUD_EVENT),
    (b"[]", [("content-type", b"application/cloudevents-batch+json")]),
]
ODD_BUT_GOOD: list[tuple[bytes, Headers]] = [
    (variant(), ()),
    (b"\x00\x00\x00\x00\x07" + variant(id="registry"), ()),
    (variant(id="emoji \U0001f6a2", text="\u202e\u200b\ufeff rtl"), ()),
    (variant(id="unknown", section={"a": [1]}), [("x", b"1"), ("x", b"2"), ("empty", None)]),
    (variant(id="dup") + b"\n", [("traceparent", b"00-" + b"a" * 32 + b"-" + b"b" * 16 + b"-01")]),
    (variant(id="nul \x00 in id", text="\x00"), ()),
    (variant(id="large", text="word " * 200_000), ()),
    (
        b'{"specversion":"1.0","id":"e","source":"s","type":"t","data":' + variant() + b"}",
        CLOUD_EVENT,
    ),
    (
        variant(id="binary", published_at="2026-11-03T09:00:00+09:00", language="en-GB"),
        [("ce_specversion", b"1.0"), ("ce_id", b"1"), ("content-type", b"application/json")],
    ),
]


async def test_bad_messages_cost_only_themselves(settings: Settings) -> None:
    assert len(BAD) >= 40
    keys = [None if n == 1 else b"key-%d" % n for n in range(len(BAD))]
    bad = [(key, value, headers) for key, (value, headers) in zip(keys, BAD, strict=True)]
    good = [(b"good", value, headers) for value, headers in ODD_BUT_GOOD * 6]
    mixed: list[tuple[bytes | None, bytes | None, Headers]] = [
        message for pair in zip(good, bad, strict=False) for message in pair
    ]
    mixed += good[len(bad) :]
    with lifeline.running("worker") as (child, line):
        assert line == "ready\n"
        await produce(settings, mixed, "gzip")
        tagged, rejected = await read_outputs(settings, len(mixed))
        assert child.poll() is None
    assert len(tagged) == len(good)
    assert sorted_messages(rejected) == sorted(repr((k, v, list(h))) for k, v, h in bad)
    for record in rejected:
        reason = error_headers(record)
        assert reason["stage"] in ("decode", "validate")
        assert reason["exception.class.name"]
        assert reason["exception.message"]
        assert reason["topic"] == topics.named(topics.ARTICLES, settings)
    assert len({(e["partition"], e["offset"]) for e in map(error_headers, rejected)}) == len(bad)


def sorted_messages(rejected: Sequence[Record]) -> list[str]:
    """Key, value and original headers of each, to compare byte for byte."""
    return sorted(
        repr((record.key, record.value, [h for h in record.headers if h[0] not in ERRORS]))
        for record in rejected
    )


def error_headers(record: Record) -> Mapping[str, str]:
    return {
        key.removeprefix(ERROR_PREFIX): (value or b"").decode()
        for key, value in record.headers
        if key.startswith(ERROR_PREFIX)
    }
