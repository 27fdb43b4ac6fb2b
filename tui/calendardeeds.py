"""What people choose about calendars, each as one unit of work that says what it did and that undo takes back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from storage.unit import Unit

Values = Mapping[str, Any]
CHOICE, COUNCIL = "calendar-choice", "calendar-settings"


def choose(unit: Unit, worker: str, values: Values, seen: tuple[int, int] | None) -> str:
    """Keep what goes into one worker's calendar; ``seen`` is the record's number and version, where there is one."""
    if seen is None:
        unit.record(CHOICE, {"worker": worker, **values})
    else:
        unit.amend(CHOICE, seen[0], values, seen[1])
    unit.finish(f"Chose what goes into the calendar of {worker}")
    return f"The calendar of {worker} follows from now on. Press u to take that back."


def choose_for_all(unit: Unit, values: Values, seen: tuple[int, int] | None) -> str:
    """Keep what holds for every calendar."""
    if seen is None:
        unit.record(COUNCIL, values)
    else:
        unit.amend(COUNCIL, seen[0], values, seen[1])
    unit.finish("Changed what holds for every calendar")
    return "That holds for every calendar from now on. Press u to take it back."


def seen_of(unit: Unit, kind: str, number: int | None) -> tuple[int, int] | None:
    """Return a record's number and version, to tell later whether somebody else changed it; None without one."""
    return None if number is None else (number, unit.version(kind, number))
