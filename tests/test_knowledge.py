"""Terms are found as whole phrases of one text, and the file of terms is well formed."""

import numpy as np
import pytest

from models.grams import MAX_WORDS, words_of
from models.knowledge import Lexicon, Term, terms
from models.taxonomy import taxonomy

CODES = ("tariffs", "oil-gas", "semiconductors")
TERMS = (
    Term("section 232", ("tariffs",)),
    Term("strait of hormuz", ("oil-gas",)),
    Term("hormuz", ("oil-gas",)),
    Term("hbm", ("semiconductors",)),
)


def counts(*texts: str) -> list[list[float]]:
    words = words_of(texts)
    weights = np.ones(len(words.hashes), dtype=np.float32)
    cells, _ = Lexicon.of(TERMS, CODES).cells(words, weights, words.bounds)
    owners = np.repeat(np.arange(len(texts)), np.diff(cells.bounds))
    found = np.zeros((len(texts), len(CODES)))
    found[owners, cells.columns] = cells.counts
    return found.tolist()


def test_phrases_and_words_are_counted_for_their_themes() -> None:
    assert counts("hbm and hbm", "through the strait of hormuz", "section-232 duties") == [
        [0, 0, 2],
        [0, 2, 0],
        [1, 0, 0],
    ]


@pytest.mark.parametrize("text", ["section 233", "section", "232", "strait of", "hbms", ""])
def test_a_part_of_a_term_is_no_term(text: str) -> None:
    assert counts(text) == [[0, 0, 0]]


def test_a_term_does_not_reach_into_the_next_text() -> None:
    assert counts("section", "232 strait of", "hormuz")[:2] == [[0, 0, 0], [0, 0, 0]]


def test_a_term_stays_in_one_sentence_and_initials_end_none() -> None:
    lexicon = Lexicon.of((Term("u.s. steel", ("tariffs",)), *TERMS), CODES)
    words = words_of(["from section. 232 people left", "bids for u.s. steel rose"])
    _, phrases = lexicon.cells(words, np.ones(len(words.hashes), np.float32), words.bounds)
    assert [words.buffer[a:b] for a, b in zip(*words.spans(phrases), strict=True)] == [
        b"u.s. steel"
    ]


def test_the_phrase_that_names_a_theme_first_is_known() -> None:
    words = words_of(["a ban on hbm", "hormuz: the strait of hormuz"])
    weights = np.ones(len(words.hashes), dtype=np.float32)
    _, phrases = Lexicon.of(TERMS, CODES).cells(words, weights, words.bounds)
    spans = zip(*words.spans(phrases), strict=True)
    assert [words.buffer[begin:end] for begin, end in spans] == [b"hbm", b"hormuz"]


def test_themes_that_a_taxonomy_has_not_are_left_out() -> None:
    lexicon = Lexicon.of(TERMS, ("cocoa",))
    words = words_of(["hbm"])
    cells, phrases = lexicon.cells(words, np.ones(1, dtype=np.float32), words.bounds)
    assert len(cells.columns) == len(phrases) == 0


def test_each_term_is_there_once_with_known_themes() -> None:
    listed = [term.text for term in terms()]
    assert len(listed) == len(set(listed)) > 3000
    assert {code for term in terms() for code in term.themes} == set(taxonomy().codes)
    assert all(len(term.text.split()) <= MAX_WORDS for term in terms())


def test_every_theme_has_terms() -> None:
    for code in taxonomy().codes:
        assert sum(code in term.themes for term in terms()) >= 40, code
