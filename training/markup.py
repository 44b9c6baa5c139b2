"""Elements of HTML and SVG, with everything escaped that is not an element itself."""

from collections.abc import Iterable, Sequence
from html import escape


class Html(str):
    """Markup that stands as it is; any other string is text and is escaped."""

    __slots__ = ()


def tag(name: str, /, *children: str, **attributes: str | float) -> Html:
    """One element. In names of attributes `_` is `-`, and `class_` is `class`.

    >>> tag("p", "a < b", tag("b", "!"), class_="note")
    '<p class="note">a &lt; b<b>!</b></p>'
    """
    inside = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(str(value))}"'
        for key, value in attributes.items()
    )
    return Html(f"<{name}{inside}>{together(children)}</{name}>")


def together(children: Iterable[str]) -> Html:
    """Elements and texts, one after the other.

    >>> together(["a & b"])
    'a &amp; b'
    """
    return Html("".join(child if isinstance(child, Html) else escape(child) for child in children))


def table(caption: str, head: Sequence[str], rows: Iterable[Sequence[str]], **of: str) -> Html:
    """A table with a caption; the first cell of a row names it. `of` are attributes.

    >>> table("Counts", ["theme", "items"], [["labor", "3"]]).count("<th ")
    3
    """
    names = (tag("th", name, scope="col") for name in head)
    lines = (
        tag("tr", tag("th", first, scope="row"), *(tag("td", cell) for cell in rest))
        for first, *rest in rows
    )
    grid = tag(
        "table",
        tag("caption", caption),
        tag("thead", tag("tr", *names)),
        tag("tbody", *lines),
        **of,
    )
    # What is wider than the window scrolls by itself, also by keyboard.
    return tag("div", grid, class_="wide", tabindex="0", role="region", aria_label=caption)
