"""The command `python -m training reuters`: Reuters-21578 as a taxonomy and two files of examples.

The split is ModApte (Lewis 1997): what the collection marks TRAIN or TEST, of the articles that an
indexer has looked at. The topics are those with an article in each of the two parts.
"""

import html
import json
from collections.abc import Sequence
from pathlib import Path

import click
import msgspec

from training.corpora import decoded
from training.datasets import DatasetError

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_VERSION = "reuters21578"


class Story(msgspec.Struct, frozen=True):
    """One article of the collection as the corpus has it."""

    id: int | str
    lewis: str
    topics_flag: str
    topics: tuple[str, ...]
    title: str = ""
    body: str = ""

    @property
    def text(self) -> str:
        """Title and body below one another, with their SGML entities read.

        >>> Story(1, "TRAIN", "YES", (), "PENN &lt;PC> FILES").text
        'PENN <PC> FILES'
        """
        return html.unescape(f"{self.title}\n{self.body}").strip()


@click.command(name="reuters")
@click.argument("corpus", type=_FILE)
@click.argument("out", type=click.Path(file_okay=False, path_type=Path))
def reuters_command(corpus: Path, out: Path) -> None:
    """Write Reuters-21578, split as ModApte, as a taxonomy and files of examples.

    \b
    Example:
      python -m training reuters reuters21578.jsonl.gz build/reuters
    """
    try:
        stories = read_stories(corpus)
        train, test = part(stories, "TRAIN"), part(stories, "TEST")
        topics = shared_topics(train, test)
        out.mkdir(parents=True, exist_ok=True)
        (out / "taxonomy.toml").write_text(as_taxonomy(topics), encoding="utf-8")
        n_train = _write(out / "train.jsonl", train, topics)
        n_test = _write(out / "test.jsonl", test, topics)
    except (DatasetError, OSError) as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{len(topics)} topics, {n_train} training and {n_test} test articles in {out}")


def read_stories(path: Path) -> list[Story]:
    """All articles of a file of JSON lines."""
    return list(decoded(path, Story))


def part(stories: Sequence[Story], lewis: str) -> list[Story]:
    """The articles of one part, TRAIN or TEST, that were indexed."""
    return [story for story in stories if (story.lewis, story.topics_flag) == (lewis, "YES")]


def shared_topics(train: Sequence[Story], test: Sequence[Story]) -> list[str]:
    """The topics with an article in both parts, in alphabetical order; DatasetError if none is."""
    shared = {code for story in train for code in story.topics}
    shared &= {code for story in test for code in story.topics}
    if not shared:
        raise DatasetError("no topic has an article in both TRAIN and TEST")
    return sorted(shared)


def as_taxonomy(topics: Sequence[str]) -> str:
    """The taxonomy file that these topics make.

    >>> as_taxonomy(["cocoa"])
    'version = "reuters21578"\\n\\n[[theme]]\\ncode = "cocoa"\\n'
    """
    entries = [f"\n[[theme]]\ncode = {json.dumps(topic)}\n" for topic in topics]
    return f'version = "{_VERSION}"\n{"".join(entries)}'


def as_examples(stories: Sequence[Story], topics: Sequence[str]) -> list[dict[str, object]]:
    """The articles that have one of these topics, and a text, as examples."""
    known = frozenset(topics)
    found = [(story, [code for code in story.topics if code in known]) for story in stories]
    return [
        {
            "id": f"reuters-{story.id}",
            "text": story.text,
            "themes": codes,
            "source": "Reuters-21578",
            "knows_relations": False,
        }
        for story, codes in found
        if codes and story.text
    ]


def _write(path: Path, stories: Sequence[Story], topics: Sequence[str]) -> int:
    examples = as_examples(stories, topics)
    lines = (json.dumps(example, ensure_ascii=False) + "\n" for example in examples)
    path.write_text("".join(lines), encoding="utf-8")
    return len(examples)
