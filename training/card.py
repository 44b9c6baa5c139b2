"""The card: what people should know of a model, written from its manifest."""

from collections.abc import Mapping

from models.artifact import Manifest
from training.evaluate import Report, Score


def write_card(
    manifest: Manifest, per_theme: Mapping[str, Score], per_group: Mapping[str, Report]
) -> str:
    """The model card in Markdown; groups are sources and spans of dates."""
    sources = "\n".join(
        f"- `{source.name}`: {source.examples} examples, sha256 `{source.sha256[:16]}…`"
        + (", from " if source.origins else "")
        + ", ".join(f"{name} ({count})" for name, count in source.origins.items())
        for source in manifest.data
    )
    scores = "\n".join(
        f"| {name.replace('_', ' ')} | {value} |" for name, value in manifest.scores.items()
    )
    themes = "\n".join(
        f"| {code} | {score.precision:.2f} | {score.recall:.2f} | {score.f1:.2f} "
        f"| {score.hits + score.misses} |"
        for code, score in per_theme.items()
    )
    groups = "".join(
        f"| {name} | {report.n_examples} | {report.themes_micro.f1} | {report.macro_f1} |\n"
        for name, report in per_group.items()
    )
    tells_relations = "relations" in manifest.thresholds
    return _CARD.format(
        and_relations=_AND_RELATIONS if tells_relations else "",
        how_relations=_HOW_RELATIONS if tells_relations else "",
        version=manifest.version,
        taxonomy=manifest.taxonomy,
        n_labels=len(manifest.labels),
        seed=manifest.parameters["seed"],
        folds=_FOLDS[str(manifest.parameters["folds"])].format(**manifest.parameters),
        sources=sources,
        scores=scores,
        groups=_GROUPS.format(groups=groups) if groups else "",
        themes=themes,
    )


_AND_RELATIONS = """ and with relations
between two countries: stance, direction, modality and the sentence that says so"""

_HOW_RELATIONS = """ Relations: pairs of countries that a sentence names, kept by logistic
regression on the sentence with the two masked and on counts; stance, direction and modality by
ridge regression on the same."""

_FOLDS = {
    "hash": """{n_folds} folds, by how a text begins""",
    "date": """{n_folds} blocks in the order of their
dates, each judged by a model of what is earlier or has no date; the first two, which have too
little before them, and what has no date are not judged""",
    "source": """each source of at least 100
examples is judged by a model of all others""",
}

_GROUPS = """Themes, by source (of at least 100 examples) and, where folds are by date, by block:

| examples of | examples | micro F1 | macro F1 |
|---|---|---|---|
{groups}
"""

_CARD = """# Model {version}

Tags English news articles with {n_labels} themes (taxonomy {taxonomy}){and_relations}.

## What it is

Themes: ridge regression on TF-IDF of hashed words and pairs of words, and on how often terms of a
lexicon of firms, agencies, laws and places are named; a threshold and a Platt sigmoid for each
theme.{how_relations}

## Data

{sources}

Full-length articles weigh more than short items, as articles are what is to be tagged. Many items
were picked because they are rare or because an earlier model was unsure of them, so that scores on
them are lower than on news as it comes.

## How good

Cross-validated on the data above, seed {seed}: {folds}.
No model has learned from a text that is nearly the same as one it is judged on; thresholds and
sigmoids come from out-of-fold scores of what it has learned from. Short items are one paragraph,
full-length articles have a title.

| score | value |
|---|---|
{scores}

{groups}All judged examples together:

| theme | precision | recall | F1 | labelled |
|---|---|---|---|---|
{themes}

## When not to use it

For languages other than English. For relations that only the context of several sentences tells.
To count how often a theme is in the news: many examples were picked because they are rare. To
decide about a person or a firm without reading the article.
"""
