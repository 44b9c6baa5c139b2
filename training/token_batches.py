"""The batches of a teacher: texts of about one length, so that little of a batch is padding."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from training.lesson import TeacherParameters

Tokens = Sequence[NDArray[np.int64]]

_LENGTH_NOISE = 12


def batches(
    order: Sequence[int], lengths: Sequence[int], most_tokens: int, most_texts: int
) -> list[list[int]]:
    """The texts of `order` in batches of at most so many tokens, padding included.

    >>> batches([0, 1, 2, 3], [3, 3, 5, 20], most_tokens=10, most_texts=9)
    [[0, 1], [2], [3]]
    """
    found: list[list[int]] = []
    longest = 0
    for place in order:
        longest = max(longest, lengths[place])
        size = len(found[-1]) if found else most_texts
        if size == most_texts or longest * (size + 1) > most_tokens:
            found.append([])
            longest = lengths[place]
        found[-1].append(place)
    return found


def shuffled(tokens: Tokens, epoch: int, parameters: TeacherParameters) -> list[list[int]]:
    """The batches of an epoch, in an order of its own; neighbours in length change a little too."""
    random = np.random.default_rng([parameters.seed, epoch])
    lengths = [len(own) for own in tokens]
    noisy = np.array(lengths) + random.integers(0, _LENGTH_NOISE, len(lengths))
    order = np.argsort(noisy, kind="stable")
    plan = batches(order.tolist(), lengths, parameters.batch_tokens, parameters.batch_texts)
    return [plan[place] for place in random.permutation(len(plan))]
