"""Files without Kafka: memory bounded by bytes, and names that are no text."""

import io
import os

import msgspec

from models.events import Tags
from streams.files import classify_lines, plain_text
from tests.factories import RuleClassifier, article_bytes

NOT_UTF_8 = os.fsdecode(b"S\xe3o Paulo.txt")


def classify(classifier: RuleClassifier, name: str, lines: list[bytes]) -> tuple[int, str]:
    """How many lines failed, and what was said of them."""
    errors = io.StringIO()
    failed = classify_lines(
        classifier,  # type: ignore[arg-type]  # stands in for the trained one
        name,
        lines,
        io.BytesIO(),
        errors,
        lambda count: None,
    )
    return failed, errors.getvalue()


def test_long_lines_are_classified_a_few_at_once() -> None:
    classifier = RuleClassifier(lambda _: Tags(outcome="no_theme"))
    lines = [article_bytes(id=str(n), text="x" * 900_000) for n in range(5)]
    assert classify(classifier, "a.jsonl", lines) == (0, "")
    assert classifier.calls == [2, 2, 1]


def test_short_lines_are_classified_many_at_once() -> None:
    classifier = RuleClassifier()
    classify(classifier, "a.jsonl", [article_bytes(id=str(n)) for n in range(600)])
    assert classifier.calls == [512, 88]


def test_a_name_that_is_not_utf_8_is_a_name() -> None:
    failed, errors = classify(RuleClassifier(), NOT_UTF_8, [article_bytes(), b"bad"])
    assert failed == 1
    assert errors.startswith("S\N{REPLACEMENT CHARACTER}o Paulo.txt:2: DecodeError")
    [line] = plain_text(NOT_UTF_8, b"Text.")
    assert msgspec.json.decode(line)["id"] == "S\N{REPLACEMENT CHARACTER}o Paulo.txt"
