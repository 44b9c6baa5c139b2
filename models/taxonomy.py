"""The taxonomy: 41 policy themes in nine areas, each with its nearest IPTC Media Topics.

The file `data/taxonomy.toml` is the list; codes are a contract and never change their meaning. A
model may be trained for another list, in a file of the same form, which it then carries along.
"""

import tomllib
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

Code = str


@dataclass(frozen=True, slots=True)
class ThemeEntry:
    """One theme as its taxonomy describes it; only the code is always there."""

    code: Code
    area: str = ""
    label: str = ""
    definition: str = ""
    medtop: tuple[str, ...] = ()
    cap: str = ""


@dataclass(frozen=True, slots=True)
class Taxonomy:
    """All themes of one version, in the order of the file."""

    version: str
    themes: tuple[ThemeEntry, ...]
    content: str = field(repr=False, compare=False, default="")
    """The file it was read from."""
    by_code: dict[Code, ThemeEntry] = field(init=False, repr=False, compare=False)
    """Each theme under its code."""

    def __post_init__(self) -> None:
        by_code = {theme.code: theme for theme in self.themes}
        object.__setattr__(self, "by_code", by_code)  # frozen, and derived once

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
    return parse((files("models") / "data" / "taxonomy.toml").read_text(encoding="utf-8"))


def parse(content: str) -> Taxonomy:
    """The taxonomy that a TOML file describes: `version` and a `[[theme]]` with a `code` for each.

    Raises ValueError where it is none. Fields of a theme that are not known are ignored.

    >>> parse('version = "r90"\\n[[theme]]\\ncode = "cocoa"').codes
    ('cocoa',)
    """
    try:
        table = tomllib.loads(content)
        themes = tuple(_entry(row) for row in table["theme"])
        version = table["version"]
    except (tomllib.TOMLDecodeError, KeyError, TypeError) as error:
        raise ValueError(
            f"expected `version` and a `[[theme]]` with a `code`: {error!r}"
        ) from error
    codes = [theme.code for theme in themes]
    if len(codes) != len(set(codes)):
        raise ValueError(f"a code is there twice: {max(codes, key=codes.count)}")
    return Taxonomy(version, themes, content)


def themes_by_code() -> dict[Code, ThemeEntry]:
    """Each theme under its code.

    >>> themes_by_code()["tariffs"].area
    'trade'
    """
    return taxonomy().by_code


def _entry(row: dict[str, Any]) -> ThemeEntry:
    known = {name: row[name] for name in ThemeEntry.__dataclass_fields__ if name in row}
    return ThemeEntry(**{**known, "medtop": tuple(row.get("medtop", ()))})
