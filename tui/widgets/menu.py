"""A short list of things to choose from, on a screen rather than in a dialog."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import BindingType
from textual.geometry import Size
from textual.reactive import Reactive
from textual.widgets import OptionList

from tui.core.keys import bindings


class Menu(OptionList):
    """A list whose lines open something."""

    DEFAULT_CSS = """
    Menu, Menu:focus {
        border: none; padding: 0; background: $background; color: $text; height: auto;
        text-wrap: nowrap; text-overflow: ellipsis;
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = bindings("open")
    # Other lines lay out the screen already; that they take another room would do it again.
    virtual_size = Reactive(Size(0, 0), layout=False)

    def action_open(self) -> None:
        """Open the marked line."""
        self.action_select()
