"""The lesson: what teachers learn, what they are asked, and what they can be told.

Two teachers learn, each from one part of the examples (`training.parts`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from training.corpora import Text
from training.datasets import Example, label_table
from training.parts import part_of

Floats = NDArray[np.float32]


class TeacherError(RuntimeError):
    """A teacher cannot learn here; the message says what is missing or in the way."""


@dataclass(frozen=True, slots=True)
class TeacherParameters:
    """What a teacher can be told."""

    epochs: int = 4
    seed: int = 0
    max_tokens: int = 256
    encoder_rate: float = 1.2e-4
    head_rate: float = 2e-3
    weight_decay: float = 0.01
    warm_up: float = 0.1
    dropout: float = 0.1
    full_length_weight: float = 2.0
    batch_tokens: int = 4096
    batch_texts: int = 32


@dataclass(frozen=True, slots=True)
class Lesson:
    """What the teachers learn, what they are asked, and the folder where they keep what is done."""

    examples: tuple[Example, ...]
    texts: tuple[Text, ...]
    codes: tuple[str, ...]
    encoder: Path
    checkpoints: Path
    parameters: TeacherParameters

    def examples_of(self, part: int) -> list[Example]:
        """The examples of a part, which its teacher does not see."""
        return [example for example in self.examples if part_of(example.text) == part]

    def truth(self, examples: Sequence[Example]) -> Floats:
        """1 where an example has a theme, (n_examples, n_codes)."""
        table = label_table([example.themes for example in examples], self.codes)
        return table.astype(np.float32)


def joined(items: Sequence[Example | Text]) -> list[str]:
    """The one text of each item that the encoder reads: its title, if it has one, and its text."""
    return [f"{item.title}. {item.text}" if item.title else item.text for item in items]
