"""The only way data reaches a widget: cleaned once more, and never read as markup."""

from __future__ import annotations

from rich.cells import cell_len
from rich.text import Text
from textual.content import Content

from domain.text import clean, clean_line

LONGEST_SHOWN = 20_000


def show(text: object, style: str = "") -> Content:
    """Return ``text`` for a widget, literally, in one style (names of theme colours as ``$late``)."""
    return Content.styled(clean(str(text)[:LONGEST_SHOWN]), style) if style else Content(clean(str(text)))


def line(text: object) -> str:
    """Return ``text`` on one line for a place that never reads markup: an input's value, a title."""
    return clean_line(str(text)[:LONGEST_SHOWN])


def cell(text: object, style: str = "", *, right: bool = False) -> Text:
    """Return ``text`` for a cell of a table, on one line; ``style`` is a plain colour."""
    return Text(
        line(text), style=style, justify="right" if right else "left", no_wrap=True, overflow="ellipsis", end=""
    )


def shorten(text: str, width: int) -> str:
    """Return ``text`` in at most ``width`` cells, with an ellipsis where it was cut."""
    if cell_len(text) <= width:
        return text
    while text and cell_len(text) >= width:
        text = text[:-1]
    return text + "…"
