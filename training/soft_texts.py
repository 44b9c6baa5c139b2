"""The soft texts: what teachers say of unlabelled texts, as the fit of themes takes it."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from models.text import read
from models.theme_features import Parts, parts_of
from training.corpora import texts_of
from training.datasets import DatasetError
from training.soft import SoftLabel, read_soft

# Of a long text the beginning is enough; a teacher saw no more.
_LENGTH = 1500


@dataclass(frozen=True, slots=True)
class SoftTexts:
    """Texts without labels and what a teacher says of them.

    `targets` is (n_texts, n_themes); `unseen[h]` the same by a teacher that has not seen the
    examples of part h (`training.parts`), or `targets` where there is only one teacher.
    """

    texts: Sequence[Parts]
    targets: NDArray[np.float32]
    unseen: tuple[NDArray[np.float32], NDArray[np.float32]]


def read_soft_texts(paths: Sequence[Path], corpora: Path, codes: Sequence[str]) -> SoftTexts:
    """The soft labels of these files with their texts; rows without a text are left out.

    DatasetError if a label has a code that is not one of `codes`.
    """
    labels = [label for path in paths for label in _read_known(path, set(codes))]
    texts = texts_of(labels, corpora)
    kept = [(label, text) for label, text in zip(labels, texts, strict=True) if any(text)]
    targets = _table([label.themes for label, _ in kept], codes)
    first, second = (
        _table([(label.unseen or (label.themes,) * 2)[part] for label, _ in kept], codes)
        for part in (0, 1)
    )
    parts = [parts_of(read(title, text[:_LENGTH])) for _, (title, text) in kept]
    return SoftTexts(parts, targets, (first, second))


def no_soft_texts(n_themes: int) -> SoftTexts:
    """Nothing: a fit on labelled texts alone."""
    nothing = np.zeros((0, n_themes), dtype=np.float32)
    return SoftTexts((), nothing, (nothing, nothing))


def _read_known(path: Path, codes: Set[str]) -> list[SoftLabel]:
    labels = read_soft(path)
    for label in labels:
        if unknown := set(label.themes).union(*label.unseen) - codes:
            raise DatasetError(
                f"{path}, row {label.row} of {label.corpus}: expected codes of the taxonomy, "
                f"found `{min(unknown)}`"
            )
    return labels


def _table(rows: Sequence[Mapping[str, float]], codes: Sequence[str]) -> NDArray[np.float32]:
    table = np.zeros((len(rows), len(codes)), dtype=np.float32)
    places = {code: place for place, code in enumerate(codes)}
    for row, probabilities in zip(table, rows, strict=True):
        for code, probability in probabilities.items():
            row[places[code]] = probability
    return table
