"""The card: what people should know of a model, written from its manifest."""

from collections.abc import Mapping

from models.artifact import Manifest
from training.evaluate import Score


def write_card(manifest: Manifest, per_theme: Mapping[str, Score]) -> str:
    """The model card in Markdown."""
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
    tells_relations = "relations" in manifest.thresholds
    return _CARD.format(
        and_relations=_AND_RELATIONS if tells_relations else "",
        how_relations=_HOW_RELATIONS if tells_relations else "",
        version=manifest.version,
        taxonomy=manifest.taxonomy,
        n_labels=len(manifest.labels),
        seed=manifest.parameters["seed"],
        n_folds=manifest.parameters["n_folds"],
        sources=sources,
        scores=scores,
        themes=themes,
    )


_AND_RELATIONS = """ and with relations
between two countries: stance, direction, modality and the sentence that says so"""

_HOW_RELATIONS = """ Relations: pairs of countries that a sentence names, kept by logistic
regression on the sentence with the two masked and on counts; stance, direction and modality by
ridge regression on the same."""

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

Cross-validated on the data above: {n_folds} folds, seed {seed}; thresholds and sigmoids that judge
a fold come from the other folds; texts that begin alike are in one fold. Short items are one
paragraph, full-length articles have a title.

| score | value |
|---|---|
{scores}

All examples together:

| theme | precision | recall | F1 | labelled |
|---|---|---|---|---|
{themes}

## When not to use it

For languages other than English. For relations that only the context of several sentences tells.
To count how often a theme is in the news: many examples were picked because they are rare. To
decide about a person or a firm without reading the article.
"""
