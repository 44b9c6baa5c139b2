"""The two parts of the examples: each of two teachers learns from one and has not seen the other.

Soft labels that help to judge an example must come from a teacher that has not seen it.
"""

import hashlib

_HEAD = 60


def digest_of(text: str) -> int:
    """A number that depends on how a text begins: texts that begin alike stay together."""
    head = text[:_HEAD].lower().encode("utf-8", "replace")
    return int(hashlib.md5(head, usedforsecurity=False).hexdigest(), 16)


def part_of(text: str) -> int:
    """The part that a text is in, 0 or 1.

    >>> part_of("Seoul and Washington agree.") == part_of("SEOUL AND WASHINGTON AGREE.")
    True
    """
    return digest_of(text) % 2
