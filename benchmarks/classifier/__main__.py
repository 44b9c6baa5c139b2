"""The command `python -m benchmarks.classifier`."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import msgspec
from rich.console import Console
from rich.progress import Progress

from benchmarks import environment
from benchmarks.classifier.articles import BATCHES, WORDS
from benchmarks.classifier.engines import ENGINES, FASTTEXT, ONLY_ALONE
from benchmarks.classifier.messages import Message, Missing, Run, Task
from benchmarks.classifier.report import console, show
from benchmarks.environment import ROOT
from benchmarks.machine import conditions

ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")

progress_console = Console(stderr=True, highlight=False)


@click.command(epilog="\b\nExample:\n  python -m benchmarks.classifier --texts 64 --repeats 2")
@click.option("--texts", default=512, show_default=True, help="Articles of each length.")
@click.option("--repeats", default=7, show_default=True, help="Rounds; medians are of these.")
@click.option(
    "--speed-only", is_flag=True, help="Leave out accuracy and the encoder, which take minutes."
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path(".cache/benchmarks/classifier.json"),
    show_default=True,
    help="Where every run is written as JSON, with machine, versions and date.",
)
def main(texts: int, repeats: int, speed_only: bool, out: Path) -> None:
    """Measure microseconds an article of this classifier beside others, on one core, and F1."""
    try:
        python, refused = environment.ensure(), []
    except environment.NotInstalled as error:
        python, refused = Path(sys.executable), [Missing(FASTTEXT, f"not installed: {error}")]
    about = conditions("none")
    found = [*refused, *told(python, Task(texts, repeats, speed_only))]
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


def told(python: Path, task: Task) -> Iterator[Message]:
    """What a process of its own measures, as it comes; NumPy reads its environment only once."""
    command = [str(python), "-c", "from benchmarks.classifier.measure import measure; measure()"]
    decoder = msgspec.json.Decoder(Message)
    process = subprocess.Popen(
        [*command, msgspec.json.encode(task).decode()],
        stdin=subprocess.PIPE,  # closed with us, and then it ends
        stdout=subprocess.PIPE,
        env={**os.environ, **ONE_THREAD, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "ignore"},
        cwd=ROOT,
    )
    others = len(ENGINES) - len(ONLY_ALONE)
    alone = 0 if task.speed_only else len(ONLY_ALONE)
    total = task.repeats * len(WORDS) * (len(BATCHES) * others + alone)
    with process, Progress(console=progress_console, transient=True) as progress:
        shown = progress.add_task("training the peers, then all runs", total=total)
        assert process.stdout
        for line in process.stdout:
            message = decoder.decode(line)
            progress.advance(shown, isinstance(message, Run))
            yield message
        if process.wait():
            raise click.ClickException(f"the measuring process ended with {process.returncode}")


if __name__ == "__main__":
    main()
