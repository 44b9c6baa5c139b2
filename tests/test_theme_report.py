"""The report on themes: its numbers by hand on tiny arrays, its intervals against a plain loop."""

from collections.abc import Sequence

import numpy as np
import pytest

from training.bootstrap import Interval, f1_intervals
from training.confusion import Neighbour, Pair, ThemeConfusion, confusion
from training.datasets import Example
from training.evaluate import macro_f1, score_sets, total
from training.ranking import curve
from training.reliability import reliability, wilson
from training.theme_report import Means, Rates, theme_report
from training.thresholds import Bools, Floats, calibration_error
from training.worst_items import Judged, log_losses, worst_items

CODES = ("tariffs", "labor", "defense")
TRUTH = np.array([[1, 0, 0], [1, 1, 0], [0, 1, 0], [0, 0, 0]], dtype=bool)
GIVEN = np.array([[1, 0, 0], [1, 0, 1], [1, 1, 0], [0, 0, 0]], dtype=bool)
PROBABLE = np.array([[0.9, 0.1, 0.1], [0.8, 0.2, 0.6], [0.6, 0.7, 0.1], [0.1, 0.1, 0.1]])


def drawn(n_items: int = 60, n_themes: int = 5) -> tuple[Bools, Floats, Bools]:
    """Truth, probabilities and decisions that agree somewhat."""
    random = np.random.default_rng(1)
    truth = random.random((n_items, n_themes)) < [0.4, 0.3, 0.2, 0.1, 0.03]
    probabilities = np.clip(random.normal(np.where(truth, 0.6, 0.25), 0.2), 0.001, 0.999)
    return truth, probabilities, probabilities >= 0.4


def test_rates_are_those_of_counting_by_hand() -> None:
    report = theme_report(CODES, TRUTH, PROBABLE, GIVEN)
    assert report.items == 4
    assert report.micro == Rates(0.6, 0.75, 0.6667, labelled=4, given=5, hits=3)
    assert report.themes[0].rates == Rates(0.6667, 1.0, 0.8, labelled=2, given=3, hits=2)
    assert report.themes[1].rates == Rates(1.0, 0.5, 0.6667, labelled=2, given=1, hits=1)
    assert report.themes[2].rates == Rates(0.0, 0.0, 0.0, labelled=0, given=1, hits=0)
    # `defense` is never labelled, so it is in no mean.
    means = report.macro
    assert (means.precision, means.recall) == pytest.approx((0.8333, 0.75), abs=1e-4)
    assert (means.average_precision, means.themes) == (1.0, 2)
    assert means.f1 == macro_f1(list(score_sets(sets(TRUTH), sets(GIVEN)).values()))
    assert report.exact_match == 0.5
    assert report.no_theme == Rates(1.0, 1.0, 1.0, labelled=1, given=1, hits=1)


def test_probabilities_are_judged_by_hand() -> None:
    report = theme_report(CODES, TRUTH, PROBABLE, GIVEN)
    squares = [0.01, 0.04, 0.36, 0.01, 0.01, 0.64, 0.09, 0.01, 0.01, 0.36, 0.01, 0.01]
    assert report.brier == pytest.approx(sum(squares) / 12, abs=1e-5)
    assert report.themes[0].brier == pytest.approx(0.105)
    assert report.brier_of_base_rates == pytest.approx((0.25 + 0.25 + 0.0) / 3, abs=1e-5)
    # Tenths 0.1 (three), 0.6, 0.8 and 0.9 of one theme: 0.1, 0.6, 0.2 and 0.1 away.
    assert report.themes[0].calibration_error == pytest.approx((0.1 + 0.6 + 0.2 + 0.1) / 4)
    assert report.themes[0].average_precision == 1.0
    assert report.themes[0].threshold is None


def test_what_is_never_labelled_has_no_curve_and_what_never_occurs_no_interval() -> None:
    truth, given = TRUTH.copy(), GIVEN.copy()
    given[:, 2] = False
    rare = theme_report(CODES, truth, PROBABLE, given, np.array([0.5, 0.5, 0.25])).themes[2]
    assert (rare.average_precision, rare.curve, rare.f1_interval) == (None, (), None)
    assert rare.threshold == 0.25


def test_a_single_item_without_any_theme_can_be_reported() -> None:
    nothing = np.zeros((1, 3), dtype=bool)
    report = theme_report(CODES, nothing, np.full((1, 3), 0.1), nothing)
    assert report.macro == Means(0.0, 0.0, 0.0, 0.0, themes=0)
    assert (report.micro_f1_interval, report.macro_f1_interval) == (None, None)
    assert report.exact_match == 1.0


