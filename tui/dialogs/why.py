"""Why: the working behind one date or figure, step by step, with its source."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from domain.dates import show_day
from tui.commands import bindings
from tui.dialogs.base import Dialog
from tui.text import show

DAY_ROOM = 17


@dataclass(frozen=True, slots=True)
class Working:
    """What is shown: a heading, the rule in plain words, the steps (what, detail, day), the sources, and remarks."""

    title: str
    plain: str
    steps: Sequence[tuple[str, str, date | None]]
    sources: Sequence[str] = ()
    remarks: Sequence[str] = ()


class WhyDialog(Dialog[None]):
    """Shows a working; nothing in it can be changed."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("accept")
    WIDE = True

    def __init__(self, working: Working) -> None:
        super().__init__(working.title)
        self._working = working

    def body(self) -> ComposeResult:
        """The rule, the steps, the sources."""
        working = self._working
        with VerticalScroll(classes="dialog--words"):
            yield Static(show(working.plain + "\n", "bold"))
            widest = max((len(step) for step, _, _ in working.steps), default=0)
            for step, detail, day in working.steps:
                yield Static(self._step(step, detail, day, min(widest, 34)))
            for source in working.sources:
                yield Static(show(f"\n{source}"))
            for remark in working.remarks:
                yield Static(show(remark, "$muted"))

    @staticmethod
    def _step(step: str, detail: str, day: date | None, width: int) -> Content:
        what = show(step)
        shown = show(show_day(day) if day else "", "bold")
        return Content.assemble(
            "  ",
            what.pad_right(max(width - what.cell_length, 0)),
            "  ",
            shown.pad_right(max(DAY_ROOM - shown.cell_length, 0)),
            show(detail, "$muted"),
        )

    def action_accept(self) -> None:
        """Close."""
        self.dismiss(None)
