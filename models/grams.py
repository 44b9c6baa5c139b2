"""The grams: the words of many texts, and pairs and phrases of them, as hashes, without a loop.

A batch of texts is one buffer of UTF-8 bytes. Where words begin and end is found by a table of
bytes; a word's hash is mixed from its first 24 bytes, read eight at a time, and its length. All of
it is integer arithmetic on arrays, so a hash is the same on every machine and in every batch.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Hashes = NDArray[np.uint64]
Places = NDArray[np.int64]

_WORD_BYTES = 24
_STEP = 8
# A word is a run of letters and digits; what is not ASCII counts as a letter.
_IS_WORD = bytes(code >= 128 or chr(code).isalnum() for code in range(256))
_LONGEST_GAP = 3
# The words of the longest phrase, and how many numbers each word has for the phrases it begins.
MAX_WORDS = 6
_PHRASES = 8
_NEW_LINE = ord("\n")
_ENDS_SENTENCE = np.array([chr(code) in ".?!" for code in range(256)])
_IS_DIGIT = np.array([chr(code) in "0123456789" for code in range(256)])
_MASKS = np.array([(1 << 8 * n) - 1 for n in range(_STEP)] + [2**64 - 1], dtype=np.uint64)
# Odd constants with well-spread bits, of xxHash and SplitMix64.
_A, _B, _C, _D = (
    np.uint64(constant)
    for constant in (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0xD6E8FEB86659FD93)
)


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a batch in order, each array (n_words,).

    `starts` and `ends` are places in `buffer`; `goes_on` says whether the next word is of the same
    sentence and line, with no more than three bytes between them; every text ends its line.
    `bounds` (n_texts + 1,) says which words are of a text: those from its bound to the next.
    """

    buffer: bytes
    starts: Places
    ends: Places
    hashes: Hashes
    goes_on: NDArray[np.bool_]
    bounds: Places

    @property
    def texts(self) -> Places:
        """Which text each word is of."""
        return np.repeat(np.arange(len(self.bounds) - 1), np.diff(self.bounds))

    def spans(self, phrases: Places) -> tuple[Places, Places]:
        """Where phrases of these words, numbered by `phrases_at`, begin and end in the buffer."""
        first = words_before(phrases)
        return self.starts[first], self.ends[first + phrases % _PHRASES - 1]

    def between(self, first: int, last: int) -> str:
        """What stands in the buffer from word `first` to word `last`, in lower case."""
        return self.buffer[self.starts[first] : self.ends[last]].decode("utf-8", "replace")


def words_of(texts: Sequence[str]) -> Words:
    """The words of lower-case texts.

    >>> found = words_of(["25% duty on k-beauty", "", "duty"])
    >>> [found.between(n, n) for n in range(len(found.hashes))], found.texts.tolist()
    (['25', 'duty', 'on', 'k', 'beauty', 'duty'], [0, 0, 0, 0, 0, 2])
    >>> bool(found.hashes[1] == found.hashes[5])
    True
    """
    encoded = [text.encode("utf-8", "surrogatepass") for text in texts]
    # The texts lie between bytes that are in no word, the last before enough of them to read past.
    buffer = b"\n" + b"\n".join(encoded) + b"\n" * (_WORD_BYTES + _STEP)
    is_word = np.frombuffer(buffer.translate(_IS_WORD), dtype=np.bool_)
    edges = np.flatnonzero(is_word[1:] != is_word[:-1]) + 1
    starts, ends = edges[0::2], edges[1::2]
    lengths = np.fromiter(map(len, encoded), dtype=np.int64, count=len(encoded))
    bounds = np.searchsorted(starts, np.concatenate([[0], np.cumsum(lengths + 1)]))
    return Words(
        buffer, starts, ends, _hashes(buffer, starts, ends), _goes_on(buffer, starts, ends), bounds
    )


def _goes_on(buffer: bytes, starts: Places, ends: Places) -> NDArray[np.bool_]:
    codes = np.frombuffer(buffer, dtype=np.uint8)
    gaps = np.append(starts[1:], len(buffer)) - ends
    # The full stop of an initial ends nothing.
    is_initial = (ends - starts == 1) & ~_IS_DIGIT[codes[ends - 1]]
    goes_on: NDArray[np.bool_] = (gaps <= _LONGEST_GAP) & (
        is_initial | ~_ENDS_SENTENCE[codes[ends]]
    )
    goes_on |= gaps == 1
    for place in range(_LONGEST_GAP):
        goes_on &= (gaps <= place) | (codes[np.minimum(ends + place, len(buffer) - 1)] != _NEW_LINE)
    return goes_on


def _hashes(buffer: bytes, starts: Places, ends: Places) -> Hashes:
    eights = np.ndarray((len(buffer) - _STEP + 1,), dtype="<u8", buffer=buffer, strides=(1,))
    lengths = ends - starts
    hashes = (eights[starts] & _MASKS[np.minimum(lengths, _STEP)]) * _A
    hashes ^= hashes >> np.uint64(29)
    longer = np.flatnonzero(lengths > _STEP)
    begin, left = starts[longer], lengths[longer] - _STEP
    rest = (eights[begin + _STEP] & _MASKS[np.minimum(left, _STEP)]) * _B
    rest ^= (eights[begin + 2 * _STEP] & _MASKS[np.clip(left - _STEP, 0, _STEP)]) * _C
    rest ^= rest >> np.uint64(31)
    hashes[longer] += rest * _D + left.astype(np.uint64)
    return _mixed(hashes)


def _mixed(hashes: Hashes) -> Hashes:
    hashes = hashes * _B
    hashes ^= hashes >> np.uint64(32)
    hashes *= _A
    hashes ^= hashes >> np.uint64(29)
    return hashes


def joined(left: Hashes, right: Hashes) -> Hashes:
    """The hash of a phrase and the word behind it; of two words it is the hash of their pair."""
    return _mixed(left * _C + (right ^ (right >> np.uint64(17))))


def phrases_at(first: Places, n_words: int | Places) -> Places:
    """The numbers of phrases: of `n_words` words, at most `MAX_WORDS`, from word `first` on."""
    return first * _PHRASES + n_words


def words_before(phrases: Places) -> Places:
    """The number of the first word of each phrase: as many words are before it."""
    return phrases // _PHRASES


def pairs_of(words: Words) -> tuple[Hashes, Places]:
    """The hash of each pair of adjacent words, and the place of its first word.

    The second goes on where the first ended.

    >>> words = words_of(["a 25% duty. steel\\n\\nu.s. - ban"])
    >>> [words.between(place, place + 1) for place in pairs_of(words)[1]]
    ['a 25', '25% duty', 'u.s']
    """
    together = np.flatnonzero(words.goes_on)
    return joined(words.hashes[together], words.hashes[together + 1]), together
