"""The report: what was found as tables and sentences on the terminal."""

import statistics
import sys
from collections.abc import Sequence
from itertools import product

from rich.console import Console
from rich.table import Table

from benchmarks.classifier.articles import BATCHES, WORDS
from benchmarks.classifier.engines import FASTTEXT, OURS, PLAIN, SKLEARN
from benchmarks.classifier.messages import Accuracy, Floor, Message, Missing, Run

console = Console(width=None if sys.stdout.isatty() else 120, highlight=False)


def show(found: Sequence[Message]) -> None:
    """All tables and sentences."""
    runs = [message for message in found if isinstance(message, Run)]
    for words, batch in product(WORDS, BATCHES):
        console.print(table([run for run in runs if (run.words, run.batch) == (words, batch)]))
    if told := [message for message in found if isinstance(message, Accuracy)]:
        console.print(accuracy_table(told))
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


def accuracy_table(told: Sequence[Accuracy]) -> Table:
    """How well each engine labels, the best first."""
    first = told[0]
    title = f"F1 of themes, learned from {first.learned} articles, judged on {first.judged} others"
    shown = Table(title=title, title_justify="left")
    shown.add_column("engine", no_wrap=True)
    for name in ("micro", "macro", "micro, from 0.5", "macro, from 0.5"):
        shown.add_column(name, justify="right")
    for own in sorted(told, key=lambda own: -own.fitted[0]):
        shown.add_row(own.engine, *(f"{value:.3f}" for value in (*own.fitted, *own.half)))
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
