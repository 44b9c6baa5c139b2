"""A Bytewax dataflow in one worker process, in batches, no recovery store."""

# mypy: disable-error-code="import-not-found"
# Bytewax is in the peers' environment, where mypy does not look.

from typing import Any

import bytewax.operators as op
from bytewax.connectors.kafka import KafkaSink, KafkaSinkMessage, KafkaSource
from bytewax.dataflow import Dataflow
from bytewax.run import cli_main

from benchmarks.job import BATCH, Job


def main() -> None:
    """Read, tag and write until stopped."""
    job = Job.received()

    def tag(messages: list[Any]) -> list[Any]:
        tagged = job.tag_many([message.value for message in messages])
        return [KafkaSinkMessage(key, value) for key, value in tagged]

    brokers = [job.bootstrap]
    flow = Dataflow("tag_articles")
    articles = op.input("articles", flow, KafkaSource(brokers, [job.source], batch_size=BATCH))
    tagged = op.flat_map_batch("tag", articles, tag)
    config = {"enable.idempotence": "true", "compression.type": "zstd"}
    op.output("tagged", tagged, KafkaSink(brokers, job.target, add_config=config))
    cli_main(flow)


if __name__ == "__main__":
    main()
