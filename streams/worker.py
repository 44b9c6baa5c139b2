"""The worker process: checks what it needs, runs the app, ends cleanly or crashes loudly."""

import asyncio
import gc
import logging
import signal
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import faust
import uvloop

from models.artifact import DEFAULT_MODEL, load
from streams import topics
from streams.app import make_app
from streams.settings import Settings

logger = logging.getLogger(__name__)


class Worker(faust.Worker):
    """Faust's worker without its debugger signal and its spinner; it says when it is ready."""

    def __init__(self, app: faust.App, ready: Callable[[], None], **options: Any) -> None:
        super().__init__(app, quiet=True, override_logging=False, redirect_stdouts=False, **options)
        self.spinner = None
        self._ready = ready

    def install_signal_handlers(self) -> None:
        super().install_signal_handlers()
        self.loop.remove_signal_handler(signal.SIGUSR2)
        signal.signal(signal.SIGUSR2, signal.SIG_IGN)

    async def on_startup_finished(self) -> None:
        await super().on_startup_finished()
        self._ready()


def run(settings: Settings, ready: Callable[[], None] = lambda: None) -> None:
    """Work until SIGTERM or SIGINT; leaves by `SystemExit`, 0 when it was asked to stop.

    Raises `TopicsUnfit`, `BrokerUnreachable` or `ArtifactError` before anything is consumed; calls
    `ready` once it has joined its group.
    """
    asyncio.run(topics.require(settings))
    classifier = load(settings.model_dir or DEFAULT_MODEL)
    logger.info("model %s, %s", classifier.stamp.version, classifier.stamp.digest)
    _tune()
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    with TemporaryDirectory(prefix="dyadwire-") as folder:
        app = make_app(settings, classifier, Path(folder))
        Worker(app, ready, loop=loop).execute_from_commandline()


def _tune() -> None:
    """Make the interpreter fit for slices: thousands of objects at once, and no cycles in them.

    Python's own thresholds would look through all of them several times a slice, which costs as
    much as the rest of the work on them.
    """
    asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())  # for Faust's consumer thread too
    gc.collect()
    gc.freeze()  # model and modules stay
    gc.set_threshold(20_000, 50, 100)
