"""The evidence: the words of a text that weighed most for a theme.

Exact, as the model is linear: a score is a sum over columns, and the words that a column stands for
are still known when a text is tagged. All themes of a batch are told at once.
"""

import numpy as np
from scipy.sparse import csr_matrix

from models.grams import Places
from models.theme_features import ThemeRows
from models.themes import ThemeModel

N_EVIDENCE = 5
# So many of the heaviest columns are looked at, as some say the same; a light one is no evidence.
_N_HEAVIEST = 7
_LEAST_SHARE = 0.2
# A mebibyte without a blank is a word too.
_LONGEST = 100


def find_evidence(
    model: ThemeModel, rows: ThemeRows, texts: Places, themes: Places
) -> list[tuple[str, ...]]:
    """For each text and theme the words that weighed most, heaviest first, in lower case.

    `texts` (rows of the batch) and `themes` are parallel. What a heavier phrase holds is left out.
    """
    cases, cells = _heaviest(model, rows.matrix, texts, themes)
    begins, ends = rows.words.spans(rows.phrases[cells])
    told: list[list[str]] = [[] for _ in texts]
    for case, begin, end in zip(cases.tolist(), begins.tolist(), ends.tolist(), strict=True):
        own = told[case]
        if len(own) < N_EVIDENCE and end - begin <= _LONGEST:
            name = rows.words.buffer[begin:end].decode("utf-8", "replace")
            if not own or f" {name} " not in f" {' | '.join(own)} ":
                own.append(name)
    return [tuple(own) for own in told]


def _heaviest(
    model: ThemeModel, matrix: csr_matrix, texts: Places, themes: Places
) -> tuple[Places, Places]:
    """The heaviest values of each case: its number, and the place of the value in the matrix."""
    telling, starts = _telling(model, matrix)
    n_themes = model.weights.shape[1]
    lengths = np.diff(starts)[texts]
    cases = np.repeat(np.arange(len(texts)), lengths)
    begins = np.cumsum(lengths) - lengths
    cells = telling[np.arange(len(cases)) + np.repeat(starts[texts] - begins, lengths)]
    columns, wanted = matrix.indices[cells], themes[cases]
    weighed = matrix.data[cells] * model.weights.ravel()[columns * np.int64(n_themes) + wanted]
    # The column of a theme's terms tells of no other theme.
    weighed[(columns >= model.n_words) & (columns != wanted + model.n_words)] = 0
    heaviest = np.zeros(len(texts), dtype=np.float32)
    held = lengths > 0
    heaviest[held] = np.maximum.reduceat(weighed, begins[held]) if held.any() else 0
    heavy = np.flatnonzero(weighed > np.maximum(_LEAST_SHARE * heaviest, 0)[cases])
    # A stable sort: ties go to the lower column, whatever else is in the batch.
    heavy = heavy[np.lexsort((-weighed[heavy], cases[heavy]))]
    cases, cells = cases[heavy], cells[heavy]
    rank = np.arange(len(cases)) - np.searchsorted(cases, cases)
    return cases[rank < _N_HEAVIEST], cells[rank < _N_HEAVIEST]


def _telling(model: ThemeModel, matrix: csr_matrix) -> tuple[Places, Places]:
    """The places of values that tell somebody something, and where those of each row begin."""
    is_telling = model.is_telling[matrix.indices]
    telling = np.flatnonzero(is_telling)
    return telling, np.searchsorted(telling, matrix.indptr)
