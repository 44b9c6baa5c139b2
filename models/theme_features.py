"""What the theme model sees of an article: words, pairs of words, and terms that tell a theme.

A row has a column for each word and pair of the vocabulary, with its TF-IDF weight, and one for
each theme, with how often terms of that theme are named. Title and lead count twice. What a row
holds depends on its own text alone, to the last bit.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from models.cells import Cells, cells_of
from models.grams import Places, Words, pairs_of, phrases_at, words_of
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
    """The rows of a batch, (n_texts, n_columns), and where what they hold stands first.

    For each value of `matrix`, `phrases` holds a phrase of `words`, as `models.grams` numbers them.
    """

    matrix: csr_matrix
    words: Words
    phrases: Places


@dataclass(frozen=True, slots=True)
class ThemeFeatures:
    """The fitted columns: those of `vocabulary`, weighted by `idf`, then one for each theme."""

    vocabulary: Vocabulary
    idf: NDArray[np.float32]
    lexicon: Lexicon

    @property
    def n_columns(self) -> int:
        """How many columns a row has."""
        return len(self.idf) + self.lexicon.n_themes

    def rows(self, texts: Sequence[Parts]) -> ThemeRows:
        """The rows of texts, each given as title and text in lower case."""
        words = words_of([part for text in texts for part in text])
        weights = _weights(words.bounds)
        bounds = words.bounds[0::2]
        cells, phrases = self._cells(words, weights, bounds)
        known, terms = self.lexicon.cells(words, weights, bounds)
        ends = cells.bounds[1:][np.repeat(np.arange(len(texts)), np.diff(known.bounds))]
        data = np.insert(self._weighed(cells), ends, _table(_KNOWN, known.counts))
        columns = np.insert(cells.columns, ends, known.columns + len(self.idf))
        starts = cells.bounds + known.bounds
        return ThemeRows(
            csr_matrix((data, columns, starts), shape=(len(texts), self.n_columns)),
            words,
            np.insert(phrases, ends, terms),
        )

    def _cells(
        self, words: Words, weights: NDArray[np.float32], bounds: Places
    ) -> tuple[Cells, Places]:
        """The words and pairs that have a column, and the phrase where each stands first."""
        columns = np.full((len(words.hashes), 2), -1, dtype=np.int32)
        places, found = self.vocabulary.columns(words.hashes)
        columns[places, 0] = found
        pairs, first = pairs_of(words)
        places, found = self.vocabulary.columns(pairs)
        columns[first[places], 1] = found
        each = np.repeat(weights, 2).reshape(-1, 2)
        np.minimum(weights[:-1], weights[1:], out=each[:-1, 1])
        known = np.flatnonzero(columns >= 0)
        cells = cells_of(
            columns.ravel()[known], each.ravel()[known], np.searchsorted(known, 2 * bounds)
        )
        first = known[cells.first]
        return cells, phrases_at(first >> 1, 1 + (first & 1))

    def _weighed(self, cells: Cells) -> NDArray[np.float32]:
        """TF-IDF rows of length 1, or empty."""
        weights = _table(_DAMPED, cells.counts) * self.idf[cells.columns]
        owners = np.repeat(np.arange(len(cells.bounds) - 1), np.diff(cells.bounds))
        lengths = np.sqrt(np.bincount(owners, weights * weights, minlength=len(cells.bounds) - 1))
        weighed: NDArray[np.float32] = (weights / lengths[owners]).astype(np.float32)
        return weighed


def parts_of(document: Document) -> Parts:
    """Title and text of an article as the features take them."""
    return document.title.text.lower(), document.text.text.lower()


def _weights(bounds: Places) -> NDArray[np.float32]:
    """How much each word counts: title and lead twice; a text without a title has no lead.

    `bounds` are those of title, text, title, text, and so on.
    """
    titles, texts = np.diff(bounds).reshape(-1, 2).T
    leads = np.where(titles > 0, np.minimum(texts, _LEAD_WORDS), 0)
    runs = np.column_stack([titles, leads, texts - leads]).ravel()
    return np.repeat(np.tile(np.array([2, 2, 1], dtype=np.float32), len(titles)), runs)


def _table(values: NDArray[np.float64], counts: NDArray[np.float32]) -> NDArray[np.float64]:
    return values[np.minimum(counts, _LONGEST - 1).astype(np.int64)]
