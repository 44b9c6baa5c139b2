"""The classifier gives the same tags to an article in any company, and survives any text."""

import time
from pathlib import Path

import msgspec
import pytest

from models.artifact import load
from models.classifier import Classifier
from models.events import Article, ModelStamp, Tags, encode
from models.taxonomy import taxonomy
from training.datasets import own_examples, read_dataset

MIB = 1024 * 1024
TITLE = "Seoul protests as US puts 25% tariff on Korean cars"
TEXT = (
    "SEOUL (Reuters) - The United States imposed a 25 percent tariff on imported vehicles from "
    "South Korea on Monday.\n\nSouth Korea\u2019s trade ministry called the duty unfair. "
    "Carmakers exported 1.4 million vehicles last year."
)


@pytest.fixture(scope="module")
def classifier() -> Classifier:
    return load()


def article(
    title: str = TITLE, text: str = TEXT, language: str | msgspec.UnsetType = msgspec.UNSET
) -> Article:
    return Article(id="a1", title=title, text=text, language=language)


def tag(classifier: Classifier, one: Article) -> Tags:
    (tags,) = classifier.tag_many([one])
    return tags


def test_an_article_on_tariffs_is_tagged_with_tariffs(classifier: Classifier) -> None:
    tags = tag(classifier, article())
    assert tags.outcome == "tagged"
    assert tags.themes[0].code == "tariffs"
    assert tags.themes[0].area == "trade"
    assert {"tariff", "duty"} & {word for said in tags.themes[0].evidence for word in said.split()}
    assert [country.code for country in tags.countries] == ["KOR", "USA"]
    assert tags.countries[0].first == "title"


def test_its_relation_has_the_sentence_as_evidence(classifier: Classifier) -> None:
    (relation,) = tag(classifier, article()).relations
    assert (relation.pair, relation.direction, relation.quad) == ("KOR-USA", "USA>KOR", 4)
    assert "tariffs" in relation.themes
    assert relation.evidence is not msgspec.UNSET
    span = relation.evidence
    field = TITLE if span.field == "title" else TEXT
    assert field[span.start : span.end].startswith(("Seoul protests", "The United States imposed"))


def test_evidence_counts_code_points_of_the_text_as_it_came(classifier: Classifier) -> None:
    text = "\ufeffO\ufb03cials met.\u00ad\u200b \U0001f600 " + TEXT.partition(" - ")[2]
    (relation,) = tag(classifier, article(title="", text=text)).relations
    assert relation.evidence is not msgspec.UNSET
    span = relation.evidence
    assert text[span.start : span.end].endswith("on Monday.")


def test_subjects_are_media_topics(classifier: Classifier) -> None:
    tags = tag(classifier, article())
    assert tags.subjects[0].uri == "medtop:20000384"
    assert tags.subjects[0].confidence == round(100 * tags.themes[0].probability)


def test_sport_has_no_theme(classifier: Classifier) -> None:
    text = "The striker scored twice in the second half as the home side won the cup final."
    tags = tag(classifier, article("Late goals win the cup", text))
    assert (tags.outcome, tags.themes, tags.relations, tags.subjects) == ("no_theme", (), (), ())


@pytest.mark.parametrize("text", ["Hello", "...", "\x00", "\U0001f600", "one two three"])
def test_a_few_words_are_too_short(classifier: Classifier, text: str) -> None:
    assert tag(classifier, article("", text)).outcome == "too_short"


@pytest.mark.parametrize("language", ["fr", "ko-KR", "FR-ca"])
def test_another_language_is_said_to_be_unsupported(classifier: Classifier, language: str) -> None:
    tags = tag(classifier, article(language=language))
    assert tags == Tags("unsupported_language")


@pytest.mark.parametrize("language", ["en", "en-GB", "EN-us"])
def test_english_in_any_spelling_is_read(classifier: Classifier, language: str) -> None:
    assert tag(classifier, article(language=language)).outcome == "tagged"


@pytest.mark.parametrize(
    "text",
    [
        "한국 정부는 미국의 관세 부과에 항의했다고 밝혔다",
        "قالت الحكومة إنها سترد على الرسوم",
        "Le gouvernement a annoncé que les droits de douane sur les voitures seront de dix "
        "pour cent dans le pays et que la mesure est temporaire pour les entreprises",
        "Die Regierung hat am Montag mitgeteilt, dass die Z\u00f6lle auf Autos mit dem neuen Jahr "
        "nicht in Kraft treten und der Handel mit den Partnern weiter gehen soll",
    ],
)
def test_another_language_is_noticed(classifier: Classifier, text: str) -> None:
    assert tag(classifier, article("", text)).outcome == "unsupported_language"


def test_a_declared_language_is_believed(classifier: Classifier) -> None:
    french = "Le gouvernement a annonc\u00e9 lundi une taxe sur les importations du pays."
    assert tag(classifier, article("", french, "en")).outcome == "no_theme"
    assert tag(classifier, article("", french)).outcome == "unsupported_language"


