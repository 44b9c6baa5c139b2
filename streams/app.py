"""The Faust app: id, brokers, and the public settings for whole fetches and crash-only work."""

from pathlib import Path

import faust

from models.classifier import Classifier
from streams.classify import add_classify_articles
from streams.connection import faust_credentials
from streams.settings import Settings
from streams.slices import Generation, slice_scheduler

# Slices that wait between the fetcher and the agent: with `SLICE_BYTES` each, a bound on memory.
# A full buffer stops the fetcher for a second, so it must hold more than a second's work.
BUFFERED_SLICES = 64


def make_app(settings: Settings, classifier: Classifier, folder: Path) -> faust.App:
    """The app with its agent; nothing is connected yet. Faust insists on a `folder`, unused."""
    generation = Generation()
    app = faust.App(
        settings.group_id,
        broker=[f"kafka://{server}" for server in settings.bootstrap_servers.split(",")],
        broker_credentials=faust_credentials(settings),
        broker_client_id=settings.client_id,
        broker_session_timeout=settings.session_timeout_s,
        broker_heartbeat_interval=settings.session_timeout_s / 5,
        broker_request_timeout=max(90.0, settings.session_timeout_s + 5.0),
        broker_check_crcs=settings.check_crcs,
        consumer_auto_offset_reset="earliest",
        consumer_max_fetch_size=4 * 1024 * 1024,
        ConsumerScheduler=slice_scheduler(settings.slice_size, generation),
        stream_buffer_maxsize=BUFFERED_SLICES,
        stream_wait_empty=False,
        topic_disable_leader=True,
        topic_allow_declare=False,
        table_standby_replicas=0,
        web_enabled=False,
        datadir=folder,
        autodiscover=False,
    )
    add_classify_articles(app, settings, classifier, generation)
    return app
