"""The classifier beside other text classifiers: same articles, same 41 themes, one core.

    python -m benchmarks.classifier --out classifier.json

Everything is measured in one process, in the peers' environment and with one thread, so that an
engine differs from another in its work alone. What it needs at the least is estimated beside it.
"""

import importlib
import importlib.metadata
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

import click
import msgspec
import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import Progress
from rich.table import Table
from scipy.special import expit
from sklearn.feature_extraction.text import HashingVectorizer, TfidfVectorizer
from sklearn.linear_model import LogisticRegression, SGDClassifier
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import make_pipeline
from threadpoolctl import threadpool_limits

from benchmarks import environment
from benchmarks.environment import ROOT
from benchmarks.machine import conditions
from benchmarks.turns import in_turns
from models.artifact import load
from models.classifier import Classifier
from models.events import Article
from models.grams import joined, pairs_of
from models.text import read
from models.theme_features import Parts, parts_of
from streams import lifeline
from training.datasets import Example, own_examples, read_dataset

WORDS = (60, 400)
BATCHES = (1, 64, 512)
# So many articles are enough, one at a time.
N_SINGLE = 64
OURS, PLAIN, WHOLE = "themes with evidence", "themes without evidence", "all of tag_many"
SKLEARN, MATRIX = "logistic regression", "the same, one matrix"
HASHING, FASTTEXT = "hashing, SGD", "fastText"
ENGINES = (OURS, PLAIN, WHOLE, SKLEARN, MATRIX, HASHING, FASTTEXT)
UNSEEN = ROOT / "training" / "data" / "test" / "other_hand.jsonl"
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
_NS = 1e9
_READ_BYTES = 1 << 26
_IN_CACHE = 1 << 12

console = Console(width=None if sys.stdout.isatty() else 120, highlight=False)
progress_console = Console(stderr=True, highlight=False)


class Task(msgspec.Struct, frozen=True):
    """What the measuring process is told."""

    texts: int
    repeats: int


class Run(msgspec.Struct, frozen=True, tag=True):
    """One engine over all articles of a length, in one round."""

    engine: str
    words: int
    batch: int
    round: int
    us: float
    """Microseconds an article, by the clock on the wall."""
    cpu_us: float
    """Microseconds an article that the processor worked on it: others on the machine count less."""


class Missing(msgspec.Struct, frozen=True, tag=True):
    """An engine that could not take part, and why."""

    engine: str
    problem: str


class Floor(msgspec.Struct, frozen=True, tag=True):
    """What the themes of an article need at the least: how often, and what each costs here."""

    words: int
    text_bytes: float
    hashes: float
    cells: float
    weight_bytes: float
    ns_a_byte: float
    ns_a_hash: float
    ns_a_lookup: float

    @property
    def us(self) -> float:
        """Microseconds an article: each byte read once, each word and pair hashed and looked up.

        >>> Floor(60, 400.0, 120.0, 40.0, 6600.0, 0.1, 5.0, 2.0).us
        1.54
        """
        reading = (self.text_bytes + self.weight_bytes) * self.ns_a_byte
        return round((reading + self.hashes * (self.ns_a_hash + self.ns_a_lookup)) / 1000, 2)


class Machine(msgspec.Struct, frozen=True, tag=True):
    """The processor that all ran on, and the versions of what ran."""

    processor: int | None
    niceness: int
    packages: dict[str, str]


@dataclass(frozen=True, slots=True)
class Engine:
    """One way to label: articles in, themes or probabilities of all themes out."""

    name: str
    label: Callable[[Sequence[Article]], object]


@click.command(epilog="\b\nExample:\n  python -m benchmarks.classifier --texts 64 --repeats 2")
@click.option("--texts", default=512, show_default=True, help="Articles of each length.")
@click.option("--repeats", default=7, show_default=True, help="Rounds; medians are of these.")
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path(".cache/benchmarks/classifier.json"),
    show_default=True,
    help="Where every run is written as JSON, with machine, versions and date.",
)
def main(texts: int, repeats: int, out: Path) -> None:
    """Measure microseconds an article of this classifier beside others, on one core."""
    try:
        python, refused = environment.ensure(), []
    except environment.NotInstalled as error:
        python, refused = Path(sys.executable), [Missing(FASTTEXT, f"not installed: {error}")]
    about = conditions("none")
    found = [*refused, *told(python, Task(texts, repeats))]
    about |= {"load_at_end": round(os.getloadavg()[0], 2)}
    out.parent.mkdir(parents=True, exist_ok=True)
    body = {"conditions": about, "found": found}
    out.write_bytes(msgspec.json.format(msgspec.json.encode(body)) + b"\n")
    console.print(
        f"{about['cpu']}, one core of {about['cores']}, {about['date']}, "
        f"load {about['load_at_start']} to {about['load_at_end']}"
    )
    show(found)
    console.print(f"written to {out}")


