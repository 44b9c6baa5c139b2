"""The report of a teacher: how good it is on the examples that it has not seen."""

import numpy as np
from numpy.typing import NDArray
from rich import box
from rich.table import Table

from training.lesson import Floats, Lesson
from training.teach import Taught
from training.thresholds import best_cut, fit_thresholds


def micro_f1(found: Floats, truth: NDArray[np.bool_], for_each_theme: bool) -> float:
    """The micro F1 of probabilities, (n_items, n_themes), at one threshold or one for each theme.

    The thresholds that judge an item come from every other item, so they have not seen it.
    """
    given = np.zeros_like(truth)
    for judged in (slice(0, None, 2), slice(1, None, 2)):
        others = slice(1 - judged.start, None, 2)
        scores, true = found[others].astype(np.float64), truth[others]
        fitted = fit_thresholds(scores, true, np.ones(len(true)))
        shared = best_cut(scores.ravel(), true.ravel(), np.ones(true.size))
        given[judged] = found[judged] >= (fitted if for_each_theme else shared)
    return float(2 * (given & truth).sum() / max(1, given.sum() + truth.sum()))


def table(title: str, lesson: Lesson, part: int, taught: Taught) -> Table:
    """The micro F1 of the teacher of a part, of short items and of full-length articles."""
    shown = Table("", title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD)
    for name in ("items", "one threshold", "one for each theme"):
        shown.add_column(name, justify="right")
    examples = lesson.examples_of(part)
    truth = lesson.truth(examples) > 0
    is_full = np.array([example.is_full_length for example in examples], bool)
    for name, chosen in (("short items", ~is_full), ("full-length articles", is_full)):
        n_items = int(chosen.sum())
        f1 = [
            f"{micro_f1(taught.unseen[chosen], truth[chosen], each):.3f}" if n_items > 1 else "-"
            for each in (False, True)
        ]
        shown.add_row(name, str(n_items), *f1)
    return shown
