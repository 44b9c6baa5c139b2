"""Gaps in the offsets, on a real Kafka: allowed where nothing was, refused where an article was."""

import pytest
from aiokafka import AIOKafkaProducer, TopicPartition

from streams.gap import ArticlesSkipped, verify_gap
from streams.settings import Settings, load_settings
from tests.kafka_broker import KafkaBroker, Names


@pytest.fixture
def settings(kafka: KafkaBroker, names: Names) -> Settings:
    kafka.create_topic(names.topic("articles"))
    return load_settings(bootstrap_servers=kafka.bootstrap, topic_prefix=names.prefix)


@pytest.fixture
def source(names: Names) -> TopicPartition:
    return TopicPartition(names.topic("articles"), 0)


async def send(settings: Settings, source: TopicPartition, *, commit: bool) -> int:
    """One article in a transaction of its own, which takes two offsets; the article's."""
    producer = AIOKafkaProducer(
        bootstrap_servers=settings.bootstrap_servers, transactional_id=source.topic
    )
    async with producer:
        await producer.begin_transaction()
        sent = await producer.send_and_wait(source.topic, b"{}", partition=0)
        await (producer.commit_transaction() if commit else producer.abort_transaction())
    return int(sent.offset)


async def test_markers_and_aborted_articles_may_be_passed_over(
    settings: Settings, source: TopicPartition
) -> None:
    await send(settings, source, commit=True)
    await send(settings, source, commit=False)
    third = await send(settings, source, commit=True)
    await verify_gap(settings, source, 1, third)


async def test_an_article_may_not(settings: Settings, source: TopicPartition) -> None:
    await send(settings, source, commit=True)
    second = await send(settings, source, commit=True)
    third = await send(settings, source, commit=True)
    with pytest.raises(ArticlesSkipped, match=f"offset {second} was passed over"):
        await verify_gap(settings, source, 1, third)
