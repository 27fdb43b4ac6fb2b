"""One made-up case as it grows: a start, events that come round, perhaps an end."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any, NamedTuple

_LATE = 0.07


class Every(NamedTuple):
    """A stretch of time between two events of a series."""

    days: int = 0
    months: int = 0

    def after(self, day: date, times: int = 1) -> date:
        """Return the day this long after ``day`` (before it, with ``times`` of -1), clamped to the month's end."""
        if not self.months:
            return day + timedelta(days=self.days * times)
        month = day.month - 1 + self.months * times
        year, month = day.year + month // 12, month % 12 + 1
        return date(year, month, min(day.day, monthrange(year, month)[1]))


def office_day(day: date) -> date:
    """Return ``day``, or the Friday before it when it falls on a weekend."""
    return day - timedelta(days=max(0, day.weekday() - 4))


@dataclass(slots=True)
class Story:
    """What is known of a case. ``slack`` is the chance that the newest event of a series has not happened yet.

    ``behind`` says by how many days a series is overdue today, for those that must be.
    """

    rng: Random
    today: date
    slack: float = 0.0
    behind: Mapping[str, int] = field(default_factory=dict)
    pathways: tuple[str, ...] = ()
    opened: date = date.min
    closed: date | None = None
    close_reason: str = ""
    born: date | None = None
    factors: tuple[str, ...] = ()
    weight: tuple[int, int, int] = (2, 2, 1)
    events: list[tuple[str, date, dict[str, Any]]] = field(default_factory=list)

    def add(self, kind: str, on: date, **details: Any) -> date | None:
        """Note that something happened, unless it lies ahead; returns the day when it did happen."""
        if on > self.today:
            return None
        self.events.append((kind, on, details))
        return on

    def days(self, low: int, high: int) -> timedelta:
        """Return a random number of days."""
        return timedelta(days=self.rng.randint(low, high))

    def recur(
        self, kind: str, first_due: date, every: Every, until: date | None = None, *, early: int = 6, **details: Any
    ) -> date | None:
        """Note an event that comes round, held early, on time or late; returns the last day it was held.

        Nothing is left overdue today but by ``behind`` and ``slack``.
        """
        end = until or self.today
        behind = None if until else self.behind.get(kind)
        stop = end if behind is None else every.after(end - timedelta(days=behind), -1)
        held = self._round(first_due, every, stop, early)
        if behind is not None and stop >= self.opened:
            held.append(office_day(stop))
        elif held and not until and self.rng.random() < self.slack:
            held.pop()
        self.events.extend((kind, day, dict(details)) for day in held)
        return held[-1] if held else None

    def _round(self, due: date, every: Every, end: date, early: int) -> list[date]:
        held: list[date] = []
        while due <= end:
            day = office_day(due - timedelta(days=self.rng.randint(0, early)))
            if self.rng.random() < _LATE and due + timedelta(days=12) < end:
                day = office_day(due + timedelta(days=self.rng.randint(3, 12)))
            if held and day <= held[-1]:
                day = due
            held.append(day)
            due = every.after(day)
        return held

    def close(self, on: date, reason: str) -> None:
        """End the case, unless that lies ahead."""
        if on <= self.today:
            self.closed, self.close_reason = on, reason
