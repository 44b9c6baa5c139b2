"""The benchmark of the classifier: its parts work, on a few short articles and without fastText."""

from benchmarks import classifier as bench
from benchmarks.turns import in_turns
from models.artifact import load
from training.datasets import Example

SOURCES = [
    Example(("trade-disputes",), title="Duty on steel", text="New duties on steel from Monday on."),
    Example(("fisheries",), title="Cod quota", text="The quota for cod was cut again, boats wait."),
    Example(("trade-disputes", "fisheries"), title="Fish duty", text="Duties on fish were raised."),
    Example((), title="Sunday", text="It rained on all who came to the fair and they went home."),
]


def test_articles_have_the_wanted_words_and_their_white_space() -> None:
    articles = bench.of_length(SOURCES, 12, 6)
    assert [len(f"{one.title} {one.text}".split()) for one in articles] == [12] * 6
    assert articles[0].text == "New duties on steel from Monday on.\n\nThe quota"


def test_every_engine_labels_every_article_in_every_batch() -> None:
    articles = bench.of_length(SOURCES, 12, 3)
    own = bench.own_engines(load())
    peers = bench.sklearn_engines(SOURCES, ("trade-disputes", "fisheries"))
    assert [
        engine.name
        for engine in [
            *own,
            *peers,
        ]
    ] == list(bench.ENGINES[:-1])
    assert all(len(engine.label(articles)) == 3 for engine in own)  # type: ignore[arg-type]  # told
    assert all(min(bench.timed_us(engine, articles, 2)) > 0 for engine in [*own, *peers])


def test_one_matrix_gives_the_probabilities_of_one_against_the_rest() -> None:
    articles = bench.of_length(SOURCES, 12, 3)
    rest, matrix, _ = bench.sklearn_engines(SOURCES, ("trade-disputes", "fisheries"))
    assert abs(rest.label(articles) - matrix.label(articles)).max() < 1e-9  # type: ignore[operator]  # arrays


def test_every_second_round_goes_backwards() -> None:
    engines = [bench.Engine(name, len) for name in "ab"]
    turns = [(number, engine.name) for number, engine in in_turns(engines, 2)]
    assert turns == [(0, "a"), (0, "b"), (1, "b"), (1, "a")]


def test_the_floor_counts_bytes_hashes_and_cells() -> None:
    bound = bench.floor(load(), bench.of_length(SOURCES, 12, 4), 12)
    assert 60 < bound.text_bytes < 120
    assert 20 <= bound.hashes <= 24
    assert bound.weight_bytes == bound.cells * 41 * 4
    assert bound.us > 0


def test_an_engine_that_is_missing_leaves_a_dash() -> None:
    runs = [bench.Run(name, 60, 1, 0, 2.0, 1.0) for name in bench.ENGINES[:-1]]
    columns = [list(column.cells) for column in bench.table(runs).columns]
    assert columns[0] == list(bench.ENGINES[:-1])
    assert set(columns[4]) == {"1 (1-1)"}
    assert set(columns[5]) == {"-"}
