"""Tag a file of articles without Kafka: the same decoding, classifier and events as the stream."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import BinaryIO, TextIO

import msgspec

from models.classifier import Classifier
from models.events import TaggedArticle, encode
from streams.decode import Rejection
from streams.slices import SLICE_BYTES
from streams.tag import event_id, judge, tagged_article
from streams.terminal import plain

# Lines classified at once: more would not be faster, only take more memory.
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
    for batch in batches(numbered):
        for number, result in tag_lines(classifier, name, batch):
            if isinstance(result, Rejection):
                failed += 1
                why = plain(f"{result.kind}: {result.message}")
                errors.write(f"{plain(name)}:{number}: {why}\n")
            else:
                output.write(encode(result) + b"\n")
        output.flush()
        done += len(batch)
        progress(done)
    return failed


def batches(
    numbered: Iterable[tuple[int, bytes]], max_bytes: int = SLICE_BYTES
) -> Iterator[list[tuple[int, bytes]]]:
    """Runs of at most `BATCH` lines that end with the line that brings them to `max_bytes`.

    >>> [len(batch) for batch in batches(enumerate([b"long", b"a", b"b", b"c"]), 3)]
    [1, 3]
    """
    batch: list[tuple[int, bytes]] = []
    size = 0
    for number, line in numbered:
        batch.append((number, line))
        size += len(line)
        if len(batch) == BATCH or size >= max_bytes:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


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
    # A file's name may hold bytes that are no text; an id may not.
    id = name.encode(errors="surrogateescape").decode(errors="replace")
    try:
        return [msgspec.json.encode({"id": id[-256:], "text": text.decode("utf-8")})]
    except UnicodeDecodeError:
        return [text]  # which is then refused as what it is
