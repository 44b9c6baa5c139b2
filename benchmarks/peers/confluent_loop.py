"""A confluent-kafka loop: consume, tag, produce, flush, commit. At least once."""

from confluent_kafka import Consumer, Producer

from benchmarks.job import BATCH, Job
from benchmarks.messages import messages


def main() -> None:
    """Read, tag and write until stopped."""
    job = Job.received()
    consumer = Consumer(
        {
            "bootstrap.servers": job.bootstrap,
            "group.id": job.group,
            "auto.offset.reset": "earliest",
            "enable.auto.commit": False,
        }
    )
    producer = Producer(
        {
            "bootstrap.servers": job.bootstrap,
            "enable.idempotence": True,
            "compression.type": "zstd",
        }
    )
    consumer.subscribe([job.source])
    while True:
        fetched = consumer.consume(BATCH, timeout=0.1)
        values = [message.value() or b"" for message in fetched if message.error() is None]
        if not values:
            continue
        for topic, key, value in messages(job, values):
            producer.produce(topic, value, key)
        producer.flush()
        consumer.commit(asynchronous=False)


if __name__ == "__main__":
    main()
