"""Placement-day arithmetic: days done, when a number of them is reached, and the supervision that goes with them.

Days are counted in hundredths. What is recorded counts as recorded; any other day counts as its weekday in the pattern
does, but not on a bank holiday or a closure. By the plan alone stages fall due: a register that nobody fills in puts
nothing off. The end as it looks now is reckoned from today: a day that has passed counts only if it is recorded.
"""

from __future__ import annotations

import heapq
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cached_property, lru_cache
from itertools import accumulate
from typing import Any, NamedTuple

from domain.core.enums import DayKind
from domain.core.workdays import Workdays

WHOLE_DAY = 100
WEEKDAYS = (WHOLE_DAY,) * 5
COUNTING = frozenset({DayKind.ATTENDED.value, DayKind.RECALL.value})
_DAY = timedelta(days=1)
_WEEK = 7
_LONGEST = timedelta(days=3660)  # how far ahead an end is looked for


class DayLine(NamedTuple):
    """A day as it was recorded; ``part`` in hundredths of a day, ``hours`` in hundredths of an hour."""

    on: date
    kind: str
    part: int
    hours: int | None = None

    @property
    def counts(self) -> int:
        """What it counts towards the placement: recall days do, skills days and days missed do not."""
        return self.part if self.kind in COUNTING else 0


