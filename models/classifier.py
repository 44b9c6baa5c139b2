"""The classifier: articles in, tags out. The one door to the models."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice

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
from models.evidence import find_evidence
from models.language import is_english
from models.relations import Found, RelationModel
from models.taxonomy import Taxonomy
from models.text import Cleaned, Document, read
from models.theme_features import Parts, parts_of
from models.themes import Scores, ThemeModel

# An article with fewer different words has nothing to read.
MIN_WORDS = 4
_SAMPLE = 1200
_LONGEST_SENTENCE = 2000
_WORD = re.compile(r"[^\W_]+")
_SENTENCE_SHARE = 0.75


@dataclass(frozen=True, slots=True)
class Classifier:
    """A loaded model. It holds no state: the tags of an article depend on the article alone."""

    stamp: ModelStamp
    taxonomy: Taxonomy = field(repr=False)
    themes: ThemeModel = field(repr=False)
    relations: RelationModel | None = field(repr=False)
    """None in a model for themes alone."""

    def tag_many(self, articles: Sequence[Article]) -> list[Tags]:
        """The tags of each article, in the same order. Safe to call from several threads."""
        documents = [read(article.title, article.text) for article in articles]
        outcomes = [
            _unreadable(article, document)
            for article, document in zip(articles, documents, strict=True)
        ]
        tags = [Tags(outcome or "no_theme") for outcome in outcomes]
        places = [place for place, outcome in enumerate(outcomes) if outcome is None]
        if places:
            tagged = self._tag_readable([documents[place] for place in places])
            for place, own in zip(places, tagged, strict=True):
                tags[place] = own
        return tags

    def theme_probabilities(self, articles: Sequence[Article]) -> NDArray[np.float64]:
        """The calibrated probability of every theme for each article, (n_articles, n_themes).

        For evaluation: also of articles that `tag_many` would not read, and of themes below their
        thresholds. Columns are in the order of `themes.codes`.
        """
        texts = [parts_of(read(article.title, article.text)) for article in articles]
        return self.themes.probabilities(self.themes.scores(self.themes.rows(texts)))

    def _tag_readable(self, documents: Sequence[Document]) -> list[Tags]:
        themes = self.find_themes([parts_of(document) for document in documents])
        named = [find_named(document) for document in documents]
        relations = self._relations(documents, named, themes)
        return [
            _tags(own, tuple(_countries(name)), found, self._subjects(own))
            for own, name, found in zip(themes, named, relations, strict=True)
        ]

    def find_themes(
        self, texts: Sequence[Parts], *, with_evidence: bool = True
    ) -> list[tuple[Theme, ...]]:
        """The themes of each text, given as title and text in lower case, most probable first."""
        rows = self.themes.rows(texts)
        scores = self.themes.scores(rows)
        places, themes = (scores >= self.themes.thresholds).nonzero()
        probabilities = self.themes.probability(themes, scores[places, themes])
        order = np.lexsort((-probabilities, places))
        places, themes = places[order], themes[order]
        told: Sequence[tuple[str, ...]] = [()] * len(places)
        if with_evidence and len(places):
            told = find_evidence(self.themes, rows, places, themes)
        given: list[list[Theme]] = [[] for _ in texts]
        for text, theme, probability, evidence in zip(
            places.tolist(), themes.tolist(), probabilities[order].tolist(), told, strict=True
        ):
            entry = self.taxonomy.themes[theme]
            given[text].append(
                Theme(code=entry.code, area=entry.area, probability=probability, evidence=evidence)
            )
        return [tuple(own) for own in given]

    def _relations(
        self,
        documents: Sequence[Document],
        named: Sequence[Named],
        themes: Sequence[tuple[Theme, ...]],
    ) -> list[tuple[Relation, ...]]:
        """The relations of each article; an article without a theme has none."""
        if self.relations is None:
            return [() for _ in documents]
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

    def _subjects(self, themes: tuple[Theme, ...]) -> tuple[Subject, ...]:
        """The themes as IPTC Media Topics, where there is one."""
        entries = [(theme, self.taxonomy.by_code[theme.code]) for theme in themes]
        return tuple(
            Subject(
                uri=f"medtop:{entry.medtop[0]}",
                name=entry.label,
                confidence=round(100 * theme.probability),
            )
            for theme, entry in entries
            if entry.medtop
        )

    def _as_events(
        self,
        documents: Sequence[Document],
        themes: Sequence[tuple[Theme, ...]],
        found: Sequence[Sequence[Found]],
    ) -> list[tuple[Relation, ...]]:
        told = [
            [_sentence(document, one) for one in own]
            for document, own in zip(documents, found, strict=True)
        ]
        # One sentence may tell of many pairs.
        sentences = list(dict.fromkeys(sentence for own in told for sentence in own))
        if not sentences:
            return [() for _ in documents]
        texts = [("", sentence.lower()) for sentence in sentences]
        scores = dict(zip(sentences, self.themes.scores(self.themes.rows(texts)), strict=True))
        return [
            tuple(
                _relation(document, one, self._themes_of(scores[sentence], given))
                for one, sentence in zip(own, said, strict=True)
            )
            for document, own, said, given in zip(documents, found, told, themes, strict=True)
        ]

    def _themes_of(self, scores: Scores, given: tuple[Theme, ...]) -> tuple[str, ...]:
        """The article's themes that the sentence supports too; if none, the most probable one."""
        enough = scores >= _SENTENCE_SHARE * self.themes.thresholds
        supported = tuple(
            theme.code for theme in given if enough[self.themes.codes.index(theme.code)]
        )
        return supported or tuple(theme.code for theme in given[:1])


def _unreadable(article: Article, document: Document) -> Outcome | None:
    """Why an article cannot be tagged, or None."""
    if article.language is not UNSET:
        if article.language.split("-")[0].lower() not in ("en", "eng"):
            return "unsupported_language"
    elif not is_english(document):
        return "unsupported_language"
    return "too_short" if _is_too_short(document) else None


def _is_too_short(document: Document) -> bool:
    """Whether there are too few different words to read."""
    different: set[str] = set()
    for text in (document.title.text, document.text.text):
        for word in islice(_WORD.finditer(text), _SAMPLE):
            different.add(word[0].lower())
            if len(different) == MIN_WORDS:
                return False
    return True


def _tags(
    themes: tuple[Theme, ...],
    countries: tuple[Country, ...],
    relations: tuple[Relation, ...],
    subjects: tuple[Subject, ...],
) -> Tags:
    return Tags(
        outcome="tagged" if themes else "no_theme",
        themes=themes,
        countries=countries,
        relations=relations,
        subjects=subjects,
    )


def _countries(named: Named) -> list[Country]:
    """The countries of an article, the most often named first."""
    in_title = {mention.code for mention in named.title}
    return [
        Country(code=code, mentions=mentions, first="title" if code in in_title else "text")
        for code, mentions in named.counts.most_common()
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
    """The sentence that tells it, or the first 2,000 characters of one without end."""
    candidate = found.candidate
    end = min(candidate.end, candidate.start + _LONGEST_SENTENCE)
    return _field(document, candidate.field).text[candidate.start : end]


def _field(document: Document, field: Field) -> Cleaned:
    return document.title if field == "title" else document.text
