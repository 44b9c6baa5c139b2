"""Soft labels: how probable a teacher finds each theme of rows of the corpora, without their text.

One line is one object: `corpus` and `row` say where the text is, `themes` how probable each theme
is by all teachers together, `unseen[h]` by the one that has not seen part h (`training.parts`).
What is less probable than 0.02 is left out. Annotations can be given away where texts cannot.
"""

import gzip
from collections.abc import Iterable, Iterator, Sequence
from io import BytesIO
from pathlib import Path
from typing import Annotated

import msgspec
import numpy as np
from numpy.typing import NDArray

from training.corpora import Text, decoded

Probability = Annotated[float, msgspec.Meta(ge=0, le=1)]

_LEAST = 0.02


class SoftLabel(msgspec.Struct, frozen=True, omit_defaults=True):
    """What teachers say of one row of a corpus; `unseen` is empty if only one was asked."""

    corpus: str
    row: Annotated[int, msgspec.Meta(ge=0)]
    themes: dict[str, Probability]
    unseen: tuple[dict[str, Probability], ...] = ()


_encoder = msgspec.json.Encoder()


def soft_labels(
    texts: Sequence[Text], codes: Sequence[str], probabilities: NDArray[np.floating]
) -> Iterator[SoftLabel]:
    """The soft label of each text; `probabilities` is (n_teachers, n_texts, n_codes)."""
    means = probabilities.mean(axis=0)
    for place, text in enumerate(texts):
        unseen = tuple(_probable(teacher[place], codes) for teacher in probabilities)
        yield SoftLabel(text.corpus, text.row, _probable(means[place], codes), unseen)


def write_soft(path: Path, labels: Iterable[SoftLabel]) -> None:
    """Write the labels, gzipped if the name ends in `.gz`; the same labels give the same bytes."""
    body = b"".join(_encoder.encode(label) + b"\n" for label in labels)
    if path.name.endswith(".gz"):
        packed = BytesIO()
        with gzip.GzipFile(filename="", fileobj=packed, mode="wb", mtime=0) as file:
            file.write(body)
        body = packed.getvalue()
    path.write_bytes(body)


def read_soft(path: Path) -> list[SoftLabel]:
    """All labels of a file, in its order."""
    return list(decoded(path, SoftLabel))


def _probable(row: NDArray[np.floating], codes: Sequence[str]) -> dict[str, float]:
    """The codes that are probable enough, the most probable first."""
    probable = zip(codes, row.astype(float).tolist(), strict=True)
    kept = [
        (code, round(probability, 2)) for code, probability in probable if probability >= _LEAST
    ]
    return dict(sorted(kept, key=lambda item: -item[1]))
