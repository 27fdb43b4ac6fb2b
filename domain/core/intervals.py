"""Stretches of time: how they are counted from a day, and which of two can never end later than the other."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache

from domain.core.dates import MONTHS
from domain.core.workdays import Workdays, add_months, clock_offset

_DAY = timedelta(days=1)
_NOTHING = timedelta(0)
_SPANS = {"days": _DAY, "weeks": timedelta(weeks=1), "hours": timedelta(hours=1), "at_once": _NOTHING}
_LONGEST_TERM = 300  # days from any day to the end of the term that begins after it, with much to spare


@dataclass(frozen=True, slots=True)
class Interval:
    """A stretch of time in one unit; ``include`` counts the first day as day 1 instead of day 0."""

    unit: str
    number: int
    include: bool = False
    gap: int = 1  # of a day of the year (unit "yearly", number 1130): how many days on it lies at least
    why: str = ""  # of unit "not_set": why no figure is given
    span: timedelta | None = field(init=False, repr=False, compare=False, default=None)
    plain: bool = field(init=False, repr=False, compare=False, default=True)  # a day alone is enough to count from

    def __post_init__(self) -> None:
        object.__setattr__(self, "plain", self.unit not in ("hours", "terms", "not_set"))
        one = _SPANS.get(self.unit)
        if one is not None:
            back = _DAY if self.include and self.unit != "at_once" else _NOTHING
            object.__setattr__(self, "span", timedelta(days=(one * self.number).days) - back)

    @property
    def unset(self) -> bool:
        """Whether each council must set it, so that it gives no date."""
        return self.unit == "not_set"

    def after(self, day: date, calendar: Workdays | None = None) -> date:
        """Return the last day of the stretch that begins on ``day``."""
        if self.span is not None:
            return day + self.span
        back = _DAY if self.include else _NOTHING
        if self.unit == "working_days":
            assert calendar is not None
            return calendar.add(day - back, self.number)
        if self.unit == "yearly":
            return self._in_the_year(day + timedelta(days=self.gap))
        return add_months(day, self._months) - back

    def before(self, day: date, calendar: Workdays | None = None) -> date:
        """Return the day that lies the stretch before ``day``."""
        if self.span is not None:
            return day - self.span
        on = _DAY if self.include else _NOTHING
        if self.unit == "working_days":
            assert calendar is not None
            return calendar.add(day + on, -self.number)
        return add_months(day, -self._months) + on

    def reach(self, day: date, calendar: Workdays, time: object = None) -> date | None:
        """Return where the stretch ends, by the clock where the ``time`` is known; None where no term is set."""
        if self.unit == "terms":
            return calendar.term_end(day, self.number)
        if self.unit == "hours" and isinstance(time, str):
            return _by_the_clock(day, time, self.number) or self.after(day)
        return self.after(day, calendar)

    def gives(self, day: date, due: date, calendar: Workdays) -> bool:
        """Whether the stretch leads from ``day`` to ``due``, forwards or back."""
        if self.unit in ("not_set", "terms", "yearly"):
            return not self.unset and self.reach(day, calendar) == due
        return due in (self.after(day, calendar), self.before(day, calendar))

    def _in_the_year(self, earliest: date) -> date:
        month, day = divmod(self.number, 100)
        found = date(earliest.year, month, day)
        return found if found >= earliest else date(earliest.year + 1, month, day)

    @property
    def days(self) -> int:
        """Its length in days, for the units that always have the same."""
        return self.number if self.span is None else self.span.days

    @property
    def _months(self) -> int:
        assert self.unit in ("months", "years"), self.unit
        return self.number * 12 if self.unit == "years" else self.number

    @property
    def words(self) -> str:
        """The stretch as it is spoken: "20 working days", "1 month"."""
        if self.unit == "yearly":
            far = f" at least {self.gap} days" if self.gap > 1 else ""
            return f"the first {self.number % 100} {MONTHS[self.number // 100 - 1]}{far}"
        if self.unit == "at_once":
            return "at once"
        unit = "school terms" if self.unit == "terms" else self.unit.replace("_", " ")
        return f"{self.number} {unit.removesuffix('s') if self.number == 1 else unit}"


def _by_the_clock(day: date, time: str, hours: int) -> date | None:
    """Return the day on which so many hours have passed since ``time`` (such as 14:30); None when it is no time."""
    try:
        start = datetime.fromisoformat(f"{day.isoformat()}T{time}").replace(tzinfo=None)
    except ValueError:
        return None
    end = start - clock_offset(start) + timedelta(hours=hours)  # in winter time, which never changes
    return (end + clock_offset(end + clock_offset(end))).date()


def within(mine: Interval, ceiling: Interval) -> bool:
    """Whether ``mine`` ends no later than ``ceiling``, from whatever day both are counted."""
    if "yearly" in (mine.unit, ceiling.unit):
        return mine == ceiling
    if ceiling.include and not mine.include:
        return _longest(mine) <= _shortest(ceiling) - 1
    if mine.unit == ceiling.unit:
        return mine.number <= ceiling.number
    return _longest(mine) <= _shortest(ceiling)


def _longest(given: Interval) -> int:
    if given.unit == "terms":
        return given.number * _LONGEST_TERM
    if given.unit == "working_days":
        weeks, days = divmod(given.number, 5)
        holidays = 10 * (weeks // 52 + 1)  # as many as a year can put in the way
        return weeks * 7 + days + 2 + holidays
    return _bounds(given.unit, given.number)[1]


def _shortest(given: Interval) -> int:
    if given.unit == "terms":
        return 0
    if given.unit == "working_days":
        weeks, days = divmod(given.number, 5)
        return weeks * 7 + days - (2 if days == 0 else 0)  # begun on a Sunday
    return _bounds(given.unit, given.number)[0]


@cache
def _bounds(unit: str, number: int) -> tuple[int, int]:
    """Return the fewest and the most days that a stretch can be, whatever day it begins on."""
    stretch = Interval(unit, number)
    days = [date(2024, 1, 1) + timedelta(days=n) for n in range(4 * 365 + 1)]
    lengths = [(stretch.after(day) - day).days for day in days]
    return min(lengths), max(lengths)
