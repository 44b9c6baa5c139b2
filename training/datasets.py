"""The data sets: labelled examples from JSON lines, read strictly.

One line is one object: `text` (and `title`), `themes`, and, if there are any, `id` and `relations`.
A relation has `pair`, `stance` and `direction`, and may have `themes`, `modality` and `evidence` (a
part of title or text). `source` may say where a text is from, `date` when it was written: a year, a
date or a time of ISO 8601. Other fields are ignored. Whatever is wrong is reported with file, line
and field.
"""

import gzip
import hashlib
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date as Date
from datetime import datetime
from importlib.resources import files
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from models.artifact import DataSource
from models.events import Direction, Modality, Pair, Stance
from models.taxonomy import Taxonomy, taxonomy

_SUFFIXES = (".jsonl", ".jsonl.gz")


class DatasetError(ValueError):
    """A file of examples cannot be used; the message names file, line and field."""


class LabelledRelation(msgspec.Struct, frozen=True):
    """One relation as an annotator wrote it."""

    pair: Pair
    stance: Stance
    direction: Direction
    themes: tuple[str, ...] = ()
    modality: Modality | None = None
    evidence: str = ""

    def __post_init__(self) -> None:
        first, second = self.pair.split("-")
        if first >= second:
            raise ValueError(f"Expected a pair in alphabetical order, got `{self.pair}`")
        if self.direction not in ("mutual", f"{first}>{second}", f"{second}>{first}"):
            raise ValueError(f"Expected a direction of `{self.pair}`, got `{self.direction}`")


class Example(msgspec.Struct, frozen=True):
    """One labelled article or short item."""

    themes: tuple[str, ...]
    id: str = ""
    relations: tuple[LabelledRelation, ...] = ()
    title: str = ""
    text: str = ""
    source: str = ""
    date: str = ""
    knows_relations: bool = True
    """Whether no relations means that there are none, and not that nobody looked."""

    def __post_init__(self) -> None:
        if not (self.title.strip() or self.text.strip()):
            raise ValueError("Expected a `title` or a `text` that is not blank")
        if self.date:
            day_of(self.date)

    @property
    def day(self) -> Date | None:
        """The day of `date`, or None where there is none; of a year alone, the first."""
        return day_of(self.date) if self.date else None

    @property
    def origin(self) -> str:
        """The source, or that it is not said."""
        return self.source or "not said"

    @property
    def is_full_length(self) -> bool:
        """Whether this is an article with a title, and not a one-paragraph item."""
        return bool(self.title)


@dataclass(frozen=True, slots=True)
class Dataset:
    """Examples in the order of their files, each id once, and the files."""

    examples: tuple[Example, ...]
    sources: tuple[DataSource, ...]


_decoder = msgspec.json.Decoder(Example)


def day_of(date: str) -> Date:
    """The day of a year, a date or a time of ISO 8601; ValueError if it is none of them.

    >>> [str(day_of(date)) for date in ("1987", "2024-11-05", "2024-11-05T08:30:00Z")]
    ['1987-01-01', '2024-11-05', '2024-11-05']
    """
    is_year = len(date) == len("1987") and date.isdecimal()
    try:
        return datetime.fromisoformat(f"{date}-01-01" if is_year else date).date()
    except ValueError:
        raise ValueError(f"Expected a year, a date or a time in `date`, got `{date}`") from None


def label_table(items: Iterable[Collection[str]], codes: Sequence[str]) -> NDArray[np.bool_]:
    """Which item has which theme, (n_items, n_codes).

    >>> label_table([("tariffs",), ()], ["labor", "tariffs"]).tolist()
    [[False, True], [False, False]]
    """
    rows = [[code in own for code in codes] for own in items]
    return np.array(rows, dtype=bool).reshape(len(rows), len(codes))


def own_examples() -> Path:
    """The folder of the project's own training data: full-length articles written for it."""
    return Path(str(files("training") / "data"))


def read_dataset(paths: Iterable[Path], themes: Taxonomy | None = None) -> Dataset:
    """All examples of these files; of a folder, all its `.jsonl` and `.jsonl.gz` files.

    An id that an earlier file has too is taken from the later one; an example without one is known
    by its file and line. Without a taxonomy, labels are of the one that ships.
    """
    codes = frozenset((themes or taxonomy()).codes)
    examples: dict[str, Example] = {}
    sources: list[DataSource] = []
    for path in _files(paths):
        body = path.read_bytes()
        own: dict[str, Example] = {}
        for number, example in _examples(path, body):
            for theme in example.themes:
                if theme not in codes:
                    raise DatasetError(
                        f"{path}, line {number}: expected codes of the taxonomy in `themes`, "
                        f"found `{theme}`"
                    )
            if example.id in own:
                raise DatasetError(f"{path}, line {number}, `id`: `{example.id}` is there twice")
            own[example.id] = example
        examples |= own
        origins = Counter(example.origin for example in own.values())
        digest = hashlib.sha256(body).hexdigest()
        sources.append(DataSource(path.name, digest, len(own), dict(sorted(origins.items()))))
    if not examples:
        raise DatasetError("no examples: give at least one file that is not empty")
    return Dataset(tuple(examples.values()), tuple(sources))


def _files(paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            found = sorted(file for file in path.iterdir() if file.name.endswith(_SUFFIXES))
            if not found:
                raise DatasetError(f"{path}: no file ends with {' or '.join(_SUFFIXES)}")
            yield from found
        elif path.is_file():
            yield path
        else:
            raise DatasetError(f"{path}: there is no such file or folder")


def _examples(path: Path, body: bytes) -> Iterator[tuple[int, Example]]:
    if path.name.endswith(".gz"):
        try:
            body = gzip.decompress(body)
        except (OSError, EOFError) as error:
            raise DatasetError(f"{path}: not a whole gzip file ({error})") from error
    for number, line in enumerate(body.split(b"\n"), start=1):
        if not line.strip():
            continue
        try:
            example = _decoder.decode(line)
            own_id = example.id or f"{path}:{number}"
            yield number, msgspec.structs.replace(example, id=own_id)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise DatasetError(f"{path}, line {number}: {error}") from error
