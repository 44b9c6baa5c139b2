"""This worker, with the classifier of the job: the app and the process of `dyadwire worker`."""

from typing import cast

from benchmarks.job import BATCH, Job
from models.classifier import Classifier
from streams.cli import log_to_stderr
from streams.settings import load_settings
from streams.worker import work


def main() -> None:
    """Work as `streams.worker.run` does, but with the classifier that the job names."""
    job = Job.received()
    settings = load_settings(
        bootstrap_servers=job.bootstrap,
        topic_prefix=job.prefix,
        group_id=job.group,
        slice_size=BATCH,
    )
    log_to_stderr(settings)
    work(settings, cast(Classifier, job.tagger), ready=lambda: None)


if __name__ == "__main__":
    main()
