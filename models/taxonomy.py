"""The taxonomy: 41 policy themes in nine areas, each with its nearest IPTC Media Topics.

The file `data/taxonomy.toml` is the list; codes are a contract and never change their meaning.
"""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

Code = str


@dataclass(frozen=True, slots=True)
class ThemeEntry:
    """One policy theme as the taxonomy describes it."""

    code: Code
    area: str
    label: str
    definition: str
    medtop: tuple[str, ...]
    cap: str


@dataclass(frozen=True, slots=True)
class Taxonomy:
    """All themes of one version, in the order of the file."""

    version: str
    themes: tuple[ThemeEntry, ...]

    @property
    def codes(self) -> tuple[Code, ...]:
        """The codes, in the order of the file."""
        return tuple(theme.code for theme in self.themes)

    @property
    def areas(self) -> tuple[str, ...]:
        """The areas, each once, in the order of the file."""
        return tuple(dict.fromkeys(theme.area for theme in self.themes))


@cache
def taxonomy() -> Taxonomy:
    """The taxonomy that ships with the package.

    >>> len(taxonomy().codes)
    41
    """
    content = (files("models") / "data" / "taxonomy.toml").read_text(encoding="utf-8")
    table = tomllib.loads(content)
    return Taxonomy(table["version"], tuple(_entry(row) for row in table["theme"]))


@cache
def themes_by_code() -> dict[Code, ThemeEntry]:
    """Each theme under its code.

    >>> themes_by_code()["tariffs"].area
    'trade'
    """
    return {theme.code: theme for theme in taxonomy().themes}


def _entry(row: dict[str, Any]) -> ThemeEntry:
    return ThemeEntry(**{**row, "medtop": tuple(row["medtop"])})
