"""Articles a second, this worker beside other engines: same Kafka, articles, classifier, output.

python -m benchmarks.engine --out engine.json
"""

import statistics
import sys
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import get_args

import click
import msgspec
from rich.console import Console
from rich.markup import escape
from rich.progress import Progress
from rich.table import Table

from benchmarks import environment, watch
from benchmarks.articles import Shape, fill
from benchmarks.broker import PARTITIONS, broker, fresh_outputs, kafka_version, stored_bytes
from benchmarks.child import running
from benchmarks.job import ClassifierName, Job
from benchmarks.machine import conditions
from benchmarks.peers import BASELINE, PEERS, Peer
from benchmarks.turns import in_turns
from tests.kafka_broker import KafkaBroker

# With the shipped classifier every engine is slower, so fewer articles take as long.
SHIPPED_SHARE = 10

console = Console(width=None if sys.stdout.isatty() else 116)
progress_console = Console(stderr=True, highlight=False)


class Case(msgspec.Struct, frozen=True):
    """One comparison: articles of a shape, tagged by a classifier."""

    shape: Shape
    classifier: ClassifierName
    articles: int
    article_bytes: float = 0.0
    stored_bytes: float = 0.0

    @property
    def prefix(self) -> str:
        """Of the topics of this case."""
        return f"{self.shape}.{self.classifier}."


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """One run of one engine; `problem` says why it has no rate, or a rate from a part only."""

    engine: str
    shape: Shape
    classifier: ClassifierName
    round: int
    rate: float | None = None
    cpu_us: float | None = None
    missing: int | None = None
    twice: int | None = None
    output_bytes: float | None = None
    problem: str | None = None


