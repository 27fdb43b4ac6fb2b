"""What people choose about calendars, each as one unit of work that says what it did and that undo takes back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from storage.calendars.choosing import kind_for, logged

if TYPE_CHECKING:
    from storage.unit import Unit

Seen = tuple[int, int] | None


def choose(unit: Unit, worker: str | None, values: Mapping[str, Any], seen: Seen) -> str:
    """Keep what goes into one worker's calendar, or with None what holds for all.

    ``seen`` is the record's number and version when it was read, None where there was none.
    """
    kind = kind_for(worker)
    if seen is not None:
        unit.amend(kind, seen[0], values, seen[1])
    else:
        unit.record(kind, values if worker is None else {"worker": worker, **values})
    unit.finish(logged(worker))
    whose = "Every calendar" if worker is None else f"The calendar of {worker}"
    return f"{whose} follows from now on. Press u to take that back."


def seen_of(unit: Unit, worker: str | None, number: int | None) -> Seen:
    """Return a record's number and version, to tell later whether somebody else changed it; None without one."""
    return None if number is None else (number, unit.version(kind_for(worker), number))
