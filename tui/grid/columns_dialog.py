"""Which columns show, and in which order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from tui.core.dialog import Dialog
from tui.core.keys import bindings
from tui.core.text import laid, show
from tui.grid.columns import Column


class ColumnsDialog(Dialog[list[str]]):
    """Answers the ids of the columns to show, in order."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("save", "tick", "earlier", "later")
    TITLE_WORDS = "Columns"

    def __init__(self, columns: Sequence[Column[Any]], chosen: Sequence[str]) -> None:
        super().__init__()
        by_id = {column.id: column for column in columns}
        self._order = [by_id[name] for name in chosen] + [c for c in columns if c.id not in chosen]
        self._shown = set(chosen)
        self._before = list(chosen)

    def body(self) -> ComposeResult:
        """The columns, shown ones ticked."""
        yield OptionList(*self._options())
        yield Static(
            laid("\nspace shows or hides, shift+up and shift+down move, ctrl+s keeps."),
            classes="dialog--quiet",
        )

    def on_mount(self) -> None:
        """Mark the first column."""
        self.query_one(OptionList).highlighted = 0

    def _options(self) -> list[Option]:
        return [Option(show(f"{'✓' if c.id in self._shown else '·'} {c.title}")) for c in self._order]

    def _draw(self, at: int) -> None:
        options = self.query_one(OptionList)
        options.clear_options()
        options.add_options(self._options())
        options.highlighted = at

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Enter and the mouse show or hide too."""
        event.stop()
        self._turn(event.option_index)

    def _turn(self, at: int) -> None:
        name = self._order[at].id
        if self._shown == {name}:
            self.notify("One column has to stay.", markup=False)
            return
        self._shown ^= {name}
        self._draw(at)

    def action_tick(self) -> None:
        """Show or hide the marked column."""
        self._turn(self.query_one(OptionList).highlighted or 0)

    def action_earlier(self) -> None:
        """Move the marked column to the left."""
        self._move(-1)

    def action_later(self) -> None:
        """Move the marked column to the right."""
        self._move(1)

    def _move(self, step: int) -> None:
        at = self.query_one(OptionList).highlighted or 0
        to = max(0, min(at + step, len(self._order) - 1))
        self._order.insert(to, self._order.pop(at))
        self._draw(to)

    @property
    def unsaved(self) -> str:
        """Which columns were chosen here, and their order."""
        return "The columns you chose" if self._wanted() != self._before else ""

    def _wanted(self) -> list[str]:
        return [c.id for c in self._order if c.id in self._shown]

    def action_save(self) -> None:
        """Keep this choice."""
        self.dismiss(self._wanted())
