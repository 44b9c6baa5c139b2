"""Words and their hashes are the same everywhere, whatever stands around them."""

import time

import numpy as np
import pytest

from models.grams import joined, pairs_of, words_of

MIB = 1024 * 1024

# Made once and kept: a model's columns are these numbers.
GOLDEN = {
    "a": 0x51E0385D01EB7B38,
    "tariff": 0xFC5D5B11E078F6DF,
    "shipbuilding": 0xEFD03AE6EE2171D7,
    "internationalization": 0x01EE50C8525AA241,
    "donaudampfschifffahrtsgesellschaft": 0x136EF4F4B35A6973,
    "25": 0x0A57DF3584FAE3F9,
    "élysée": 0x32DE32544DA287C7,
    "한국": 0x0A45B8B2E8FA2976,
}


@pytest.mark.parametrize("word", GOLDEN)
def test_the_hash_of_a_word_never_changes(word: str) -> None:
    (found,) = words_of([word]).hashes
    assert int(found) == GOLDEN[word]


def test_the_hash_of_a_pair_never_changes() -> None:
    hashes, first = pairs_of(words_of(["export controls"]))
    assert (int(hashes[0]), first.tolist()) == (0xA8BDF1E476E591ED, [0])


def test_a_hash_does_not_depend_on_what_stands_around_the_word() -> None:
    texts = ["", "tariff", "a tariff, again", "x" * 100, "\u00e9tariff tariff\u00e9 tariff"]
    together = words_of(texts)
    for place, text in enumerate(texts):
        alone = words_of([text])
        assert alone.hashes.tolist() == together.hashes[together.texts == place].tolist()
        own = np.flatnonzero(together.texts == place).tolist()
        assert [alone.between(n, n) for n in range(len(own))] == [
            together.between(n, n) for n in own
        ]


def test_pairs_stay_within_their_text() -> None:
    words = words_of(["one two", "three", "", "four five six"])
    _, first = pairs_of(words)
    assert [words.between(n, n + 1) for n in first.tolist()] == ["one two", "four five", "five six"]


@pytest.mark.parametrize("end", ["", ".", ")", '"', "%", " ", " u.s.", " b.", ".)", " (2)."])
def test_no_word_goes_on_in_the_next_text(end: str) -> None:
    texts = [f"one two{end}", "three four", "", f"five{end}", ""]
    together = words_of(texts)
    alone = [words_of([text]) for text in texts]
    assert together.goes_on.tolist() == [on for words in alone for on in words.goes_on.tolist()]


def test_the_order_of_a_pair_matters() -> None:
    words = words_of(["steel duty"])
    left, right = words.hashes[:1], words.hashes[1:]
    assert joined(left, right) != joined(right, left)


def test_different_words_have_different_hashes() -> None:
    words = [f"{stem}{n}" for stem in ("", "a", "tariff", "x" * 8, "y" * 16) for n in range(4000)]
    assert len(np.unique(words_of([" ".join(words)]).hashes)) == len(set(words))


def test_words_that_differ_behind_the_twenty_fourth_byte_are_one_only_at_the_same_length() -> None:
    hashes = words_of(["x" * 24 + "a", "x" * 24 + "b", "x" * 26]).hashes
    assert hashes[0] == hashes[1] != hashes[2]


@pytest.mark.parametrize("texts", [[], [""], ["", ""], ["...", " \n "]])
def test_nothing_to_read_gives_no_words(texts: list[str]) -> None:
    words = words_of(texts)
    assert len(words.hashes) == len(pairs_of(words)[0]) == 0


@pytest.mark.parametrize(
    "text",
    [
        "x" * MIB,
        "." * MIB,
        "us " * (MIB // 3),
        "\u6f22" * (MIB // 3),
        "\udfff" * 1000,
        "\x00" * MIB,
    ],
    ids=["one word", "full stops", "short words", "foreign letters", "lone surrogates", "zeros"],
)
def test_a_mebibyte_of_anything_takes_no_time(text: str) -> None:
    begin = time.perf_counter()
    pairs_of(words_of([text]))
    assert time.perf_counter() - begin < 10
