"""Leaving what is not kept yet: go on with it, keep it, or let it go."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from tui.core.dialog import Dialog
from tui.core.keys import bindings
from tui.core.text import laid, show

GO_ON, KEEP, DISCARD = "go-on", "keep", "discard"


class UnsavedDialog(Dialog[str]):
    """Answers what is to become of ``what``: GO_ON, KEEP where ``keeping`` says how, or DISCARD. Esc goes on."""

    BINDINGS = bindings("accept")
    AUTO_FOCUS = "OptionList"
    TITLE_WORDS = "Not saved yet"

    def __init__(self, what: Sequence[str], *, keeping: str = "", leaving: str = "Discard it") -> None:
        super().__init__()
        self._what = what
        self._answers = [(GO_ON, "Keep editing"), *([(KEEP, keeping)] if keeping else []), (DISCARD, leaving)]

    def body(self) -> ComposeResult:
        """What would be lost, and the ways on."""
        with VerticalScroll(classes="dialog--words"):
            for what in self._what:
                yield Static(show(f"{what}: not saved."))
            yield Static(laid(" "))
        yield OptionList(*(Option(show(words), id=name) for name, words in self._answers))

    def on_mount(self) -> None:
        """Mark the careful answer."""
        self.query_one(OptionList).highlighted = 0

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Answer."""
        self.dismiss(event.option_id)

    def action_accept(self) -> None:
        """Take the marked answer."""
        self.query_one(OptionList).action_select()

    def action_cancel(self) -> None:
        """Go on with it."""
        self.dismiss(GO_ON)
