"""The `dyadwire` command: each subcommand parses, calls one function, prints."""

import asyncio
import errno
import logging
import os
import re
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

import click
from aiokafka.errors import KafkaError
from rich.console import Console
from rich.table import Column, Table

from models.artifact import ArtifactError
from streams.connection import BrokerUnreachable
from streams.settings import Settings, SettingsError, load_settings
from streams.terminal import counted, plain, printable
from streams.topics import TopicsUnfit

# Of a standard output that cannot take more.
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
# Wider than any table: only a terminal has an edge to wrap at.
NO_WIDTH_LIMIT = 100_000


class Group(click.Group):
    """A group whose commands fail with one plain message and status 1, never with a traceback."""

    def invoke(self, context: click.Context) -> Any:
        try:
            return super().invoke(context)
        except (SettingsError, BrokerUnreachable, TopicsUnfit, ArtifactError) as error:
            raise click.ClickException(str(error)) from error
        except KafkaError as error:
            raise click.ClickException(f"Kafka: {error!r}") from error
        except OSError as error:
            if error.errno not in FULL:
                raise
            _drop_output()
            raise click.ClickException(f"cannot write the output: {error.strerror}") from error


def _drop_output() -> None:
    """Let what is still buffered go nowhere; it would fail once more when Python ends."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


def _show(*tables: Table) -> None:
    output = Console() if sys.stdout.isatty() else Console(width=NO_WIDTH_LIMIT)
    for table in tables:
        output.print(table)


def example(*lines: str) -> str:
    """The examples of a command, as the last part of its help."""
    return "\b\nExample:\n" + "\n".join(f"  {line}" for line in lines)


follows_parent = click.option("--follow-parent", is_flag=True, hidden=True)


@click.group(cls=Group, epilog=example("dyadwire demo"))
@click.version_option(package_name="dyadwire")
def main() -> None:
    """Tag a Kafka stream of news articles with policy themes and country relations."""


@main.command(epilog=example("dyadwire demo --once"))
@click.option("--once", is_flag=True, help="End after the demo articles, also on a terminal.")
@click.option(
    "--rate",
    type=click.FloatRange(0),
    default=20.0,
    show_default=True,
    help="Articles a second; 0 for no limit.",
)
def demo(once: bool, rate: float) -> None:
    """Tag about sixty articles on a broker of its own and show them as they come."""
    from streams.demo import run

    sys.exit(run(stay=sys.stdin.isatty() and not once, rate=rate))


@main.command(epilog=example("DYADWIRE_BOOTSTRAP_SERVERS=kafka:9092 dyadwire worker"))
@follows_parent
def worker(follow_parent: bool) -> None:
    """Tag articles until asked to stop (SIGTERM or Ctrl-C)."""
    from streams import lifeline
    from streams.worker import run

    settings = load_settings()
    log_to_stderr(settings)
    if follow_parent:
        lifeline.follow_parent()
    run(settings, ready=lambda: click.echo("ready"))


@main.command(epilog=example("dyadwire broker"))
@follows_parent
def broker(follow_parent: bool) -> None:
    """Run the embedded broker, for first steps: nothing in it outlives it.

    A worker that is started again tags everything anew: offsets of transactions are not kept.

    Prints the line that lets a worker in another terminal use it.
    """
    from streams import lifeline
    from streams.broker import exports, serve

    if follow_parent:
        lifeline.follow_parent()
    serve(lambda address: click.echo(exports(address)))


@main.group(cls=Group, epilog=example("dyadwire topics check"))
def topics() -> None:
    """Create the topics, or check them."""


@topics.command("create", epilog=example("dyadwire topics create --partitions 12"))
@click.option("--partitions", type=click.IntRange(1), help="Of every topic but coverage.")
@click.option("--grow", is_flag=True, help="Give topics with fewer partitions more.")
def topics_create(partitions: int | None, grow: bool) -> None:
    """Create the topics that are missing; those that exist are left as they are.

    Says what differs, and ends with status 1 if a topic has other than the wanted partitions. It
    never takes partitions away.
    """
    from streams.topics import create

    created, differences = asyncio.run(create(load_settings(), partitions=partitions, grow=grow))
    for name in created:
        click.echo(f"{name}: created")
    _report(differences)


@topics.command("check", epilog=example("dyadwire topics check"))
def topics_check() -> None:
    """Say what differs from what is wanted; status 1 if a worker could not work."""
    from streams.topics import check

    _report(asyncio.run(check(load_settings())))


def _report(differences: "list[Any]") -> None:
    for difference in differences:
        click.echo(f"{'FAULT ' if difference.fault else 'note  '}{difference}", err=True)
    if any(difference.fault for difference in differences):
        raise SystemExit(1)
    if not differences:
        click.echo("all topics are as wanted")


@main.command(epilog=example("dyadwire send articles.jsonl --rate 100"))
@click.argument("file", type=click.File("rb"))
@click.option(
    "--rate",
    type=click.FloatRange(0),
    default=0.0,
    help="Messages a second; 0, the default, for no limit.",
)
def send(file: IO[bytes], rate: float) -> None:
    """Send each line of FILE (- for standard input) as one article.

    Lines are sent as they are: what cannot be read as an article goes to articles.rejected.
    """
    from streams.send import send_values

    settings = load_settings()
    with counted("sent", file) as progress:
        values = (line.rstrip(b"\r\n") for line in file if line.strip())
        count = asyncio.run(send_values(settings, values, rate=rate, sent=progress))
    click.echo(f"sent {count} articles", err=True)


@main.command(epilog=example("dyadwire classify articles.jsonl > tagged.jsonl"))
@click.argument("file", type=click.File("rb"))
@click.option("--text", is_flag=True, help="FILE is the plain text of one article.")
@click.option("--model-dir", type=click.Path(path_type=Path), help="Instead of the shipped model.")
def classify(file: IO[bytes], text: bool, model_dir: Path | None) -> None:
    """Tag the articles in FILE (- for standard input), one JSON object a line, without Kafka.

    Writes one articles.tagged object a line, in order. A line that cannot be read gives a line on
    standard error, and status 1 at the end.
    """
    from models.artifact import DEFAULT_MODEL, load
    from streams.files import classify_lines, plain_text

    settings = load_settings(**({"model_dir": model_dir} if model_dir else {}))
    lines = plain_text(file.name, file.read()) if text else file
    with counted("classified", file) as progress:
        failed = classify_lines(
            load(settings.model_dir or DEFAULT_MODEL),
            file.name,
            lines,
            sys.stdout.buffer,
            sys.stderr,
            progress,
        )
    raise SystemExit(1 if failed else 0)


@main.group(cls=Group, epilog=example("dyadwire rejected list --stage validate"))
def rejected() -> None:
    """List what could not be read, or send it back."""


def _position(_: click.Context, __: click.Parameter, value: str | None) -> str | None:
    if value is not None and not re.fullmatch(r"(0|[1-9][0-9]*):(0|[1-9][0-9]*)", value):
        raise click.BadParameter(
            f"found `{value}`, expected PARTITION:OFFSET as `rejected list` shows it, e.g. 2:17"
        )
    return value


def _wanted(function: Any) -> Any:
    """The options that say which rejected messages are meant."""
    for option in reversed(
        [
            click.option("--stage", type=click.Choice(["decode", "validate", "predict"])),
            click.option("--kind", help="Class of the error, e.g. ValidationError."),
            click.option("--contains", help="Text in the reason."),
            click.option(
                "--since",
                type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"]),
                help="Rejected at or after this time, in UTC.",
            ),
            click.option(
                "--position", callback=_position, help="One message, as PARTITION:OFFSET."
            ),
        ]
    ):
        function = option(function)
    return function


@rejected.command("list", epilog=example("dyadwire rejected list --contains published_at"))
@_wanted
@click.option(
    "--limit",
    type=click.IntRange(0),
    default=50,
    show_default=True,
    help="Rows to show; counts are of all.",
)
def rejected_list(limit: int, **options: Any) -> None:
    """Show rejected messages as a table, newest last, and their counts by reason."""
    from streams.rejected import latest

    rows, counts = asyncio.run(latest(load_settings(), _filter(options), limit))
    table = Table("position", "at (UTC)", "from", "stage", "reason", "bytes", "sent back")
    for row in rows:
        table.add_row(
            row.position,
            f"{row.at:%Y-%m-%d %H:%M:%S}",
            printable(row.source),
            printable(row.stage),
            printable(row.reason),
            str(row.size_bytes),
            "yes" if row.replayed else "",
        )
    totals = Table("stage", "reason", "messages")
    for (stage, reason), count in counts.most_common():
        totals.add_row(printable(stage), printable(reason), str(count))
    _show(table, totals)


@rejected.command(
    "replay",
    epilog=example(
        "dyadwire rejected replay --contains '$.id' --jq '.id |= tostring'",
        "dyadwire rejected replay --kind UnicodeDecodeError --command 'iconv -f latin1 -t utf8'",
    ),
)
@_wanted
@click.option("--jq", "program", help="Repair each message with a jq program.")
@click.option("--command", help="Repair each with a shell command, from standard input to output.")
@click.option("--dry-run", is_flag=True, help="Repair, count, and send nothing.")
def rejected_replay(
    program: str | None, command: str | None, dry_run: bool, **options: Any
) -> None:
    """Send rejected messages back to articles, each once, with their keys and headers.

    What cannot be repaired stays, is named on standard error, and makes the status 1.
    """
    from streams import rejected as rejects

    if program is not None and command is not None:
        raise click.UsageError("--jq and --command: give one of them")
    try:
        repair = rejects.repair_by(program, command)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--jq") from error
    result = asyncio.run(
        rejects.replay(
            load_settings(),
            _filter(options),
            repair,
            failed=lambda found, why: click.echo(plain(f"{found.position}: {why}"), err=True),
            dry_run=dry_run,
        )
    )
    verb = "would be sent back" if dry_run else "sent back"
    click.echo(f"{result.sent} {verb}, {result.already} were before, {result.failed} not repaired")
    raise SystemExit(1 if result.failed else 0)


def _filter(options: dict[str, Any]) -> Any:
    from streams.rejected import Filter

    since: datetime | None = options.pop("since")
    return Filter(**options, since=since.replace(tzinfo=UTC) if since else None)


@main.group(cls=Group, epilog=example("dyadwire model show"))
def model() -> None:
    """Look at the model."""


@model.command("show", epilog=example("dyadwire model show --model-dir models/2026.11.1"))
@click.option("--model-dir", type=click.Path(path_type=Path), help="Instead of the one in use.")
def model_show(model_dir: Path | None) -> None:
    """Show which model is in use: version, digest, what it was made with and how good it is."""
    from models.artifact import DEFAULT_MODEL, load, read_manifest

    settings = load_settings(**({"model_dir": model_dir} if model_dir else {}))
    directory = settings.model_dir or DEFAULT_MODEL
    stamp = load(directory).stamp  # which verifies every file
    manifest = read_manifest(directory)
    table = Table("model", Column(str(directory), overflow="fold"))
    table.add_row("version", printable(stamp.version))
    table.add_row("digest", stamp.digest)
    table.add_row("taxonomy", f"{stamp.taxonomy}, {len(manifest.labels)} themes")
    table.add_row("size", f"{sum(file.size_bytes for file in manifest.files.values())} bytes")
    for heading, rows in (("library", manifest.libraries), ("score", manifest.scores)):
        for name, value in rows.items():
            table.add_row(f"{heading}: {printable(name)}", printable(str(value)))
    for source in manifest.data:
        table.add_row("data", printable(f"{source.name}: {source.examples} examples"))
    _show(table)


def log_to_stderr(settings: Settings) -> None:
    """One line an event; the libraries' own story only when something is wrong."""
    logging.basicConfig(
        level=settings.log_level, format="%(asctime)s %(levelname)-8s %(message)s", force=True
    )
    if settings.log_level != "DEBUG":
        for library in ("faust", "mode", "aiokafka"):
            logging.getLogger(library).setLevel(logging.WARNING)
