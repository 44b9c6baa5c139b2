"""Topics on a real Kafka: made once, never shrunk, and what differs is said."""

import pytest

from streams import topics
from streams.broker import EmbeddedBroker
from streams.settings import Settings, load_settings
from tests.kafka_broker import KafkaBroker, Names


@pytest.fixture
def settings(kafka: KafkaBroker, names: Names) -> Settings:
    return load_settings(bootstrap_servers=kafka.bootstrap, topic_prefix=names.prefix)


async def test_all_topics_are_made_once(settings: Settings) -> None:
    created, differences = await topics.create(settings)
    assert created == [topics.named(topic, settings) for topic in topics.ALL]
    assert differences == []
    assert await topics.create(settings) == ([], [])
    await topics.require(settings)


async def test_what_differs_is_said(settings: Settings, kafka: KafkaBroker) -> None:
    name = topics.named(topics.RELATIONS, settings)
    kafka.create_topic(name, partitions=2, config={"retention.ms": "1000"})
    _, differences = await topics.create(settings)
    assert sorted(map(str, differences)) == [
        f"{name}: max.message.bytes is 1048588, wanted 2097152",
        f"{name}: partitions is 2, wanted 4",
        f"{name}: retention.ms is 1000, wanted 7776000000",
    ]
    assert not any(each.fault for each in differences)


async def test_topics_grow_when_asked_and_never_shrink(settings: Settings) -> None:
    await topics.create(settings, partitions=2)
    created, differences = await topics.create(settings, partitions=3, grow=True)
    assert (created, differences) == ([], [])
    _, differences = await topics.create(settings, partitions=1, grow=True)
    assert {difference.found for difference in differences if difference.fault} == {"3"}


async def test_a_worker_requires_its_topics(settings: Settings, kafka: KafkaBroker) -> None:
    config = {"max.message.bytes": "2097152"}
    kafka.create_topic(topics.named(topics.ARTICLES, settings), partitions=3, config=config)
    tagged = topics.named(topics.TAGGED, settings)
    kafka.create_topic(tagged, partitions=2)
    rejected = topics.named(topics.REJECTED, settings)
    kafka.create_topic(rejected, partitions=3)
    with pytest.raises(topics.TopicsUnfit) as error:
        await topics.require(settings)
    assert f"{tagged}: partitions is 2, wanted 3" in str(error.value)
    assert f"{rejected}: max.message.bytes is 1048588, wanted 16777216" in str(error.value)
    assert f"{topics.named(topics.RELATIONS, settings)}: topic is missing" in str(error.value)
    assert "dyadwire topics create" in str(error.value)


@pytest.mark.parametrize("partitions", [1, 3, 6])
async def test_topics_of_any_number_of_partitions_fit(settings: Settings, partitions: int) -> None:
    _, differences = await topics.create(settings, partitions=partitions)
    assert differences == []
    await topics.require(settings)


@pytest.mark.parametrize("grow", [True, False])
async def test_the_embedded_broker_says_that_it_has_four_partitions(
    names: Names, grow: bool
) -> None:
    broker = EmbeddedBroker()
    settings = load_settings(
        bootstrap_servers=broker.bootstrap_servers, topic_prefix=names.prefix, check_crcs=False
    )
    with pytest.raises(topics.TopicsUnfit, match="embedded broker have 4"):
        await topics.create(settings, partitions=12, grow=grow)
    await topics.create(settings, grow=grow)
