"""The candidates: every pair of countries that one sentence names, as the relation model sees it.

The sentence's words with the two replaced by `A` (named first) and `B` and all others by `C`, and a
few counts of the sentence and the article.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, islice
from math import log1p

from models.countries import Mention, after_dateline, find_mentions
from models.events import Field
from models.features import words_of
from models.text import Document, sentences

MAX_PARTIES = 8
MAX_CANDIDATES = 120
_MAX_WORDS = 80
_MAX_BETWEEN = 20
_MAX_MENTIONS = 40
_MAX_TAIL = 600
NUMBERS = (
    "mentions of A",
    "mentions of B",
    "share of A",
    "share of B",
    "A in title",
    "B in title",
    "is title",
    "is lead",
    "place of sentence",
    "parties in sentence",
    "parties in article",
    "more than four parties in sentence",
    "sentences with the pair",
    "mentions of the third",
    "rank of the pair",
    "characters between",
    "parties between",
    "A is a name",
    "A is a people",
    "B is a name",
    "B is a people",
    "adjacent",
    "quoted",
    "title names both and no other",
    "article has a title",
)
_IS_LEAD = NUMBERS.index("is lead")


@dataclass(frozen=True, slots=True)
class Named:
    """The countries that one article names; offsets are of the cleaned fields.

    `begin` is where the text begins after a dateline.
    """

    title: tuple[Mention, ...]
    text: tuple[Mention, ...]
    begin: int

    @property
    def counts(self) -> Counter[str]:
        """How often each is named, first named first."""
        return Counter(mention.code for mention in (*self.title, *self.text))


@dataclass(frozen=True, slots=True)
class Candidate:
    """One pair in one sentence; `first` is the one that the sentence names first."""

    first: str
    second: str
    field: Field
    start: int
    end: int
    words: tuple[str, ...]
    numbers: tuple[float, ...]

    @property
    def is_early(self) -> bool:
        """Whether the sentence is the title or one of the first two."""
        return self.field == "title" or self.numbers[_IS_LEAD] > 0

    @property
    def pair(self) -> str:
        """The key of the pair, in alphabetical order."""
        return "-".join(sorted((self.first, self.second)))


@dataclass(frozen=True, slots=True)
class _Sentence:
    field: Field
    start: int
    end: int
    place: int
    mentions: tuple[Mention, ...]
    parties: tuple[str, ...]


def find_named(document: Document) -> Named:
    """Where title and text name countries; a place in the dateline is not counted."""
    text = document.text.text
    begin = after_dateline(text)
    named = find_mentions(text)
    return Named(
        tuple(find_mentions(document.title.text)),
        tuple(mention for mention in named if mention.start >= begin),
        begin,
    )


def find_candidates(document: Document, named: Named) -> list[Candidate]:
    """Each pair in each sentence that names both, in the order of the text."""
    counts = named.counts
    if len(counts) < 2:
        return []
    told = list(_sentences_with_two(document, named))
    together = Counter(
        pair for sentence in told for pair in combinations(sorted(sentence.parties), 2)
    )
    article = _Article(
        counts,
        counts.most_common(3),
        counts.total(),
        {mention.code for mention in named.title},
        together,
        {pair: rank for rank, (pair, _) in enumerate(together.most_common())},
        bool(document.title.text),
    )
    pairs = (candidate for sentence in told for candidate in _pairs_of(document, article, sentence))
    return list(islice(pairs, MAX_CANDIDATES))


@dataclass(frozen=True, slots=True)
class _Article:
    """What the numbers of all pairs of one article are made from."""

    counts: Counter[str]
    frequent: Sequence[tuple[str, int]]
    total: int
    in_title: set[str]
    together: Counter[tuple[str, str]]
    ranks: dict[tuple[str, str], int]
    has_title: bool


def _pairs_of(document: Document, article: _Article, sentence: _Sentence) -> Iterator[Candidate]:
    field = document.title if sentence.field == "title" else document.text
    words = _words(sentence, field.text)
    is_quoting = field.text.find('"', sentence.start, sentence.end) >= 0
    for first, second in combinations(sentence.parties, 2):
        yield Candidate(
            first,
            second,
            sentence.field,
            sentence.start,
            sentence.end,
            _masked(words, sentence, first, second),
            _numbers(article, sentence, first, second, is_quoting),
        )


def _sentences_with_two(document: Document, named: Named) -> Iterator[_Sentence]:
    if len({mention.code for mention in named.title}) > 1:
        yield _sentence("title", 0, len(document.title.text), 0, named.title)
    mentions = named.text
    at = 0
    for place, (start, end) in enumerate(sentences(document.text.text)):
        begin = at
        while at < len(mentions) and mentions[at].start < end:
            at += 1
        inside = mentions[begin:at]
        if len({mention.code for mention in inside}) > 1:
            yield _sentence("text", max(start, named.begin), end, place, inside)
        if at == len(mentions):
            return


def _sentence(
    field: Field, start: int, end: int, place: int, mentions: Sequence[Mention]
) -> _Sentence:
    mentions = tuple(mentions[:_MAX_MENTIONS])
    parties = tuple(dict.fromkeys(mention.code for mention in mentions))[:MAX_PARTIES]
    return _Sentence(field, start, end, place, mentions, parties)


def _words(sentence: _Sentence, text: str) -> list[str]:
    """The words of a sentence, each mention of a country as its code in capitals."""
    words: list[str] = []
    done = sentence.start
    for mention in sentence.mentions:
        words.extend(words_of(text[done : mention.start]))
        words.append(mention.code)
        done = mention.end
    words.extend(words_of(text[done : min(sentence.end, done + _MAX_TAIL)]))
    return words


def _masked(
    sentence_words: Sequence[str], sentence: _Sentence, first: str, second: str
) -> tuple[str, ...]:
    """The words with the parties as A, B and C, then those between A and B, each marked."""
    masks = dict.fromkeys(sentence.parties, "C") | {first: "A", second: "B"}
    words = [masks.get(word, word) if word.isupper() else word for word in sentence_words]
    begin = words.index("A")
    end = words.index("B")
    around = words[max(0, begin - _MAX_WORDS // 4) : max(begin, end) + _MAX_WORDS]
    between = [f"~{word}" for word in words[begin + 1 : end][:_MAX_BETWEEN]]
    return (*around, "", *between)


def _numbers(
    article: _Article, sentence: _Sentence, first: str, second: str, is_quoting: bool
) -> tuple[float, ...]:
    codes = [mention.code for mention in sentence.mentions]
    a_at, b_at = codes.index(first), codes.index(second)
    a, b = sentence.mentions[a_at], sentence.mentions[b_at]
    between = set(codes[a_at:b_at]) - {first, second}
    distance = b.start - a.end
    pair = (first, second) if first < second else (second, first)
    counts = article.counts
    third = next((n for code, n in article.frequent if code not in pair), 0)
    return (
        log1p(counts[first]),
        log1p(counts[second]),
        counts[first] / article.total,
        counts[second] / article.total,
        float(first in article.in_title),
        float(second in article.in_title),
        float(sentence.field == "title"),
        float(sentence.field == "text" and sentence.place < 2),
        log1p(sentence.place),
        float(len(sentence.parties)),
        log1p(len(counts)),
        float(len(sentence.parties) > 4),
        log1p(article.together[pair]),
        log1p(third),
        log1p(article.ranks.get(pair, len(article.ranks))),
        log1p(max(0, distance)),
        float(len(between)),
        float(a.kind == "name"),
        float(a.kind == "people"),
        float(b.kind == "name"),
        float(b.kind == "people"),
        float(distance <= 6),
        float(is_quoting),
        float(article.in_title == {first, second}),
        float(article.has_title),
    )