Message = Run | Missing | Floor | Machine


def told(python: Path, task: Task) -> Iterator[Message]:
    """What a process of its own measures, as it comes; NumPy reads its environment only once."""
    command = [str(python), "-c", "from benchmarks.classifier import measure; measure()"]
    decoder = msgspec.json.Decoder(Message)
    process = subprocess.Popen(
        [*command, msgspec.json.encode(task).decode()],
        stdin=subprocess.PIPE,  # closed with us, and then it ends
        stdout=subprocess.PIPE,
        env={**os.environ, **ONE_THREAD, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "ignore"},
        cwd=ROOT,
    )
    total = task.repeats * len(WORDS) * len(BATCHES) * len(ENGINES)
    with process, Progress(console=progress_console, transient=True) as progress:
        shown = progress.add_task("training the peers, then all runs", total=total)
        assert process.stdout
        for line in process.stdout:
            message = decoder.decode(line)
            progress.advance(shown, isinstance(message, Run))
            yield message
        if process.wait():
            raise click.ClickException(f"the measuring process ended with {process.returncode}")


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
    packages = ("scikit-learn", "numpy", "scipy", "fasttext-community")
    yield Machine(pinned(), os.getpriority(os.PRIO_PROCESS, 0), versions(packages))
    classifier = load()
    engines = [*own_engines(classifier), *sklearn_engines(examples, classifier.taxonomy.codes)]
    try:
        engines.append(fasttext_engine(examples))
    except ImportError as error:
        yield Missing(FASTTEXT, str(error))
    sources = [*read_dataset([UNSEEN]).examples, *examples]
    for words in WORDS:
        articles = of_length(sources, words, task.texts)
        yield floor(classifier, articles, words)
        for batch in BATCHES:
            for engine in engines:
                timed_us(engine, articles[:N_SINGLE], batch)  # the first is slower
            for number, engine in in_turns(engines, task.repeats):
                shown = articles[:N_SINGLE] if batch == 1 else articles
                yield Run(engine.name, words, batch, number, *timed_us(engine, shown, batch))


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


