"""The knowledge: firms, agencies, programmes, straits and treaties that tell a theme by themselves.

`data/knowledge.tsv` lists some 3,500 terms of one to six words with the themes that somebody who
saw only the term would bet on. They are found in a batch by the hashes of their words: where a
first word of a term stands, phrases of growing length are looked up.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from models.cells import Cells, cells_of
from models.grams import (
    MAX_WORDS,
    Hashes,
    Places,
    Words,
    joined,
    phrases_at,
    words_before,
    words_of,
)
from models.vocabulary import Vocabulary, buckets_of


@dataclass(frozen=True, slots=True)
class Term:
    """A term in lower case and its themes, the most typical first."""

    text: str
    themes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The terms as arrays: full hashes in ascending order, and the themes of each.

    `hashes` is (n_terms,), `themes` (n_terms, n_themes) of zeros and ones; `begun_buckets` are the
    buckets of all beginnings of terms, whole words. The vocabularies say quickly what is not there.
    """

    begun_buckets: Places
    begun: Vocabulary
    buckets: Vocabulary
    hashes: Hashes
    themes: NDArray[np.float32]

    @property
    def n_themes(self) -> int:
        """How many themes there are."""
        return int(self.themes.shape[1])

    @classmethod
    def of(cls, terms: Iterable[Term], codes: Sequence[str]) -> "Lexicon":
        """The lexicon of these terms for these themes; terms with no such theme are left out."""
        places = {code: place for place, code in enumerate(codes)}
        known = [(term, [places[c] for c in term.themes if c in places]) for term in terms]
        known = [(term, own) for term, own in known if own]
        words = words_of([term.text for term, _ in known])
        themes = np.zeros((len(known), len(codes)), dtype=np.float32)
        for row, (_, own) in enumerate(known):
            themes[row, own] = 1.0
        numbers = np.arange(len(known))
        begins = np.searchsorted(words.texts, numbers)
        lengths = np.searchsorted(words.texts, numbers, side="right") - begins
        if lengths.max(initial=0) > MAX_WORDS:
            raise ValueError(f"a term of more than {MAX_WORDS} words: {known[lengths.argmax()][0]}")
        hashes = np.zeros(len(known), dtype=np.uint64)
        begun = []
        phrases = words.hashes[begins]
        for length in range(1, MAX_WORDS + 1):
            hashes[lengths == length] = phrases[lengths == length]
            begun.append(phrases[lengths >= length])
            ends = np.minimum(begins + length, len(words.hashes) - 1)
            phrases = joined(phrases, words.hashes[ends])
        # Terms that differ in punctuation only are one; the first says what it tells.
        hashes, rows = np.unique(hashes, return_index=True)
        return cls.from_arrays(np.unique(buckets_of(np.concatenate(begun))), hashes, themes[rows])

    @classmethod
    def from_arrays(
        cls, begun_buckets: Places, hashes: Hashes, themes: NDArray[np.float32]
    ) -> "Lexicon":
        """The lexicon of these arrays, as a model keeps them."""
        in_use = Vocabulary.of(np.unique(buckets_of(hashes)))
        return cls(begun_buckets, Vocabulary.of(begun_buckets), in_use, hashes, themes)

    def cells(
        self, words: Words, weights: NDArray[np.float32], bounds: Places
    ) -> tuple[Cells, Places]:
        """What each text names, by theme, and the phrase that names each first.

        `weights` (n_words,) says how much a term that begins there counts, `bounds` (n_texts + 1,)
        parts the words.
        """
        places: list[Places] = []
        terms: list[Places] = []
        for length, (begins, phrases) in enumerate(self._phrases(words), 1):
            likely = self.buckets.places(phrases)
            rows = np.minimum(np.searchsorted(self.hashes, phrases[likely]), len(self.hashes) - 1)
            is_term = self.hashes[rows] == phrases[likely]
            places.append(phrases_at(begins[likely[is_term]], length))
            terms.append(rows[is_term])
        named = np.concatenate(places)
        order = np.argsort(named)
        owners, themes = self.themes[np.concatenate(terms)[order]].nonzero()
        named = named[order][owners]
        inside = np.searchsorted(named, phrases_at(bounds, 0))
        cells = cells_of(themes.astype(np.int32), weights[words_before(named)], inside)
        return cells, named[cells.first]

    def _phrases(self, words: Words) -> Iterator[tuple[Places, Hashes]]:
        """Where terms may begin, and the phrase there: of one word, of two, and so on."""
        begins = self.begun.places(words.hashes)
        phrases = words.hashes[begins]
        for length in range(1, MAX_WORDS + 1):
            yield begins, phrases
            goes_on = words.goes_on[begins + length - 1]
            begins, phrases = begins[goes_on], phrases[goes_on]
            phrases = joined(phrases, words.hashes[begins + length])
            likely = self.begun.places(phrases)
            begins, phrases = begins[likely], phrases[likely]


@cache
def terms() -> tuple[Term, ...]:
    """All terms of the file, in its order."""
    lines = files("models").joinpath("data/knowledge.tsv").read_text(encoding="utf-8").splitlines()
    rows = (line.split("\t") for line in lines if line and not line.startswith("#"))
    return tuple(Term(row[0].lower(), tuple(row[1].split(","))) for row in rows if row[0] != "term")
