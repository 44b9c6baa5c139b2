"""The theme model counts words as it should and says which words weighed."""

import numpy as np

from models.features import Featuriser, fit_featuriser, words_of
from models.text import read
from models.themes import ThemeModel, theme_words


def model() -> ThemeModel:
    featuriser = fit_featuriser(
        [["steel", "duty", "rises"], ["steel", "duty", "falls"], ["steel", "vote"], ["vote"]],
        n_words=10,
        n_pairs=10,
    )
    weights = np.zeros((featuriser.n_columns, 2), dtype=np.float32)
    weights[featuriser.words.index("duty"), 0] = 1.0
    weights[featuriser.words.index("steel"), 0] = 0.5
    weights[featuriser.words.index("vote"), 1] = 1.0
    zeros = np.zeros(2, dtype=np.float32)
    return ThemeModel(
        ("tariffs", "elections-government"),
        featuriser,
        weights,
        zeros,
        zeros + np.float32(0.2),
        np.full(2, 8.0),
        np.full(2, -4.0),
    )


def test_words_and_pairs_seen_twice_are_the_vocabulary() -> None:
    featuriser = model().featuriser
    names = [" ".join(featuriser.words_in(column)) for column in range(featuriser.n_columns)]
    assert names == ["duty", "steel", "vote", "steel duty"]


def test_rows_have_length_one_or_are_empty() -> None:
    rows = model().rows([["steel", "duty"], [], ["unknown"]])
    assert np.allclose(np.sqrt(rows.multiply(rows).sum(axis=1)).ravel(), [1, 0, 0])


def test_an_unknown_word_breaks_a_pair() -> None:
    assert model().rows([["steel", "", "duty"]]).nnz == 2
    assert model().rows([["steel", "duty"]]).nnz == 3


def test_nothing_at_all_gives_no_rows() -> None:
    assert model().rows([]).shape == (0, 4)


def test_a_vocabulary_without_pairs_works() -> None:
    featuriser = Featuriser.of(["tax"], np.zeros(0, dtype=np.int64), np.ones(1, dtype=np.float32))
    assert featuriser.rows([["tax", "tax"]]).toarray().tolist() == [[1.0]]


def test_title_and_lead_count_twice() -> None:
    assert theme_words(read("Steel duty", "Vote.")) == [
        "steel", "duty", "", "steel", "duty", "", "vote", "", "vote",
    ]  # fmt: skip


def test_scores_follow_the_words() -> None:
    fitted = model()
    scores = fitted.scores(fitted.rows([["steel", "duty"], ["vote"]]))
    assert scores[0, 0] > scores[0, 1]
    assert scores[1, 1] > scores[1, 0]


def test_evidence_is_the_heaviest_words() -> None:
    fitted = model()
    rows = fitted.rows([words_of("The steel duty and the vote")])
    assert fitted.evidence(rows, 0, 0) == ("duty", "steel")
    assert fitted.evidence(rows, 0, 1) == ("vote",)


def test_probabilities_rise_with_the_score_and_stay_within_bounds() -> None:
    values = [model().probability(0, score) for score in (-1e9, 0.0, 0.5, 1.0, 1e9)]
    assert values == sorted(values)
    assert values[2] == 0.5
    assert 0.0 <= values[0] <= values[-1] <= 1.0


def test_ascii_and_other_texts_have_the_same_words() -> None:
    assert words_of("Steel_duty: 25% (U.S.)") == words_of("Steel_duty: 25% (U.S.) \u20ac")
