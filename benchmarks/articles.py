"""The articles of a benchmark: the demo's, brought to one of two lengths, each id used once."""

from collections.abc import Iterator
from importlib.resources import files
from itertools import pairwise
from typing import Literal

import msgspec
from confluent_kafka import Producer

from models.events import Article, decode, encode

Shape = Literal["short", "full"]

# Length of the text in characters, so that the JSON has about 600 bytes and about 2.5 kB.
TEXT_LENGTH: dict[Shape, int] = {"short": 230, "full": 2150}


def articles(shape: Shape, count: int) -> Iterator[tuple[bytes, bytes]]:
    """Key and value of `count` articles that differ in their ids, their texts come round again."""
    models = of_length(TEXT_LENGTH[shape])
    for number in range(count):
        article = models[number % len(models)]
        id = f"{article.id}-{number}"
        yield id.encode(), encode(msgspec.structs.replace(article, id=id))


def of_length(characters: int) -> list[Article]:
    """The demo's articles with texts of at most this length; a short one goes on with the next."""
    lines = files("streams").joinpath("data/demo_articles.jsonl").read_bytes().splitlines()
    demo = [decode(Article, line) for line in lines]
    return [
        msgspec.structs.replace(
            article, text=f"{article.text}\n\n{following.text}"[:characters].rpartition(" ")[0]
        )
        for article, following in pairwise([*demo, demo[0]])
    ]


def fill(bootstrap: str, topic: str, shape: Shape, count: int) -> int:
    """Write `count` articles to a topic; gives their size in bytes, uncompressed."""
    producer = Producer(
        {
            "bootstrap.servers": bootstrap,
            "compression.type": "lz4",
            "linger.ms": 50,
            "log_level": 0,
            "queue.buffering.max.messages": 20_000,
        }
    )
    size_bytes = 0
    for key, value in articles(shape, count):
        while True:
            try:
                producer.produce(topic, value, key)
                break
            except BufferError:
                producer.poll(0.1)
        size_bytes += len(value)
    if left := producer.flush(60):
        raise RuntimeError(f"{topic}: {left} articles were not written within a minute")
    return size_bytes
