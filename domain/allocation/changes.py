"""What will be otherwise with somebody in the weeks ahead: the team, the grade or the hours, in words."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from domain.core.dates import show_day

MOVES, REGRADED, OTHER_HOURS = "moves-ahead", "grade-ahead", "hours-ahead"
_TITLES = {MOVES: "Moves to another team", REGRADED: "Has another grade soon", OTHER_HOURS: "Has fewer hours soon"}


class Change(NamedTuple):
    """One thing that changes on a day: by which rule of ours it is told, and in which words.

    ``caution``: it speaks against giving a case; what makes room is only told.
    """

    rule: str
    words: str
    day: date
    caution: bool = True

    @property
    def title(self) -> str:
        """What is said of it without the day."""
        return _TITLES[self.rule]


def moves(team: str, day: date, until: date | None, *, here: bool = False) -> Change:
    """Return that somebody moves to a team; ``here``: to the one whose case it is."""
    return Change(MOVES, f"Moves to {team} on {show_day(day)}{_until(until)}", day, not here)


def regraded(before: str, after: str, day: date, last: date) -> Change:
    """Return that somebody's grade, by its title, holds until a last day only."""
    return Change(REGRADED, f"{before} until {show_day(last)}, then {after}", day)


def other_hours(before: int, after: int, day: date, until: date | None) -> Change:
    """Return that somebody works other hours a week, in hundredths, from a day on."""
    words = f"{before / 100:g} hours a week, {after / 100:g} from {show_day(day)}{_until(until)}"
    return Change(OTHER_HOURS, words, day, after < before)


def _until(day: date | None) -> str:
    return f" (until {show_day(day)})" if day else ""
