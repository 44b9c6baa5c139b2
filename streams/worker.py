"""The worker process: checks what it needs, runs the app, ends cleanly or crashes loudly."""

import asyncio
import logging
import signal

import faust

from models.artifact import load
from streams import topics
from streams.app import make_app
from streams.settings import Settings

logger = logging.getLogger(__name__)


class Worker(faust.Worker):
    """Faust's worker without its debugger signal."""

    def install_signal_handlers(self) -> None:
        super().install_signal_handlers()
        self.loop.remove_signal_handler(signal.SIGUSR2)
        signal.signal(signal.SIGUSR2, signal.SIG_IGN)


def run(settings: Settings) -> None:
    """Work until SIGTERM or SIGINT; leaves by `SystemExit`, 0 when it was asked to stop.

    Raises `TopicsUnfit`, `BrokerUnreachable` or `ArtifactError` before anything is consumed.
    """
    asyncio.run(topics.require(settings))
    classifier = load(settings.model_dir)
    app = make_app(settings, classifier)
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    Worker(
        app,
        loop=loop,
        override_logging=False,
        redirect_stdouts=False,
        quiet=True,
    ).execute_from_commandline()
