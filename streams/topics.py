"""The topics: every name, what is in it, how many partitions, how long it is kept.

`create` makes what is missing and changes nothing that exists; `check` says what differs.
"""

import asyncio
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace

from aiokafka.admin import AIOKafkaAdminClient, NewPartitions, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import (
    NoError,
    TopicAlreadyExistsError,
    for_code,
)

from models import events
from streams.connection import client_options, connected
from streams.settings import Settings

DAY_MS = 24 * 60 * 60 * 1000
FOREVER_MS = -1
MIB = 1024 * 1024
LIMIT = "max.message.bytes"
SHOWN_WITHIN_S = 30.0
# Of each topic on the embedded broker, where none can be added.
EMBEDDED_PARTITIONS = 4


@dataclass(frozen=True, slots=True)
class Topic:
    """One topic of the contract, without the prefix."""

    name: str
    event: type[events.Event] | None
    key: str
    content: str
    retention_ms: int
    partitions: int = 4
    max_message_bytes: int = 2 * MIB


ARTICLES = Topic(
    "articles",
    events.Article,
    "article id",
    "an article, from any producer",
    7 * DAY_MS,
    max_message_bytes=8 * MIB,
)
TAGGED = Topic(
    "articles.tagged", events.TaggedArticle, "article id", "the article's tags", 30 * DAY_MS
)
RELATIONS = Topic(
    "relations", events.RelationFound, "pair", "one relation found in one article", 90 * DAY_MS
)
REJECTED = Topic(
    "articles.rejected",
    None,
    "key of the source",
    "a message that could not be read, byte for byte, with the reason in headers",
    90 * DAY_MS,
    max_message_bytes=16 * MIB,
)
REPLAYED = Topic(
    "articles.replayed",
    None,
    "partition:offset in articles.rejected",
    "a mark that this rejected message was sent back",
    90 * DAY_MS,
)
ALERTS = Topic(
    "alerts",
    events.Alert,
    "rule id + subject",
    "an alert that opened, changed or closed",
    365 * DAY_MS,
)
CORRECTIONS = Topic(
    "corrections",
    events.Correction,
    "article id",
    "an analyst's verdict on one article's tags",
    FOREVER_MS,
)
COVERAGE = Topic(
    "coverage",
    events.Coverage,
    "source",
    "once a minute: received, tagged, rejected, late, for each source",
    30 * DAY_MS,
    partitions=1,
)
ALL = (ARTICLES, TAGGED, RELATIONS, REJECTED, REPLAYED, ALERTS, CORRECTIONS, COVERAGE)
# What a worker cannot do without.
TAGGING = (ARTICLES, TAGGED, RELATIONS, REJECTED)
BESIDE_ARTICLES = (TAGGED, REJECTED)


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing about a topic that is not as wanted; a `fault` keeps a worker from its work."""

    topic: str
    what: str
    found: str
    wanted: str
    fault: bool = False

    def __str__(self) -> str:
        return f"{self.topic}: {self.what} is {self.found}, wanted {self.wanted}"


class TopicsUnfit(Exception):
    """The topics are not what a worker needs; the message says which and what to do."""


def named(topic: Topic, settings: Settings) -> str:
    """The topic's name on the broker."""
    return settings.topic_prefix + topic.name


async def create(
    settings: Settings, *, partitions: int | None = None, grow: bool = False
) -> tuple[list[str], list[Difference]]:
    """Create what is missing; gives the names created and what differs in those that exist.

    `partitions` overrides the default of every topic but `coverage`. With `grow`, topics with fewer
    partitions get more; none ever gets fewer.
    """
    wanted = [_with_partitions(topic, partitions) for topic in ALL]
    async with _admin(settings) as admin:
        if (partitions or 0) > EMBEDDED_PARTITIONS and await _is_embedded(admin):
            raise TopicsUnfit(
                f"{partitions} partitions: topics of the embedded broker have "
                f"{EMBEDDED_PARTITIONS}, and it cannot add any; other numbers need a real Kafka"
            )
        counts = await _partition_counts(admin, settings, wanted)
        missing = [topic for topic in wanted if topic.name not in counts]
        created = await _create(admin, settings, missing) if missing else []
        if grow:
            await _grow(admin, settings, wanted, counts)
        await _shown(admin, settings, created + (wanted if grow else []))
    return [named(topic, settings) for topic in created], await check(
        settings, wanted, exactly=partitions is not None
    )


