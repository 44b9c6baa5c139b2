"""Labelled rows: labels of texts that stay in their corpus, as examples.

One line is one object: `corpus` and `row` say where the text is, `themes` are its labels. A short
item is what is labelled: the title, if there is one, and the first 560 characters of the text.
"""

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Annotated

import msgspec

from training.corpora import decoded, read_dated_row, read_places
from training.datasets import DatasetError, Example

_LENGTH = 560


class LabelledRow(msgspec.Struct, frozen=True):
    """The themes of one row of a corpus."""

    corpus: str
    row: Annotated[int, msgspec.Meta(ge=0)]
    themes: tuple[str, ...]


def read_rows(path: Path, corpora: Path, codes: Collection[str]) -> list[Example]:
    """The examples that a file of labelled rows stands for, with their texts.

    DatasetError names the row whose theme is none of `codes`.
    """
    rows = list(decoded(path, LabelledRow))
    for row in rows:
        if unknown := set(row.themes) - set(codes):
            raise DatasetError(
                f"{path}, row {row.row} of {row.corpus}: there is no theme `{min(unknown)}`"
            )
    found = read_places(rows, corpora, read_dated_row)
    return [_example(row, *own) for row, own in zip(rows, found, strict=True)]


def _example(row: LabelledRow, title: str, text: str, date: str) -> Example:
    lines: Sequence[str] = (title.strip(), " ".join(text.split())[:_LENGTH])
    return Example(
        id=f"{row.corpus}:{row.row}",
        themes=row.themes,
        text="\n".join(line for line in lines if line),
        source=row.corpus,
        date=date,
        knows_relations=False,
    )
