"""The accuracy: how well each engine labels articles by hands that it has not read.

Each learns from the project's own articles alone. Each theme has a threshold of its own, fitted for
every engine as the fit of this classifier does it: on scores of articles that were left out of the
learning. As a second opinion, probabilities are cut at 0.5, as `predict` would.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import msgspec
import numpy as np

from benchmarks.classifier.encoder import Embed, encoder_engine
from benchmarks.classifier.engines import ENCODER, FASTTEXT, HASHING, SKLEARN, Engine
from benchmarks.classifier.fasttext_peer import fasttext_engine
from benchmarks.classifier.linear import hashing_engine, logistic_engines
from benchmarks.classifier.messages import Accuracy
from models.events import Article
from models.taxonomy import Taxonomy
from models.text import read
from models.theme_features import parts_of
from training.datasets import Example, label_table
from training.evaluate import macro_f1, score_sets, total
from training.examples import Parameters
from training.fit import fit
from training.folds import fold_of
from training.soft_texts import no_soft_texts
from training.thresholds import Bools, Floats, fit_thresholds

OWN = "this classifier"
Learn = Callable[[Sequence[Example]], Engine]


def accuracies(
    learned: Sequence[Example],
    judged: Sequence[Example],
    taxonomy: Taxonomy,
    peers: Mapping[str, Learn],
) -> Iterator[Accuracy]:
    """The accuracy of this classifier and of each peer, one after another."""
    yield own_accuracy(learned, judged, taxonomy)
    for name, learn in peers.items():
        thresholds = thresholds_of(learn, learned, taxonomy.codes)
        found = probabilities(learn(learned), judged, taxonomy.codes)
        yield _accuracy(name, learned, judged, found >= thresholds, found >= 0.5, taxonomy.codes)


def peers_that_learn(
    codes: Sequence[str], has_fasttext: bool, known: Embed | None
) -> dict[str, Learn]:
    """How each peer that is there learns; `known` embeds, and remembers what it has embedded."""
    peers: dict[str, Learn] = {
        SKLEARN: lambda examples: logistic_engines(examples, codes)[0],
        HASHING: lambda examples: hashing_engine(examples, codes),
    }
    if has_fasttext:
        peers[FASTTEXT] = fasttext_engine
    if known:
        peers[ENCODER] = lambda examples: encoder_engine(known, examples, codes, known)
    return peers


def own_accuracy(
    learned: Sequence[Example], judged: Sequence[Example], taxonomy: Taxonomy
) -> Accuracy:
    """This classifier, fitted anew on the same articles as the peers; relations are left out."""
    examples = [msgspec.structs.replace(example, relations=()) for example in learned]
    model = fit(examples, taxonomy, no_soft_texts(len(taxonomy.codes)), Parameters()).themes
    scores = model.scores(model.rows([parts_of(read(own.title, own.text)) for own in judged]))
    likely = model.probabilities(scores) >= 0.5
    return _accuracy(OWN, learned, judged, scores >= model.thresholds, likely, taxonomy.codes)


def thresholds_of(learn: Learn, examples: Sequence[Example], codes: Sequence[str]) -> Floats:
    """The threshold of each theme, (n_codes,), on scores by engines that left the article out."""
    own = Parameters()
    folds = np.array([fold_of(example.text, own.n_folds) for example in examples])
    scores = np.zeros((len(examples), len(codes)))
    for fold in np.unique(folds).tolist():
        inside = [example for example, its in zip(examples, folds, strict=True) if its != fold]
        outside = [example for example, its in zip(examples, folds, strict=True) if its == fold]
        scores[folds == fold] = probabilities(learn(inside), outside, codes)
    truth = label_table([example.themes for example in examples], codes)
    # Their weight there, so that a theme with few of them is drawn as far to the others' threshold.
    is_full_length = np.array([example.is_full_length for example in examples])
    return fit_thresholds(scores, truth, np.where(is_full_length, own.full_length_weight, 1.0))


def probabilities(engine: Engine, examples: Sequence[Example], codes: Sequence[str]) -> Floats:
    """How probable an engine finds each theme, (n_examples, n_codes)."""
    said: Any = engine.label([Article("", example.title, example.text) for example in examples])
    if engine.name == FASTTEXT:
        labels, likely = said
        return table_of_labels(labels, likely, codes)
    found: Floats = np.asarray(said, dtype=np.float64)
    return found


def table_of_labels(
    labels: Sequence[Sequence[str]], likely: Sequence[Sequence[float]], codes: Sequence[str]
) -> Floats:
    """What fastText says as a table, (n_texts, n_codes); a theme that it does not name is 0.

    >>> table_of_labels([["__label__cod"]], [[0.9]], ["oil", "cod"]).tolist()
    [[0.0, 0.9]]
    """
    places = {f"__label__{code}": place for place, code in enumerate(codes)}
    table = np.zeros((len(labels), len(codes)))
    for row, own, values in zip(table, labels, likely, strict=True):
        row[[places[label] for label in own]] = values
    return table


def _accuracy(
    name: str,
    learned: Sequence[Example],
    judged: Sequence[Example],
    given: Bools,
    likely: Bools,
    codes: Sequence[str],
) -> Accuracy:
    fitted, half = f1(given, judged, codes), f1(likely, judged, codes)
    return Accuracy(name, len(learned), len(judged), fitted, half)


def f1(given: Bools, examples: Sequence[Example], codes: Sequence[str]) -> tuple[float, float]:
    """Micro and macro F1 of the themes that were given, (n_examples, n_codes).

    >>> f1(np.array([[True, True]]), [Example(("cod",), text="Cod.")], ["cod", "oil"])
    (0.6667, 1.0)
    """
    found = [{codes[place] for place in np.flatnonzero(row).tolist()} for row in given]
    scores = list(score_sets([set(example.themes) for example in examples], found).values())
    return total(scores).f1, macro_f1(scores)
