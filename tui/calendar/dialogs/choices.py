"""Choosing what goes into a calendar: a switch and an earlier notice a kind, and how much each entry says."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from domain.calendar.wording import KIND_TITLES, EntryKind
from domain.core.errors import AlmonerError
from domain.core.text import plural
from tui.core.dialog import Dialog
from tui.core.keys import bindings
from tui.core.text import show

LEADS = (0, 1, 2, 3, 5, 10, 15, 20, 30, 60)
TITLE_ROOM = 42


@dataclass(slots=True)
class Pick:
    """One of a few values, each with its words."""

    id: str
    title: str
    options: Sequence[tuple[Any, str]]
    at: int = 0

    @property
    def value(self) -> Any:
        """What is chosen."""
        return self.options[self.at][0]

    def step(self, by: int) -> None:
        """Go on to the next value, round and round."""
        self.at = (self.at + by) % len(self.options)

    def toggle(self) -> None:
        """The same: there is nothing to switch off."""
        self.step(1)

    def words(self) -> Content:
        """Return the line."""
        heading = show(self.title)
        return Content.assemble(
            "  ", heading.pad_right(max(TITLE_ROOM - heading.cell_length, 1)), show(self.options[self.at][1], "bold")
        )


@dataclass(slots=True)
class KindLine:
    """Whether a kind goes in, and how many working days ahead it is told a second time; ``usual`` without a choice."""

    kind: EntryKind
    on: bool
    lead: int
    usual: tuple[bool, int]

    def step(self, by: int) -> None:
        """Give the earlier notice more or less ahead."""
        later = [days for days in LEADS if days > self.lead] if by > 0 else [d for d in LEADS if d < self.lead][::-1]
        if later and self.on:
            self.lead = later[0]

    def toggle(self) -> None:
        """Put the kind in, or leave it out."""
        self.on = not self.on

    def words(self) -> Content:
        """Return the line: a tick, the kind, the earlier notice, and whether that is a choice of its own."""
        heading = show(KIND_TITLES[self.kind], "" if self.on else "$muted")
        lead = f"also {plural(self.lead, 'day')} ahead" if self.on and self.lead else ""
        state = lead if self.on else "left out"
        own = "chosen" if (self.on, self.lead) != self.usual else ""
        return Content.assemble(
            "✓ " if self.on else "– ",
            heading.pad_right(max(TITLE_ROOM - heading.cell_length, 1)),
            show(state, "" if self.on else "$muted"),
            "   " if own and state else "",
            show(own, "$accent"),
        )


Row = Pick | KindLine


class WishesDialog(Dialog[None]):
    """Hands what was chosen to ``save``, as the record's own fields, and goes once that is kept.

    Where nothing was changed, nothing is kept.
    """

    DEFAULT_CSS = """
    WishesDialog OptionList, WishesDialog OptionList:focus { max-height: 16; }
    WishesDialog #fault { height: auto; color: $late; }
    """
    BINDINGS: ClassVar[list[BindingType]] = bindings("save", "turn-on", "value-more", "value-less")
    AUTO_FOCUS = "OptionList"
    WIDE = True

    def __init__(
        self, title: str, rows: Sequence[Row], save: Callable[[dict[str, Any]], Awaitable[None]], *, about: str
    ) -> None:
        super().__init__(title)
        self._rows = rows
        self._save = save
        self._about = about
        self._before = self.values()

    def body(self) -> ComposeResult:
        """What it is about, a line for each choice, and how to change them."""
        yield Static(show(self._about), classes="dialog--quiet")
        yield OptionList(*self._options())
        yield Static(
            show("space switches on or off, left and right change what stands at the right, ctrl+s keeps."),
            classes="dialog--quiet",
        )
        yield Static("", id="fault")

    def on_mount(self) -> None:
        """Mark the first line."""
        self.query_one(OptionList).highlighted = 0

    def _options(self) -> list[Option]:
        return [Option(row.words()) for row in self._rows]

    @property
    def _at(self) -> int:
        return self.query_one(OptionList).highlighted or 0

    def _change(self, change: Callable[[Row], None]) -> None:
        at = self._at
        change(self._rows[at])
        self.query_one(OptionList).replace_option_prompt_at_index(at, self._rows[at].words())

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Enter and the mouse switch too."""
        event.stop()
        self._change(lambda row: row.toggle())

    def action_turn_on(self) -> None:
        """Switch the marked line on or off."""
        self._change(lambda row: row.toggle())

    def action_value_more(self) -> None:
        """Give the next value."""
        self._change(lambda row: row.step(1))

    def action_value_less(self) -> None:
        """Give the value before."""
        self._change(lambda row: row.step(-1))

    def values(self) -> dict[str, Any]:
        """Return the record's fields: only what differs from the usual is kept by kind, the rest goes back to it."""
        kinds = [row for row in self._rows if isinstance(row, KindLine)]
        return {
            **{row.id: row.value for row in self._rows if isinstance(row, Pick)},
            "kinds": {row.kind.value: row.on if row.on != row.usual[0] else None for row in kinds},
            "leads": {row.kind.value: row.lead if row.lead != row.usual[1] else None for row in kinds},
        }

    @property
    def unsaved(self) -> str:
        """What was switched or changed here."""
        return "What you changed here" if self.values() != self._before else ""

    def action_save(self) -> None:
        """Keep what was chosen; stay when it cannot be."""
        self.run_worker(self._try(), exit_on_error=False)

    async def _try(self) -> None:
        fault, values = self.query_one("#fault", Static), self.values()
        try:
            if values != self._before:
                await self._save(values)
        except AlmonerError as error:
            fault.update(show(str(error)))
        else:
            self.dismiss(None)
