"""The copies: texts that say the same in nearly the same words, such as versions of a wire story.

Two texts are copies when they are the same, or when half of the runs of three words of the shorter
one, and five at least, are in the other; so a new title, a few changed words or a cut end do not
hide a copy. All pairs are compared exactly.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, vstack
from scipy.sparse.csgraph import connected_components

from models.grams import joined, words_of

_RUN = 3
_LEAST_SHARE = 0.5
_LEAST_RUNS = 5
_CHUNK = 2_000


def groups_of_copies(texts: Sequence[str]) -> NDArray[np.int64]:
    """The group of each text, (n_texts,): copies, and copies of copies, are in one.

    >>> wire = "The central bank of Peru raised its main rate to five percent on Thursday."
    >>> groups_of_copies([wire, "A goal won the cup.", f"LIMA, May 8 - {wire[:-12]}."]).tolist()
    [0, 1, 0]
    """
    if not texts:
        return np.zeros(0, dtype=np.int64)
    runs = _runs(texts)
    n_runs = np.diff(runs.indptr)
    turned = runs.T.tocsr()
    # A few rows at a time: few texts are copies, but most share some run with many others.
    near = [
        _near(runs[begin : begin + _CHUNK] @ turned, n_runs[begin : begin + _CHUNK], n_runs)
        for begin in range(0, len(texts), _CHUNK)
    ]
    graph = vstack(near, format="csr") + _same(texts)
    _, groups = connected_components(graph, directed=False)
    return groups.astype(np.int64)


def _runs(texts: Sequence[str]) -> csr_matrix:
    """Which text has which run of words, (n_texts, n_runs)."""
    words = words_of([text.lower() for text in texts])
    n_words = max(len(words.hashes) - _RUN + 1, 0)
    hashes = words.hashes[:n_words]
    for place in range(1, _RUN):
        hashes = joined(hashes, words.hashes[place : place + n_words])
    texts_of_words = words.texts
    owners = texts_of_words[:n_words]
    whole = owners == texts_of_words[_RUN - 1 :]
    distinct, columns = np.unique(hashes[whole], return_inverse=True)
    ones = np.ones(len(columns), dtype=np.int32)
    runs = csr_matrix((ones, (owners[whole], columns)), shape=(len(texts), len(distinct)))
    runs.data[:] = 1
    return runs


def _same(texts: Sequence[str]) -> csr_matrix:
    """Each text and the first one of the same words."""
    seen: dict[str, int] = {}
    first = [seen.setdefault(" ".join(text.lower().split()), n) for n, text in enumerate(texts)]
    places = (np.arange(len(texts)), np.array(first))
    return csr_matrix((np.ones(len(texts), dtype=bool), places), shape=2 * (len(texts),))


def _near(shared: csr_matrix, own: NDArray[np.int32], others: NDArray[np.int32]) -> csr_matrix:
    """Which of the pairs share enough of their runs."""
    pairs = shared.tocoo()
    shorter = np.minimum(own[pairs.row], others[pairs.col])
    enough = pairs.data >= np.maximum(_LEAST_SHARE * shorter, _LEAST_RUNS)
    places = (pairs.row[enough], pairs.col[enough])
    return csr_matrix((np.ones(len(places[0]), dtype=bool), places), shape=shared.shape)
