"""Transactional ids: two that must not fence each other are never the same."""

from aiokafka import TopicPartition

from streams import classify, rejected
from streams.settings import load_settings


def test_a_group_and_a_prefix_that_read_alike_are_two_ids() -> None:
    prefixed = load_settings(group_id="dyadwire", topic_prefix="test-")
    grouped = load_settings(group_id="dyadwire-test")
    one = classify.fencing_id(prefixed, TopicPartition("test-articles", 0))
    other = classify.fencing_id(grouped, TopicPartition("articles", 0))
    assert one != other


def test_replays_of_the_same_topics_fence_each_other_and_no_one_else() -> None:
    one = rejected.fencing_id(load_settings(group_id="a"))
    assert one == rejected.fencing_id(load_settings(group_id="b"))
    assert one != rejected.fencing_id(load_settings(group_id="a", topic_prefix="test-"))
    assert one.count("/") < classify.fencing_id(
        load_settings(), TopicPartition("articles", 0)
    ).count("/")
