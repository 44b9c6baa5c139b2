"""What `streams/delivery.py` reads before it works: an offset that is decided, or none at all."""

import pytest
from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.errors import ProducerFenced
from aiokafka.structs import OffsetAndMetadata

from streams.delivery import OffsetUndecided, Output, TransactionalProducer, committed
from streams.settings import load_settings
from tests.kafka_broker import KafkaBroker, Names


async def test_an_offset_in_an_open_transaction_is_awaited_and_never_guessed(
    kafka: KafkaBroker, names: Names
) -> None:
    kafka.create_topic(names.topic("articles"))
    source = TopicPartition(names.topic("articles"), 0)
    settings = load_settings(
        bootstrap_servers=kafka.bootstrap, group_id=names.group(), transaction_timeout_s=2
    )
    producer = AIOKafkaProducer(
        bootstrap_servers=kafka.bootstrap, transactional_id=names.group("former")
    )
    assert await committed(settings, source) == 0
    async with producer:
        async with producer.transaction():
            await producer.send_offsets_to_transaction(
                {source: OffsetAndMetadata(3, "")}, settings.group_id
            )
        assert await committed(settings, source) == 3
        await producer.begin_transaction()
        await producer.send_offsets_to_transaction(
            {source: OffsetAndMetadata(7, "")}, settings.group_id
        )
        with pytest.raises(OffsetUndecided, match=f"{source.topic}/0 is not known after 2 s"):
            await committed(settings, source)
        await producer.commit_transaction()
    assert await committed(settings, source) == 7


async def test_once_another_has_started_the_former_owner_commits_nothing(
    kafka: KafkaBroker, names: Names
) -> None:
    kafka.create_topic(names.topic("articles"))
    source = TopicPartition(names.topic("articles"), 0)
    kafka.create_topic(names.topic("tagged"))
    settings = load_settings(bootstrap_servers=kafka.bootstrap, group_id=names.group())
    output = [Output(names.topic("tagged"), b"key", b"value", ())]
    async with TransactionalProducer(settings, names.group("one")) as former:
        await former.commit(output, {source: 3})
        async with TransactionalProducer(settings, names.group("one")) as owner:
            with pytest.raises(ProducerFenced):
                await former.commit(output, {source: 7})
            assert await committed(settings, source) == 3
            await owner.commit(output, {source: 5})
            assert await committed(settings, source) == 5
