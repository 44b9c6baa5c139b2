"""The encoder: texts in, how probable each theme is out.

The mean of its tokens and one linear layer; each theme is a yes or no of its own. torch and
transformers are the extra `dyadwire[teacher]` and are imported only where they are used.
"""

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from training.lesson import Floats, TeacherError, TeacherParameters
from training.token_batches import Tokens, batches

if TYPE_CHECKING:
    import torch

Report = Callable[[str, int, int], None]
"""Is told what goes on, and how many tokens of how many are done."""

_BFLOAT16 = ("avx512_bf16", "amx_bf16", "bf16")
_CHARACTERS_PER_TOKEN = 12


class Encoder:
    """An encoder with a linear layer on the mean of its tokens; on the GPU if there is one."""

    def __init__(self, folder: Path, n_codes: int, parameters: TeacherParameters) -> None:
        os.environ["HF_HUB_OFFLINE"] = "1"
        import torch
        from transformers import AutoModel, AutoTokenizer
        from transformers.utils import logging

        logging.set_verbosity_error()
        logging.disable_progress_bar()
        torch.manual_seed(parameters.seed)
        self.parameters = parameters
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self._n_codes = n_codes
        try:
            self._tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
            body = AutoModel.from_pretrained(folder, local_files_only=True).float()
        except (OSError, ValueError) as error:
            raise TeacherError(f"{folder}: no encoder that can be loaded ({error})") from error
        layers = {
            "body": body,
            "dropout": torch.nn.Dropout(parameters.dropout),
            "head": torch.nn.Linear(body.config.hidden_size, n_codes),
        }
        self.layers = torch.nn.ModuleDict(layers).to(self.device)

    def tokens(self, texts: Sequence[str]) -> Tokens:
        """The numbers of each text's tokens, cut at the most that are read, (n_tokens,) each."""
        longest = min(self.parameters.max_tokens, self._tokenizer.model_max_length)
        cut = [text[: longest * _CHARACTERS_PER_TOKEN] for text in texts]
        return [
            np.array(ids)
            for begin in range(0, len(cut), 1000)
            for ids in self._tokenizer(
                cut[begin : begin + 1000], truncation=True, max_length=longest
            )["input_ids"]
        ]

    def logits(self, tokens: Tokens, batch: Sequence[int]) -> "torch.Tensor":
        """The logit of each theme for the texts of a batch, (n_batch, n_codes), on the device."""
        import torch

        padded = np.zeros((2, len(batch), max(len(tokens[place]) for place in batch)), np.int64)
        padded[0] = self._tokenizer.pad_token_id
        for line, place in enumerate(batch):
            padded[0, line, : len(tokens[place])] = tokens[place]
            padded[1, line, : len(tokens[place])] = 1
        ids, mask = torch.from_numpy(padded).to(self.device)
        with torch.autocast(self.device.type, torch.bfloat16, enabled=self._has_bfloat16()):
            hidden = self.layers["body"](input_ids=ids, attention_mask=mask).last_hidden_state
            shown = mask.unsqueeze(-1).to(hidden.dtype)
            mean = (hidden * shown).sum(1) / shown.sum(1)
            return self.layers["head"](self.layers["dropout"](mean)).float()

    def probabilities(self, texts: Sequence[str], report: Report) -> Floats:
        """How probable each theme is, (n_texts, n_codes)."""
        import torch

        tokens = self.tokens(texts)
        lengths = [len(own) for own in tokens]
        longest_first = np.argsort(lengths, kind="stable")[::-1].tolist()
        found = np.zeros((len(texts), self._n_codes), np.float32)
        done = 0
        self.layers.eval()
        with torch.inference_mode():
            for batch in batches(longest_first, lengths, self.parameters.batch_tokens, len(texts)):
                found[batch] = torch.sigmoid(self.logits(tokens, batch)).cpu().numpy()
                done += sum(lengths[place] for place in batch)
                report(f"judging {len(texts)} texts", done, sum(lengths))
        return found

    def _has_bfloat16(self) -> bool:
        import torch

        if self.device.type == "cuda":
            return bool(torch.cuda.is_bf16_supported())
        return any(torch.cpu.get_capabilities().get(name) for name in _BFLOAT16)
