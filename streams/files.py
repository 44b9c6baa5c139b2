"""Tag a file of articles without Kafka: the same decoding, classifier and events as the stream."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import islice
from typing import BinaryIO, TextIO

import msgspec

from models.classifier import Classifier
from models.events import TaggedArticle, encode
from streams.decode import Rejection
from streams.tag import event_id, judge, tagged_article
from streams.terminal import plain

BATCH = 512


def classify_lines(
    classifier: Classifier,
    name: str,
    lines: Iterable[bytes],
    output: BinaryIO,
    errors: TextIO,
    progress: Callable[[int], None],
) -> int:
    """Write a tagged article for each line that holds an article; gives how many did not.

    `name` is where the lines come from: with the line's number it makes the event's id. Each line
    without an article gives one line on `errors`; blank lines are passed over.
    """
    failed = done = 0
    numbered = ((number, line) for number, line in enumerate(lines, start=1) if line.strip())
    while batch := list(islice(numbered, BATCH)):
        for number, result in tag_lines(classifier, name, batch):
            if isinstance(result, Rejection):
                failed += 1
                why = plain(f"{result.kind}: {result.message}")
                errors.write(f"{name}:{number}: {why}\n")
            else:
                output.write(encode(result) + b"\n")
        output.flush()
        done += len(batch)
        progress(done)
    return failed


def tag_lines(
    classifier: Classifier, name: str, lines: Sequence[tuple[int, bytes]]
) -> Iterator[tuple[int, TaggedArticle | Rejection]]:
    """The tagged article, or why there is none, for each numbered line."""
    received_at = datetime.now(UTC)
    judged = judge(classifier, [(line.strip(), ()) for _, line in lines])
    tagged_at = datetime.now(UTC)
    for (number, _), verdict in zip(lines, judged, strict=True):
        if isinstance(verdict, Rejection):
            yield number, verdict
        else:
            id = event_id(name, 0, number)
            yield number, tagged_article(id, *verdict, classifier.stamp, received_at, tagged_at)


def plain_text(name: str, text: bytes) -> list[bytes]:
    """The one line of a file that is the plain text of one article."""
    try:
        return [msgspec.json.encode({"id": name[-256:], "text": text.decode("utf-8")})]
    except UnicodeDecodeError:
        return [text]  # which is then refused as what it is
