"""No fold learns from what it judges, from a copy of it, or from a later day."""

import numpy as np
import pytest

from training.datasets import DatasetError, Example
from training.examples import Parameters
from training.folds import KINDS, Fold, folds_of
from training.parts import part_of

N_WORDS = 12


def text(number: int) -> str:
    """A text of words that only it has."""
    return " ".join(f"w{number}x{place}" for place in range(N_WORDS))


def examples(n: int = 240) -> list[Example]:
    """A day, a month and a year apart; every third has no date, and each source has 120."""
    return [
        Example(
            themes=(),
            text=text(number),
            source="wire" if number % 2 else "desk",
            date="" if number % 3 == 0 else f"{2000 + number % 20}-{1 + number % 12:02}-05",
        )
        for number in range(n)
    ]


def folds(of: list[Example], kind: str) -> tuple[Fold, ...]:
    return folds_of(of, kind, Parameters().n_folds)


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_judged_twice_or_by_what_has_learned_from_it(kind: str) -> None:
    found = folds(examples(), kind)
    judged = np.array([fold.judged for fold in found])
    assert (judged.sum(axis=0) <= 1).all()
    assert not any((fold.judged & fold.learned).any() for fold in found)


@pytest.mark.parametrize("kind", KINDS)
def test_a_copy_of_what_is_judged_is_not_learned_from(kind: str) -> None:
    own = examples()
    copy = Example(themes=(), title="Now with a title", text=f"{text(7)} (wire)", source="desk")
    for fold in folds([*own, copy], kind):
        assert not (fold.judged[7] and fold.learned[-1])
        assert not (fold.judged[-1] and fold.learned[7])


def test_by_hash_all_are_judged_and_a_fold_is_of_one_part() -> None:
    own = examples()
    found = folds(own, "hash")
    assert np.any([fold.judged for fold in found], axis=0).all()
    for fold in found:
        assert {part_of(own[i].text) for i in np.flatnonzero(fold.judged)} == {fold.part}


def test_by_date_the_past_and_the_undated_teach() -> None:
    own = examples()
    found = folds(own, "date")
    assert len(found) == Parameters().n_folds - 1
    for fold in found:
        judged = [own[i].day for i in np.flatnonzero(fold.judged)]
        learned = [own[i].day for i in np.flatnonzero(fold.learned)]
        assert None not in judged
        assert None in learned
        assert max(day for day in learned if day) < min(day for day in judged if day)
        assert fold.name.split(" to ") == [
            str(min(filter(None, judged))),
            str(max(filter(None, judged))),
        ]


def test_by_source_the_small_ones_only_teach() -> None:
    own = [*examples(), Example(themes=(), text=text(999), source="blog")]
    found = folds(own, "source")
    assert [fold.name for fold in found] == ["desk", "wire"]
    assert all(fold.learned[-1] for fold in found)


@pytest.mark.parametrize("kind", KINDS)
def test_one_text_alone_has_no_folds(kind: str) -> None:
    with pytest.raises(DatasetError, match=f"--folds {kind}"):
        folds(examples(1), kind)
