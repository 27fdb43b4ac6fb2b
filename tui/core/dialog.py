"""What all dialogs have in common: a box with a title, the keys that work in it, and the door for errors."""

from __future__ import annotations

from typing import ClassVar, TypeVar

from textual.app import ComposeResult
from textual.await_complete import AwaitComplete
from textual.binding import BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen

from tui.core.error_door import Window
from tui.core.frame import Keys
from tui.core.keys import bindings
from tui.core.text import show

Answer = TypeVar("Answer")


class Dialog(Window, ModalScreen[Answer], inherit_bindings=False):
    """A box over a screen. A subclass gives ``body()`` and calls ``dismiss`` with its answer; esc answers None."""

    DEFAULT_CSS = """
    Dialog { align: center middle; background: $background 60%; }
    Dialog > .dialog {
        width: 76; max-width: 100%; height: auto; max-height: 100%;
        border: round $accent; border-title-color: $text; border-title-style: bold;
        background: $surface; color: $text; padding: 0 1;
    }
    Dialog > .dialog.-wide { width: 100; }
    Dialog .dialog--words { height: auto; max-height: 70vh; }
    Dialog .dialog--quiet { color: $muted; height: auto; }
    Dialog OptionList, Dialog OptionList:focus {
        height: auto; max-height: 14; border: none; background: $surface; padding: 0;
        text-wrap: nowrap; text-overflow: ellipsis;
    }
    Dialog Input { padding: 0 1; background: $panel; color: $text; }
    Dialog Input:focus { background: $rest; }
    """
    BINDINGS: ClassVar[list[BindingType]] = bindings("next-part", "previous-part", "cancel")
    TITLE_WORDS = ""
    WIDE = False

    def __init__(self, title: str = "") -> None:
        super().__init__()
        self._title_words = title or self.TITLE_WORDS

    def compose(self) -> ComposeResult:
        """Put the box around the body."""
        with Vertical(classes="dialog -wide" if self.WIDE else "dialog") as box:
            box.border_title = show(self._title_words)
            yield from self.body()
        yield Keys()

    def body(self) -> ComposeResult:
        """Give what is in the box."""
        raise NotImplementedError

    def dismiss(self, result: Answer | None = None) -> AwaitComplete:
        """Close with an answer; what was opened on top meanwhile, such as the palette, goes with it."""
        while self in self.app.screen_stack and (top := self.app.screen) is not self and top.is_modal:
            top.dismiss(None)
        return super().dismiss(result)

    def action_cancel(self) -> None:
        """Close without an answer."""
        self.dismiss(None)


class Notice(Dialog[None], inherit_bindings=False):
    """A box with something to read and one way on: enter and esc close it alike."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("next-part", "previous-part", "close")
