"""Faust as its tutorial shows it: `async for` each message, `send` each result."""

import faust

from benchmarks.job import Job


def main() -> None:
    """Read, tag and write until stopped."""
    job = Job.received()
    app = faust.App(
        job.group,
        broker=f"kafka://{job.bootstrap}",
        value_serializer="raw",
        producer_compression_type="zstd",
        topic_disable_leader=True,  # the broker makes no topic by itself
        web_enabled=False,  # its port may be taken
    )
    articles = app.topic(job.source, value_type=bytes)
    tagged = app.topic(job.target, key_type=bytes, value_type=bytes)

    @app.agent(articles)
    async def tag(stream: faust.StreamT[bytes]) -> None:
        async for article in stream:
            key, value = job.tag_one(article)
            await tagged.send(key=key, value=value)

    faust.Worker(app, loglevel="WARNING").execute_from_commandline()


if __name__ == "__main__":
    main()
