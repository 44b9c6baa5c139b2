"""Secured Kafka: the same worker over TLS and SASL, by settings alone."""

import asyncio
from pathlib import Path

import pytest

from streams import lifeline, topics
from streams.scan import scan
from streams.send import send_values
from streams.settings import load_settings
from tests.factories import article_bytes
from tests.kafka_broker import KafkaBroker, Names


@pytest.fixture
def _environment(
    kafka_secured: KafkaBroker, names: Names, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    secured = kafka_secured.secured
    for key, value in {
        "BOOTSTRAP_SERVERS": secured.sasl,
        "TOPIC_PREFIX": names.prefix,
        "GROUP_ID": names.group(),
        "SECURITY_PROTOCOL": "SASL_SSL",
        "SSL_CA_FILE": str(secured.ca),
        "SASL_USERNAME": secured.username,
        "SASL_PASSWORD": secured.password,
    }.items():
        monkeypatch.setenv(f"DYADWIRE_{key}", value)


async def tagged_through_worker() -> int:
    settings = load_settings()
    await topics.create(settings)
    with lifeline.running("worker") as (_, line):
        assert line == "ready\n"
        await send_values(settings, [article_bytes(id=str(n)) for n in range(20)])
        count = 0
        while count < 20:
            name = topics.named(topics.TAGGED, settings)
            count = sum([len(records) async for records in scan(settings, name)])
    return count


@pytest.mark.usefixtures("_environment")
@pytest.mark.parametrize("mechanism", ["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"])
def test_articles_are_tagged_over_sasl(mechanism: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DYADWIRE_SASL_MECHANISM", mechanism)
    assert asyncio.run(tagged_through_worker()) == 20


@pytest.mark.usefixtures("_environment")
def test_articles_are_tagged_over_tls(
    kafka_secured: KafkaBroker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DYADWIRE_BOOTSTRAP_SERVERS", kafka_secured.secured.tls)
    monkeypatch.setenv("DYADWIRE_SECURITY_PROTOCOL", "SSL")
    assert asyncio.run(tagged_through_worker()) == 20


@pytest.mark.usefixtures("_environment")
def test_an_untrusted_broker_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DYADWIRE_SSL_CA_FILE")
    settings = load_settings()
    with pytest.raises(Exception, match="DYADWIRE_BOOTSTRAP_SERVERS"):
        asyncio.run(topics.check(settings))
