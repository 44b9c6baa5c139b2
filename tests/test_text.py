"""Cleaning keeps offsets, sentences end where they end, and nothing takes long."""

import time
import unicodedata

import pytest

from models.text import clean, read, sentences

MIB = 1024 * 1024


def split(text: str) -> list[str]:
    return [text[start:end] for start, end in sentences(text)]


def test_plain_text_is_left_as_it_is() -> None:
    cleaned = clean("Seoul said no.\n\nTokyo agreed.")
    assert cleaned.text == "Seoul said no.\n\nTokyo agreed."
    assert cleaned.original(16) == 16


def test_quotes_and_spaces_become_plain() -> None:
    assert clean("\u201cIt\u2019s\u00a025\u202f%\u201d").text == '"It\'s 25 %"'


def test_composed_and_decomposed_letters_are_the_same() -> None:
    assert clean("Co\u0302te d'Ivoire").text == clean("C\u00f4te d'Ivoire").text


def test_marks_join_the_letter_before_them_in_every_script() -> None:
    for joined in ("caf\u00e9", "\uac01", "\u304c", "\u0ba3\u0bca"):
        assert clean(unicodedata.normalize("NFD", joined)).text == joined


def test_what_is_left_alone_is_what_nfkc_leaves_alone() -> None:
    every = [*map(chr, (*range(0xA0, 0xD800), *range(0xE000, 0x20000)))]
    for before in ("a", "\u1100", "\uac00", "\u304b"):
        lone = [c for c in every if clean(before + c).text == before + c]
        assert all(unicodedata.is_normalized("NFKC", before + c) for c in lone)


def test_invisible_and_control_characters_go() -> None:
    assert clean("tar\u00adiff\u200bs\x07\x00").text == "tariffs  "


@pytest.mark.parametrize(
    "field",
    ["so\u00adft landing", "\ufeffsoft landing", "\ufb01rst landing", "e\u0301 \u2026 landing"],
)
def test_offsets_lead_back_to_the_field_as_it_came(field: str) -> None:
    cleaned = clean(field)
    start = cleaned.original(cleaned.text.index("landing"))
    assert field[start : start + len("landing")] == "landing"


@pytest.mark.parametrize(
    "field", ["wait\u2026", "\u2026\u00bd\u3231 x\u2026", "\ufb01\u2026\ufb01"]
)
def test_offsets_rise_and_stay_within_the_field(field: str) -> None:
    cleaned = clean(field)
    offsets = [cleaned.original(place) for place in range(len(cleaned.text))]
    assert offsets == sorted(offsets)
    assert 0 <= offsets[0] <= offsets[-1] < len(field)


def test_a_field_without_some_pieces_still_leads_back() -> None:
    field = "\ufeffone so\u00adft two\u200b three four"
    cleaned = clean(field)
    pieces = [(0, 4), (cleaned.text.index("two"), cleaned.text.index("three"))]
    left = cleaned.without(pieces)
    assert left.text == "soft three four"
    assert [field[left.original(place)] for place in range(len(left.text))] == list(left.text)


def test_title_and_text_are_read_alike() -> None:
    document = read("Caf\u00e9", "Caf\u00e9")
    assert document.title == document.text


def test_abbreviations_do_not_end_a_sentence() -> None:
    assert split("The U.S. and Gen. Park met J. Abe. They left.") == [
        "The U.S. and Gen. Park met J. Abe.",
        "They left.",
    ]


def test_quotes_and_lines_end_sentences() -> None:
    assert split('"Never." "Why?" he asked.\nNew line') == [
        '"Never."',
        '"Why?" he asked.',
        "New line",
    ]


def test_a_number_is_not_cut() -> None:
    assert split("It rose 2.5 percent. Then 3.1.") == ["It rose 2.5 percent.", "Then 3.1."]


@pytest.mark.parametrize(
    "unit",
    [
        ". ",
        "\n",
        "A.",
        "a",
        '." ',
        "\u0301",
        "\u0315\u0300",
        "\u00ad",
        "\u202e",
        "\U0001f600",
        "(((",
        "   ",
    ],
)
def test_a_mebibyte_of_anything_is_read_in_a_moment(unit: str) -> None:
    field = unit * (MIB // len(unit))
    begin = time.perf_counter()
    document = read(field, field)
    sentences(document.text.text)
    assert time.perf_counter() - begin < 30
