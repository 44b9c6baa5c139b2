"""The folds: which examples are judged together by a model that has seen none of them.

A fold lies within one of the two parts of `training.parts`, so that soft labels of a teacher that
has not seen a part can be used to judge it. Texts that begin alike are in one fold.
"""

from training.parts import digest_of, part_of


def fold_of(text: str, n_folds: int) -> int:
    """The fold of a text, from 0 to `n_folds` - 1, an even number; its part is the fold modulo 2.

    >>> fold_of("Seoul and Washington agree.", 6) == fold_of("SEOUL and Washington agree.", 6)
    True
    """
    return digest_of(text) // 2 % (n_folds // 2) * 2 + part_of(text)
