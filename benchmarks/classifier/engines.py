"""The engines that are measured, and this classifier as three of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from models.classifier import Classifier
from models.events import Article
from models.text import read
from models.theme_features import Parts, parts_of

OURS, PLAIN, WHOLE = "themes with evidence", "themes without evidence", "all of tag_many"
SKLEARN, MATRIX = "logistic regression", "the same, one matrix"
HASHING, FASTTEXT, ENCODER = "hashing, SGD", "fastText", "encoder"
ENGINES = (OURS, PLAIN, WHOLE, SKLEARN, MATRIX, HASHING, FASTTEXT, ENCODER)
# An encoder takes a thousand times as long, and no less for an article in a batch.
ONLY_ALONE, N_ONLY_ALONE = (ENCODER,), 16


@dataclass(frozen=True, slots=True)
class Engine:
    """One way to label: articles in, themes or probabilities of all themes out."""

    name: str
    label: Callable[[Sequence[Article]], object]


def own_engines(classifier: Classifier) -> list[Engine]:
    """This classifier three ways, from an article as it came: reading and cleaning count."""

    def parts(articles: Sequence[Article]) -> list[Parts]:
        return [parts_of(read(article.title, article.text)) for article in articles]

    return [
        Engine(OURS, lambda articles: classifier.find_themes(parts(articles))),
        Engine(
            PLAIN, lambda articles: classifier.find_themes(parts(articles), with_evidence=False)
        ),
        Engine(WHOLE, classifier.tag_many),
    ]
