"""A message that waits to be read: an error, or anything else that a passing notice would lose."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Static

from domain.core.errors import AlmonerError, BadInput, StaleRecord
from tui.core.dialog import Notice
from tui.core.text import laid, show


class MessageDialog(Notice):
    """Some words, and one way on."""

    def __init__(self, title: str, words: str, hint: str = "") -> None:
        super().__init__(title)
        self._words = words
        self._hint = hint

    def body(self) -> ComposeResult:
        """The words, and what to do."""
        with VerticalScroll(classes="dialog--words"):
            yield Static(show(self._words))
        yield Static(laid("\n{hint}" if self._hint else "", hint=self._hint), classes="dialog--quiet")


class ErrorDialog(MessageDialog):
    """Any error of the family: its title, what happened, what to do."""

    DEFAULT_CSS = """
    ErrorDialog > .dialog { border: round $late; }
    """

    def __init__(self, error: AlmonerError) -> None:
        words = error.in_words if isinstance(error, BadInput) else error.message
        if isinstance(error, StaleRecord):
            words += "".join(
                f"\n{field}: was {was or '–'}, now {theirs or '–'}, yours {yours or '–'}"
                for field, was, theirs, yours in error.clashes
            )
        super().__init__(error.title, words, error.hint)
