"""All that this worker writes for an article, for the loops that can write to two topics."""

from collections.abc import Iterator, Sequence

from benchmarks.job import Job, tagged_articles
from models.events import encode
from streams.tag import relations_found


def messages(job: Job, values: Sequence[bytes]) -> Iterator[tuple[str, bytes, bytes]]:
    """Topic, key and value: the tagged article of each value, and each relation found in it."""
    for tagged in tagged_articles(job.tagger, values):
        yield job.target, tagged.article.id.encode(), encode(tagged)
        for found in relations_found(tagged):
            yield f"{job.prefix}relations", found.pair.encode(), encode(found)
