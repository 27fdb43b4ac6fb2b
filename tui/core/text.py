"""The only way data reaches a widget: cleaned once more, and never read as markup.

Data goes through ``show``, ``line`` or ``cell``, which take away what it must not bring: controls, line breaks, space
around it. What lays out (an indent, a gap, an empty line) is written in ``laid``, which leaves it as it stands and
cleans each piece of data as it enters.
"""

from __future__ import annotations

from rich.cells import cell_len
from rich.text import Text
from textual.content import Content

from domain.core.text import clean, clean_line

LONGEST_SHOWN = 20_000


def show(text: object, style: str = "") -> Content:
    """Return ``text`` for a widget, literally, in one style (names of theme colours as ``$late``)."""
    return Content.styled(clean(str(text)[:LONGEST_SHOWN]), style) if style else Content(clean(str(text)))


def laid(layout: str, style: str = "", **data: object) -> Content:
    """Return ``layout`` for a widget with its spaces and line breaks, and ``data`` in the places named: "\\n  {what}".

    A layout is always written out where it is used, never made of data.
    """
    return Content.styled(
        layout.format(**{name: one if isinstance(one, int) else clean(str(one)) for name, one in data.items()}), style
    )


def line(text: object) -> str:
    """Return ``text`` on one line for a place that never reads markup: an input's value, a title."""
    return clean_line(str(text)[:LONGEST_SHOWN])


def typed(text: str) -> str:
    """Return ``text`` for a field in which it is worked on: clean, with the lines and the space that it has."""
    return clean(f".{text}.")[1:-1]


def cell(text: object, style: str = "", *, right: bool = False) -> Text:
    """Return ``text`` for a cell of a table, on one line; ``style`` is a plain colour."""
    return Text(
        line(text), style=style, justify="right" if right else "left", no_wrap=True, overflow="ellipsis", end=""
    )


def drawn(drawing: str, style: str = "") -> Text:
    """Return a drawing of our own, such as a bar, for a cell of a table; every space of it counts."""
    return Text(drawing, style=style, no_wrap=True, overflow="ellipsis", end="")


def shorten(text: str, width: int) -> str:
    """Return ``text`` in at most ``width`` cells, with an ellipsis where it was cut."""
    if cell_len(text) <= width:
        return text
    while text and cell_len(text) >= width:
        text = text[:-1]
    return text + "…"