def test_nothing_but_boilerplate_is_too_short(classifier: Classifier) -> None:
    text = "Share on Facebook\nAdvertisement\nSign up for our newsletter\nPhoto: Kim Hong-ji/AFP"
    assert tag(classifier, article("", text)).outcome == "too_short"


def test_what_stands_around_an_article_changes_nothing(classifier: Classifier) -> None:
    plain = tag(classifier, article(text=TEXT))
    before = "By Jane Doe, Reuters\nShare on Facebook\n"
    after = "\nRead more: China and Japan fight a war over fish\n(Reporting by Paris Hilton)"
    around = tag(classifier, article(text=before + TEXT + after))
    assert around.themes == plain.themes
    assert around.countries == plain.countries
    (there,), (here,) = plain.relations, around.relations
    assert there.evidence is not msgspec.UNSET
    assert here.evidence is not msgspec.UNSET
    offset = len(before) if here.evidence.field == "text" else 0
    assert here.evidence.start == there.evidence.start + offset


def test_tags_do_not_depend_on_the_company(classifier: Classifier) -> None:
    examples = read_dataset([own_examples()]).examples[:70]
    articles = [Article(id=one.id, title=one.title, text=one.text) for one in examples]
    articles[10:10] = [article("", "x"), article("", "\u0301" * 1000), article()]
    together = [encode(tags) for tags in classifier.tag_many(articles)]
    alone = [encode(tag(classifier, one)) for one in articles]
    backwards = [encode(tags) for tags in classifier.tag_many(articles[::-1])][::-1]
    assert together == alone == backwards
    assert sum(b'"relations":[{' in body for body in together) > 20


def test_no_articles_give_no_tags(classifier: Classifier) -> None:
    assert classifier.tag_many([]) == []


def test_what_is_told_of_a_monstrous_word_is_short(classifier: Classifier) -> None:
    text = "artificial" + "-" * 300_000 + "intelligence. " + "tariff" * 50_000 + " " + TEXT
    assert len(encode(tag(classifier, article("AI chips and tariffs", text)))) < 20_000


def test_evidence_stays_in_one_sentence(classifier: Classifier) -> None:
    for theme in tag(
        classifier, article("Nuclear", "The artificial. Intelligence trade. War.")
    ).themes:
        assert not any("." in said for said in theme.evidence)


@pytest.mark.parametrize("padding", ["\n", " ", "-", "= "])
def test_an_empty_beginning_is_passed_over(classifier: Classifier, padding: str) -> None:
    assert tag(classifier, article("", padding * 3000 + TEXT, language="en")).outcome == "tagged"


HOSTILE = {
    "empty title": ("", TEXT),
    "empty text": (TITLE, ""),
    "control characters": ("\x00\x01\x1b", "\x07" * 5000 + TEXT),
    "lone surrogates": ("\ud800 tariff", "\udfff " + TEXT),
    "right to left marks": ("\u202e" + TITLE, "\u202e" + TEXT + "\u202c"),
    "emoji": ("\U0001f468\u200d\U0001f469\u200d\U0001f467" * 300, TEXT),
    "one line of 100,000 words": (TITLE, "Japan taxes Chinese steel and " * 20_000),
    "a mebibyte without spaces": ("", "x" * MIB),
    "a mebibyte of full stops": ("", "U.S. " + "." * MIB),
    "a mebibyte of capitals": ("", "US " * (MIB // 3)),
    "a mebibyte of combining marks": ("", "a" + "\u0315\u0300" * (MIB // 4)),
    "a mebibyte of countries": ("", "Japan, China, Peru. " * (MIB // 20)),
    "ten countries in one sentence of a mebibyte": (
        TITLE,
        "Japan, China, Peru, France, Italy, Spain, Kenya, India, Brazil and Chile " * (MIB // 80),
    ),
    "a mebibyte of letters in a foreign script": ("", "\u6f22" * (MIB // 3)),
    "a mebibyte in the title": (TITLE * (MIB // len(TITLE)), TEXT),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_no_text_is_too_much(classifier: Classifier, name: str) -> None:
    title, text = HOSTILE[name]
    begin = time.perf_counter()
    tags = tag(classifier, article(title, text))
    assert time.perf_counter() - begin < 30
    assert len(encode(tags)) < 100_000


def test_codes_of_tags_are_codes_of_the_taxonomy(classifier: Classifier) -> None:
    assert classifier.themes.codes == taxonomy().codes


def test_the_stamp_says_which_model_it_was(classifier: Classifier) -> None:
    assert isinstance(classifier.stamp, ModelStamp)
    assert classifier.stamp.digest.startswith("sha256:")
    assert classifier.stamp.taxonomy == taxonomy().version


def test_the_default_model_is_small(classifier: Classifier) -> None:
    folder = Path(__file__).parent.parent / "models" / "default"
    assert sum(path.stat().st_size for path in folder.iterdir()) < 15 * MIB
