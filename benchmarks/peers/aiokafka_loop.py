"""A plain aiokafka loop: fetch, tag, send, wait for all, commit. At least once."""

import asyncio

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from benchmarks.job import BATCH, Job
from benchmarks.messages import messages


async def main() -> None:
    """Read, tag and write until stopped."""
    job = Job.received()
    consumer = AIOKafkaConsumer(
        job.source,
        bootstrap_servers=job.bootstrap,
        group_id=job.group,
        auto_offset_reset="earliest",
        enable_auto_commit=False,
    )
    producer = AIOKafkaProducer(
        bootstrap_servers=job.bootstrap, enable_idempotence=True, compression_type="zstd"
    )
    async with consumer, producer:
        while True:
            fetched = await consumer.getmany(timeout_ms=1000, max_records=BATCH)
            values = [record.value for records in fetched.values() for record in records]
            if not values:
                continue
            sent = [  # with a thread the loop was slower
                await producer.send(topic, value, key=key)
                for topic, key, value in messages(job, values)
            ]
            await asyncio.gather(*sent)
            await consumer.commit()


if __name__ == "__main__":
    asyncio.run(main())
