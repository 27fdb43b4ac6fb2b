"""How a state is said: a glyph and a word first, a colour only on top of them; and how load and days are drawn."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from rich.text import Text

from domain.core.dates import DUE_SOON_DAYS, ago, distance, show_day
from domain.core.hundredths import whole_percent
from domain.core.namesakes import told_apart
from domain.core.text import initials
from tui.core.text import cell, line
from tui.core.themes import Palette


class State(NamedTuple):
    """A state as a person reads it; its name is also the name of its colour."""

    name: str
    glyph: str
    word: str


STATES = {
    state.name: state
    for state in (
        State("late", "●", "late"),
        State("due", "◐", "due"),
        State("ahead", "○", "ahead"),
        State("over", "▲", "over"),
        State("near", "△", "near"),
        State("steady", "", ""),
        State("room", "▽", "room"),
        State("held", "✓", "held"),
        State("unset", "–", "not set"),
        State("unverified", "?", "unverified"),
    )
}
# What other rooms of the house call the same states.
_ALSO = {"overdue": "late", "upcoming": "ahead", "not set": "unset", "": "steady"}

FULL = 1000
BAR_END = 1250
_EIGHTHS = " ▏▎▍▌▋▊▉█"
MARK = "│"


def state(name: str) -> State:
    """Return the state called ``name``, also under the names the engine and the bands use."""
    return STATES.get(_ALSO.get(name, name), STATES["unset"])


def due_state(day: date | None, today: date) -> State:
    """Return whether what is due on ``day`` is late, due within a fortnight, ahead, or without a date."""
    if day is None:
        return STATES["unset"]
    days = (day - today).days
    return STATES["late" if days < 0 else "due" if days <= DUE_SOON_DAYS else "ahead"]


def in_words(code: str) -> str:
    """Return a code of our own as words ("officer_asks" as "officer asks"); one of another's list stays as it is."""
    return code.replace("_", " ") if code == code.lower() else code


def percent(tenths: int | None) -> str:
    """Return a utilisation given in tenths of a percent as "114 %", or a dash when there is none."""
    return "–" if tenths is None else f"{whole_percent(tenths)} %"


def hundredths(value: int | None) -> str:
    """Return points or full-time equivalents kept in hundredths without needless noughts: 9, 0.6, 2.25."""
    if value is None:
        return "–"
    return f"{value / 100:.2f}".rstrip("0").rstrip(".")


def bar(tenths: int | None, width: int) -> str:
    """Draw a load of ``tenths`` of a percent in ``width`` cells: the right edge is 125 %, a stroke marks 100 %."""
    if tenths is None or width < 4:
        return " " * max(width, 0)
    mark = round((width - 1) * FULL / BAR_END)
    below = _fill(min(tenths, FULL), FULL, mark)
    beyond = _fill(min(max(tenths - FULL, 0), BAR_END - FULL), BAR_END - FULL, width - mark - 1)
    return f"{below}{MARK}{beyond[:-1] + '▸' if tenths > BAR_END else beyond}"


def _fill(amount: int, whole: int, width: int) -> str:
    eighths = round(amount * width * 8 / whole)
    full, part = divmod(eighths, 8)
    return ("█" * full + (_EIGHTHS[part] if part else "")).ljust(width)


@dataclass(frozen=True, slots=True)
class Look:
    """What drawing a cell needs to know: the colours, the day, whether names may show, and who shares one."""

    palette: Palette
    today: date
    no_names: bool = False
    shared: frozenset[str] = frozenset()

    def colour(self, name: str) -> str:
        """Return the colour of a state or of another meaning ("muted", "accent")."""
        return str(getattr(self.palette, name))

    def mark(self, name: str, rest: str = "") -> Text:
        """Return "● late", or "● " with ``rest`` in place of the word."""
        found = state(name)
        return cell(f"{found.glyph} {rest or found.word}", self.colour(found.name))

    def plain(self, text: object, *, right: bool = False) -> Text:
        """Return ``text`` as an ordinary cell."""
        return cell(text, right=right)

    def number(self, value: int | None) -> Text:
        """Return a count, right-aligned, a nought said quietly."""
        return cell("–" if value is None else f"{value:,}", "" if value else self.palette.muted, right=True)

    def day(self, day: date | None) -> Text:
        """Return a day as "Fri 27 Nov", or a dash."""
        return cell("–", self.palette.muted) if day is None else cell(show_day(day, self.today))

    def due(self, day: date | None, *, far: bool = True) -> Text:
        """Return a due day with its state and its distance: "● Fri 30 Oct, 23 days late"."""
        found = due_state(day, self.today)
        if day is None:
            return cell(f"{found.glyph} {found.word}", self.colour(found.name))
        text = f"{found.glyph} {show_day(day, self.today)}"
        return cell(f"{text}, {distance(day, self.today)}" if far else text, self.colour(found.name))

    def since(self, day: date | None) -> Text:
        """Return how long ago ``day`` was, or "never"."""
        return cell("never", self.palette.muted) if day is None else cell(ago(day, self.today))

    def worker(self, name: str, staff_id: str | None = None) -> str:
        """Return a worker's name, the staff id behind it where others share it; initials while names are hidden."""
        if self.no_names:
            return initials(line(name)) or "–"
        return told_apart(line(name), staff_id or "", self.shared)

    def tail(self, staff_id: str) -> str:
        """Return what stands behind a name as ``worker`` shows it: the staff id where others share it."""
        return f" {staff_id}" if staff_id in self.shared and not self.no_names else ""

    def served(self, name: str, reference: str) -> str:
        """Return the name of a person served, or the reference alone while names are hidden or none is kept."""
        return line(reference) if self.no_names or not name else line(name)
