"""The classifier: articles in, tags out. The one door to the models."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from msgspec import UNSET
from numpy.typing import NDArray

from models.candidates import Named, find_candidates, find_named
from models.events import (
    Article,
    Country,
    Field,
    ModelStamp,
    Outcome,
    Relation,
    Span,
    Subject,
    Tags,
    Theme,
)
from models.features import words_of
from models.relations import Found, RelationModel
from models.taxonomy import themes_by_code
from models.text import Cleaned, Document, read
from models.themes import Scores, ThemeModel, theme_words

# An article with fewer different words has nothing to read.
MIN_WORDS = 4
_SAMPLE = 1200
_FIRST_WORDS = 150
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f]")
_OTHER_LETTER = re.compile(r"[^\W\d_A-Za-z\u00c0-\u024f]")
_MIN_LETTERS = 12
_MIN_LATIN = 0.6
_MIN_SAMPLE_WORDS = 15
_SENTENCE_SHARE = 0.75
_LISTED_ENGLISH = (
    "the of to and in a is that for on with as by was at from it be has are his have an were "
    "which not this or its their had will would but been they"
)
_ENGLISH = frozenset(_LISTED_ENGLISH.split())
_LISTED_FOREIGN = (
    "de la el los las que en del un una por para con se le les des et du est dans une pour au "
    "qui sur der die das und den von zu mit ist im dem nicht ein eine auf il di che della per i "
    "sono o os da do em uma com na no het een van op te dat zijn og det som av er ve bir bu za "
    "nie na w z je si och att yang dan di dengan untuk"
)
_FOREIGN = frozenset(_LISTED_FOREIGN.split())


@dataclass(frozen=True, slots=True)
class Classifier:
    """A loaded model. It holds no state: the tags of an article depend on the article alone."""

    stamp: ModelStamp
    themes: ThemeModel = field(repr=False)
    relations: RelationModel = field(repr=False)

    def tag_many(self, articles: Sequence[Article]) -> list[Tags]:
        """The tags of each article, in the same order. Safe to call from several threads."""
        documents = [read(article.title, article.text) for article in articles]
        words = [theme_words(document) for document in documents]
        outcomes = [
            _unreadable(article, document, own)
            for article, document, own in zip(articles, documents, words, strict=True)
        ]
        tags = [Tags(outcome or "no_theme") for outcome in outcomes]
        places = [place for place, outcome in enumerate(outcomes) if outcome is None]
        if places:
            tagged = self._tag_readable(
                [documents[place] for place in places], [words[place] for place in places]
            )
            for place, own in zip(places, tagged, strict=True):
                tags[place] = own
        return tags

    def theme_probabilities(self, articles: Sequence[Article]) -> NDArray[np.float64]:
        """The calibrated probability of every theme for each article, (n_articles, n_themes).

        For evaluation: also of articles that `tag_many` would not read, and of themes below their
        thresholds. Columns are in the order of `themes.codes`.
        """
        words = [theme_words(read(article.title, article.text)) for article in articles]
        return self.themes.probabilities(self.themes.scores(self.themes.rows(words)))

    def _tag_readable(
        self, documents: Sequence[Document], words: Sequence[Sequence[str]]
    ) -> list[Tags]:
        themes = self._themes(words)
        named = [find_named(document) for document in documents]
        relations = self._relations(documents, named, themes)
        return [
            _tags(own, tuple(_countries(name)), found)
            for own, name, found in zip(themes, named, relations, strict=True)
        ]

    def _themes(self, words: Sequence[Sequence[str]]) -> list[tuple[Theme, ...]]:
        """The themes of each text, most probable first."""
        rows = self.themes.rows(words)
        scores = self.themes.scores(rows)
        given: list[list[Theme]] = [[] for _ in words]
        texts, themes = (scores >= self.themes.thresholds).nonzero()
        values = scores[texts, themes].tolist()
        for text, theme, score in zip(texts.tolist(), themes.tolist(), values, strict=True):
            code = self.themes.codes[theme]
            given[text].append(
                Theme(
                    code=code,
                    area=themes_by_code()[code].area,
                    probability=self.themes.probability(theme, score),
                    evidence=self.themes.evidence(rows, text, theme),
                )
            )
        return [tuple(sorted(own, key=lambda theme: -theme.probability)) for own in given]

    def _relations(
        self,
        documents: Sequence[Document],
        named: Sequence[Named],
        themes: Sequence[tuple[Theme, ...]],
    ) -> list[tuple[Relation, ...]]:
        """The relations of each article; an article without a theme has none."""
        candidates = [
            find_candidates(document, name) if own else []
            for document, name, own in zip(documents, named, themes, strict=True)
        ]
        flat = [candidate for own in candidates for candidate in own]
        if not flat:
            return [() for _ in documents]
        scores = self.relations.scores(flat)
        found: list[list[Found]] = []
        begin = 0
        for own in candidates:
            found.append(self.relations.relations(own, scores[begin : begin + len(own)]))
            begin += len(own)
        return self._as_events(documents, themes, found)

    def _as_events(
        self,
        documents: Sequence[Document],
        themes: Sequence[tuple[Theme, ...]],
        found: Sequence[Sequence[Found]],
    ) -> list[tuple[Relation, ...]]:
        sentences = [
            words_of(_sentence(document, one))
            for document, own in zip(documents, found, strict=True)
            for one in own
        ]
        scores = iter(self.themes.scores(self.themes.rows(sentences)) if sentences else ())
        return [
            tuple(_relation(document, one, self._themes_of(next(scores), given)) for one in own)
            for document, own, given in zip(documents, found, themes, strict=True)
        ]

    def _themes_of(self, scores: Scores, given: tuple[Theme, ...]) -> tuple[str, ...]:
        """The article's themes that the sentence supports too; if none, the most probable one."""
        enough = scores >= _SENTENCE_SHARE * self.themes.thresholds
        supported = tuple(
            theme.code for theme in given if enough[self.themes.codes.index(theme.code)]
        )
        return supported or tuple(theme.code for theme in given[:1])


