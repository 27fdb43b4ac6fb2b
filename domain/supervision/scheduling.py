"""Sessions booked ahead: a series of dates that fall in time, on days on which both are there and free."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from domain.core.dates import show_day
from domain.core.intervals import Interval
from domain.core.workdays import Workdays

_DAY = timedelta(days=1)
_SATURDAY = 5
_MINUTES_A_DAY = 24 * 60
_LONGEST_SEARCH = 400  # days: somebody away for longer has no dates to propose
MOST = 120  # sessions in one series


class Away(NamedTuple):
    """Days on which somebody is not there (both ends included); open-ended without ``last``."""

    first: date
    last: date | None
    why: str

    def covers(self, day: date) -> bool:
        """Whether it is one of them."""
        return self.first <= day and (self.last is None or day <= self.last)


class Booked(NamedTuple):
    """A session already booked or held; ``start`` is the time by the clock."""

    on: date
    start: str
    minutes: int
    why: str
    id: int = 0

    def overlaps(self, on: date, start: str, minutes: int) -> bool:
        """Whether a session of so many minutes at that time would run into it; either may go on past midnight."""
        begins, mine = _minute(self.on, self.start), _minute(on, start)
        return begins < mine + minutes and mine < begins + self.minutes


class Wanted(NamedTuple):
    """What was agreed: on which weekday (0 is Monday), at what time and for how long."""

    weekday: int | None
    start: str
    minutes: int


class Proposed(NamedTuple):
    """One date of a series, the day by which it is due, and why it is not the day that was wanted."""

    on: date
    due: date
    wanted: date
    moved: tuple[str, ...] = ()

    @property
    def late(self) -> bool:
        """Whether no day up to the due date would do."""
        return self.on > self.due


@dataclass(frozen=True)
class Diary:
    """When the two can meet: the working days, their absences, and the sessions that either has."""

    calendar: Workdays
    away: Sequence[Away] = ()
    booked: Sequence[Booked] = ()

    def clash(self, on: date, start: str, minutes: int) -> str:
        """Return why they cannot meet then; empty when they can."""
        if on.weekday() >= _SATURDAY:
            return "weekend"
        if not self.calendar.is_working(on):
            return "bank holiday"
        if on in self.calendar.closures:
            return "council closed"
        if away := next((one for one in self.away if one.covers(on)), None):
            return away.why
        taken = next((one for one in self.booked if one.overlaps(on, start, minutes)), None)
        return f"{taken.why} at {taken.start}" if taken else ""


def series(
    wanted: Wanted, every: Callable[[date], Interval], anchor: date, first: date, until: date, diary: Diary
) -> tuple[Proposed, ...]:
    """Return the sessions from ``first`` up to ``until``, each due so long after the one before it.

    ``every`` gives the interval that counts on a day; ``anchor`` is the last session, or the day from which the first
    is counted. Of the days up to the due date the nearest to the wanted one is taken, and only where none of them
    will do the first one after it.
    """
    found: list[Proposed] = []
    while len(found) < MOST:
        due = every(anchor).after(anchor, diary.calendar)
        one = _next(wanted, max(first, anchor + _DAY), due, diary)
        if one is None or one.on > until:
            break
        found.append(one)
        anchor = one.on
    return tuple(found)


def _next(wanted: Wanted, first: date, due: date, diary: Diary) -> Proposed | None:
    """Return the next session, no earlier than ``first``; None where nobody is there for more than a year."""
    target = max(_on_weekday(due, wanted.weekday), first)
    moved: list[str] = []
    for day in _days(target, first, due):
        why = diary.clash(day, wanted.start, wanted.minutes)
        if not why:
            return Proposed(day, due, target, _reasons(moved, target, due, day))
        moved.append(f"{show_day(day)}: {why}")
    return None


def _reasons(moved: list[str], target: date, due: date, day: date) -> tuple[str, ...]:
    """Return what stood in the way: of the day that was wanted, and, where it is late, of all the days before it."""
    if day == target:
        return ()
    return tuple(dict.fromkeys(moved if day > due else moved[:1]))


def _days(target: date, first: date, due: date) -> Iterator[date]:
    """Yield the days to try: nearest the target first, later before earlier, none past due before all up to it."""
    yield target
    for away in range(1, max((due - target).days, (target - first).days) + 1):
        if target + _DAY * away <= due:
            yield target + _DAY * away
        if target - _DAY * away >= first:
            yield target - _DAY * away
    after = max(due, target)
    for away in range(1, _LONGEST_SEARCH):
        yield after + _DAY * away


def _on_weekday(day: date, weekday: int | None) -> date:
    """Return the last such weekday up to ``day``."""
    return day if weekday is None else day - _DAY * ((day.weekday() - weekday) % 7)


def _minute(on: date, start: str) -> int:
    """Return the minute in which a session begins, counted on over midnight, by the clock on the wall."""
    hours, minutes = start.split(":")
    return on.toordinal() * _MINUTES_A_DAY + int(hours) * 60 + int(minutes)
