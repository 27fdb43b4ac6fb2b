"""The workers of a plan."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple


class Person(NamedTuple):
    """A worker of the plan. ``room`` is the capacity under the scenario, ``fixed`` the load that cannot move.

    ``starts`` is the first day of somebody who is only to join, ``begins`` that of somebody who is known already.
    ``gone`` is the day from which nothing is with them in the plan, ``left`` the last day of who had gone before it.
    ``stays_out`` says why somebody neither takes nor gives cases.
    """

    id: str
    name: str
    grade: str
    team: str
    cases: int
    points: int
    capacity: int | None
    room: int
    fixed: int
    gone: date | None = None
    starts: date | None = None
    begins: date | None = None
    stays_out: str = ""
    left: date | None = None

    def there_from(self, day: date | None) -> Person:
        """Return somebody who is in these teams from a day on only."""
        return self if day is None else self._replace(begins=max(day, self.begins or day))


class DayLine(NamedTuple):
    """A worker on one day as recorded: cases held, points carried, capacity; ``there``: neither away nor gone."""

    cases: int
    points: int
    capacity: int | None
    there: bool
