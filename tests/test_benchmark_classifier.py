"""The benchmark of the classifier: its parts work, on a few short articles and with no peer but
scikit-learn."""

import sys
from itertools import cycle

import numpy as np
import pytest
from click.testing import CliRunner

from benchmarks.classifier.__main__ import main
from benchmarks.classifier.accuracy import accuracies, peers_that_learn, thresholds_of
from benchmarks.classifier.articles import of_length
from benchmarks.classifier.encoder import embedder, encoder_engine
from benchmarks.classifier.engines import ENGINES, HASHING, SKLEARN, Engine, own_engines
from benchmarks.classifier.floor import floor
from benchmarks.classifier.linear import hashing_engine, logistic_engines
from benchmarks.classifier.measure import runs, shown_to, timed_us
from benchmarks.classifier.messages import Accuracy, Run
from benchmarks.classifier.report import accuracy_table, table
from benchmarks.turns import in_turns
from models.artifact import load
from models.taxonomy import parse
from training.datasets import Example

CODES = ("trade-disputes", "fisheries")

SOURCES = [
    Example(("trade-disputes",), title="Duty on steel", text="New duties on steel from Monday on."),
    Example(("fisheries",), title="Cod quota", text="The quota for cod was cut again, boats wait."),
    Example(("trade-disputes", "fisheries"), title="Fish duty", text="Duties on fish were raised."),
    Example((), title="Sunday", text="It rained on all who came to the fair and they went home."),
]


def test_articles_have_the_wanted_words_and_their_white_space() -> None:
    articles = of_length(SOURCES, 12, 6)
    assert [len(f"{one.title} {one.text}".split()) for one in articles] == [12] * 6
    assert articles[0].text == "New duties on steel from Monday on.\n\nThe quota"


def test_every_engine_labels_every_article_in_every_batch() -> None:
    articles = of_length(SOURCES, 12, 3)
    own = own_engines(load())
    peers = [*logistic_engines(SOURCES, CODES), hashing_engine(SOURCES, CODES)]
    assert [engine.name for engine in [*own, *peers]] == list(ENGINES[:-2])
    assert all(len(engine.label(articles)) == 3 for engine in own)  # type: ignore[arg-type]  # told
    assert all(min(timed_us(engine, articles, 2)) > 0 for engine in [*own, *peers])


def test_one_matrix_gives_the_probabilities_of_one_against_the_rest() -> None:
    articles = of_length(SOURCES, 12, 3)
    rest, matrix = logistic_engines(SOURCES, CODES)
    assert abs(rest.label(articles) - matrix.label(articles)).max() < 1e-9  # type: ignore[operator]  # arrays


def test_every_second_round_goes_backwards() -> None:
    engines = [Engine(name, len) for name in "ab"]
    turns = [(number, engine.name) for number, engine in in_turns(engines, 2)]
    assert turns == [(0, "a"), (0, "b"), (1, "b"), (1, "a")]


def test_the_floor_counts_bytes_hashes_and_cells() -> None:
    bound = floor(load(), of_length(SOURCES, 12, 4), 12)
    assert 60 < bound.text_bytes < 120
    assert 20 <= bound.hashes <= 24
    assert bound.weight_bytes == bound.cells * 41 * 4
    assert bound.us > 0


def test_an_engine_that_is_missing_leaves_a_dash() -> None:
    runs = [Run(name, 60, 1, 0, 2.0, 1.0) for name in ENGINES[:-2]]
    columns = [list(column.cells) for column in table(runs).columns]
    assert columns[0] == list(ENGINES[:-2])
    assert set(columns[4]) == {"1 (1-1)"}
    assert set(columns[5]) == {"-"}


def embed(text: str) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    """Stands for an encoder: whether a text has the word, and a one."""
    return np.array(["fish" in text.lower() or "cod" in text.lower(), 1], np.float32)


def test_the_encoder_labels_few_articles_and_one_at_a_time() -> None:
    articles = of_length(SOURCES, 12, 40)
    engine = encoder_engine(embed, SOURCES, CODES, embed)
    assert len(engine.label(articles)) == 40  # type: ignore[arg-type]  # an array
    assert (len(shown_to(engine, articles, 1)), len(shown_to(own(), articles, 1))) == (16, 40)
    assert [run.engine for run in runs([own(), engine], articles, 12, 1, 1)] == ["own", "encoder"]
    assert [run.engine for run in runs([own(), engine], articles, 12, 64, 1)] == ["own"]


def own() -> Engine:
    return Engine("own", len)


def test_without_its_packages_the_encoder_is_an_import_error(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(ImportError, match="onnxruntime"):
        embedder()


def test_accuracy_is_of_articles_that_were_not_learned_from() -> None:
    taxonomy = parse('version = "1"\n[[theme]]\ncode = "cocoa"\n[[theme]]\ncode = "grain"\n')
    random = np.random.default_rng(0)
    words = {"cocoa": ["cocoa", "beans", "board"], "grain": ["wheat", "grain", "river"]}
    examples = [
        Example((code,), text=" ".join([*own, *(f"word{n}" for n in random.integers(0, 999, 9))]))
        for _, (code, own) in zip(range(48), cycle(words.items()), strict=False)
    ]
    peers = peers_that_learn(taxonomy.codes, has_fasttext=False, known=None)
    assert list(peers) == [SKLEARN, HASHING]
    told = list(accuracies(examples[:40], examples[40:], taxonomy, peers))
    assert [(one.engine, one.learned, one.judged) for one in told] == [
        ("this classifier", 40, 8), (SKLEARN, 40, 8), (HASHING, 40, 8),
    ]  # fmt: skip
    assert [one.fitted for one in told] == [(1.0, 1.0)] * 3


def test_thresholds_come_from_engines_that_left_the_article_out() -> None:
    seen: list[set[str]] = []
    examples = [Example(CODES[n % 2 :][:1], text=f"Text {n} of {n * n}.") for n in range(30)]

    def learn(some: list[Example]) -> Engine:
        learned = {example.text for example in some}
        seen.append(learned)

        def label(articles: list[Example]) -> object:
            assert not learned & {article.text for article in articles}
            return [[0.9, 0.1]] * len(articles)

        return Engine("any", label)  # type: ignore[arg-type]  # a list is a sequence

    thresholds = thresholds_of(learn, examples, CODES)  # type: ignore[arg-type]  # the same
    assert thresholds.shape == (2,)
    assert set.union(*seen) == {example.text for example in examples}


def test_the_best_is_told_first() -> None:
    told = [Accuracy(name, 40, 8, (f1, f1), (0.5, 0.25)) for name, f1 in (("a", 0.5), ("b", 0.75))]
    columns = [list(column.cells) for column in accuracy_table(told).columns]
    assert columns[:2] == [["b", "a"], ["0.750", "0.500"]]


def test_the_command_has_a_sentence_and_an_example() -> None:
    result = CliRunner().invoke(main, ["--help"])
    assert "Measure microseconds an article" in result.output
    assert "python -m benchmarks.classifier --texts 64" in result.output
