"""Records in, messages out: each record gives its tags or its rejection, and nothing else."""

from datetime import UTC, datetime

import msgspec
import pytest

from models.events import Article, Relation, RelationFound, TaggedArticle, Tags, Theme, decode
from streams.decode import Rejection
from streams.delivery import Output
from streams.record import header
from streams.tag import ERROR_PREFIX, Targets, event_id, predict, tag_records
from tests.factories import FakeRecord, RuleClassifier, article_bytes

NOW = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)
TARGETS = Targets("articles.tagged", "relations", "articles.rejected")
TRADE = Tags(
    outcome="tagged",
    themes=(Theme(code="tariffs", area="trade", probability=0.9),),
    relations=(
        Relation.between("USA", "KOR", acting="USA", stance="verbal_conflict"),
        Relation.between("USA", "KOR", stance="verbal_cooperation"),
    ),
)


def outputs(*records: FakeRecord, tags: Tags = TRADE) -> list[Output]:
    return tag_records(RuleClassifier(lambda _: tags), records, TARGETS, NOW, lambda: NOW)  # type: ignore[arg-type]  # stands in for the trained one


def test_an_article_gives_its_tags_and_one_message_for_each_relation() -> None:
    tagged, first, second = outputs(FakeRecord(partition=3))
    assert (tagged.topic, tagged.key, tagged.partition) == ("articles.tagged", b"a1", 3)
    assert (first.topic, first.key, first.partition) == ("relations", b"KOR-USA", None)
    article = decode(TaggedArticle, tagged.value or b"")
    relation = decode(RelationFound, first.value or b"")
    assert article.id == event_id("articles", 3, 0)
    assert [relation.id, decode(RelationFound, second.value or b"").id] == [
        f"{article.id}-0",
        f"{article.id}-1",
    ]
    assert relation.article == article.article
    assert relation.direction == "USA>KOR"


def test_outputs_are_cloud_events_and_pass_the_trace_on() -> None:
    trace = b"00-" + b"a" * 32 + b"-" + b"b" * 16 + b"-01"
    for output in outputs(FakeRecord(headers=[("traceparent", trace), ("other", b"x")])):
        assert header(output.headers, "ce_specversion") == b"1.0"
        assert header(output.headers, "ce_source") == b"/articles/0"
        assert header(output.headers, "ce_time") == b"2026-11-03T09:00:00Z"
        assert header(output.headers, "content-type") == b"application/json"
        assert header(output.headers, "traceparent") == trace
        assert header(output.headers, "other") is None
        event = msgspec.json.decode(output.value or b"")
        assert header(output.headers, "ce_id") == event["id"].encode()


def test_a_bad_record_keeps_its_bytes_and_gets_its_reason() -> None:
    [output] = outputs(
        FakeRecord(value=b"\xff", key=None, offset=17, headers=(("a", b"1"), ("a", None)))
    )
    assert (output.topic, output.key, output.value) == ("articles.rejected", None, b"\xff")
    assert list(output.headers)[:2] == [("a", b"1"), ("a", None)]
    assert header(output.headers, ERROR_PREFIX + "offset") == b"17"
    assert header(output.headers, ERROR_PREFIX + "stage") == b"decode"


def test_order_is_that_of_the_records() -> None:
    records = [
        FakeRecord(value=article_bytes(id=str(n)) if n % 3 else b"bad", offset=n) for n in range(9)
    ]
    made = outputs(*records, tags=Tags(outcome="no_theme"))
    assert [output.topic == "articles.rejected" for output in made] == [
        n % 3 == 0 for n in range(9)
    ]


def refuse_poison(article: Article) -> Tags:
    if "poison" in article.title:
        raise ZeroDivisionError("nothing to weigh")
    return Tags(outcome="no_theme")


def test_an_article_that_breaks_the_classifier_costs_only_itself() -> None:
    classifier = RuleClassifier(refuse_poison)
    articles = [Article(id=str(n), title="poison" if n == 37 else "t") for n in range(100)]
    verdicts = predict(classifier, articles)  # type: ignore[arg-type]  # stands in
    assert verdicts[37] == Rejection("predict", "ZeroDivisionError", "nothing to weigh")
    assert [n for n, verdict in enumerate(verdicts) if isinstance(verdict, Rejection)] == [37]
    assert len(classifier.calls) < 20


def test_a_lack_of_memory_is_no_fault_of_an_article() -> None:
    def starve(article: Article) -> Tags:
        raise MemoryError

    with pytest.raises(MemoryError):
        predict(RuleClassifier(starve), [Article(id="a", title="t")])  # type: ignore[arg-type]  # stands in


def test_ids_differ_by_place_and_repeat_for_the_same_place() -> None:
    places = [(t, p, o) for t in ("a", "b") for p in (0, 1) for o in (0, 1, 10)]
    assert len({event_id(*place) for place in places}) == len(places)
    assert event_id("a", 1, 1) == event_id("a", 1, 1)
