"""Turns: every engine in every round, so that no place in the order is an advantage."""

from collections.abc import Iterator, Sequence
from typing import TypeVar

Engine = TypeVar("Engine")


def in_turns(engines: Sequence[Engine], rounds: int) -> Iterator[tuple[int, Engine]]:
    """Each engine in each round, with the number of the round; every second goes backwards.

    >>> list(in_turns("ab", 2))
    [(0, 'a'), (0, 'b'), (1, 'b'), (1, 'a')]
    """
    for number in range(rounds):
        for engine in engines if number % 2 == 0 else reversed(engines):
            yield number, engine
