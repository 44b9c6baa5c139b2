"""A confluent-kafka loop: consume, tag, produce, flush, commit. At least once."""

from confluent_kafka import Consumer, Producer

from benchmarks.job import BATCH, Job


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
            "compression.type": "lz4",
        }
    )
    consumer.subscribe([job.source])
    while True:
        messages = consumer.consume(BATCH, timeout=0.1)
        values = [message.value() or b"" for message in messages if message.error() is None]
        if not values:
            continue
        for key, value in job.tag_many(values):
            producer.produce(job.target, value, key)
        producer.flush()
        consumer.commit(asynchronous=False)


if __name__ == "__main__":
    main()
