"""Choosing one thing of several by a few letters or the arrows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from tui.core.choice import Choice, found
from tui.core.dialog import Dialog
from tui.core.keys import bindings
from tui.core.text import show


class Picker(Dialog[str]):
    """A line to type in above a list that follows; the arrows move in the list while typing goes on."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("accept", "list-up", "list-down")
    PROMPT = "a few letters"
    NOTHING = "Nothing matches."

    def __init__(self, title: str = "") -> None:
        super().__init__(title)
        self._offered: dict[str, Choice] = {}

    def body(self) -> ComposeResult:
        """The line and the list."""
        yield Input(placeholder=self.PROMPT, compact=True)
        yield OptionList()
        yield Static("", classes="dialog--quiet")

    def on_mount(self) -> None:
        """Show what there is before anything is typed."""
        self.offer("")

    def on_input_changed(self, event: Input.Changed) -> None:
        """Follow what is typed."""
        event.stop()
        self.offer(event.value)

    def offer(self, letters: str) -> None:
        """Show what matches ``letters``."""
        raise NotImplementedError

    def put(self, choices: Sequence[Choice | None], nothing: str = "") -> None:
        """Put ``choices`` into the list; None draws a line between groups."""
        options = self.query_one(OptionList)
        options.clear_options()
        self._offered = {c.key: c for c in choices if c is not None}
        options.add_options([None if c is None else Option(list_line(c), id=c.key) for c in choices])
        options.highlighted = 0 if options.option_count else None
        if not choices:
            self.query_one(".dialog--quiet", Static).update(show(nothing or self.NOTHING))

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Write the whole of a line below the list where the list cuts it."""
        event.stop()
        self.call_after_refresh(self._show_whole)  # before the first layout nobody knows what is cut

    def _show_whole(self) -> None:
        options = self.query_one(OptionList)
        choice = self._offered.get(options.highlighted_option.id or "") if options.highlighted_option else None
        if choice is not None:
            cut = list_line(choice).cell_length > options.scrollable_content_region.width
            self.query_one(".dialog--quiet", Static).update(show(choice.quiet if cut else ""))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Take the marked line."""
        event.stop()
        self.action_accept()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Take the line that was clicked or chosen."""
        event.stop()
        if event.option_id is not None:
            self.chosen(event.option_id)

    def chosen(self, key: str) -> None:
        """Answer with what was chosen."""
        self.dismiss(key)

    def action_accept(self) -> None:
        """Take the marked line."""
        self.query_one(OptionList).action_select()

    def action_list_up(self) -> None:
        """Mark the line above."""
        self.query_one(OptionList).action_cursor_up()

    def action_list_down(self) -> None:
        """Mark the line below."""
        self.query_one(OptionList).action_cursor_down()


class ChooseDialog(Picker):
    """A choice among things known beforehand."""

    def __init__(self, title: str, choices: Sequence[Choice], *, nothing: str = "") -> None:
        super().__init__(title)
        self._choices = choices
        self._nothing = nothing

    def offer(self, letters: str) -> None:
        """Show the choices that match, the nearest first."""
        self.put(found(self._choices, letters), self._nothing if not letters else "")


def list_line(choice: Choice) -> Content:
    """Return a line of the list; ``before`` and the words stand in columns where widths are given."""
    before = show(choice.before).pad_right(max(choice.room[0] - len(choice.before), 0)) if choice.before else ""
    words = show(choice.words)
    words = words.pad_right(max(choice.room[1] - words.cell_length, 0))
    return Content.assemble(before, words, "   " if choice.quiet else "", show(choice.quiet, "$muted"))
