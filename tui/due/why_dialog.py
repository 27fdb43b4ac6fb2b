"""Why: the working behind one date or figure, step by step, with its source."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from domain.core.dates import show_day
from tui.core.dialog import Notice
from tui.core.text import laid, show

DAY_ROOM = 17


@dataclass(frozen=True, slots=True)
class Working:
    """What is shown: a heading, the rule in plain words, the steps (what, detail, day), the sources, and remarks."""

    title: str
    plain: str
    steps: Sequence[tuple[str, str, date | None]]
    sources: Sequence[str] = ()
    remarks: Sequence[str] = ()


class WhyDialog(Notice):
    """Shows a working; nothing in it can be changed."""

    WIDE = True

    def __init__(self, working: Working) -> None:
        super().__init__(working.title)
        self._working = working

    def body(self) -> ComposeResult:
        """The rule, the steps, the sources."""
        working = self._working
        with VerticalScroll(classes="dialog--words"):
            yield Static(laid("{plain}\n", "bold", plain=working.plain))
            widest = max((len(step) for step, _, _ in working.steps), default=0)
            for step, detail, day in working.steps:
                yield Static(self._step(step, detail, day, min(widest, 34)))
            for source in working.sources:
                yield Static(laid("\n{source}", source=source))
            for at, remark in enumerate(working.remarks):
                apart = at == 0 and bool(working.steps or working.sources)
                yield Static(laid("\n{remark}" if apart else "{remark}", "$muted", remark=remark))

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
