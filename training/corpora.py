"""The corpora: files of JSON lines, `.jsonl` or `.jsonl.gz`, with texts that nobody has labelled.

Each names its fields in its own way. A row is known by its corpus, the name of the file without
`.jsonl` and `.gz`, and its number, counted from 0.
"""

import gzip
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol, TypeVar

import msgspec
import numpy as np

from training.datasets import DatasetError, day_of

_TITLES = ("title", "headline")
_TEXTS = ("opening", "text", "body", "summary", "short_description", "sentence", "text_original")

T = TypeVar("T")

_decoder = msgspec.json.Decoder(dict[str, object])


class Place(Protocol):
    """What says where a text is."""

    @property
    def corpus(self) -> str:
        """The name of the corpus."""

    @property
    def row(self) -> int:
        """The number of the row, from 0."""


@dataclass(frozen=True, slots=True)
class Text:
    """One row of a corpus; title or text may be empty, not both."""

    corpus: str
    row: int
    title: str
    text: str


def text_of(row: Mapping[str, object]) -> tuple[str, str]:
    """Title and text of a row, whatever its corpus calls them; ValueError if it has neither field.

    >>> text_of({"headline": "Chip duty", "short_description": "Washington said …"})
    ('Chip duty', 'Washington said …')
    >>> text_of({"purpose": "To amend the Act.", "opening": "Be it enacted"})
    ('', 'To amend the Act. Be it enacted')
    """
    if not row.keys() & {*_TITLES, *_TEXTS, "purpose"}:
        raise ValueError(f"Expected one of the fields {', '.join((*_TITLES, 'purpose', *_TEXTS))}")
    return _first(row, _TITLES), f"{_first(row, ('purpose',))} {_first(row, _TEXTS)}".strip()


def date_of(row: Mapping[str, object]) -> str:
    """The date of a row as an example has it, or empty where there is none that can be read.

    >>> [date_of({"date": date}) for date in ("2002-07-01", " 6-MAR-1987 15:01:01.79", "spring")]
    ['2002-07-01', '1987-03-06', '']
    >>> date_of({"year": "1947"})
    '1947'
    """
    said = str(row.get("date") or row.get("year") or "").strip()
    with suppress(ValueError):
        day_of(said)
        return said
    with suppress(ValueError):
        day, _, _ = said.partition(" ")
        return datetime.strptime(day, "%d-%b-%Y").replace(tzinfo=UTC).date().isoformat()
    return ""


def read_texts(path: Path, sample: int | None = None, seed: int = 0) -> list[Text]:
    """The rows of a file that are not blank, or at most `sample` of them drawn by `seed`."""
    lines = lines_of(path)
    rows = [row for row, line in enumerate(lines) if line.strip()]
    if sample is not None and sample < len(rows):
        drawn = np.random.default_rng(seed).choice(len(rows), sample, replace=False)
        rows = [rows[place] for place in np.sort(drawn)]
    texts = (Text(corpus_of(path), row, *read_row(path, row, lines[row])) for row in rows)
    return [text for text in texts if text.title or text.text]


def corpus_of(path: Path) -> str:
    """The name of a file without its suffixes.

    >>> corpus_of(Path("corpora/news.2024.jsonl.gz"))
    'news.2024'
    """
    return path.name.removesuffix(".gz").removesuffix(".jsonl")


def lines_of(path: Path) -> list[bytes]:
    """All lines of a file, the blank ones too, unpacked if its name ends in `.gz`."""
    try:
        body = path.read_bytes()
        return (gzip.decompress(body) if path.name.endswith(".gz") else body).split(b"\n")
    except (OSError, EOFError) as error:
        raise DatasetError(f"{path}: cannot be read ({error})") from error


def decoded(path: Path, kind: type[T]) -> Iterator[T]:
    """What each line of a file that is not blank says; DatasetError names file and line."""
    decoder = msgspec.json.Decoder(kind)
    for number, line in enumerate(lines_of(path), start=1):
        if line.strip():
            try:
                yield decoder.decode(line)
            except (msgspec.DecodeError, UnicodeDecodeError) as error:
                raise DatasetError(f"{path}, line {number}: {error}") from error


def read_row(path: Path, row: int, line: bytes) -> tuple[str, str]:
    """Title and text of one line of a file."""
    try:
        return text_of(_decoder.decode(line))
    except (msgspec.DecodeError, ValueError) as error:
        raise DatasetError(f"{path}, row {row}: {error}") from error


def read_dated_row(path: Path, row: int, line: bytes) -> tuple[str, str, str]:
    """Title, text and date of one line of a file."""
    return (*read_row(path, row, line), date_of(_decoder.decode(line)))


def texts_of(places: Sequence[Place], corpora: Path) -> list[tuple[str, str]]:
    """Title and text of each place, from the files of a folder; a row may have neither."""
    return read_places(places, corpora, read_row)


def read_places(
    places: Sequence[Place], corpora: Path, read: Callable[[Path, int, bytes], T]
) -> list[T]:
    """What `read` finds in the line of each place, given the file, the row and the line."""
    files = {name: _file(corpora, name) for name in {place.corpus for place in places}}
    found: dict[tuple[str, int], T] = {}
    for name, path in files.items():
        lines = lines_of(path)
        for row in {place.row for place in places if place.corpus == name}:
            if row >= len(lines) or not lines[row].strip():
                raise DatasetError(f"{path}, row {row}: there is no such row")
            found[name, row] = read(path, row, lines[row])
    return [found[place.corpus, place.row] for place in places]


def _file(corpora: Path, name: str) -> Path:
    for path in (corpora / f"{name}.jsonl", corpora / f"{name}.jsonl.gz"):
        if path.is_file():
            return path
    raise DatasetError(f"{corpora}: there is no {name}.jsonl or {name}.jsonl.gz")


def _first(row: Mapping[str, object], names: tuple[str, ...]) -> str:
    for name in names:
        value = row.get(name)
        if value is not None and not isinstance(value, str):
            raise ValueError(f"Expected text in `{name}`, got `{value!r:.40}`")
        if value and value.strip():
            return value.strip()
    return ""