@dataclass(frozen=True)
class Placement:
    """A placement as the arithmetic sees it. ``target`` in hundredths of a day; ``pattern`` from Monday on.

    ``closures`` are first and last days on which it rests; ``today`` the day from which its end is reckoned and up to
    which days are done (None: by the plan alone, and whatever is recorded). What is recorded of a later day is a plan.
    """

    starts: date
    target: int
    pattern: Sequence[int] = WEEKDAYS
    recorded: Mapping[date, DayLine] = field(default_factory=dict)
    closures: Sequence[tuple[date, date]] = ()
    holidays: frozenset[date] = frozenset()
    today: date | None = None

    @property
    def done(self) -> int:
        """Days done, in hundredths."""
        return sum(line.counts for line in self.so_far)

    @property
    def left(self) -> int:
        """Days still to be done, in hundredths."""
        return max(0, self.target - self.done)

    @property
    def missed(self) -> int:
        """Days missed that are made up at the end, in hundredths: sickness, holiday and absence."""
        gone = (DayKind.SICK, DayKind.HOLIDAY, DayKind.ABSENT)
        return sum(line.part for line in self.so_far if line.kind in gone)

    @cached_property
    def so_far(self) -> tuple[DayLine, ...]:
        """What is recorded from the start up to today."""
        last = self.today or date.max
        return tuple(line for line in self.recorded.values() if self.starts <= line.on <= last)

    @cached_property
    def _week(self) -> tuple[int, ...]:
        return (*self.pattern, *(0 for _ in range(_WEEK - len(self.pattern))))

    @cached_property
    def ends(self) -> date | None:
        """The day on which all days are done, as it looks now; None where the pattern never gets there."""
        if self.today is None or self.today <= self.starts:
            return self.plan_ends
        so_far = 0
        for line in sorted(self.so_far):
            so_far += line.counts
            if line.on < self.today and so_far >= self.target:
                return line.on
        before = sum(line.counts for line in self.so_far if line.on < self.today)
        return replace(self, starts=self.today, target=self.target - before, today=None).plan_ends

    @cached_property
    def plan_ends(self) -> date | None:
        """The day on which all days are done if every day that was planned and is not recorded was worked."""
        return self.reached(self.target)

    @cached_property
    def midway(self) -> date | None:
        """The day on which half of the days are done: day 35 of 70."""
        return self.reached((self.target + 1) // 2)

    def reached(self, wanted: int) -> date | None:
        """Return the day on which ``wanted`` hundredths of a day are done, recorded days and plan together."""
        day, left = self.starts, wanted
        for other, part in self._exceptions():
            plain = self._plain(day, (other - day).days) if other > day else 0
            if plain >= left:
                break
            left -= plain + part
            if left <= 0:
                return other
            day = other + _DAY
        return self._first(day, left)

    def _exceptions(self) -> Iterator[tuple[date, int]]:
        """Yield the days that are not as the pattern says, in order, with what each counts."""
        bank = _in_order(self.holidays)
        rest = bank[bisect_left(bank, self.starts) :]
        own = self._own
        return heapq.merge(own.items(), ((day, 0) for day in rest if day not in own))

    @cached_property
    def _own(self) -> dict[date, int]:
        """Closures and recorded days from the start, in order, with what each counts; what is recorded stands."""
        found: dict[date, int] = {}
        for first, last in self.closures:
            for n in range((last - first).days + 1):
                found[first + _DAY * n] = 0
        found |= {line.on: line.counts for line in self.recorded.values()}
        return {day: found[day] for day in sorted(found) if day >= self.starts}

    def _plain(self, day: date, length: int) -> int:
        """What ``length`` days from ``day`` count by the pattern alone."""
        weeks, days = divmod(length, _WEEK)
        first = day.weekday()
        return weeks * sum(self._week) + sum(self._week[(first + n) % _WEEK] for n in range(days))

    def _first(self, day: date, left: int) -> date | None:
        """Return the first day from ``day`` on which the pattern alone has given ``left``."""
        week = sum(self._week)
        if not week:
            return None
        whole = (left - 1) // week
        if whole * _WEEK > _LONGEST.days:
            return None
        day, left = day + timedelta(weeks=whole), left - whole * week
        turned = self._week[day.weekday() :] + self._week[: day.weekday()]
        return next(day + _DAY * n for n, sofar in enumerate(accumulate(turned)) if sofar >= left)

    def planned(self, day: date) -> int:
        """What a day counts by the plan: its weekday's part, nothing before the start, on closures and holidays."""
        rests = day < self.starts or day in self.holidays or any(a <= day <= b for a, b in self.closures)
        return 0 if rests else self._week[day.weekday()]

    def expected(self, day: date) -> int:
        """What a day counts: as it is recorded, otherwise by the plan."""
        line = self.recorded.get(day)
        return self.planned(day) if line is None else line.counts

    def unrecorded(self, today: date) -> tuple[date, ...]:
        """Return the days up to yesterday that were planned and of which nothing is recorded yet."""
        last = min(today - _DAY, self.ends or today)
        days = (self.starts + _DAY * n for n in range((last - self.starts).days + 1))
        return tuple(day for day in days if self.planned(day) and day not in self.recorded)

    def stage_day(self, when: Mapping[str, Any], calendar: Workdays | None = None) -> date | None:
        """Return the day that a stage of a pack is due (see programmekinds.When); None where nobody says."""
        if when.get("start"):
            return self.starts - _DAY
        if weeks := when.get("weeks"):
            return self.starts + timedelta(weeks=weeks)
        if number := when.get("placement_day"):
            return self.reached(number * WHOLE_DAY)
        if when.get("halfway"):
            return self.midway
        return self._by_the_end(when, calendar)

    def _by_the_end(self, when: Mapping[str, Any], calendar: Workdays | None) -> date | None:
        if self.plan_ends is None or not (when.keys() & {"end", "weeks_before_end", "working_days_after"}):
            return None
        if days := when.get("working_days_after"):
            return calendar.add(self.plan_ends, days) if calendar else None
        return self.plan_ends - timedelta(weeks=when.get("weeks_before_end", 0))


@lru_cache(maxsize=8)
def _in_order(holidays: frozenset[date]) -> list[date]:
    return sorted(holidays)


# supervision -----------------------------------------------------------------------------------------------------


class Hours(NamedTuple):
    """Supervision in minutes: due so far, due in all (None: cannot be known), and given, by whom."""

    due: int
    whole: int | None
    educator: int
    on_site: int
    others: int
    sessions: int

    @property
    def given(self) -> int:
        """What was given in all."""
        return self.educator + self.on_site + self.others

    @property
    def owed(self) -> int:
        """What is still owed of what was due so far."""
        return max(0, self.due - self.given)


def entitled(rule: Mapping[str, Any], placement: Placement) -> tuple[int, int | None]:
    """Return the minutes of supervision due so far and in all: by placement days done, or by weeks attended."""
    minutes = int(rule["minutes"])
    if every := rule.get("placement_days"):
        step = every * WHOLE_DAY
        return placement.done // step * minutes, placement.target // step * minutes
    attended = {_monday(day.on) for day in placement.so_far if day.counts}
    if placement.ends is None:
        return len(attended) * minutes, None
    first = max(placement.starts, placement.today or placement.starts)
    days = (first + _DAY * n for n in range((placement.ends - first).days + 1))
    planned = {_monday(day) for day in days if placement.expected(day)}
    return len(attended) * minutes, len(attended | planned) * minutes


def _monday(day: date) -> date:
    return day - _DAY * day.weekday()
