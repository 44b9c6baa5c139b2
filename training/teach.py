"""The teaching: every example is judged by a teacher that has not seen it.

A teacher learns from one part of the examples, and judges the other part and the texts that nobody
has labelled. What is finished is not done again.
"""

from dataclasses import dataclass

import numpy as np

from training.checkpoints import write_whole
from training.datasets import DatasetError
from training.encoder import Encoder, Report
from training.fine_tuning import fine_tune
from training.lesson import Floats, Lesson, joined


@dataclass(frozen=True, slots=True)
class Taught:
    """How probable a teacher finds each theme of the examples it has not seen, and of the texts.

    (n_unseen, n_codes) and (n_texts, n_codes), in the order of the lesson.
    """

    unseen: Floats
    texts: Floats


def teach(lesson: Lesson, part: int, report: Report) -> Taught:
    """Fine-tune a teacher on the other part of the examples; let it judge this one and the texts.

    DatasetError if a part has no examples.
    """
    finished, begun = (lesson.checkpoints / f"part-{part}{suffix}" for suffix in (".npz", ".pt"))
    if finished.exists():
        with np.load(finished) as stored:
            return Taught(stored["unseen"], stored["texts"])
    seen, unseen = lesson.examples_of(1 - part), lesson.examples_of(part)
    if not seen or not unseen:
        raise DatasetError("too few examples: two teachers need some each that the other leaves")
    own = lesson.parameters
    weights = [own.full_length_weight if example.is_full_length else 1.0 for example in seen]
    encoder = Encoder(lesson.encoder, len(lesson.codes), own)
    truth = lesson.truth(seen)
    fine_tune(encoder, joined(seen), truth, np.array(weights, np.float32), begun, report)
    taught = Taught(
        encoder.probabilities(joined(unseen), report),
        encoder.probabilities(joined(lesson.texts), report),
    )
    write_whole(finished, lambda file: np.savez(file, unseen=taught.unseen, texts=taught.texts))
    begun.unlink(missing_ok=True)
    return taught
