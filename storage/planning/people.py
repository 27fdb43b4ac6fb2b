"""The workers of a plan."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple


class Person(NamedTuple):
    """A worker of the plan. ``room`` is the capacity under the scenario, ``fixed`` the load that cannot move.

    ``starts`` is the first day of somebody who is only to join, ``begins`` that of somebody who is known already.
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