def _unreadable(article: Article, document: Document, words: Sequence[str]) -> Outcome | None:
    """Why an article cannot be tagged, or None."""
    if article.language is not UNSET:
        if article.language.split("-")[0].lower() not in ("en", "eng"):
            return "unsupported_language"
    elif not _looks_english(document, words[:_FIRST_WORDS]):
        return "unsupported_language"
    return "too_short" if len({*words[:_FIRST_WORDS], ""}) <= MIN_WORDS else None


def _looks_english(document: Document, words: Sequence[str]) -> bool:
    """Whether a text without a declared language may be English; in doubt it may."""
    sample = f"{document.title.text}\n{document.text.text[:_SAMPLE]}"
    if not sample.isascii():
        n_latin = len(_LATIN.findall(sample))
        n_letters = n_latin + len(_OTHER_LETTER.findall(sample))
        if n_letters >= _MIN_LETTERS and n_latin < _MIN_LATIN * n_letters:
            return False
    if len(words) < _MIN_SAMPLE_WORDS:
        return True
    n_english = sum(map(_ENGLISH.__contains__, words))
    return n_english * 12 >= len(words) or sum(map(_FOREIGN.__contains__, words)) <= 2 * n_english


def _tags(
    themes: tuple[Theme, ...], countries: tuple[Country, ...], relations: tuple[Relation, ...]
) -> Tags:
    return Tags(
        outcome="tagged" if themes else "no_theme",
        themes=themes,
        countries=countries,
        relations=relations,
        subjects=tuple(_subjects(themes)),
    )


def _countries(named: Named) -> list[Country]:
    """The countries of an article, the most often named first."""
    in_title = {mention.code for mention in named.title}
    return [
        Country(code=code, mentions=mentions, first="title" if code in in_title else "text")
        for code, mentions in named.counts.most_common()
    ]


def _subjects(themes: tuple[Theme, ...]) -> list[Subject]:
    entries = [(theme, themes_by_code()[theme.code]) for theme in themes]
    return [
        Subject(
            uri=f"medtop:{entry.medtop[0]}",
            name=entry.label,
            confidence=round(100 * theme.probability),
        )
        for theme, entry in entries
        if entry.medtop
    ]


def _relation(document: Document, found: Found, themes: tuple[str, ...]) -> Relation:
    return Relation.between(
        found.candidate.first,
        found.candidate.second,
        acting=found.acting,
        stance=found.stance,
        modality=found.modality,
        themes=themes,
        probability=found.probability,
        evidence=_span(document, found),
    )


def _span(document: Document, found: Found) -> Span:
    """The sentence in offsets of the field as it came."""
    candidate = found.candidate
    cleaned = _field(document, candidate.field)
    return Span(
        field=candidate.field,
        start=cleaned.original(candidate.start),
        end=cleaned.original(candidate.end - 1) + 1,
    )


def _sentence(document: Document, found: Found) -> str:
    candidate = found.candidate
    return _field(document, candidate.field).text[candidate.start : candidate.end]


def _field(document: Document, field: Field) -> Cleaned:
    return document.title if field == "title" else document.text