async def check(
    settings: Settings, wanted: Sequence[Topic] = ALL, *, exactly: bool = False
) -> list[Difference]:
    """What is not as wanted. Another number of partitions is a fault only if `exactly`."""
    async with _admin(settings) as admin:
        counts = await _partition_counts(admin, settings, wanted)
        there = [topic for topic in wanted if topic.name in counts]
        configs = await _configs(admin, settings, there)
    limit = int(configs.get(ARTICLES.name, {}).get(LIMIT, 0))
    differences = []
    for topic in wanted:
        name, count = named(topic, settings), counts.get(topic.name, 0)
        # An output goes to the partition number of its input, so that order is kept.
        needed = counts.get(ARTICLES.name, 1) if topic in BESIDE_ARTICLES else 1
        if not count:
            differences.append(Difference(name, "topic", "missing", "there", fault=True))
        elif count < needed:
            differences.append(Difference(name, "partitions", str(count), str(needed), fault=True))
        elif count < topic.partitions or (exactly and count > topic.partitions):
            differences.append(
                Difference(name, "partitions", str(count), str(topic.partitions), fault=exactly)
            )
        for key, value in configs.get(topic.name, {}).items():
            if value != _config(topic)[key]:
                # What was let into `articles` must fit into `articles.rejected`.
                fault = topic is REJECTED and key == LIMIT and int(value) < limit
                differences.append(Difference(name, key, value, _config(topic)[key], fault))
    return differences


async def require(settings: Settings, wanted: Sequence[Topic] = TAGGING) -> None:
    """Raise `TopicsUnfit` unless these topics, or else those a worker needs, can do their work."""
    faults = [difference for difference in await check(settings, wanted) if difference.fault]
    if faults:
        raise TopicsUnfit(
            "\n".join(map(str, faults))
            + "\n`dyadwire topics create` makes missing topics, with --grow missing partitions; "
            "kafka-configs.sh changes the rest"
        )


def _admin(settings: Settings) -> AbstractAsyncContextManager[AIOKafkaAdminClient]:
    return connected(AIOKafkaAdminClient(**client_options(settings)), settings)


async def _partition_counts(
    admin: AIOKafkaAdminClient, settings: Settings, topics: Sequence[Topic]
) -> dict[str, int]:
    names = {named(topic, settings): topic.name for topic in topics}
    existing = set(await admin.list_topics()) & set(names)
    described = await admin.describe_topics(sorted(existing)) if existing else []
    return {names[found["topic"]]: len(found["partitions"]) for found in described}


async def _create(
    admin: AIOKafkaAdminClient, settings: Settings, topics: Sequence[Topic]
) -> list[Topic]:
    """Create topics; gives those that nobody else created meanwhile."""
    new = [
        NewTopic(
            named(topic, settings),
            topic.partitions,
            settings.replication_factor,
            topic_configs=_config(topic),
        )
        for topic in topics
    ]
    if await _is_embedded(admin):
        await admin.describe_topics([topic.name for topic in new])
        return list(topics)
    response = await admin.create_topics(new)
    errors = {name: (for_code(code), message) for name, code, message in response.topic_errors}
    for name, (error, message) in errors.items():
        if error not in (NoError, TopicAlreadyExistsError):
            raise TopicsUnfit(f"{name}: {error.__name__}: {message or error.description}")
    return [topic for topic in topics if errors[named(topic, settings)][0] is NoError]


async def _grow(
    admin: AIOKafkaAdminClient,
    settings: Settings,
    topics: Sequence[Topic],
    counts: dict[str, int],
) -> None:
    more = {
        named(topic, settings): NewPartitions(topic.partitions)
        for topic in topics
        if counts.get(topic.name, topic.partitions) < topic.partitions
    }
    if not more:
        return
    for name, code, message in (await admin.create_partitions(more)).topic_errors:
        if (error := for_code(code)) is not NoError:
            raise TopicsUnfit(f"{name}: {error.__name__}: {message or error.description}")


async def _shown(admin: AIOKafkaAdminClient, settings: Settings, topics: Sequence[Topic]) -> None:
    """Wait until brokers, not only their controller, know of these topics and partitions."""
    async with asyncio.timeout(SHOWN_WITHIN_S):
        while True:
            counts = await _partition_counts(admin, settings, topics)
            if all(counts.get(topic.name, 0) >= topic.partitions for topic in topics):
                return
            await asyncio.sleep(0.05)


async def _configs(
    admin: AIOKafkaAdminClient, settings: Settings, topics: Sequence[Topic]
) -> dict[str, dict[str, str]]:
    names = {named(topic, settings): topic for topic in topics}
    resources = [
        ConfigResource(ConfigResourceType.TOPIC, name, dict.fromkeys(_config(topic)))
        for name, topic in names.items()
    ]
    responses = [] if await _is_embedded(admin) else await admin.describe_configs(resources)
    return {
        names[resource[3]].name: {entry[0]: entry[1] for entry in resource[4]}
        for response in responses
        for resource in response.resources
    }


async def _is_embedded(admin: AIOKafkaAdminClient) -> bool:
    """Whether topics appear when they are asked for and cannot be configured."""
    return str((await admin.describe_cluster())["cluster_id"]).startswith("mockCluster")


def _config(topic: Topic) -> dict[str, str]:
    return {
        "cleanup.policy": "delete",
        "retention.ms": str(topic.retention_ms),
        LIMIT: str(topic.max_message_bytes),
    }


def _with_partitions(topic: Topic, partitions: int | None) -> Topic:
    return (
        topic if partitions is None or topic is COVERAGE else replace(topic, partitions=partitions)
    )
