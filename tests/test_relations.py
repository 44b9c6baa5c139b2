"""Pairs are proposed by sentence, with the parties masked, within limits."""

import time

from models.relations import MAX_CANDIDATES, Candidate, find_candidates, find_named
from models.text import read


def candidates(title: str, text: str) -> list[Candidate]:
    document = read(title, text)
    return find_candidates(document, find_named(document))


def test_two_countries_in_one_sentence_are_a_pair() -> None:
    found = candidates("", "Washington imposed duties on Chinese steel. Prices rose.")
    assert [(one.pair, one.first, one.second) for one in found] == [("CHN-USA", "USA", "CHN")]
    assert found[0].words[:6] == ("A", "imposed", "duties", "on", "B", "steel")


def test_others_are_masked_too() -> None:
    found = candidates("", "Japan, France and Italy met.")
    assert [one.pair for one in found] == ["FRA-JPN", "ITA-JPN", "FRA-ITA"]
    assert found[0].words[:5] == ("A", "B", "and", "C", "met")


def test_one_country_under_two_names_is_no_pair() -> None:
    assert candidates("Seoul speaks", "South Korea and its Blue House spoke of Koreans.") == []


def test_the_title_is_a_sentence() -> None:
    found = candidates("Japan sues China", "The suit was filed.")
    assert [(one.field, one.start, one.end) for one in found] == [("title", 0, 16)]


def test_a_dateline_makes_no_pair() -> None:
    assert candidates("", "LUSAKA - China said on Monday that it had paid.") == []


def test_the_sentence_is_the_span() -> None:
    text = "Rain fell. Iran and Iraq signed. Sun shone."
    (one,) = candidates("", text)
    assert text[one.start : one.end] == "Iran and Iraq signed."


def test_a_list_of_all_countries_stays_small_and_fast() -> None:
    listed = ", ".join(["Japan", "China", "France", "Italy", "Spain", "Peru", "Chile", "Mali"])
    text = f"{listed}, {listed} and Kenya met " * 4000
    begin = time.perf_counter()
    found = candidates(text, text + ". " + text.replace(",", "."))
    assert len(found) <= MAX_CANDIDATES
    assert time.perf_counter() - begin < 5
