"""The cells: what occurs in each text of a batch, once a column, and where it stands first."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from models.grams import Places


@dataclass(frozen=True, slots=True)
class Cells:
    """The cells of a batch, text by text and in ascending order of columns; (n_cells,) each.

    `counts` sums the weights of a column's occurrences in the text, `first` is the number of the
    first of them. `bounds` (n_texts + 1,) parts the texts.
    """

    columns: NDArray[np.int32]
    counts: NDArray[np.float32]
    first: Places
    bounds: Places


def cells_of(columns: NDArray[np.int32], weights: NDArray[np.float32], bounds: Places) -> Cells:
    """The cells of occurrences, given text by text as their columns and weights.

    `bounds` (n_texts + 1,) parts the occurrences.

    >>> columns, weights = np.array([7, 2, 7, 2], np.int32), np.array([1, 1, 2, 1], np.float32)
    >>> cells = cells_of(columns, weights, bounds=np.array([0, 3, 4]))
    >>> cells.columns.tolist(), cells.counts.tolist(), cells.first.tolist(), cells.bounds.tolist()
    ([2, 7, 2], [1.0, 3.0, 1.0], [1, 0, 3], [0, 2, 3])
    """
    bits = len(columns).bit_length()
    keys = (columns.astype(np.int64) << bits) | np.arange(len(columns))
    for begin, end in pairwise(bounds.tolist()):
        keys[begin:end].sort()  # a text fits into the nearest cache, the batch does not
    columns = (keys >> bits).astype(np.int32)
    occurrences = keys & ((1 << bits) - 1)
    is_first = np.ones(len(keys), dtype=bool)
    np.not_equal(columns[1:], columns[:-1], out=is_first[1:])
    is_first[bounds[:-1][bounds[:-1] < bounds[1:]]] = True
    begins = np.flatnonzero(is_first)
    each = weights[occurrences]
    counts = np.add.reduceat(each, begins) if len(begins) else each
    return Cells(columns[begins], counts, occurrences[begins], np.searchsorted(begins, bounds))
