"""The report on themes: how right the decisions are, and how much the probabilities can be trusted.

A pure function of four arrays, so that a held-out file and cross-validation are judged alike.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from training.bootstrap import Interval, f1_intervals
from training.confusion import Confusion, confusion
from training.evaluate import Score, total
from training.ranking import Point, average_precision, curve
from training.reliability import Bin, brier, reliability
from training.thresholds import Bools, Floats, calibration_error


@dataclass(frozen=True, slots=True)
class Rates:
    """Precision, recall and F1, with the counts they come from."""

    precision: float
    recall: float
    f1: float
    labelled: int
    given: int
    hits: int


@dataclass(frozen=True, slots=True)
class Means:
    """Means over the themes that are labelled at least once; `themes` says how many are."""

    precision: float
    recall: float
    f1: float
    average_precision: float
    themes: int


@dataclass(frozen=True, slots=True)
class Row:
    """One theme. `threshold` is the probability from which on it is given, if that is known.

    `average_precision` and `curve`, points of recall and precision, need a labelled item.
    """

    code: str
    rates: Rates
    f1_interval: Interval | None
    average_precision: float | None
    calibration_error: float
    brier: float
    threshold: float | None
    reliability: tuple[Bin, ...]
    curve: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class ThemeReport:
    """All about the themes of some items.

    `brier` and `calibration_error` are over all decisions, every theme of every item;
    `brier_of_base_rates` is what saying each theme's share every time would have. `no_theme` is
    about items without any theme.
    """

    items: int
    micro: Rates
    micro_f1_interval: Interval | None
    macro: Means
    macro_f1_interval: Interval | None
    exact_match: float
    no_theme: Rates
    calibration_error: float
    brier: float
    brier_of_base_rates: float
    reliability: tuple[Bin, ...]
    themes: tuple[Row, ...]
    confusion: Confusion


def theme_report(
    codes: Sequence[str],
    truth: Bools,
    probabilities: Floats,
    given: Bools,
    thresholds: Floats | None = None,
) -> ThemeReport:
    """The report on these decisions, all (n_items, n_themes) in the order of `codes`, not empty.

    `thresholds`, (n_themes,), are probabilities; they are shown, not applied.
    """
    scores = [_score(truth[:, k], given[:, k]) for k in range(len(codes))]
    intervals = f1_intervals(truth, given)
    rows = tuple(
        _row(code, score, truth[:, k], probabilities[:, k], intervals.themes[k], _at(thresholds, k))
        for k, (code, score) in enumerate(zip(codes, scores, strict=True))
    )
    return ThemeReport(
        items=len(truth),
        micro=rates(total(scores)),
        micro_f1_interval=intervals.micro,
        macro=_means(rows),
        macro_f1_interval=intervals.macro,
        exact_match=round(float((truth == given).all(axis=1).mean()), 4),
        no_theme=rates(_score(truth.sum(axis=1) == 0, given.sum(axis=1) == 0)),
        calibration_error=calibration_error(probabilities.ravel(), truth.ravel()),
        brier=brier(probabilities, truth),
        brier_of_base_rates=brier(np.broadcast_to(truth.mean(axis=0), truth.shape), truth),
        reliability=reliability(probabilities.ravel(), truth.ravel()),
        themes=rows,
        confusion=confusion(codes, truth, given),
    )


def rates(score: Score) -> Rates:
    """The rates of counted hits, false alarms and misses.

    >>> rates(Score(6, 2, 4))
    Rates(precision=0.75, recall=0.6, f1=0.6667, labelled=10, given=8, hits=6)
    """
    labelled, given = score.hits + score.misses, score.hits + score.false_alarms
    return Rates(score.precision, score.recall, score.f1, labelled, given, score.hits)


def _score(truth: Bools, given: Bools) -> Score:
    hits, false_alarms, misses = truth & given, given & ~truth, truth & ~given
    return Score(int(hits.sum()), int(false_alarms.sum()), int(misses.sum()))


def _row(
    code: str,
    score: Score,
    truth: Bools,
    probabilities: Floats,
    interval: Interval | None,
    threshold: float | None,
) -> Row:
    return Row(
        code,
        rates(score),
        interval,
        average_precision(truth, probabilities),
        calibration_error(probabilities, truth),
        brier(probabilities, truth),
        threshold,
        reliability(probabilities, truth),
        curve(truth, probabilities),
    )


def _at(thresholds: Floats | None, k: int) -> float | None:
    return None if thresholds is None else round(float(thresholds[k]), 4)


def _means(rows: Sequence[Row]) -> Means:
    occurring = [row for row in rows if row.rates.labelled]
    return Means(
        _mean([row.rates.precision for row in occurring]),
        _mean([row.rates.recall for row in occurring]),
        _mean([row.rates.f1 for row in occurring]),
        _mean([row.average_precision or 0.0 for row in occurring]),
        len(occurring),
    )


def _mean(values: Sequence[float]) -> float:
    return round(sum(values) / len(values), 4) if values else 0.0