@click.command(
    epilog="\b\nExample:\n  python -m benchmarks.engine --classifier null --shape short "
    "--articles 20000 --rounds 1"
)
@click.option("--articles", default=200_000, show_default=True, help="Articles for each run.")
@click.option("--rounds", default=3, show_default=True, help="Runs of each engine in each case.")
@click.option(
    "--engines",
    default=",".join(peer.name for peer in PEERS),
    show_default=True,
    help="Which engines, by name, with commas.",
)
@click.option("--shape", type=click.Choice(get_args(Shape)), help="One shape only.")
@click.option(
    "--classifier",
    type=click.Choice(get_args(ClassifierName)),
    help="One classifier only. With `shipped` a tenth of the articles is used.",
)
@click.option("--limit-s", default=30.0, show_default=True, help="Longest run, from first output.")
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path(".cache/benchmarks/engine.json"),
    show_default=True,
    help="Where every run is written as JSON, with machine, versions and date.",
)
def main(
    articles: int,
    rounds: int,
    engines: str,
    shape: Shape | None,
    classifier: ClassifierName | None,
    limit_s: float,
    out: Path,
) -> None:
    """Measure articles a second of this worker beside other engines, on a real Kafka."""
    peers = chosen(engines)
    cases = [
        Case(one_shape, name, articles if name == "null" else articles // SHIPPED_SHARE)
        for name in ([classifier] if classifier else get_args(ClassifierName))
        for one_shape in ([shape] if shape else get_args(Shape))
    ]
    python, refused = peers_python(peers)
    about = conditions(kafka_version(), python)
    with broker() as kafka, Progress(console=progress_console, transient=True) as progress:
        total = progress.add_task("all runs", total=len(cases) * rounds * len(peers))
        done: list[tuple[Case, list[Run]]] = []
        for case in cases:
            case = filled(kafka, case)
            runs = []
            for number, peer in in_turns(peers, rounds):
                with shown(progress, f"{peer.name}, {case.prefix[:-1]}", case.articles) as seen:
                    run = measured(kafka, case, peer, number, python, refused, limit_s, seen)
                progress_console.print(line(run))
                progress.advance(total)
                runs.append(run)
            done.append((case, runs))
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_bytes(report(about, done))
    console.print(
        f"{about['cpu']}, {about['cores']} cores, Kafka {about['kafka']}, {about['date']}"
    )
    for case, runs in done:
        console.print(table(case, runs))
    console.print(f"written to {out}")


def chosen(names: str) -> list[Peer]:
    """The engines of these names, in the order of `PEERS`."""
    wanted = names.split(",")
    if unknown := set(wanted) - {peer.name for peer in PEERS}:
        raise click.BadParameter(f"there is no engine {min(unknown)}", param_hint="--engines")
    return [peer for peer in PEERS if peer.name in wanted]


def peers_python(peers: Sequence[Peer]) -> tuple[Path | None, str | None]:
    """The Python of the peers' environment, or why there is none."""
    if not any(peer.own_environment for peer in peers):
        return None, None
    try:
        return environment.ensure(), None
    except environment.NotInstalled as error:
        return None, f"not installed: {error}"


def filled(kafka: KafkaBroker, case: Case) -> Case:
    """The case with its articles on the broker and their sizes known."""
    topic = f"{case.prefix}articles"
    kafka.create_topic(topic, PARTITIONS)
    size_bytes = fill(kafka.bootstrap, topic, case.shape, case.articles)
    return msgspec.structs.replace(
        case,
        article_bytes=size_bytes / case.articles,
        stored_bytes=stored_bytes(kafka, topic) / case.articles,
    )


@contextmanager
def shown(progress: Progress, name: str, count: int) -> Iterator[Callable[[int], None]]:
    """A function to call with the outputs seen so far, shown as a bar."""
    task = progress.add_task(name, total=count)
    try:
        yield lambda seen: progress.update(task, completed=seen)
    finally:
        progress.remove_task(task)


def measured(
    kafka: KafkaBroker,
    case: Case,
    peer: Peer,
    number: int,
    python: Path | None,
    refused: str | None,
    limit_s: float,
    seen: Callable[[int], None],
) -> Run:
    """One run: topics made afresh, the engine started, watched and stopped, its output counted."""
    run = Run(engine=peer.name, shape=case.shape, classifier=case.classifier, round=number)
    if peer.own_environment and python is None:
        return msgspec.structs.replace(run, problem=refused)
    fresh_outputs(kafka, case.prefix)
    group = f"{peer.name}-{uuid.uuid4().hex[:8]}"
    job = Job(kafka.bootstrap, case.prefix, group, case.classifier)
    count = watch.visible(kafka.bootstrap, job.target, PARTITIONS)
    own = python if peer.own_environment and python else sys.executable
    module = f"benchmarks.peers.{peer.module}"
    with running([str(own), "-m", module, str(job), *peer.arguments]) as child:
        try:
            passage = watch.watch(child.process, count, case.articles, limit_s, seen)
        except watch.Failed as failure:
            return msgspec.structs.replace(run, problem=f"{failure}; it said: {child.said()}")
    written = watch.counted(kafka.bootstrap, job.target, PARTITIONS)
    return msgspec.structs.replace(
        run,
        rate=passage.rate,
        cpu_us=passage.cpu_us,
        missing=None if passage.stopped else case.articles - written.articles,
        twice=written.records - written.articles,
        output_bytes=written.mean_bytes,
        problem=passage.stopped,
    )


def line(run: Run) -> str:
    """One run, in a line."""
    rate = f"{run.rate:9,.0f} articles/s" if run.rate else "no rate"
    place = f"{run.shape:5} {run.classifier:7} round {run.round + 1}  {run.engine:13} "
    return f"{place}{rate}  {escape(run.problem or '')}".rstrip()


def table(case: Case, runs: Sequence[Run]) -> Table:
    """Median rates of a case, with their span, and the ratio to the aiokafka loop."""
    shown = Table(
        title=f"{case.shape} articles ({case.article_bytes:.0f} bytes, {case.stored_bytes:.0f} "
        f"stored), classifier: {case.classifier}, {case.articles} articles a run",
        title_justify="left",
    )
    shown.add_column("engine")
    shown.add_column("guarantee")
    shown.add_column("articles/s (min-max)", justify="right", no_wrap=True)
    shown.add_column(f"÷ {BASELINE} (min-max)", justify="right", no_wrap=True)
    shown.add_column("CPU µs", justify="right")
    shown.add_column("missing", justify="right")
    shown.add_column("twice", justify="right")
    shown.add_column("note", overflow="fold")
    by_round = {(run.engine, run.round): run.rate for run in runs if run.rate}
    for peer in PEERS:
        own = [run for run in runs if run.engine == peer.name]
        if not own:
            continue
        ratios = [
            run.rate / by_round[BASELINE, run.round]
            for run in own
            if run.rate and (BASELINE, run.round) in by_round
        ]
        shown.add_row(
            peer.name,
            peer.guarantee,
            spread([run.rate for run in own if run.rate], "{:,.0f}"),
            spread(ratios, "{:.2f}"),
            spread([run.cpu_us for run in own if run.cpu_us], "{:.0f}", span=False),
            most([run.missing for run in own]),
            most([run.twice for run in own]),
            escape("; ".join(sorted({run.problem for run in own if run.problem}))),
        )
    return shown


def spread(values: Sequence[float], form: str, *, span: bool = True) -> str:
    """The median, and in brackets the least and the most.

    >>> spread([3.0, 1.0, 2.0], "{:.1f}")
    '2.0 (1.0-3.0)'
    """
    if not values:
        return "-"
    median = form.format(statistics.median(values))
    if not span or len(values) == 1:
        return median
    return f"{median} ({form.format(min(values))}-{form.format(max(values))})"


def most(values: Sequence[int | None]) -> str:
    """The most of any run; a dash where no run was complete enough to tell."""
    return str(max((value for value in values if value is not None), default="-"))


def report(about: dict[str, object], done: Sequence[tuple[Case, list[Run]]]) -> bytes:
    """Everything, as JSON to keep."""
    cases = [{"case": case, "runs": runs} for case, runs in done]
    return msgspec.json.format(msgspec.json.encode({"conditions": about, "cases": cases})) + b"\n"


if __name__ == "__main__":
    main()
