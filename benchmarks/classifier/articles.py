"""The articles to label: titles and texts brought to a number of words."""

from collections.abc import Sequence

from models.events import Article
from training.datasets import Example

WORDS = (60, 400)
BATCHES = (1, 64, 512)
# So many articles are enough, one at a time.
N_SINGLE = 64


def of_length(examples: Sequence[Example], words: int, count: int) -> list[Article]:
    """Articles whose title and text have so many words; a short one goes on with the next."""
    found: list[Article] = []
    ring = [*examples, *examples[: 1 + words // 20]]
    for place in range(count):
        start = place % len(examples)
        title, text = ring[start].title, ring[start].text
        following = start + 1
        while len(f"{title} {text}".split()) < words and following < len(ring):
            text = f"{text}\n\n{ring[following].text}"
            following += 1
        found.append(Article(str(place), title, cut(text, words - len(title.split()))))
    return found


def cut(text: str, words: int) -> str:
    """The text up to its `words`-th word, its white space as it is.

    >>> cut("One two\\n\\nthree four", 3)
    'One two\\n\\nthree'
    """
    pieces = text.split(maxsplit=words)
    return text[: -len(pieces[-1])].rstrip() if len(pieces) > words else text


def joint(articles: Sequence[Article | Example]) -> list[str]:
    """Title and text of each article as the peers take it."""
    return [f"{article.title}\n{article.text}" for article in articles]
