"""What either puts on the agenda, and what is parked there with a reason until a day."""

from __future__ import annotations

import sqlite3
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from domain.agenda import PARKS
from domain.dates import show_day
from domain.errors import BadInput
from storage.reading import day

if TYPE_CHECKING:
    from storage.unit import Unit


class Raised(NamedTuple):
    """Something put on the agenda; ``parks``: it only puts its case off."""

    id: int
    case: str | None
    what: str
    by: str
    on: date
    until: date | None
    why: str

    @property
    def parks(self) -> bool:
        """Whether it only puts its case off."""
        return self.case is not None and self.what == PARKS


_RAISED = """
SELECT id, "case", what, raised_by, "on", parked_until, parked_why FROM agenda_item
WHERE worker = :worker AND closed_on IS NULL ORDER BY id
"""


def raised(conn: sqlite3.Connection, worker: str) -> list[Raised]:
    """Return what stands open on a worker's agenda, the oldest first."""
    return [
        Raised(number, case, what, by, date.fromisoformat(on), day(until), why)
        for number, case, what, by, on, until, why in conn.execute(_RAISED, {"worker": worker}).fetchall()
    ]


def raise_item(unit: Unit, worker: str, what: str, case: str | None = None, session: int | None = None) -> Any:
    """Put something on a worker's agenda, for whoever is acting; returns what is kept."""
    if not what.strip():
        raise BadInput("what: say what it is about.", field="what")
    given = {"worker": worker, "raised_by": unit.actor, "on": unit.today, "what": what, "case": case}
    kept = unit.record("agenda-item", {**given, "session": session})
    unit.finish(f"Put an item on the agenda of {worker}")
    return kept


def close_item(unit: Unit, number: int) -> Any:
    """Take an item off the agenda: it was talked about."""
    kept = unit.amend("agenda-item", number, {"closed_on": unit.today})
    unit.finish(f"Took an item off the agenda of {kept.worker}")
    return kept


def park(unit: Unit, worker: str, key: str, until: date, why: str) -> Any:
    """Put off a case ("case:C-1042") or an item ("item:5") of a worker's agenda until a day, with a reason.

    Raises BadInput for what cannot wait like that, and for a day that is not ahead.
    """
    if until <= unit.today:
        raise BadInput(f"parked_until: {show_day(until, unit.today)} is not ahead.", field="parked_until")
    if not why.strip():
        raise BadInput("parked_why: say why it is put off.", field="parked_why")
    what, _, name = key.partition(":")
    changes = {"parked_until": until, "parked_why": why}
    if what == "item" and name.isdigit():
        kept = _of(unit, worker, int(name), changes)
    elif what == "case" and name:
        kept = _park_case(unit, worker, name, changes)
    else:
        raise BadInput(
            f"{key} cannot be parked: only cases and items that were raised can.",
            field="key",
            hint="An action is carried forward instead.",
        )
    unit.finish(f"Parked {name if what == 'case' else 'an item'} on the agenda of {worker}")
    return kept


def take_up(unit: Unit, worker: str, key: str) -> Any:
    """Put what was parked back in its place."""
    what, _, name = key.partition(":")
    back = {"parked_until": None, "parked_why": ""}
    if what == "case":
        kept = _parked_case(unit, worker, name)
        if kept is None:
            raise BadInput(f"{name} is not parked.", field="key")
        kept = unit.amend("agenda-item", kept.id, {**back, "closed_on": unit.today})
    else:
        kept = _of(unit, worker, int(name) if name.isdigit() else 0, back)
    unit.finish(f"Took up again {name if what == 'case' else 'an item'} on the agenda of {worker}")
    return kept


def _of(unit: Unit, worker: str, number: int, changes: dict[str, Any]) -> Any:
    """Change an item, provided that it stands on this worker's agenda."""
    if unit.get("agenda-item", number).worker != worker:
        raise BadInput(f"Item {number} is not on the agenda of {worker}.", field="key")
    return unit.amend("agenda-item", number, changes)


def _park_case(unit: Unit, worker: str, case: str, changes: dict[str, Any]) -> Any:
    before = _parked_case(unit, worker, case)
    if before is not None:
        return unit.amend("agenda-item", before.id, {**changes, "on": unit.today})
    given = {"worker": worker, "raised_by": unit.actor, "on": unit.today, "what": PARKS, "case": case}
    return unit.record("agenda-item", {**given, **changes})


def _parked_case(unit: Unit, worker: str, case: str) -> Any:
    """Return what parks a case on this worker's agenda, or None."""
    found = unit.all("agenda-item", worker=worker, case=case, what=PARKS, closed_on=None)
    return found[-1] if found else None
