"""Words and bars for learners: how much is done, the bar with its ticks, and the state of a stage."""

from __future__ import annotations

from datetime import date

from rich.text import Text

from domain.core import dates
from domain.core.dates import show_day
from storage.learning.programmes import LearnerLine
from tui.core.look import Look, hundredths, state
from tui.core.text import cell

TICK, DONE, TODO = "│", "█", "·"
STATES = {"done": "held", "coming": "ahead", "met": "held", "open": "ahead", "optional": "unset", "closed": "held"}


def state_name(word: str) -> str:
    """Return the screens' own name for a state of a stage or of the checklist."""
    return STATES.get(word, word)


def done_words(line: LearnerLine) -> str:
    """Return what is done of the whole: "28.5 of 70 days"."""
    if not line.whole:
        return "not set"
    return f"{hundredths(_tenths(line.done))} of {hundredths(line.whole)} {line.unit}"


def _tenths(value: int) -> int:
    return value // 10 * 10


def way(done: int, whole: int, ticks: tuple[int, ...], width: int) -> str:
    """Return the bar of a programme in ``width`` cells: what is done filled, stages as ticks, what is left as dots."""
    if not whole or width < 4:
        return " " * max(width, 0)
    filled = min(done * width // whole, width)
    cells = [DONE if at < filled else TODO for at in range(width)]
    for tick in ticks:
        cells[min(tick * width // 1000, width - 1)] = TICK
    return "".join(cells)


def next_words(line: LearnerLine) -> str:
    """Return what comes next, or why nothing does."""
    if line.next is not None:
        return line.next.title
    return line.warning or ("no panel set" if line.unit == "criteria" else "all stages reached")


def mark(word: str, look: Look) -> Text:
    """Return a state with its glyph and word."""
    return look.mark(state_name(word))


def short_day(day: date, look: Look) -> str:
    """Return a day with its weekday in this year ("Wed 25 Nov"), with the year in another ("13 Jan 2027")."""
    return (show_day if day.year == look.today.year else dates.short_day)(day, look.today)


def day_and_state(day: date | None, word: str, look: Look) -> Text:
    """Return a day with the glyph of its state."""
    found = state(state_name(word))
    said = short_day(day, look) if day else "no date"
    return cell(f"{found.glyph} {said}", look.colour(found.name))
