"""Labelled rows: labels of texts that stay in their corpus, as examples.

One line is one object: `corpus` and `row` say where the text is, `themes` are its labels. A short
item is what is labelled: the title, if there is one, and the first 560 characters of the text.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import msgspec

from training.corpora import lines_of
from training.datasets import DatasetError, Example
from training.soft import SoftLabel, texts_of

_LENGTH = 560


class LabelledRow(msgspec.Struct, frozen=True):
    """The themes of one row of a corpus."""

    corpus: str
    row: Annotated[int, msgspec.Meta(ge=0)]
    themes: tuple[str, ...]


_decoder = msgspec.json.Decoder(LabelledRow)


def read_rows(path: Path, corpora: Path) -> list[Example]:
    """The examples that a file of labelled rows stands for, with their texts."""
    rows: list[LabelledRow] = []
    for number, line in enumerate(lines_of(path), start=1):
        if line.strip():
            try:
                rows.append(_decoder.decode(line))
            except (msgspec.DecodeError, UnicodeDecodeError) as error:
                raise DatasetError(f"{path}, line {number}: {error}") from error
    texts = texts_of([SoftLabel(row.corpus, row.row, {}) for row in rows], corpora)
    return [_example(row, *text) for row, text in zip(rows, texts, strict=True)]


def _example(row: LabelledRow, title: str, text: str) -> Example:
    lines: Sequence[str] = (title.strip(), " ".join(text.split())[:_LENGTH])
    return Example(
        id=f"{row.corpus}:{row.row}",
        themes=row.themes,
        text="\n".join(line for line in lines if line),
        source=row.corpus,
        knows_relations=False,
    )
