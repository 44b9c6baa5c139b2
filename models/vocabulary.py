"""The vocabulary: which hashes have a column, as a bitmap that is looked up without a search.

The upper bits of a hash are its bucket. A bucket in use is a bit that is set; how many are set
before it is its column. A hash that is not in the vocabulary finds a column by chance as often as
buckets are in use: one time in sixty with 70,000 columns.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.grams import Hashes, Places

BUCKET_BITS = 22
_SHIFT = np.uint64(64 - BUCKET_BITS)
_LOW = np.uint64(63)
_ONE = np.uint64(1)


def buckets_of(hashes: Hashes) -> Places:
    """The bucket of each hash, from 0 to 2 ** `BUCKET_BITS` - 1."""
    return (hashes >> _SHIFT).astype(np.int64)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The buckets in use: `bits` (2 ** 16,) and how many bits are set before each word of them."""

    bits: NDArray[np.uint64]
    before: NDArray[np.int32]

    @classmethod
    def of(cls, buckets: Places) -> "Vocabulary":
        """The vocabulary of these buckets; their columns are in ascending order.

        >>> vocabulary = Vocabulary.of(np.array([7, 3]))
        >>> vocabulary.columns(np.array([3, 5, 7], dtype=np.uint64) << np.uint64(42))
        (array([0, 2]), array([0, 1], dtype=int32))
        """
        bits = np.zeros(1 << (BUCKET_BITS - 6), dtype=np.uint64)
        np.bitwise_or.at(bits, buckets >> 6, _ONE << (buckets & 63).astype(np.uint64))
        return cls.from_bits(bits)

    @classmethod
    def from_bits(cls, bits: NDArray[np.uint64]) -> "Vocabulary":
        """The vocabulary with this bitmap."""
        counts = np.bitwise_count(bits).astype(np.int32)
        return cls(bits, np.cumsum(counts, dtype=np.int32) - counts)

    def places(self, hashes: Hashes) -> Places:
        """The places of the hashes that have a column."""
        return self._lookup(hashes)[0]

    def columns(self, hashes: Hashes) -> tuple[Places, NDArray[np.int32]]:
        """The places of the hashes that have a column, and these columns."""
        found, words, bits = self._lookup(hashes)
        words, bits = words[found], bits[found]
        below = self.bits[words] & ((_ONE << bits) - _ONE)
        return found, self.before[words] + np.bitwise_count(below)

    def _lookup(self, hashes: Hashes) -> tuple[Places, Places, NDArray[np.uint64]]:
        """The places of those in use; for each hash the word of its bit, and which bit it is."""
        buckets = hashes >> _SHIFT
        words = (buckets >> np.uint64(6)).astype(np.intp)
        bits = buckets & _LOW
        return np.flatnonzero((self.bits[words] >> bits) & _ONE), words, bits
