"""Bars a month: how much of what fell due in it was done in time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from textual.app import RenderResult
from textual.content import Content
from textual.widget import Widget

from domain.core.dates import MONTHS
from domain.core.hundredths import whole_percent
from domain.due.timeliness import Tally

HEIGHT = 4
CELL = 6
WIDEST_BAR = 3
_EIGHTHS = " ▁▂▃▄▅▆▇█"


class MonthChart(Widget):
    """A title, bars whose full height is 100 %, and under each its month, its percentage and its events."""

    DEFAULT_CSS = """
    MonthChart { height: auto; background: $background; color: $text; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._title = ""
        self._months: Sequence[tuple[date, Tally | None]] = ()

    def show_months(self, title: str, months: Sequence[date], tallies: Mapping[str, Tally]) -> None:
        """Show a measure; ``tallies`` by month as "2026-03", for those in which anything fell due."""
        self._title = title
        self._months = [(month, tallies.get(f"{month:%Y-%m}")) for month in months]
        self.refresh(layout=True)

    def render(self) -> RenderResult:
        """Write the title, the bars and what stands under them."""
        shown = self._months[-max(1, self.size.width // CELL) :]
        if not any(tally for _, tally in shown):
            return Content("")
        lines = [Content.styled(f"{self._title}, by month due", "bold")]
        lines += [_row(shown, level) for level in reversed(range(HEIGHT))]
        lines.append(Content("".join(_month(month, n).ljust(CELL) for n, (month, _) in enumerate(shown)).rstrip()))
        lines.append(Content("".join(_percent(tally).ljust(CELL) for _, tally in shown).rstrip()))
        events = "".join(_events(tally).ljust(CELL) for _, tally in shown).rstrip()
        lines.append(Content.styled(events, "$muted"))
        return Content("\n").join(lines)


def bar(share: float | None, width: int) -> str:
    """Draw a percentage in ``width`` cells; nothing for None."""
    full, part = divmod(round((share or 0) * width * 8 / 100), 8)
    return ("█" * full + (" ▏▎▍▌▋▊▉"[part] if part else "")).ljust(width)


def _row(shown: Sequence[tuple[date, Tally | None]], level: int) -> Content:
    cells = "".join((_block(tally, level) * WIDEST_BAR).ljust(CELL) for _, tally in shown)
    return Content.styled(cells.rstrip() or " ", "$accent")


def _block(tally: Tally | None, level: int) -> str:
    eighths = round(((tally.percent if tally else None) or 0) * HEIGHT * 8 / 100) - level * 8
    return _EIGHTHS[min(max(eighths, 0), 8)]


def _month(month: date, place: int) -> str:
    name = MONTHS[month.month - 1]
    return f"{name}{month:%y}" if place == 0 or month.month == 1 else name


def _percent(tally: Tally | None) -> str:
    if tally is None or tally.percent is None:
        return "–"
    whole = whole_percent(round(tally.percent * 10))
    return f"{whole if tally.percent in (0, 100) else min(max(whole, 1), 99)} %"


def _events(tally: Tally | None) -> str:
    return f"of {tally.due}" if tally else ""
