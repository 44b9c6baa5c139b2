"""The confluent-kafka loop with one transaction for each batch. Exactly once."""

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
            "isolation.level": "read_committed",
        }
    )
    producer = Producer(
        {
            "bootstrap.servers": job.bootstrap,
            "transactional.id": job.group,
            "compression.type": "zstd",
        }
    )
    consumer.subscribe([job.source])
    producer.init_transactions()
    while True:
        fetched = consumer.consume(BATCH, timeout=0.1)
        values = [message.value() or b"" for message in fetched if message.error() is None]
        if not values:
            continue
        producer.begin_transaction()
        for topic, key, value in messages(job, values):
            producer.produce(topic, value, key)
        producer.send_offsets_to_transaction(
            consumer.position(consumer.assignment()), consumer.consumer_group_metadata()
        )
        producer.commit_transaction()


if __name__ == "__main__":
    main()
