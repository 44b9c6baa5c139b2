"""The fine-tuning: an encoder learns themes, epoch by epoch, and goes on where it was stopped."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from training.checkpoints import write_whole
from training.encoder import Encoder, Report
from training.lesson import Floats
from training.token_batches import Tokens, shuffled

_LEAST_PACE = 0.02


def fine_tune(
    encoder: Encoder,
    texts: Sequence[str],
    truth: Floats,
    weights: Floats,
    checkpoint: Path,
    report: Report,
) -> None:
    """Teach it themes, (n_texts, n_codes); `weights`, (n_texts,), say how much a text counts.

    The checkpoint is written after each epoch; where there is one, it goes on from there.
    """
    import torch

    own = encoder.parameters
    tokens = encoder.tokens(texts)
    plan = [shuffled(tokens, epoch, own) for epoch in range(own.epochs)]
    size, n_steps = sum(map(len, tokens)), sum(map(len, plan))
    optimiser = _optimiser(encoder)
    first = _go_on(encoder, optimiser, checkpoint) if checkpoint.exists() else 0
    done, step = first * size, sum(map(len, plan[:first]))
    for epoch in range(first, own.epochs):
        torch.manual_seed(own.seed * 1000 + epoch)
        encoder.layers.train()
        losses: list[float] = []
        for batch in plan[epoch]:
            for group in optimiser.param_groups:
                group["lr"] = group["rate"] * pace(step, n_steps, own.warm_up)
            losses.append(_learn(encoder, optimiser, tokens, batch, truth[batch], weights[batch]))
            done, step = done + sum(len(tokens[place]) for place in batch), step + 1
            said = f"epoch {epoch + 1} of {own.epochs}, loss {np.mean(losses):.2f}"
            report(said, done, size * own.epochs)
        _keep(encoder, optimiser, checkpoint, epoch + 1)


def pace(step: int, n_steps: int, warm_up: float) -> float:
    """The share of the learning rate at a step: up in a line at first, then down in a line.

    >>> [round(pace(step, 10, 0.2), 2) for step in (0, 1, 5, 9)]
    [0.5, 0.9, 0.5, 0.1]
    """
    return min(1.0, (step + 1) / (warm_up * n_steps)) * max(_LEAST_PACE, 1 - step / n_steps)


def _learn(
    encoder: Encoder,
    optimiser: Any,
    tokens: Tokens,
    batch: Sequence[int],
    truth: Floats,
    weights: Floats,
) -> float:
    """One step; gives the loss before it."""
    import torch

    expected = torch.from_numpy(truth).to(encoder.device)
    logits = encoder.logits(tokens, batch)
    losses = torch.nn.functional.binary_cross_entropy_with_logits(
        logits, expected, reduction="none"
    )
    loss = (losses.sum(1) * torch.from_numpy(weights).to(encoder.device)).mean()
    optimiser.zero_grad()
    loss.backward()
    torch.nn.utils.clip_grad_norm_(encoder.layers.parameters(), 1.0)
    optimiser.step()
    return float(loss.item())


def _optimiser(encoder: Encoder) -> Any:
    import torch

    rates = {"body": encoder.parameters.encoder_rate, "head": encoder.parameters.head_rate}
    groups = [
        {"params": encoder.layers[name].parameters(), "rate": rate} for name, rate in rates.items()
    ]
    return torch.optim.AdamW(groups, weight_decay=encoder.parameters.weight_decay, fused=True)


def _keep(encoder: Encoder, optimiser: Any, checkpoint: Path, epochs: int) -> None:
    import torch

    state = {"layers": encoder.layers.state_dict(), "optimiser": optimiser.state_dict()}
    write_whole(checkpoint, lambda file: torch.save({"epochs": epochs, **state}, file))


def _go_on(encoder: Encoder, optimiser: Any, checkpoint: Path) -> int:
    """Take what a checkpoint holds; gives how many epochs are done."""
    import torch

    state = torch.load(checkpoint, map_location=encoder.device, weights_only=True)
    encoder.layers.load_state_dict(state["layers"])
    optimiser.load_state_dict(state["optimiser"])
    return int(state["epochs"])
