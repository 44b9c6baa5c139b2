"""The teacher: a small encoder, fine-tuned on labelled examples, that then judges other texts.

The mean of the encoder's tokens and one linear layer; each theme is a yes or no of its own. Two
teachers learn, each from one part of the examples (`training.parts`), so that every example is
judged by one that has not seen it. torch and transformers are the extra `dyadwire[teacher]` and are
imported only where they are used.
"""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from training.corpora import Text
from training.datasets import DatasetError, Example, label_table
from training.parts import part_of

if TYPE_CHECKING:
    import torch

Floats = NDArray[np.float32]
Tokens = Sequence[NDArray[np.int64]]
Report = Callable[[str, int, int], None]

_BFLOAT16 = ("avx512_bf16", "amx_bf16", "bf16")
_CHARACTERS_PER_TOKEN = 12
_LENGTH_NOISE = 12
_LEAST_PACE = 0.02


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


@dataclass(frozen=True, slots=True)
class Taught:
    """How probable a teacher finds each theme of the examples it has not seen, and of the texts.

    (n_unseen, n_codes) and (n_texts, n_codes), in the order of the lesson.
    """

    unseen: Floats
    texts: Floats


def teach(lesson: Lesson, part: int, report: Report) -> Taught:
    """Fine-tune a teacher on the other part of the examples; let it judge this one and the texts.

    What the checkpoints hold already is not done again. `report` is told what goes on, and how many
    tokens of how many are done.
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
    teacher = Teacher(lesson.encoder, len(lesson.codes), own)
    teacher.fit(joined(seen), lesson.truth(seen), np.array(weights, np.float32), begun, report)
    taught = Taught(
        teacher.probabilities(joined(unseen), report),
        teacher.probabilities(joined(lesson.texts), report),
    )
    _write(finished, lambda file: np.savez(file, unseen=taught.unseen, texts=taught.texts))
    begun.unlink(missing_ok=True)
    return taught


class Teacher:
    """An encoder with a linear layer on the mean of its tokens; on the GPU if there is one."""

    def __init__(self, encoder: Path, n_codes: int, parameters: TeacherParameters) -> None:
        os.environ["HF_HUB_OFFLINE"] = "1"
        import torch
        from transformers import AutoModel, AutoTokenizer
        from transformers.utils import logging

        logging.set_verbosity_error()
        logging.disable_progress_bar()
        torch.manual_seed(parameters.seed)
        self._own = parameters
        self._n_codes = n_codes
        self._device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        try:
            self._tokenizer = AutoTokenizer.from_pretrained(encoder, local_files_only=True)
            body = AutoModel.from_pretrained(encoder, local_files_only=True).float()
        except (OSError, ValueError) as error:
            raise TeacherError(f"{encoder}: no encoder that can be loaded ({error})") from error
        layers = {
            "body": body,
            "dropout": torch.nn.Dropout(parameters.dropout),
            "head": torch.nn.Linear(body.config.hidden_size, n_codes),
        }
        self._layers = torch.nn.ModuleDict(layers).to(self._device)

    def fit(
        self, texts: Sequence[str], truth: Floats, weights: Floats, checkpoint: Path, report: Report
    ) -> None:
        """Learn themes, (n_texts, n_codes); `weights`, (n_texts,), say how much a text counts.

        The checkpoint is written after each epoch; where there is one, it goes on from there.
        """
        import torch

        tokens = self._tokens(texts)
        plan = [self._shuffled(tokens, epoch) for epoch in range(self._own.epochs)]
        size, n_steps = sum(map(len, tokens)), sum(map(len, plan))
        optimiser = self._optimiser()
        first = self._go_on(checkpoint, optimiser) if checkpoint.exists() else 0
        done, step = first * size, sum(map(len, plan[:first]))
        for epoch in range(first, self._own.epochs):
            torch.manual_seed(self._own.seed * 1000 + epoch)
            self._layers.train()
            losses: list[float] = []
            for batch in plan[epoch]:
                for group in optimiser.param_groups:
                    group["lr"] = group["rate"] * pace(step, n_steps, self._own.warm_up)
                losses.append(self._learn(optimiser, tokens, batch, truth[batch], weights[batch]))
                done, step = done + sum(len(tokens[place]) for place in batch), step + 1
                said = f"epoch {epoch + 1} of {self._own.epochs}, loss {np.mean(losses):.2f}"
                report(said, done, size * self._own.epochs)
            self._keep(checkpoint, optimiser, epoch + 1)

    def probabilities(self, texts: Sequence[str], report: Report) -> Floats:
        """How probable each theme is, (n_texts, n_codes)."""
        import torch

        tokens = self._tokens(texts)
        lengths = [len(own) for own in tokens]
        longest_first = np.argsort(lengths, kind="stable")[::-1].tolist()
        found = np.zeros((len(texts), self._n_codes), np.float32)
        done = 0
        self._layers.eval()
        with torch.inference_mode():
            for batch in batches(longest_first, lengths, self._own.batch_tokens, len(texts)):
                found[batch] = torch.sigmoid(self._logits(tokens, batch)).cpu().numpy()
                done += sum(lengths[place] for place in batch)
                report(f"judging {len(texts)} texts", done, sum(lengths))
        return found

    def _learn(
        self, optimiser: Any, tokens: Tokens, batch: list[int], truth: Floats, weights: Floats
    ) -> float:
        import torch

        expected = torch.from_numpy(truth).to(self._device)
        logits = self._logits(tokens, batch)
        losses = torch.nn.functional.binary_cross_entropy_with_logits(
            logits, expected, reduction="none"
        )
        loss = (losses.sum(1) * torch.from_numpy(weights).to(self._device)).mean()
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self._layers.parameters(), 1.0)
        optimiser.step()
        return float(loss.item())

    def _logits(self, tokens: Tokens, batch: list[int]) -> "torch.Tensor":
        import torch

        padded = np.zeros((2, len(batch), max(len(tokens[place]) for place in batch)), np.int64)
        padded[0] = self._tokenizer.pad_token_id
        for line, place in enumerate(batch):
            padded[0, line, : len(tokens[place])] = tokens[place]
            padded[1, line, : len(tokens[place])] = 1
        ids, mask = torch.from_numpy(padded).to(self._device)
        with torch.autocast(self._device.type, torch.bfloat16, enabled=self._has_bfloat16()):
            hidden = self._layers["body"](input_ids=ids, attention_mask=mask).last_hidden_state
            shown = mask.unsqueeze(-1).to(hidden.dtype)
            mean = (hidden * shown).sum(1) / shown.sum(1)
            return self._layers["head"](self._layers["dropout"](mean)).float()

    def _has_bfloat16(self) -> bool:
        import torch

        if self._device.type == "cuda":
            return bool(torch.cuda.is_bf16_supported())
        return any(torch.cpu.get_capabilities().get(name) for name in _BFLOAT16)

    def _tokens(self, texts: Sequence[str]) -> Tokens:
        longest = min(self._own.max_tokens, self._tokenizer.model_max_length)
        cut = [text[: longest * _CHARACTERS_PER_TOKEN] for text in texts]
        return [
            np.array(ids)
            for begin in range(0, len(cut), 1000)
            for ids in self._tokenizer(
                cut[begin : begin + 1000], truncation=True, max_length=longest
            )["input_ids"]
        ]

    def _shuffled(self, tokens: Tokens, epoch: int) -> list[list[int]]:
        random = np.random.default_rng([self._own.seed, epoch])
        lengths = [len(own) for own in tokens]
        noisy = np.array(lengths) + random.integers(0, _LENGTH_NOISE, len(lengths))
        order = np.argsort(noisy, kind="stable")
        plan = batches(order.tolist(), lengths, self._own.batch_tokens, self._own.batch_texts)
        return [plan[place] for place in random.permutation(len(plan))]

    def _optimiser(self) -> Any:
        import torch

        rates = {"body": self._own.encoder_rate, "head": self._own.head_rate}
        groups = [
            {"params": self._layers[name].parameters(), "rate": rate}
            for name, rate in rates.items()
        ]
        return torch.optim.AdamW(groups, weight_decay=self._own.weight_decay, fused=True)

    def _keep(self, checkpoint: Path, optimiser: Any, epochs: int) -> None:
        import torch

        state = {"layers": self._layers.state_dict(), "optimiser": optimiser.state_dict()}
        _write(checkpoint, lambda file: torch.save({"epochs": epochs, **state}, file))

    def _go_on(self, checkpoint: Path, optimiser: Any) -> int:
        import torch

        state = torch.load(checkpoint, map_location=self._device, weights_only=True)
        self._layers.load_state_dict(state["layers"])
        optimiser.load_state_dict(state["optimiser"])
        return int(state["epochs"])


def joined(items: Sequence[Example | Text]) -> list[str]:
    """The one text of each item that the encoder reads: its title, if it has one, and its text."""
    return [f"{item.title}. {item.text}" if item.title else item.text for item in items]


def batches(
    order: Sequence[int], lengths: Sequence[int], most_tokens: int, most_texts: int
) -> list[list[int]]:
    """The texts of `order` in batches of at most so many tokens, padding included.

    >>> batches([0, 1, 2, 3], [3, 3, 5, 20], most_tokens=10, most_texts=9)
    [[0, 1], [2], [3]]
    """
    found: list[list[int]] = []
    longest = 0
    for place in order:
        longest = max(longest, lengths[place])
        size = len(found[-1]) if found else most_texts
        if size == most_texts or longest * (size + 1) > most_tokens:
            found.append([])
            longest = lengths[place]
        found[-1].append(place)
    return found


def pace(step: int, n_steps: int, warm_up: float) -> float:
    """The share of the learning rate at a step: up in a line at first, then down in a line.

    >>> [round(pace(step, 10, 0.2), 2) for step in (0, 1, 5, 9)]
    [0.5, 0.9, 0.5, 0.1]
    """
    return min(1.0, (step + 1) / (warm_up * n_steps)) * max(_LEAST_PACE, 1 - step / n_steps)


def _write(path: Path, write: Callable[[IO[bytes]], None]) -> None:
    """Write a file as a whole or not at all."""
    unfinished = path.with_name(f"{path.name}.new")
    with unfinished.open("wb") as file:
        write(file)
    unfinished.replace(path)
