"""The evidence: the words of a text that weighed most for a theme.

Exact, as the model is linear: a score is a sum over columns, and the words that a column stands for
are still known when a text is tagged. All themes of a batch are told at once.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from models.grams import Places
from models.theme_features import ThemeRows
from models.themes import ThemeModel

N_EVIDENCE = 5
# So many of the heaviest columns are looked at, as some say the same; a light one is no evidence.
_N_HEAVIEST = 8
_LEAST_SHARE = 0.2
# A mebibyte without a blank is a word too.
_LONGEST = 100


def find_evidence(
    model: ThemeModel, rows: ThemeRows, texts: Places, themes: Places
) -> list[tuple[str, ...]]:
    """For each text and theme the words that weighed most, heaviest first, in lower case.

    `texts` (rows of the batch) and `themes` are parallel. A word alone is left out when a heavier
    pair holds it.
    """
    heavy = _heaviest(model, rows, texts, themes)
    places = _first_places(rows, texts[heavy.cases], heavy.columns, len(model.features.idf))
    told: list[list[str]] = [[] for _ in texts]
    for case, (place, is_pair) in zip(heavy.cases.tolist(), places, strict=True):
        own = told[case]
        if len(own) < N_EVIDENCE:
            name = rows.words.between(place, place + is_pair)
            is_said = any(f" {name} " in f" {other} " for other in own)
            if not is_said and len(name) <= _LONGEST:
                own.append(name)
    return [tuple(own) for own in told]


@dataclass(frozen=True, slots=True)
class _Heavy:
    """The heaviest columns of each case, heaviest first, case by case."""

    cases: Places
    columns: NDArray[np.int32]


def _heaviest(model: ThemeModel, rows: ThemeRows, texts: Places, themes: Places) -> _Heavy:
    telling = _telling(model, rows.matrix)
    lengths = np.diff(telling.indptr)[texts]
    cases = np.repeat(np.arange(len(texts)), lengths)
    begins = np.cumsum(lengths) - lengths
    cells = np.arange(len(cases)) + np.repeat(telling.indptr[texts] - begins, lengths)
    columns = telling.indices[cells]
    weighed = telling.data[cells] * model.weights[columns, themes[cases]]
    heaviest = np.zeros(len(texts), dtype=np.float32)
    held = lengths > 0
    heaviest[held] = np.maximum.reduceat(weighed, begins[held]) if held.any() else 0
    heavy = np.flatnonzero(weighed > np.maximum(_LEAST_SHARE * heaviest, 0)[cases])
    # Ties go to the lower column: what is told of a text must not depend on its batch.
    heavy = heavy[np.lexsort((columns[heavy], -weighed[heavy], cases[heavy]))]
    cases, columns = cases[heavy], columns[heavy]
    rank = np.arange(len(cases)) - np.searchsorted(cases, cases)
    return _Heavy(cases[rank < _N_HEAVIEST], columns[rank < _N_HEAVIEST])


def _telling(model: ThemeModel, matrix: csr_matrix) -> csr_matrix:
    """The rows without the columns that tell nobody anything."""
    kept = model.is_telling[matrix.indices]
    starts = np.concatenate([[0], np.cumsum(kept)])[matrix.indptr]
    return csr_matrix((matrix.data[kept], matrix.indices[kept], starts), shape=matrix.shape)


def _first_places(
    rows: ThemeRows, texts: Places, columns: NDArray[np.int32], n_columns: int
) -> Sequence[tuple[int, int]]:
    """Where each column stands first in its text: the place of the word, and 1 if it is a pair."""
    is_wanted = np.zeros(n_columns + 1, dtype=bool)  # the last stands for no column
    is_wanted[columns] = True
    places, kinds = np.nonzero(is_wanted[rows.columns])
    keys = (rows.words.texts[places] >> 1) * n_columns + rows.columns[places, kinds]
    keys, first = np.unique(keys, return_index=True)
    found = first[np.searchsorted(keys, texts * n_columns + columns)]
    return list(zip(places[found].tolist(), kinds[found].tolist(), strict=True))
