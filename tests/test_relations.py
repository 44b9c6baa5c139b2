"""Pairs are proposed by sentence, with the parties masked, within limits."""

import time

import numpy as np
from numpy.typing import NDArray

from models.candidates import MAX_CANDIDATES, Candidate, find_candidates, find_named
from models.features import Featuriser
from models.relations import HEADS, RelationModel
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


def scored(*keep_and_stance: tuple[float, str]) -> NDArray[np.float64]:
    """The scores of candidates: whether to keep, and the stance that wins."""
    scores = np.zeros((len(keep_and_stance), len(HEADS)))
    for row, (keep, stance) in zip(scores, keep_and_stance, strict=True):
        row[0] = keep
        row[HEADS.index(stance)] = 1.0
    return scores


def model(threshold: float) -> RelationModel:
    """A model that keeps a pair by its best sentence alone."""
    no_words = Featuriser.of([], np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.float32))
    return RelationModel(
        no_words,
        np.zeros((0, len(HEADS)), dtype=np.float32),
        np.zeros((0, len(HEADS))),
        np.zeros(len(HEADS)),
        np.array([1.0, 0.0, 0.0, 0.0, 0.0]),
        0.0,
        threshold,
    )


def test_the_best_sentence_tells_the_relation() -> None:
    pairs = candidates("", "Iran met Iraq. Iran praised Iraq.")
    scores = scored((-0.1, "neutral"), (1.0, "verbal_cooperation"))
    (found,) = model(0.5).relations(pairs, scores)
    assert (found.stance, found.candidate.start) == ("verbal_cooperation", 15)


def test_a_pair_below_the_threshold_is_left_out() -> None:
    pairs = candidates("", "Iran met Iraq.")
    assert model(0.5).relations(pairs, scored((0.4, "neutral"))) == []


def test_two_things_at_once_are_two_records() -> None:
    pairs = candidates("", "Iran met Iraq. It rained. Iran shelled Iraq. Iran hit Iraq.")
    found = model(0.5).relations(
        pairs, scored((1.0, "neutral"), (2.0, "material_conflict"), (1.5, "material_conflict"))
    )
    assert [one.stance for one in found] == ["neutral", "material_conflict"]
    assert found[0].probability < found[1].probability


def test_an_actor_has_eight_pairs_at_most() -> None:
    others = ["China", "France", "Italy", "Spain", "Peru", "Chile", "Mali", "Iran", "Iraq", "Laos"]
    pairs = candidates("", " ".join(f"Japan met {other}." for other in others))
    scores = scored(*((1.0 + place, "neutral") for place in range(len(pairs))))
    found = model(0.5).relations(pairs, scores)
    assert len(pairs) == 10
    assert {one.candidate.pair for one in found} == {one.pair for one in pairs[2:]}


def test_a_list_of_all_countries_stays_small_and_fast() -> None:
    listed = ", ".join(["Japan", "China", "France", "Italy", "Spain", "Peru", "Chile", "Mali"])
    text = f"{listed}, {listed} and Kenya met " * 4000
    begin = time.perf_counter()
    found = candidates(text, text + ". " + text.replace(",", "."))
    assert len(found) <= MAX_CANDIDATES
    assert time.perf_counter() - begin < 30
