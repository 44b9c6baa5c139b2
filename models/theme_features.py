"""What the theme model sees of an article: words, pairs of words, and terms that tell a theme.

A row has a column for each word and pair of the vocabulary, with its TF-IDF weight, and one for
each theme, with how often terms of that theme are named. Title and lead count twice. What a row
holds depends on its own text alone, to the last bit.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, identity

from models.grams import Places, Words, pairs_of, words_of
from models.knowledge import Lexicon
from models.text import Document
from models.vocabulary import Vocabulary

_LEAD_WORDS = 50
# Tables, so that a weight is the same wherever it stands: an array's logarithm may differ by a bit.
_LONGEST = 4096
_DAMPED = np.concatenate([[0.0], 1.0 + np.log(np.arange(1, _LONGEST))])
_KNOWN = 0.05 * np.log1p(np.arange(_LONGEST))

Parts = tuple[str, str]


@dataclass(frozen=True, slots=True)
class ThemeRows:
    """The rows of a batch, (n_texts, n_columns), and the words they came from."""

    matrix: csr_matrix
    words: Words
    columns: NDArray[np.int32]
    """The column of each word and of the pair it begins, (n_words, 2), -1 where there is none."""


@dataclass(frozen=True, slots=True)
class ThemeFeatures:
    """The fitted columns: those of `vocabulary`, weighted by `idf`, then one for each theme."""

    vocabulary: Vocabulary
    idf: NDArray[np.float32]
    lexicon: Lexicon

    @property
    def n_columns(self) -> int:
        """How many columns a row has."""
        return len(self.idf) + int(self.lexicon.themes.shape[1])

    def rows(self, texts: Sequence[Parts]) -> ThemeRows:
        """The rows of texts, each given as title and text in lower case."""
        words = words_of([part for text in texts for part in text])
        weights = _weights(words, len(texts))
        columns = self._columns(words)
        counts = _counts(columns, weights, words.texts >> 1, (len(texts), len(self.idf)))
        known = self.lexicon.counts(words, weights, 2 * len(texts))
        matrix = _with_known(self._weighed(counts), known[0::2] + known[1::2])
        return ThemeRows(matrix, words, columns)

    def _columns(self, words: Words) -> NDArray[np.int32]:
        """The column of each word and of the pair it begins, (n_words, 2), -1 where none is."""
        columns = np.full((len(words.hashes), 2), -1, dtype=np.int32)
        places, found = self.vocabulary.columns(words.hashes)
        columns[places, 0] = found
        pairs, first = pairs_of(words)
        places, found = self.vocabulary.columns(pairs)
        columns[first[places], 1] = found
        return columns

    def _weighed(self, counts: csr_matrix) -> csr_matrix:
        """TF-IDF rows of length 1, or empty, from how often each column is counted."""
        damped = _DAMPED[np.minimum(counts.data, _LONGEST - 1).astype(np.int64)]
        weights = damped * self.idf[counts.indices]
        owners = np.repeat(np.arange(counts.shape[0]), np.diff(counts.indptr))
        lengths = np.sqrt(np.bincount(owners, weights * weights, minlength=counts.shape[0]))
        data = (weights / lengths[owners]).astype(np.float32)
        return csr_matrix((data, counts.indices, counts.indptr), shape=counts.shape)


def parts_of(document: Document) -> Parts:
    """Title and text of an article as the features take them."""
    return document.title.text.lower(), document.text.text.lower()


def _weights(words: Words, n_texts: int) -> NDArray[np.float32]:
    """How much each word counts: title and lead twice; a text without a title has no lead."""
    lengths = np.bincount(words.texts, minlength=2 * n_texts)
    begins = np.cumsum(lengths) - lengths
    place = np.arange(len(words.texts)) - begins[words.texts]
    is_text = words.texts % 2 == 1
    is_lead = (place < _LEAD_WORDS) & (lengths[words.texts - is_text] > 0)
    return np.where(~is_text | is_lead, 2, 1).astype(np.float32)


def _counts(
    columns: NDArray[np.int32],
    weights: NDArray[np.float32],
    owners: Places,
    shape: tuple[int, int],
) -> csr_matrix:
    """How often each text has each column, a word or pair as often as it weighs."""
    in_pairs = np.minimum(weights, np.append(weights[1:], 0))
    each = np.column_stack([weights, in_pairs])
    known = np.flatnonzero(columns.ravel() >= 0)
    n_known = np.bincount(owners[known >> 1], minlength=shape[0])
    starts = np.concatenate([[0], np.cumsum(n_known)]).astype(np.int32)
    occurrences = csr_matrix((each.ravel()[known], columns.ravel()[known], starts), shape=shape)
    # A product adds up what is in one cell, without the sort that scipy needs to add in place.
    counts: csr_matrix = occurrences @ _identity(shape[1])
    return counts


@lru_cache(maxsize=8)
def _identity(size: int) -> csr_matrix:
    return identity(size, dtype=np.float32, format="csr")


def _with_known(matrix: csr_matrix, known: NDArray[np.float32]) -> csr_matrix:
    """The rows with the columns of the themes behind the others, in the order of the rows."""
    rows, themes = known.nonzero()
    weights = _KNOWN[np.minimum(known[rows, themes], _LONGEST - 1).astype(np.int64)]
    ends = matrix.indptr[1:][rows]
    n_known = np.bincount(rows, minlength=len(known))
    starts = matrix.indptr + np.concatenate([[0], np.cumsum(n_known)]).astype(matrix.indptr.dtype)
    return csr_matrix(
        (
            np.insert(matrix.data, ends, weights.astype(np.float32)),
            np.insert(matrix.indices, ends, (themes + matrix.shape[1]).astype(np.int32)),
            starts,
        ),
        shape=(len(known), matrix.shape[1] + known.shape[1]),
    )
