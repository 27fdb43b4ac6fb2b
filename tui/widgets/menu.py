"""A short list of things to choose from, on a screen rather than in a dialog."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import BindingType
from textual.widgets import OptionList

from tui.commands import bindings


class Menu(OptionList):
    """A list whose lines open something."""

    DEFAULT_CSS = """
    Menu, Menu:focus {
        border: none; padding: 0; background: $background; color: $text; height: auto;
        text-wrap: nowrap; text-overflow: ellipsis;
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = bindings("open")

    def action_open(self) -> None:
        """Open the marked line."""
        self.action_select()
