"""A message that waits to be read: an error, or anything else that a passing notice would lose."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.widgets import Static

from domain.errors import AlmonerError, StaleRecord
from tui.commands import bindings
from tui.dialogs.base import Dialog
from tui.text import show


class MessageDialog(Dialog[None]):
    """Some words, and one way on."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("accept")

    def __init__(self, title: str, words: str, hint: str = "") -> None:
        super().__init__(title)
        self._words = words
        self._hint = hint

    def body(self) -> ComposeResult:
        """The words, and what to do."""
        with VerticalScroll(classes="dialog--words"):
            yield Static(show(self._words))
        yield Static(show(f"\n{self._hint}" if self._hint else ""), classes="dialog--quiet")

    def action_accept(self) -> None:
        """Close."""
        self.dismiss(None)


class ErrorDialog(MessageDialog):
    """Any error of the family: its title, what happened, what to do."""

    DEFAULT_CSS = """
    ErrorDialog > .dialog { border: round $late; }
    """

    def __init__(self, error: AlmonerError) -> None:
        words = error.message
        if isinstance(error, StaleRecord):
            words += "".join(
                f"\n{field}: was {was}, now {theirs}, yours {yours}" for field, was, theirs, yours in error.clashes
            )
        super().__init__(error.title, words, error.hint)
