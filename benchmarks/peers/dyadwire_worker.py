"""This worker, with the classifier of the job: the app and the process of `dyadwire worker`."""

import asyncio
from pathlib import Path
from typing import cast

from benchmarks.job import Job
from models.classifier import Classifier
from streams.app import make_app
from streams.cli import log_to_stderr
from streams.settings import load_settings
from streams.worker import Worker


def main() -> None:
    """Work as `streams.worker.run` does, but with the classifier that the job names."""
    job = Job.received()
    settings = load_settings(
        bootstrap_servers=job.bootstrap, topic_prefix=job.prefix, group_id=job.group
    )
    log_to_stderr(settings)
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    app = make_app(settings, cast(Classifier, job.tagger), folder=Path.cwd())
    Worker(app, ready=lambda: None, loop=loop).execute_from_commandline()


if __name__ == "__main__":
    main()