def of_length(examples: Sequence[Example], words: int, count: int) -> list[Article]:
    """Articles whose title and text have so many words; a short one goes on with the next."""
    found: list[Article] = []
    ring = [*examples, *examples[: 1 + words // 20]]
    for place in range(count):
        start = place % len(examples)
        title, text = ring[start].title, ring[start].text
        following = start + 1
        while len(f"{title} {text}".split()) < words and following < len(ring):
            text = f"{text}\n\n{ring[following].text}"
            following += 1
        found.append(Article(str(place), title, cut(text, words - len(title.split()))))
    return found


def cut(text: str, words: int) -> str:
    """The text up to its `words`-th word, its white space as it is.

    >>> cut("One two\\n\\nthree four", 3)
    'One two\\n\\nthree'
    """
    pieces = text.split(maxsplit=words)
    return text[: -len(pieces[-1])].rstrip() if len(pieces) > words else text


def own_engines(classifier: Classifier) -> list[Engine]:
    """This classifier three ways, from an article as it came: reading and cleaning count."""

    def parts(articles: Sequence[Article]) -> list[Parts]:
        return [parts_of(read(article.title, article.text)) for article in articles]

    return [
        Engine(OURS, lambda articles: classifier.find_themes(parts(articles))),
        Engine(
            PLAIN, lambda articles: classifier.find_themes(parts(articles), with_evidence=False)
        ),
        Engine(WHOLE, classifier.tag_many),
    ]


def sklearn_engines(examples: Sequence[Example], codes: Sequence[str]) -> list[Engine]:
    """scikit-learn as its guide has it, and once with all themes in one product of matrices."""
    texts = [f"{example.title}\n{example.text}" for example in examples]
    themes = np.array([[code in example.themes for code in codes] for example in examples])
    words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True)
    model = OneVsRestClassifier(LogisticRegression(C=10.0, solver="liblinear"))
    model.fit(words.fit_transform(texts), themes.astype(int))
    hashed = make_pipeline(
        HashingVectorizer(ngram_range=(1, 2)),
        OneVsRestClassifier(SGDClassifier(loss="log_loss", random_state=0)),
    ).fit(texts, themes.astype(int))
    weights = np.vstack([one.coef_ for one in model.estimators_]).T.copy()
    intercepts = np.hstack([one.intercept_ for one in model.estimators_])
    return [
        Engine(SKLEARN, lambda some: model.predict_proba(words.transform(joint(some)))),
        Engine(
            MATRIX,
            lambda some: expit(words.transform(joint(some)) @ weights + intercepts),
        ),
        Engine(HASHING, lambda some: hashed.predict_proba(joint(some))),
    ]


def fasttext_engine(examples: Sequence[Example]) -> Engine:
    """fastText with words and pairs and a loss for each theme, its other options as they are."""
    fasttext: Any = importlib.import_module("fasttext")
    with tempfile.TemporaryDirectory(prefix="dyadwire-bench-") as folder:
        lines = Path(folder) / "articles.txt"
        lines.write_text("".join(fasttext_line(example) for example in examples))
        model = fasttext.train_supervised(
            str(lines), loss="ova", wordNgrams=2, epoch=25, lr=0.5, thread=1, verbose=0
        )

    def label(articles: Sequence[Article]) -> object:
        texts = [text.replace("\n", " ").lower() for text in joint(articles)]
        return model.predict(texts, k=-1, threshold=0.0)

    return Engine(FASTTEXT, label)


def fasttext_line(example: Example) -> str:
    """The example as fastText reads it.

    >>> fasttext_line(Example(("trade",), title="Chip duty", text="It is\\nback."))
    '__label__trade chip duty it is back.\\n'
    """
    labels = [f"__label__{theme}" for theme in example.themes]
    return " ".join([*labels, *f"{example.title} {example.text}".lower().split()]) + "\n"


def joint(articles: Sequence[Article]) -> list[str]:
    """Title and text of each article as the peers take it."""
    return [f"{article.title}\n{article.text}" for article in articles]


def timed_us(engine: Engine, articles: Sequence[Article], batch: int) -> tuple[float, float]:
    """Microseconds an article in batches of this size, by the clock and of the processor."""
    batches = [articles[start : start + batch] for start in range(0, len(articles), batch)]
    started, used = time.perf_counter(), time.process_time()
    for one in batches:
        engine.label(one)
    took, cpu = time.perf_counter() - started, time.process_time() - used
    return 1e6 * took / len(articles), 1e6 * cpu / len(articles)


def floor(classifier: Classifier, articles: Sequence[Article], words: int) -> Floor:
    """What these articles need of the memory and of the arithmetic, an article."""
    themes = classifier.themes
    texts = [parts_of(read(article.title, article.text)) for article in articles]
    rows = themes.rows(texts)
    hashes = len(rows.words.hashes) + len(pairs_of(rows.words)[0])
    return Floor(
        words,
        text_bytes=len(rows.words.buffer) / len(articles),
        hashes=hashes / len(articles),
        cells=rows.matrix.nnz / len(articles),
        weight_bytes=rows.matrix.nnz * themes.weights[0].nbytes / len(articles),
        ns_a_byte=ns_a_byte(),
        ns_a_hash=ns_a_hash(),
        ns_a_lookup=ns_a_lookup(themes.features.vocabulary.bits),
    )


def ns_a_byte() -> float:
    """Nanoseconds to read a byte of memory that is in no cache."""
    values = np.ones(_READ_BYTES // 8, dtype=np.uint64)
    return least_ns(lambda: np.add.reduce(values)) / _READ_BYTES


def ns_a_hash() -> float:
    """Nanoseconds to hash a pair, on arrays that stay in the cache."""
    hashes = np.arange(_IN_CACHE, dtype=np.uint64)
    return least_ns(lambda: joined(hashes, hashes)) / _IN_CACHE


def ns_a_lookup(bits: NDArray[np.uint64]) -> float:
    """Nanoseconds to read one word of the bitmap of the vocabulary, at places without order."""
    places = np.random.default_rng(0).integers(0, len(bits), _IN_CACHE)
    return least_ns(lambda: bits.take(places)) / _IN_CACHE


def least_ns(work: Callable[[], object], repeats: int = 20) -> float:
    """Nanoseconds of the fastest of some calls."""
    taken = []
    for _ in range(repeats):
        started = time.perf_counter()
        work()
        taken.append(time.perf_counter() - started)
    return _NS * min(taken)


def show(found: Sequence[Message]) -> None:
    """All tables and sentences."""
    runs = [message for message in found if isinstance(message, Run)]
    for words, batch in product(WORDS, BATCHES):
        console.print(table([run for run in runs if (run.words, run.batch) == (words, batch)]))
    for message in found:
        if isinstance(message, Missing):
            console.print(f"{message.engine}: {message.problem}")
        if isinstance(message, Floor):
            console.print(floor_line(message, runs))
            console.print(alone_line([run for run in runs if run.words == message.words]))


def table(runs: Sequence[Run]) -> Table:
    """The engines at one length and one size of batch."""
    first = runs[0]
    shown = Table(title=f"{first.words} words, batches of {first.batch}", title_justify="left")
    shown.add_column("engine", no_wrap=True)
    for name in ("CPU µs (min-max)", "wall µs", "CPU art./s", "÷ log. regression", "÷ fastText"):
        shown.add_column(name, justify="right", no_wrap=True)
    for name in dict.fromkeys(run.engine for run in runs):
        cpu, clock = cpu_us(runs, name), [run.us for run in runs if run.engine == name]
        shown.add_row(
            name,
            spread(cpu),
            f"{statistics.median(clock):,.0f}",
            f"{1e6 / statistics.median(cpu):,.0f}",
            spread(ratios(cpu_us(runs, SKLEARN), cpu), "{:.3g}"),
            spread(ratios(cpu_us(runs, FASTTEXT), cpu), "{:.2f}"),
        )
    share = [1 - ratio for ratio in ratios(cpu_us(runs, PLAIN), cpu_us(runs, OURS))]
    shown.caption = f"of {OURS}, evidence is {spread(share, '{:.0%}')}"
    shown.caption_justify = "left"
    return shown


def floor_line(bound: Floor, runs: Sequence[Run]) -> str:
    """What is needed at the least beside what was taken, in the largest batches.

    >>> bound = Floor(60, 400.0, 120.0, 40.0, 6600.0, 0.1, 5.0, 2.0)
    >>> floor_line(bound, [Run(PLAIN, 60, 512, 0, 50.0, 30.8)])
    '60 words: 400 bytes, 120 hashes, 40 cells (6.6 kB of weights): 1.5 µs at the least, took 31 µs'
    """
    own = [run for run in runs if (run.words, run.batch) == (bound.words, max(BATCHES))]
    return (
        f"{bound.words} words: {bound.text_bytes:.0f} bytes, {bound.hashes:.0f} hashes, "
        f"{bound.cells:.0f} cells ({bound.weight_bytes / 1000:.1f} kB of weights): "
        f"{bound.us:.1f} µs at the least, took {statistics.median(cpu_us(own, PLAIN)):.0f} µs"
    )


def alone_line(runs: Sequence[Run]) -> str:
    """Whether an article alone, with evidence, is done within a millisecond of the processor.

    >>> alone_line([Run(OURS, 60, 1, 0, 1300.0, 800.0)])
    '60 words alone, themes with evidence: CPU 800 (800-800) µs, under 1 ms; wall 1,300 µs'
    """
    alone = [run for run in runs if (run.engine, run.batch) == (OURS, 1)]
    cpu, clock = cpu_us(alone, OURS), statistics.median(run.us for run in alone)
    told = "under" if statistics.median(cpu) < 1000 else "not under"
    return (
        f"{runs[0].words} words alone, {OURS}: CPU {spread(cpu)} µs, {told} 1 ms; "
        f"wall {clock:,.0f} µs"
    )


def cpu_us(runs: Sequence[Run], engine: str) -> list[float]:
    """Microseconds of the processor an article of an engine, round by round."""
    own = [run for run in runs if run.engine == engine]
    return [run.cpu_us for run in sorted(own, key=lambda run: run.round)]


def ratios(theirs: Sequence[float], ours: Sequence[float]) -> list[float]:
    """How many times as fast, round by round; none where the other is missing.

    >>> ratios([4.0, 9.0], [2.0, 3.0]), ratios([], [2.0, 3.0])
    ([2.0, 3.0], [])
    """
    return [their / our for their, our in zip(theirs, ours, strict=bool(theirs))]


def spread(values: Sequence[float], form: str = "{:,.0f}") -> str:
    """The median, and in brackets the least and the most; a dash where there is nothing.

    >>> spread([3.0, 1.0, 2.0]), spread([])
    ('2 (1-3)', '-')
    """
    if not values:
        return "-"
    low, high = form.format(min(values)), form.format(max(values))
    return f"{form.format(statistics.median(values))} ({low}-{high})"


if __name__ == "__main__":
    main()