def test_intervals_contain_the_point_and_come_again() -> None:
    truth, probabilities, given = drawn()
    report = theme_report([*CODES, "sanctions", "metals"], truth, probabilities, given)
    assert report == theme_report([*CODES, "sanctions", "metals"], truth, probabilities, given)
    for interval, f1 in (
        (report.micro_f1_interval, report.micro.f1),
        (report.macro_f1_interval, report.macro.f1),
        *((row.f1_interval, row.rates.f1) for row in report.themes),
    ):
        assert interval is not None
        assert interval.low <= f1 <= interval.high
        assert interval.low < interval.high


def test_intervals_are_those_of_scoring_each_resample() -> None:
    truth, _, given = drawn()
    random = np.random.default_rng(7)
    # In hundreds, as the vectorised one draws.
    draws = np.vstack([random.integers(0, 60, (size, 60)) for size in (100, 100, 50)])
    micro, macro = [], []
    for places in draws:
        scores = list(score_sets(sets(truth[places]), sets(given[places])).values())
        micro.append(total(scores).f1)
        macro.append(macro_f1(scores))
    found = f1_intervals(truth, given, n_resamples=250, seed=7)
    assert found.micro is not None
    assert found.macro is not None
    for interval, values in ((found.micro, micro), (found.macro, macro)):
        low, high = np.quantile(values, [0.025, 0.975])
        assert (interval.low, interval.high) == pytest.approx((low, high), abs=2e-4)


def sets(chosen: Bools) -> Sequence[set[str]]:
    return [{str(place) for place in np.flatnonzero(row)} for row in chosen]


def test_neighbours_are_counted_by_hand() -> None:
    found = confusion(CODES, TRUTH, GIVEN)
    labor = ThemeConfusion("labor", 1, 0, (Neighbour("defense", 1),), 0, 0, ())
    assert found.themes[1] == labor
    assert found.themes[0].true_instead == (Neighbour("labor", 1),)
    assert found.missed_for == (Pair("labor", "defense", 1),)
    assert found.false_on == (
        Pair("tariffs", "labor", 1),
        Pair("defense", "tariffs", 1),
        Pair("defense", "labor", 1),
    )


def test_a_miss_with_nothing_given_and_a_false_alarm_on_nothing_are_told_apart() -> None:
    truth, given = np.array([[1, 0], [0, 0]], dtype=bool), np.array([[0, 0], [0, 1]], dtype=bool)
    first, second = confusion(CODES[:2], truth, given).themes
    assert (first.missed, first.missed_for_none, first.given_instead) == (1, 1, ())
    assert (second.false_alarms, second.false_on_none, second.true_instead) == (1, 1, ())


def test_bins_give_the_calibration_error() -> None:
    truth, probabilities, _ = drawn()
    bins = reliability(probabilities.ravel(), truth.ravel())
    assert sum(found.decisions for found in bins) == truth.size
    error = sum(abs(found.probability - found.share) * found.decisions for found in bins)
    expected = calibration_error(probabilities.ravel(), truth.ravel())
    assert error / truth.size == pytest.approx(expected, abs=2e-4)
    assert all(found.interval.low <= found.share <= found.interval.high for found in bins)
    assert reliability(np.array([1.0]), np.array([True]))[0].low == 0.9


def test_a_share_of_all_is_not_certain() -> None:
    assert wilson(5, 5) == Interval(0.5655, 1.0)


def test_a_long_curve_is_thinned_and_still_ends_at_full_recall() -> None:
    random = np.random.default_rng(0)
    truth = random.random(3000) < 0.4
    points = curve(truth, np.clip(random.normal(0.3 + 0.3 * truth, 0.2), 0, 1))
    recalls = [recall for recall, _ in points]
    assert len(points) <= 50
    assert recalls == sorted(set(recalls))
    assert recalls[-1] == 1.0


def test_the_worst_item_is_first_and_tells_its_mistakes() -> None:
    examples = [Example(id=f"x{i}", themes=(), relations=(), text=f"{i} " * 50) for i in range(4)]
    worst = worst_items(examples, CODES, TRUTH, PROBABLE, GIVEN)
    assert [item.id for item in worst][:2] == ["x1", "x2"]
    assert worst[0].log_loss == pytest.approx(-np.log(0.8 * 0.2 * 0.4), abs=1e-3)
    assert worst[0].labelled == (Judged("tariffs", 0.8, True), Judged("labor", 0.2, False))
    assert worst[0].given == (Judged("tariffs", 0.8, True), Judged("defense", 0.6, False))
    assert worst[0].title.startswith("1 1 ")
    assert len(worst[0].title) == 81


def test_a_certain_mistake_has_a_finite_loss() -> None:
    [loss] = log_losses(np.array([[True]]), np.array([[0.0]])).tolist()
    assert loss == pytest.approx(-np.log(1e-6))
