"""The theme model sees what it should, whatever the company, and says which words weighed."""

import numpy as np
import pytest

from models.evidence import find_evidence
from models.knowledge import Lexicon, Term
from models.text import read
from models.theme_features import ThemeFeatures, parts_of
from models.themes import ThemeModel
from training.columns import choose, count, names

CODES = ("tariffs", "elections-government")
TEXTS = [
    ("", "steel duty rises"),
    ("", "steel duty falls"),
    ("", "steel vote"),
    ("", "vote"),
]
NO_TERMS = Lexicon.of((), CODES)


def features(lexicon: Lexicon = NO_TERMS) -> ThemeFeatures:
    return choose(count(TEXTS), lexicon, n_columns=20, least=2)


def column(found: ThemeFeatures, name: str) -> int:
    return names(found, TEXTS).index(name)


def model(lexicon: Lexicon = NO_TERMS, **weights: float) -> ThemeModel:
    """A model with these weights: positive ones for tariffs, negative ones for elections."""
    found = features(lexicon)
    table = np.zeros((found.n_columns, 2), dtype=np.float32)
    for name, weight in weights.items():
        table[column(found, name.replace("_", " ")), int(weight < 0)] = abs(weight)
    zeros = np.zeros(2, dtype=np.float32)
    return ThemeModel(
        CODES,
        found,
        table,
        zeros,
        zeros + np.float32(0.2),
        np.full(2, 8.0),
        np.full(2, -4.0),
        np.ones(found.n_columns, dtype=bool),
    )


def dense(found: ThemeFeatures, *texts: tuple[str, str]) -> list[list[float]]:
    rows: list[list[float]] = found.rows(texts).matrix.toarray().tolist()
    return rows


def test_words_and_pairs_that_two_texts_have_are_the_columns() -> None:
    assert sorted(filter(None, names(features(), TEXTS))) == ["duty", "steel", "steel duty", "vote"]


def test_columns_do_not_depend_on_the_order_of_texts() -> None:
    backwards = choose(count(TEXTS[::-1]), NO_TERMS, n_columns=20, least=2)
    assert backwards.vocabulary.bits.tolist() == features().vocabulary.bits.tolist()


def test_rows_have_length_one_or_are_empty() -> None:
    rows = features().rows([("", "steel duty"), ("", ""), ("", "unknown")]).matrix
    assert np.allclose(np.sqrt(rows.multiply(rows).sum(axis=1)).ravel(), [1, 0, 0])


def test_an_unknown_word_breaks_a_pair() -> None:
    assert features().rows([("", "steel xyz duty")]).matrix.nnz == 2
    assert features().rows([("", "steel duty")]).matrix.nnz == 3


def test_nothing_at_all_gives_no_rows() -> None:
    assert features().rows([]).matrix.shape == (0, features().n_columns)


def test_title_and_lead_count_twice() -> None:
    lead = " ".join(["x"] * 50)
    words = [("vote", f"{lead} steel"), ("", f"vote {lead} steel")]
    in_title, in_text = dense(features(), *words)
    vote, steel = column(features(), "vote"), column(features(), "steel")
    assert in_title[vote] / in_title[steel] > in_text[vote] / in_text[steel]


def test_a_row_does_not_depend_on_its_company() -> None:
    lexicon = Lexicon.of([Term("duty", ("tariffs",))], CODES)
    texts = [("steel", "duty duty"), ("", ""), ("vote", ""), ("", "steel duty vote " * 500)]
    together = dense(features(lexicon), *texts)
    assert together == [dense(features(lexicon), text)[0] for text in texts]
    assert together[::-1] == dense(features(lexicon), *texts[::-1])


def test_a_term_of_the_lexicon_adds_to_the_column_of_its_theme() -> None:
    found = features(Lexicon.of([Term("section 232", ("tariffs",))], CODES))
    ((*_, tariffs, elections),) = dense(found, ("", "section 232 steel"))
    assert tariffs > 0 == elections


def test_training_and_serving_read_the_same() -> None:
    assert parts_of(read("Steel\u00adDUTY", "It\u2019s \uff12\uff15%")) == ("steelduty", "it's 25%")


def test_scores_follow_the_words() -> None:
    fitted = model(duty=1, vote=-1)
    scores = fitted.scores(fitted.rows([("", "steel duty"), ("", "vote")]))
    assert scores[0, 0] > scores[0, 1]
    assert scores[1, 1] > scores[1, 0]


def told(fitted: ThemeModel, *texts: str) -> list[tuple[str, ...]]:
    rows = fitted.rows([("", text) for text in texts])
    places = np.arange(len(texts))
    return find_evidence(fitted, rows, places, np.zeros(len(texts), dtype=np.int64))


def test_evidence_is_the_heaviest_words_of_the_text() -> None:
    fitted = model(duty=2, steel=1, vote=-1)
    assert told(fitted, "the steel vote. a duty") == [("duty", "steel")]


def test_a_word_that_a_heavier_pair_holds_is_not_said_again() -> None:
    assert told(model(steel_duty=2, duty=1), "a steel duty") == [("steel duty",)]


def test_evidence_is_told_for_each_text_of_a_batch() -> None:
    texts = ("steel duty", "vote", "", "duty", "xyz")
    fitted = model(duty=1)
    assert told(fitted, *texts) == [("duty",), (), (), ("duty",), ()]
    assert told(fitted, *texts) == [told(fitted, text)[0] for text in texts]


def test_a_word_without_weight_is_no_evidence() -> None:
    assert told(model(duty=1, steel=0.01), "steel duty") == [("duty",)]


def test_a_theme_that_only_a_term_tells_names_the_term() -> None:
    lexicon = Lexicon.of(
        [Term("section 232", ("tariffs",)), Term("runoff", ("elections-government",))], CODES
    )
    fitted = model(duty=1, lexicon=lexicon)
    fitted.weights[-2:] = np.eye(2)
    text = "a runoff under section-232 of the act"
    assert told(fitted, text) == [("section-232",)]
    rows = fitted.rows([("", text)])
    assert find_evidence(fitted, rows, np.zeros(1, int), np.ones(1, int)) == [("runoff",)]


def test_probabilities_rise_with_the_score_and_stay_within_bounds() -> None:
    scores = np.array([-1e9, 0.0, 0.5, 1.0, 1e9], dtype=np.float32)
    values = model().probability(np.zeros(5, dtype=np.int64), scores).tolist()
    assert values == sorted(values)
    assert values[2] == 0.5
    assert 0.0 <= values[0] <= values[-1] <= 1.0
    assert model().probabilities(np.array([[0.5, 0.5]], dtype=np.float32)).tolist() == [[0.5, 0.5]]


@pytest.mark.parametrize("size", [1, 7, 300])
def test_every_text_of_a_large_batch_is_read(size: int) -> None:
    rows = features().rows([("", "steel duty")] * size).matrix
    assert rows.shape[0] == size
    assert set(np.diff(rows.indptr).tolist()) == {3}
