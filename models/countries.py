"""The countries: where a text names a country or bloc, or someone who stands for one.

The gazetteer `data/countries.tsv` holds names, peoples and seats (capitals, offices, leaders, large
firms) of all ISO 3166 countries, Kosovo, the European Union, NATO, the United Nations and ASEAN.
A text is gone through once, from one capitalised word to the next; the longest name wins.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal, NamedTuple

Kind = Literal["name", "people", "seat"]
_KINDS: tuple[Kind, ...] = ("name", "people", "seat")
_NOBODY = "---"
# It may begin inside a word; looking back at each letter would take three times as long.
_CAPITALISED = re.compile(r"[A-Z\u00c0-\u00de\u0160]\w*")
_SHORT_UPPER = 3
_WORD_BEFORE = re.compile(r"[^\W\d_]{1,30}\Z")
_WORDS_AFTER = re.compile(r" ([^\W\d_]{1,30})(?: ([^\W\d_]{1,30}))?")
_DATELINE = re.compile(r"[^\n.]{0,60}?(?:\([^)\n]{1,30}\) )?(?:-{1,2}|[\u2013\u2014])\s")
_LISTED_NO_NAME_BEFORE = (
    "the in and from with of to but president king queen minister prime for as while when after "
    "on by at republic since under between against near both if although though neighbouring "
    "meanwhile why how what is via"
)
_NO_NAME_BEFORE = frozenset(_LISTED_NO_NAME_BEFORE.split())
_GEORGIA_STATE = ("Atlanta", "Savannah", "Ga.", "U.S. state", "US state")
_GEORGIA_COUNTRY = ("Tbilisi", "Georgian", "Abkhazia", "South Ossetia", "Caucasus")


class Mention(NamedTuple):
    """One place where a text names a country; offsets are characters of that text."""

    start: int
    end: int
    code: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class _Name:
    text: str
    code: str
    kind: Kind
    guarded: bool


def find_mentions(text: str) -> list[Mention]:
    """All places where `text` names a country or bloc, in order, none inside another.

    >>> [(m.code, m.kind) for m in find_mentions("Seoul told us the US and Chinese firms agreed.")]
    [('KOR', 'seat'), ('USA', 'name'), ('CHN', 'people')]
    """
    return list(_mentions(text))


def _mentions(text: str) -> Iterator[Mention]:
    names = _names_by_first_word()
    done = 0
    for word in _CAPITALISED.finditer(text):
        candidates = names.get(word.group())
        if candidates is None:
            continue
        start = word.start()
        if start < done or not _is_end_of_word(text, start - 1):
            continue
        for name in candidates:
            end = start + len(name.text)
            if text.startswith(name.text, start) and _is_end_of_word(text, end):
                done = end
                if name.code != _NOBODY and not _is_no_country(text, start, end, name):
                    yield Mention(start, end, name.code, name.kind)
                break


def _is_end_of_word(text: str, place: int) -> bool:
    """Whether there is no letter, digit or underscore at `place`, which may lie outside."""
    return not 0 <= place < len(text) or not (text[place].isalnum() or text[place] == "_")


def _is_no_country(text: str, start: int, end: int, name: _Name) -> bool:
    if name.text in ("US", "IT", "EC"):
        return _is_shouted(text, start, end)
    if not name.guarded:
        return False
    if name.code == "GEO" and any(place in text for place in _GEORGIA_STATE):
        return not any(place in text for place in _GEORGIA_COUNTRY)
    return _is_part_of_a_name(text, start, end)


def _is_shouted(text: str, start: int, end: int) -> bool:
    """Whether the words on both sides are in capitals, so that `US` may be `us`."""
    before = _WORD_BEFORE.search(text, max(0, start - 31), max(0, start - 1))
    after = _WORDS_AFTER.match(text, end)
    if before is None or after is None:
        return False
    return all(len(word) > 1 and word.isupper() for word in (before.group(), after[1]))


def _is_part_of_a_name(text: str, start: int, end: int) -> bool:
    """Whether a capitalised neighbour makes the word a person's or a longer place's name."""
    if start > 1 and text[start - 1] == " ":
        before = _WORD_BEFORE.search(text, max(0, start - 31), start - 1)
        word = before.group() if before else ""
        is_country = word in _names_by_first_word()
        if word.istitle() and word.lower() not in _NO_NAME_BEFORE and not is_country:
            return True
    after = _WORDS_AFTER.match(text, end)
    if after is None or not after[1].istitle() or after[1].lower() in _NO_NAME_BEFORE:
        return False
    return after[2] is not None and after[2].islower()


def after_dateline(text: str) -> int:
    """Where the story begins after a dateline, in characters; 0 without one.

    >>> after_dateline("LUSAKA (Reuters) - Zambia signed."), after_dateline("Zambia signed.")
    (19, 0)
    """
    found = _DATELINE.match(text[:120])
    if found is None:
        return 0
    place = re.split(r"[,(]", found.group())[0].strip(" -\u2013\u2014")
    letters = [letter for letter in place if letter.isalpha()]
    return found.end() if letters and all(letter.isupper() for letter in letters) else 0


@cache
def country_codes() -> tuple[str, ...]:
    """Every code that can be found, sorted.

    >>> len(country_codes())
    254
    """
    return tuple(sorted({name.code for name in _names()} - {_NOBODY}))


@cache
def _names_by_first_word() -> dict[str, tuple[_Name, ...]]:
    grouped: dict[str, list[_Name]] = {}
    for name in sorted(_names(), key=lambda name: -len(name.text)):
        first = re.match(r"\w+", name.text)
        if first is not None:
            grouped.setdefault(first.group(), []).append(name)
    return {word: tuple(names) for word, names in grouped.items()}


def _names() -> Iterator[_Name]:
    """The gazetteer, each longer name also in capitals, as headlines and old wires write it."""
    content = (files("models") / "data" / "countries.tsv").read_text(encoding="utf-8")
    for line in content.splitlines():
        if line.startswith("#"):
            continue
        code, *columns = line.split("\t")
        for kind, column in zip(_KINDS, columns, strict=False):
            for listed in filter(None, column.split(";")):
                text = listed.removeprefix("?")
                spellings = {text, text.upper()} if len(text) > _SHORT_UPPER else {text}
                for spelling in sorted(spellings):
                    yield _Name(spelling, code, kind, listed.startswith("?"))
