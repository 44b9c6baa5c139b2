"""A Quix Streams application: `apply` for each message, a checkpoint now and then.

The second argument is the processing guarantee, `at-least-once` or `exactly-once`.
"""

# mypy: disable-error-code="import-not-found"
# Quix Streams is in the peers' environment, where mypy does not look.

import sys

from quixstreams import Application

from benchmarks.job import Job

# A commit as often as this worker makes them: with transactions, only then does the output show.
TRANSACTIONS = {"commit_every": 2048, "commit_interval": 1.0}


def main() -> None:
    """Read, tag and write until stopped."""
    job = Job.received()
    guarantee = sys.argv[2]
    app = Application(
        broker_address=job.bootstrap,
        consumer_group=job.group,
        auto_offset_reset="earliest",
        processing_guarantee=guarantee,
        **(TRANSACTIONS if guarantee == "exactly-once" else {}),
        producer_extra_config={"compression.type": "zstd", "enable.idempotence": True},
        loglevel="WARNING",
    )
    articles = app.topic(job.source, value_deserializer="bytes")
    tagged = app.topic(job.target, value_serializer="bytes")
    app.dataframe(articles).apply(lambda value: job.tag_one(value)[1]).to_topic(tagged)
    app.run()


if __name__ == "__main__":
    main()
