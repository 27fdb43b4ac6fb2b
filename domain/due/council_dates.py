"""The council's own due date beside ours: which way of counting leads to theirs, or none that we know.

Each way is one departure from how we count. The fewest departures win; where several explain the date equally well,
all are named, because the dates alone cannot tell them apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import NamedTuple

from domain.core.dates import show_day
from domain.core.intervals import Interval
from domain.core.workdays import Workdays

NOT_EXPLAINED = "not explained"
SAME = "the same date"
MOST = 2  # departures at once: with more, chance alone would explain anything

_DAY = timedelta(days=1)
_WEEK = 5  # working days
_COUNTED = ("working_days", "days", "weeks", "months", "years")
_DAYS_FOR_MONTHS = {
    1: (28, 30, 31),
    2: (56, 60, 61),
    3: (84, 90, 91, 92),
    6: (168, 180, 182, 183),
    12: (364, 365, 366),
}
INCLUSIVE = "the first day counted as day 1"
FORWARD = "a weekend or bank holiday moved on to the next working day"
BACK = "a weekend or bank holiday moved back to the working day before"


class Anchors(NamedTuple):
    """What a date counts from: the event it runs from, and the day that event had been due."""

    counted_from: date
    was_due: date | None = None


class _Start(NamedTuple):
    day: date
    departures: tuple[str, ...]


def explain_difference(
    council: date, ours: date, anchors: Anchors, intervals: Iterable[Interval], calendar: Workdays
) -> str:
    """Return in words which way of counting gives ``council`` where we count ``ours``, or "not explained"."""
    if council == ours:
        return SAME
    fitting: dict[tuple[str, ...], None] = {}
    for day, departures in _counted(ours, anchors, _leading(ours, anchors, intervals, calendar), calendar):
        if day == council and len(departures) <= MOST:
            fitting.setdefault(departures)
    if not fitting:
        return NOT_EXPLAINED
    fewest = min(map(len, fitting))
    return "; or ".join(" and ".join(departures) for departures in fitting if len(departures) == fewest)


def _leading(ours: date, anchors: Anchors, intervals: Iterable[Interval], calendar: Workdays) -> list[Interval]:
    """Return the intervals that lead from the anchor to our date; all of them where none does."""
    usable = [one for one in intervals if one.unit in _COUNTED]
    return [one for one in usable if one.after(anchors.counted_from, calendar) == ours] or usable


def _counted(
    ours: date, anchors: Anchors, intervals: Iterable[Interval], calendar: Workdays
) -> Iterator[tuple[date, tuple[str, ...]]]:
    """Yield every date we know a way of counting to, with its departures from ours."""
    yield from _settled(_Start(ours, ()), calendar)
    starts = [_Start(anchors.counted_from, ())]
    if anchors.was_due is not None and anchors.was_due != anchors.counted_from:
        words = f"counted from {show_day(anchors.was_due)}, when the one before was due, not from the day it was held"
        starts.append(_Start(anchors.was_due, (words,)))
    for interval in intervals:
        for start in starts:
            for day, departures in _variants(interval, start.day, calendar):
                yield from _settled(_Start(day, (*start.departures, *departures)), calendar)


def _variants(interval: Interval, start: date, calendar: Workdays) -> Iterator[tuple[date, tuple[str, ...]]]:
    """Yield where the interval ends, and where what other systems put in its place ends."""
    yield interval.after(start, calendar), ()
    for days in _days_for(interval):
        yield start + timedelta(days=days), (f"{days} days in place of {interval.words}",)
    for other in _instead(interval):
        yield other.after(start, calendar), (f"{other.words} in place of {interval.words}",)
    if interval.unit == "working_days" and (interval.number % _WEEK or start.weekday() >= _WEEK):
        yield _weekdays(start, interval.number), ("bank holidays counted as working days",)  # else whole weeks say so


def _days_for(interval: Interval) -> tuple[int, ...]:
    """Return the numbers of days that stand in for a number of months or working days."""
    if interval.unit in ("months", "years"):
        return _DAYS_FOR_MONTHS.get(interval.number * (12 if interval.unit == "years" else 1), ())
    whole_weeks = interval.unit == "working_days" and interval.number % _WEEK == 0
    return (interval.number // _WEEK * 7,) if whole_weeks else ()


def _instead(interval: Interval) -> Iterator[Interval]:
    """Yield the working days or months that stand in for a number of days."""
    if interval.unit not in ("days", "weeks"):
        return
    length = interval.number * (7 if interval.unit == "weeks" else 1)
    weeks, over = divmod(length, 7)
    if not over:
        yield Interval("working_days", weeks * _WEEK)
    for months, days in _DAYS_FOR_MONTHS.items():
        if length in days:
            yield Interval("months", months)


def _weekdays(start: date, number: int) -> date:
    day = start
    while number:
        day += _DAY
        number -= day.weekday() < _WEEK
    return day


def _settled(start: _Start, calendar: Workdays) -> Iterator[tuple[date, tuple[str, ...]]]:
    """Yield a date as it stands, with the first day counted, and each moved off a day nobody works."""
    for day, departures in ((start.day, start.departures), (start.day - _DAY, (*start.departures, INCLUSIVE))):
        yield day, departures
        if not calendar.is_working(day):
            yield calendar.on_or_after(day), (*departures, FORWARD)
            yield calendar.on_or_before(day), (*departures, BACK)
