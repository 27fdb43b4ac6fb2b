"""Working days of a nation, and months counted by the calendar: pure, with the bank holidays passed in.

Council closure days are not holidays in law: they never lengthen a limit, they only bring ``plan_by`` forward.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import lru_cache

from dateutil.relativedelta import relativedelta

from domain.core.enums import Nation

_DAY = timedelta(days=1)
_SATURDAY = 5


class Workdays:
    """The working days of one nation."""

    __slots__ = ("_counted", "_planned", "closures", "holidays", "nation", "terms")

    def __init__(
        self,
        nation: Nation,
        holidays: frozenset[date] = frozenset(),
        closures: frozenset[date] = frozenset(),
        terms: tuple[tuple[date, date], ...] = (),
    ) -> None:
        self.nation = nation
        self.holidays = holidays
        self.closures = closures
        self.terms = terms  # first and last day of each school term, in order
        self._counted: dict[tuple[date, int], date] = {}
        self._planned: dict[date, date] = {}

    def is_working(self, day: date) -> bool:
        """Whether ``day`` is neither a Saturday, a Sunday nor a bank holiday."""
        return day.weekday() < _SATURDAY and day not in self.holidays

    def add(self, day: date, n: int) -> date:
        """Return the ``n``-th working day after ``day`` (before it when negative); ``day`` itself is day 0."""
        key = (day, n)
        found = self._counted.get(key)
        if found is None:
            found = self._counted[key] = self._step(day, n)
        return found

    def _step(self, day: date, n: int) -> date:
        step = _DAY if n > 0 else -_DAY
        left = abs(n)
        while left:
            day += step
            left -= self.is_working(day)
        return day

    def on_or_before(self, day: date) -> date:
        """Return the last day up to ``day`` on which the council works: its ``plan_by``."""
        found = self._planned.get(day)
        if found is None:
            found = day
            while not self.is_working(found) or found in self.closures:
                found -= _DAY
            self._planned[day] = found
        return found

    def on_or_after(self, day: date) -> date:
        """Return the first day from ``day`` on which the council works."""
        while not self.is_working(day) or day in self.closures:
            day += _DAY
        return day

    def term_end(self, day: date, n: int = 1) -> date | None:
        """Return the last day of the ``n``-th school term that begins after ``day``; None where none is set."""
        coming = [last for first, last in self.terms if first > day]
        return coming[n - 1] if n <= len(coming) else None

    def between(self, start: date, end: date) -> int:
        """Return how many working days lie after ``start`` up to and including ``end``."""
        return sum(self.is_working(start + _DAY * n) for n in range(1, (end - start).days + 1))

    def skipped(self, start: date, end: date) -> tuple[date, ...]:
        """Return the bank holidays on weekdays after ``start`` up to and including ``end``."""
        days = (start + _DAY * n for n in range(1, (end - start).days + 1))
        return tuple(day for day in days if day.weekday() < _SATURDAY and day in self.holidays)


@lru_cache(maxsize=65_536)
def add_months(day: date, n: int) -> date:
    """Return the same-numbered day ``n`` months on, or the last of that month (31 Aug + 6 months = 28 or 29 Feb)."""
    return day + relativedelta(months=n)


def add_weeks(day: date, n: int) -> date:
    """Return the day ``n`` weeks on."""
    return day + timedelta(weeks=n)


def clock_offset(at: datetime) -> timedelta:
    """Return how far UK clocks are ahead at ``at``: an hour from the last Sunday of March to that of October."""
    starts, ends = (_last_sunday(at.year, month) for month in (3, 10))
    return timedelta(hours=1) if starts <= at < ends else timedelta(0)


def _last_sunday(year: int, month: int) -> datetime:
    """Return two o'clock by summer time on the last Sunday of a month of 31 days, when clocks are changed."""
    last = datetime(year, month, 31, 2)  # noqa: DTZ001  a time by the clock on the wall
    return last - timedelta(days=(last.weekday() + 1) % 7)


def birthday(born: date, years: int) -> date:
    """Return the day somebody born on ``born`` reaches ``years``; 29 February becomes 28 February in common years."""
    return add_months(born, years * 12)
