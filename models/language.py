"""The language: whether an article that does not say so can be read as English.

CLD2 (Sites 2013), once the detector of the Chrome browser, looks at the first words. It holds its
tables in its code: nothing is loaded, and the same text always gives the same answer.
"""

import re

import pycld2

from models.text import Document

# In characters; a longer sample takes longer and tells no more.
_SAMPLE = 280
_TITLE = 120
_LATIN = r"A-Za-z\u00c0-\u024f\u1e00-\u1eff"
_LATIN_LETTER = re.compile(f"[{_LATIN}]")
_FOREIGN_LETTER = re.compile(rf"[^\W\d_{_LATIN}]")
_NOT_LATIN = re.compile(r"[^\x00-\x7f\u00c0-\u024f\u1e00-\u1eff]+")
_MIN_FOREIGN_LETTERS = 4
# So many different words, names left out, are needed to refuse a text: where the language with and
# without the names is the same, and where it is not, or not known.
_MIN_WORDS = 4
_MIN_DOUBTFUL_WORDS = 12
# A line of capitals does not show which words are names.
_MIN_CAPITALS = 60


def is_english(document: Document) -> bool:
    """Whether the article may be English; in doubt it may.

    It is refused in a foreign script, and when neither its first words nor those of them that are
    not names are English. A few words, or names and numbers alone, are no reason to refuse it.

    >>> from models.text import read
    >>> is_english(read("Merz, Macron, Meloni und Tusk in Kyjiw", ""))
    True
    >>> is_english(read("", "Der Kanzler traf am Montag den polnischen Regierungschef in Berlin."))
    False
    """
    sample = f"{document.title.text[:_TITLE]}\n{document.text.text[:_SAMPLE]}"[:_SAMPLE]
    if not sample.isascii():
        if _is_foreign_script(sample):
            return False
        sample = _NOT_LATIN.sub(" ", sample)
    language = _language(sample)
    if language == "en":
        return True
    if sample.isupper():
        return language is None or len(sample) < _MIN_CAPITALS
    words = [word for word in sample.split() if word[0].islower()]
    again = _language(" ".join(words))
    needed = _MIN_WORDS if again and again == language else _MIN_DOUBTFUL_WORDS
    return again == "en" or len(set(words)) < needed


def _is_foreign_script(sample: str) -> bool:
    """Whether most letters are of another script."""
    n_foreign = len(_FOREIGN_LETTER.findall(sample))
    return n_foreign >= max(_MIN_FOREIGN_LETTERS, len(_LATIN_LETTER.findall(sample)))


def _language(sample: str) -> str | None:
    """The code of the language of Latin letters, or None where that is not certain."""
    try:
        is_reliable, _, languages = pycld2.detect(sample.encode(errors="replace"), True)
    except pycld2.error:
        return None
    code: str = languages[0][1]
    return code if is_reliable and code != "un" else None
