"""The columns: which words and pairs the theme model knows, and which of them may be told.

The buckets that the most texts hold get a column; labelled texts count more than others. Choosing
them looks at no label.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.grams import Hashes, Places, Words, pairs_of, words_of
from models.knowledge import Lexicon
from models.theme_features import Parts, ThemeFeatures
from models.vocabulary import BUCKET_BITS, Vocabulary, buckets_of

_CHUNK = 512
_LISTED_IDLE_WORDS = (
    "a about after again against all also am an and any are as at be because been before being "
    "between both but by can could did do does during each few for from had has have he her here "
    "him his how i if in into is it its just last like made make many may me might more most much "
    "must my new no nor not now of off on one only or other our out over own per s said same say "
    "says she should since so some still such than that the their them then there these they this "
    "those three through to too two under until up us very was we were what when where which while "
    "who whom why will with within without would year years you your first second t don didn re ve "
    "ll d m b c e f g h j k l n o p q r u v w x y z monday tuesday wednesday thursday friday "
    "saturday sunday january february march april june july august september october november "
    "december week weeks month months day days time way people percent per cent million billion"
)
IDLE_WORDS = frozenset(_LISTED_IDLE_WORDS.split())


@dataclass(frozen=True, slots=True)
class Counts:
    """In how many texts each bucket is, (2 ** `BUCKET_BITS`,), and how many texts there are."""

    texts_with: NDArray[np.float64]
    n_texts: float

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(self.texts_with + other.texts_with, self.n_texts + other.n_texts)


def count(texts: Sequence[Parts], weight: float = 1.0) -> Counts:
    """In how many of these texts each bucket is, each text counted `weight` times."""
    texts_with = np.zeros(1 << BUCKET_BITS)
    for chunk in chunks(texts):
        words, hashes, places = _hashes(chunk)
        owners = words.texts[places] >> 1
        once = np.unique(buckets_of(hashes) * _CHUNK + owners) // _CHUNK
        texts_with += np.bincount(once, minlength=len(texts_with))
    return Counts(texts_with * weight, weight * len(texts))


def choose(counts: Counts, lexicon: Lexicon, *, n_columns: int, least: float) -> ThemeFeatures:
    """The features of the `n_columns` most common buckets that `least` texts hold; smoothed idf."""
    ranked = np.argsort(-counts.texts_with, kind="stable")[:n_columns]
    buckets = np.sort(ranked[counts.texts_with[ranked] >= least])
    idf = np.log((1 + counts.n_texts) / (1 + counts.texts_with[buckets])) + 1.0
    return ThemeFeatures(Vocabulary.of(buckets), idf.astype(np.float32), lexicon)


def names(features: ThemeFeatures, texts: Sequence[Parts]) -> list[str]:
    """The words of each column as the first of these texts that has it writes them, else empty."""
    found = [""] * features.n_columns
    for chunk in chunks(texts):
        words, hashes, places = _hashes(chunk)
        hits, columns = features.vocabulary.columns(hashes)
        columns, first = np.unique(columns, return_index=True)
        for column, hit in zip(columns.tolist(), hits[first].tolist(), strict=True):
            if not found[column]:
                place = int(places[hit])
                found[column] = words.between(place, place + (hit >= len(words.hashes)))
    return found


def _hashes(texts: Sequence[Parts]) -> tuple[Words, Hashes, Places]:
    """The words of texts; the hashes of all words, then of all pairs; the first word of each."""
    words = words_of([part for text in texts for part in text])
    pairs, first = pairs_of(words)
    places = np.concatenate([np.arange(len(words.hashes)), first])
    return words, np.concatenate([words.hashes, pairs]), places


def is_telling(name: str) -> bool:
    """Whether a word or pair may stand as evidence: in one sentence, with no idle word, no number.

    >>> [is_telling(name) for name in ("export controls", "of tariffs", "2025", "ban. the", "25%")]
    [True, False, False, False, False]
    """
    words = "".join(c if c.isalnum() else " " for c in name).split()
    return (
        bool(words)
        and IDLE_WORDS.isdisjoint(words)
        and not any(mark in name for mark in (". ", "\n", "? ", "! ", "; "))
        and any(not word.isdigit() for word in words)
    )


def chunks(texts: Sequence[Parts]) -> Iterator[Sequence[Parts]]:
    """The texts in runs that fit into the caches of a processor, in order."""
    return (texts[begin : begin + _CHUNK] for begin in range(0, len(texts), _CHUNK))
