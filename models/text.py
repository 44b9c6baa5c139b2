"""The text: what training and serving see of an article.

`read` is the one function that turns a title and a body into what every model is given. It cleans
Unicode, leaves out what is no news, and keeps for each character that is left where it stood in the
original field, so that offsets which leave this package always count code points of the field as it
came. All of it takes time in proportion to the length of the text, whatever is in it.
"""

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from models.boilerplate import Piece, find_boilerplate

# Normalising is done in short runs: a run of thousands of combining marks takes quadratic time.
_RUN = re.compile(r"[^\x00-\x7f]{1,48}")
_INVISIBLE = {ord(c): None for c in "\u00ad\u200b\u200c\u200d\u2060\ufeff\u200e\u200f\u061c\u180e"}
_INVISIBLE |= dict.fromkeys((*range(8234, 8239), *range(8294, 8298)))
_PLAIN: dict[int, int | str | None] = {
    **_INVISIBLE,
    0x2018: "'",
    0x2019: "'",
    0x201A: "'",
    0x201B: "'",
    0x2032: "'",
    0x201C: '"',
    0x201D: '"',
    0x201E: '"',
    0x2010: "-",
    0x2011: "-",
    0x2012: "-",
    0x2013: "-",
    0x2014: "-",
    0x2015: "-",
    0x2212: "-",
    0x2028: "\n",
    0x2029: "\n",
    0x85: "\n",
}
# The marks of most texts that are not ASCII: one character each, as is what stands for it.
_COMMON = tuple(zip("\u2019\u2018\u201c\u201d\u2014\u2013", "''\"\"--", strict=True))
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_CONTROLS = frozenset(chr(code) for code in (*range(32), 127) if chr(code) not in "\t\n")
_KEPT_BYTES = bytes(code for code in range(128) if chr(code) not in _CONTROLS)
# Vowels and final consonants that join the Hangul letter before them, without being marks.
_JOINING = range(0x1160, 0x1200)
_BREAK = re.compile(r"\n|[.!?][\"')\]]{0,2}[ \t\n](?![\"'(\[]?[a-z])|[\u3002\u061f\u06d4\u0964]")
_LISTED_ABBREVIATIONS = (
    "mr mrs ms dr prof gen gov sen rep lt col sgt maj capt adm st jr sr no vs etc inc ltd co corp "
    "jan feb mar apr jun jul aug sep sept oct nov dec mt ft fig art approx dept est bln mln pct "
    "messrs hon rev cmdr brig pres sec min amb supt vol ch al cf e.g i.e a.m p.m"
)
_ABBREVIATIONS = frozenset(_LISTED_ABBREVIATIONS.split())
_LONGEST_ABBREVIATION = 6
_WINDOW = 24


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A cleaned field, and the way back to the offsets of the original.

    `starts` and `shifts` are parallel: from cleaned position `starts[i]` on, the original position
    is the cleaned one plus `shifts[i]`. Both are empty where nothing moved.
    """

    text: str
    starts: tuple[int, ...] = ()
    shifts: tuple[int, ...] = ()

    def original(self, position: int) -> int:
        """Where the cleaned position stood in the original field, in code points."""
        found = bisect_right(self.starts, position)
        original = position + self.shifts[found - 1] if found else position
        if found == len(self.starts):
            return original
        # A character that became several is all of them.
        return min(original, self.starts[found] + self.shifts[found] - 1)

    def without(self, pieces: Iterable[Piece]) -> "Cleaned":
        """The field without some pieces of it, given in order and apart from each other.

        >>> cleaned = Cleaned("one two three").without([(4, 8)])
        >>> cleaned.text, cleaned.original(4)
        ('one three', 8)
        """
        gone = tuple(pieces)
        parts: list[str] = []
        starts: list[int] = []
        shifts: list[int] = []
        length = 0
        for begin, end in zip(
            (0, *(end for _, end in gone)),
            (*(start for start, _ in gone), len(self.text)),
            strict=True,
        ):
            cut = begin - length
            first, last = bisect_right(self.starts, begin), bisect_left(self.starts, end)
            parts.append(self.text[begin:end])
            starts += (length, *(start - cut for start in self.starts[first:last]))
            shifts += (self.original(begin) - length, *(by + cut for by in self.shifts[first:last]))
            length += end - begin
        return Cleaned("".join(parts), tuple(starts), tuple(shifts))


@dataclass(frozen=True, slots=True)
class Document:
    """An article as every model sees it."""

    title: Cleaned
    text: Cleaned

    @property
    def n_chars(self) -> int:
        """How many characters there are to read."""
        return len(self.title.text) + len(self.text.text)


def read(title: str, text: str) -> Document:
    """The article as every model sees it, in training and in serving.

    >>> read("Chip\\u00adduty", "It\\u2019s 25\\u00a0%.\\nAdvertisement").text.text
    "It's 25 %.\\n"
    """
    cleaned = clean(text)
    pieces = find_boilerplate(cleaned.text)
    return Document(clean(title), cleaned.without(pieces) if pieces else cleaned)


def clean(field: str) -> Cleaned:
    """The field in compatibility form, without invisible and control characters.

    >>> cleaned = clean("so\\u00adft \\ufb01ne")
    >>> cleaned.text, cleaned.original(cleaned.text.index("fine"))
    ('soft fine', 6)
    """
    if not field.isascii():
        for mark, plain in _COMMON:
            field = field.replace(mark, plain)
    rest = field.encode("utf-8", "surrogatepass").translate(None, _KEPT_BYTES)
    if not rest:
        return Cleaned(field)
    others = set(rest.decode("utf-8", "surrogatepass"))
    if not others.isdisjoint(_CONTROLS):
        field = _CONTROL.sub(" ", field)
    if all(map(_is_settled, others - _CONTROLS)):
        return Cleaned(field)
    parts: list[str] = []
    starts: list[int] = []
    shifts: list[int] = []
    done = length = shift = 0
    for run in _RUN.finditer(field):
        start, end = run.span()
        start = max(done, start - 1)  # a mark may join the letter before it
        parts.append(field[done:start])
        plain = _normal(field[start:end])
        parts.append(plain)
        length += start - done + len(plain)
        done = end
        if len(plain) != end - start:
            shift += end - start - len(plain)
            starts.append(length)
            shifts.append(shift)
    parts.append(field[done:])
    return Cleaned("".join(parts), tuple(starts), tuple(shifts))


@lru_cache(maxsize=4096)
def _is_settled(character: str) -> bool:
    """Whether a character stays as it is, and joins with none before it."""
    return (
        _normal(character) == character
        and not unicodedata.category(character).startswith("M")
        and ord(character) not in _JOINING
    )


@lru_cache(maxsize=4096)
def _normal(run: str) -> str:
    return unicodedata.normalize("NFKC", run.translate(_PLAIN)).translate(_PLAIN)


def sentences(text: str) -> list[tuple[int, int]]:
    """Start and end of each sentence, in characters of `text`, without white space at the ends.

    >>> text = "The U.S. and Mr. Abe met. Talks go on.\\nMore"
    >>> [text[start:end] for start, end in sentences(text)]
    ['The U.S. and Mr. Abe met.', 'Talks go on.', 'More']
    """
    spans: list[tuple[int, int]] = []
    start = 0
    for found in _BREAK.finditer(text):
        mark, end = found.span()
        if text[mark] != "." or not _is_abbreviation(text, mark):
            _append_stripped(spans, text, start, end)
            start = end
    _append_stripped(spans, text, start, len(text))
    return spans


def _is_abbreviation(text: str, mark: int) -> bool:
    """Whether the full stop at `mark` belongs to the word before it."""
    before = text[max(0, mark - _WINDOW) : mark].rsplit(None, 1)
    word = before[-1].lstrip("([\"'") if before else ""
    if len(word) > _LONGEST_ABBREVIATION:
        return False
    return (len(word) == 1 and word.isupper()) or "." in word or word.lower() in _ABBREVIATIONS


def _append_stripped(spans: list[tuple[int, int]], text: str, start: int, end: int) -> None:
    piece = text[start:end]
    stripped = piece.strip()
    if stripped:
        begin = start + len(piece) - len(piece.lstrip())
        spans.append((begin, begin + len(stripped)))
