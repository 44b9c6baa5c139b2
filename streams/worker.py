"""The worker process: checks what it needs, runs the app, ends cleanly or crashes loudly."""

import asyncio
import gc
import logging
import os
import signal
import tempfile
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import faust
import uvloop
from mode import ServiceT

from models.artifact import DEFAULT_MODEL, load
from models.classifier import Classifier
from streams import topics
from streams.app import make_app
from streams.settings import Settings

logger = logging.getLogger(__name__)

# All that matters is in transactions, so nothing that still waits, for a broker that is gone or for
# a client that does not close, may keep a worker from ending.
END_WITHIN_S = 20.0


def run(settings: Settings, ready: Callable[[], None] = lambda: None) -> None:
    """Work until SIGTERM or SIGINT; leaves by `SystemExit`, 0 when it was asked to stop.

    Raises `TopicsUnfit`, `BrokerUnreachable` or `ArtifactError` before anything is consumed; calls
    `ready` once it has joined its group.
    """
    asyncio.run(topics.require(settings))
    classifier = load(settings.model_dir or DEFAULT_MODEL)
    logger.info("model %s, %s", classifier.stamp.version, classifier.stamp.digest)
    work(settings, classifier, ready)


def work(settings: Settings, classifier: Classifier, ready: Callable[[], None]) -> None:
    """Run the app with this classifier; leaves by `SystemExit`."""
    _tune()
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    # Faust makes a folder for tables, which this app has not; a kill would leave one of its own.
    folder = Path(tempfile.gettempdir()) / f"dyadwire-{os.getuid()}"
    app = make_app(settings, classifier, folder)
    Worker(app, ready, loop=loop).execute_from_commandline()


class Worker(faust.Worker):
    """Faust's worker: says when it is ready, reads committed data only, and ends in time."""

    def __init__(self, app: faust.App, ready: Callable[[], None], **options: Any) -> None:
        super().__init__(app, quiet=True, override_logging=False, redirect_stdouts=False, **options)
        self.spinner = None
        self._ready = ready
        self._deadline = threading.Timer(END_WITHIN_S, self._leave)
        self._deadline.daemon = True

    def on_init_dependencies(self) -> Iterable[ServiceT]:
        # What makes Faust's consumer skip the aborted transactions of whoever writes to `articles`.
        # Its own exactly-once, which is a setting of the app, stays off.
        self.app.consumer.in_transaction = True
        return super().on_init_dependencies()

    def install_signal_handlers(self) -> None:
        super().install_signal_handlers()
        self.loop.remove_signal_handler(signal.SIGUSR2)  # Faust opens a debugger on it
        signal.signal(signal.SIGUSR2, signal.SIG_IGN)

    async def on_startup_finished(self) -> None:
        await super().on_startup_finished()
        self._ready()

    async def crash(self, reason: BaseException) -> None:
        self._end_in_time()
        await super().crash(reason)

    async def stop(self) -> None:
        self._end_in_time()
        await super().stop()

    def _end_in_time(self) -> None:
        if self._deadline.ident is None:
            self._deadline.start()

    def _leave(self) -> None:
        asked = self._signal_stop_time is not None and self.crash_reason is None
        logger.critical("not ended within %g s; leaves what still waits behind", END_WITHIN_S)
        logging.shutdown()
        os._exit(0 if asked else 1)


def _tune() -> None:
    """Make the interpreter fit for slices: thousands of objects at once, and no cycles in them.

    Python's own thresholds would look through all of them several times a slice, which costs as
    much as the rest of the work on them.
    """
    asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())  # for Faust's consumer thread too
    gc.collect()
    gc.freeze()  # model and modules stay
    gc.set_threshold(20_000, 50, 100)
