"""The features: texts as rows of TF-IDF weights over words and pairs of adjacent words.

What the fitted featuriser holds is plain: a list of words, a sorted array of pairs and an array of
weights. A whole batch is counted with a few array operations, and what a row holds depends on its
own text alone, to the last bit.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import chain, pairwise, repeat
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

Token = TypeVar("Token", str, tuple[str, str])
_WORD = re.compile(r"[^\W_]+")
_BLANKS = {code: " " for code in range(128) if not chr(code).isalnum()}
# One plus the logarithm of a count; a table, so that a weight is the same wherever it stands.
_DAMPED = np.concatenate([[0.0], 1.0 + np.log(np.arange(1, 1024))])


def words_of(text: str) -> list[str]:
    """The words of a text, in lower case.

    >>> words_of("U.S. duty: 25% on K-beauty")
    ['u', 's', 'duty', '25', 'on', 'k', 'beauty']
    """
    lower = text.lower()
    # Translating and splitting is three times as fast, but only for ASCII.
    return lower.translate(_BLANKS).split() if lower.isascii() else _WORD.findall(lower)


@dataclass(frozen=True, slots=True)
class Featuriser:
    """A fitted vocabulary: columns are first the words, then the pairs.

    `pairs` are sorted numbers `left * len(words) + right`; `idf` is (n_columns,), float32.
    """

    words: tuple[str, ...]
    pairs: NDArray[np.int64]
    idf: NDArray[np.float32]
    numbers: dict[str, int] = field(repr=False, compare=False)

    @classmethod
    def of(
        cls, words: Sequence[str], pairs: NDArray[np.int64], idf: NDArray[np.float32]
    ) -> "Featuriser":
        """The featuriser of these words and pairs."""
        numbers = {word: number for number, word in enumerate(words)}
        return cls(tuple(words), pairs, idf.astype(np.float32), numbers)

    @property
    def n_columns(self) -> int:
        """How many words and pairs there are."""
        return len(self.words) + len(self.pairs)

    def words_in(self, column: int) -> tuple[str, ...]:
        """The word or the two words of a column."""
        if column < len(self.words):
            return (self.words[column],)
        left, right = divmod(int(self.pairs[column - len(self.words)]), len(self.words))
        return self.words[left], self.words[right]

    def rows(self, texts: Sequence[Sequence[str]]) -> csr_matrix:
        """The TF-IDF rows of tokenised texts, (n_texts, n_columns), each of length 1 or empty.

        A word of a text that is not in the vocabulary also breaks the pair it would be in. An
        empty string is such a word.
        """
        columns, rows = self._columns(texts)
        n_columns = self.n_columns
        cells, counts = np.unique(rows * n_columns + columns, return_counts=True)
        row_of, column_of = np.divmod(cells, n_columns)
        weights = _DAMPED[np.minimum(counts, len(_DAMPED) - 1)] * self.idf[column_of]
        norms = np.sqrt(np.bincount(row_of, weights * weights, minlength=len(texts)))
        data = (weights / norms[row_of]).astype(np.float32)
        starts = np.zeros(len(texts) + 1, dtype=np.int32)
        np.cumsum(np.bincount(row_of, minlength=len(texts)), out=starts[1:])
        return csr_matrix((data, column_of.astype(np.int32), starts), shape=(len(texts), n_columns))

    def _columns(
        self, texts: Sequence[Sequence[str]]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The column of each known word and pair of all texts, and the row it is in."""
        lengths = np.fromiter(map(len, texts), dtype=np.int64, count=len(texts))
        flat = map(self.numbers.get, chain.from_iterable(texts), repeat(-1))
        found = np.fromiter(flat, dtype=np.int64, count=int(lengths.sum()))
        rows = np.repeat(np.arange(len(texts), dtype=np.int64), lengths)
        known = found >= 0
        together = known[:-1] & known[1:] & (rows[:-1] == rows[1:])
        keys = found[:-1][together] * len(self.words) + found[1:][together]
        places = np.searchsorted(self.pairs, keys)
        places[places == len(self.pairs)] = 0
        listed = self.pairs[places] == keys if len(self.pairs) else np.zeros(len(keys), dtype=bool)
        columns = np.concatenate([found[known], places[listed] + len(self.words)])
        return columns, np.concatenate([rows[known], rows[:-1][together][listed]])


def fit_featuriser(
    texts: Sequence[Sequence[str]], *, n_words: int, n_pairs: int, min_texts: int = 2
) -> Featuriser:
    """The featuriser of the words and pairs that the most texts hold; smoothed idf."""
    in_texts = _texts_with(set(text) for text in texts)
    in_texts.pop("", None)
    words = sorted(_most_common(in_texts, n_words, min_texts))
    known = set(words)
    pairs_in = _texts_with(
        {pair for pair in pairwise(text) if pair[0] in known and pair[1] in known} for text in texts
    )
    numbers = {word: number for number, word in enumerate(words)}
    kept = _most_common(pairs_in, n_pairs, min_texts)
    keyed = sorted(
        (numbers[left] * len(words) + numbers[right], (left, right)) for left, right in kept
    )
    held = [in_texts[word] for word in words] + [pairs_in[pair] for _, pair in keyed]
    idf = np.log((1 + len(texts)) / (1 + np.array(held, dtype=np.float64))) + 1.0
    pairs = np.array([key for key, _ in keyed], dtype=np.int64)
    return Featuriser.of(words, pairs, idf.astype(np.float32))


def _texts_with(tokens: Iterable[set[Token]]) -> "Counter[Token]":
    counts: Counter[Token] = Counter()
    for held in tokens:
        counts.update(held)
    return counts


def _most_common(counts: "Counter[Token]", n: int, min_texts: int) -> list[Token]:
    enough = [(token, count) for token, count in counts.items() if count >= min_texts]
    enough.sort(key=lambda item: (-item[1], item[0]))
    return [token for token, _ in enough[:n]]
