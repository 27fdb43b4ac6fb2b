"""A question before something that cannot be taken back with undo."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from tui.core.dialog import Dialog
from tui.core.keys import bindings
from tui.core.text import laid, show


class ConfirmDialog(Dialog[bool]):
    """A question with two answers, named by what they do. Esc is the careful one."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("accept")
    AUTO_FOCUS = "OptionList"

    def __init__(self, title: str, words: str, *, yes: str, no: str = "No, leave it as it is") -> None:
        super().__init__(title)
        self._words = words
        self._answers = (no, yes)

    def body(self) -> ComposeResult:
        """The question and its answers."""
        with VerticalScroll(classes="dialog--words"):
            yield Static(laid("{words}\n", words=self._words))
        yield OptionList(
            *(Option(show(answer), id=name) for answer, name in zip(self._answers, ("no", "yes"), strict=True))
        )

    def on_mount(self) -> None:
        """Mark the careful answer."""
        self.query_one(OptionList).highlighted = 0

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Answer."""
        self.dismiss(event.option_id == "yes")

    def action_accept(self) -> None:
        """Take the marked answer."""
        self.query_one(OptionList).action_select()

    def action_cancel(self) -> None:
        """Answer no."""
        self.dismiss(False)
