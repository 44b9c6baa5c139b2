"""The lines of a report: what the terminal and the page both say, in the same words."""

from collections.abc import Sequence

from training.bootstrap import Interval
from training.model_report import Group, ModelReport
from training.relation_report import RelationReport
from training.theme_report import Rates, Row, ThemeReport
from training.worst_items import Judged

FEW = 10
Line = tuple[str, tuple[str, ...]]
_GROUPS = {"all": "all examples", "short": "short items", "full_length": "full-length"}


def group_name(group: Group) -> str:
    """What a group of examples is called."""
    return _GROUPS[group.name]


def warning(report: ModelReport) -> str:
    """What to beware of when the model has seen the examples; empty if it has not."""
    if not report.seen:
        return ""
    files = ", ".join(report.seen)
    return (
        "The model was trained on some of these examples: no measure of how good. "
        f"It has seen {files}."
    )


def theme_lines(groups: Sequence[Group]) -> list[Line]:
    """Name and values of each measure of themes, a value for each group."""
    return _beside([_theme_values(group.themes) for group in groups])


def relation_lines(groups: Sequence[Group]) -> list[Line]:
    """Name and values of each measure of relations, a value for each group."""
    return _beside([_relation_values(group.relations) for group in groups])


def marked(row: Row) -> str:
    """The code of a theme, with a mark where the interval says little."""
    return f"{row.code} †" if row.rates.labelled < FEW else row.code


def number(value: float | None, digits: int = 2) -> str:
    """A score as it is shown; `-` if there is none.

    >>> number(0.6667), number(None)
    ('0.67', '-')
    """
    return "-" if value is None else f"{value:.{digits}f}"


def span(interval: Interval | None) -> str:
    """An interval as it is shown.

    >>> span(Interval(0.501, 0.8))
    '0.50-0.80'
    """
    return "-" if interval is None else f"{interval.low:.2f}-{interval.high:.2f}"


def judged(themes: Sequence[Judged]) -> str:
    """Themes with their probabilities; `*` marks those on which label and model differ.

    >>> judged((Judged("tariffs", 0.91, True), Judged("labor", 0.3, False)))
    'tariffs 0.91, *labor 0.30'
    """
    return (
        ", ".join(
            f"{'' if theme.agreed else '*'}{theme.code} {theme.probability:.2f}" for theme in themes
        )
        or "none"
    )


def _beside(values: Sequence[dict[str, str]]) -> list[Line]:
    return [(name, tuple(own[name] for own in values)) for name in values[0]]


def _theme_values(themes: ThemeReport) -> dict[str, str]:
    return {
        "examples": f"{themes.items:,}",
        **_rates("themes, micro", themes.micro),
        "themes, micro F1, 95 %": span(themes.micro_f1_interval),
        "themes that occur": str(themes.macro.themes),
        "themes, macro precision": number(themes.macro.precision, 3),
        "themes, macro recall": number(themes.macro.recall, 3),
        "themes, macro F1": number(themes.macro.f1, 3),
        "themes, macro F1, 95 %": span(themes.macro_f1_interval),
        "themes, mean average precision": number(themes.macro.average_precision, 3),
        "all themes of an item right": number(themes.exact_match, 3),
        **_rates("items without theme,", themes.no_theme),
        "calibration error": number(themes.calibration_error, 4),
        "Brier score": number(themes.brier, 4),
        "Brier score of base rates alone": number(themes.brier_of_base_rates, 4),
    }


def _relation_values(relations: RelationReport) -> dict[str, str]:
    return {
        **_rates("pairs,", relations.pairs),
        **_rates("pairs with stance,", relations.pairs_with_stance),
        "stance, on matched pairs": number(relations.stance_accuracy, 3),
        "direction, on matched pairs": number(relations.direction_accuracy, 3),
    }


def _rates(name: str, rates: Rates) -> dict[str, str]:
    return {
        f"{name} labelled": str(rates.labelled),
        f"{name} precision": number(rates.precision, 3),
        f"{name} recall": number(rates.recall, 3),
        f"{name} F1": number(rates.f1, 3),
    }
