"""Records by the name of their kind, as documents give them: tests read like what is recorded.

The first ones work within a unit; `put`, `keep` and `change` are a unit of their own.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from storage.cases.steps import let_go
from storage.records.database import Database
from storage.records.unit import Unit
from tests.clocks import TODAY


def record(unit: Unit, kind: str, data: Mapping[str, Any]) -> Any:
    """Record one thing as a document would."""
    return unit.record(unit.kinds.named(kind).read(data))


def amend(
    unit: Unit,
    kind: str,
    key: str | int,
    changes: Mapping[str, Any],
    seen: int | None = None,
    *,
    since: date | None = None,
) -> Any:
    """Change some fields of a record from a day; whoever holds a case that closes lets go of it, as by hand."""
    if kind == "case" and changes.get("closed"):
        let_go(unit, str(key), date.fromisoformat(str(changes["closed"])))
    return unit.amend_by(unit.kinds.named(kind).record, key, changes, seen, since)


def get(unit: Unit, kind: str, key: str | int) -> Any:
    """Return a record."""
    return unit.get(unit.kinds.named(kind).record, key)


def find(unit: Unit, kind: str, key: str | int) -> Any:
    """Return a record, or None."""
    return unit.find(unit.kinds.named(kind).record, key)


def version(unit: Unit, kind: str, key: str | int) -> int:
    """Return a record's version."""
    return unit.version(unit.kinds.named(kind).record, key)


def remove(unit: Unit, kind: str, key: str | int) -> None:
    """Take a record away."""
    unit.remove(unit.kinds.named(kind).record, key)


def every(unit: Unit, kind: str, **equals: Any) -> list[Any]:
    """Return the records of a kind whose fields are as given."""
    return [
        one for one in unit.all(unit.kinds.named(kind).record) if all(getattr(one, n) == v for n, v in equals.items())
    ]


# in a unit of their own ----------------------------------------------------------------------------------------------


def put(database: Database, *records: tuple[str, Mapping[str, Any]]) -> None:
    """Record several things at once."""
    with database.unit("A. Hughes", TODAY) as unit:
        for kind, data in records:
            record(unit, kind, data)
        unit.finish("Set up")


def keep(database: Database, kind: str, /, **data: Any) -> Any:
    """Record one thing."""
    with database.unit("A. Hughes", TODAY) as unit:
        kept = record(unit, kind, data)
        unit.finish("Kept")
    return kept


def change(database: Database, kind: str, key: int | str, /, **changes: Any) -> Any:
    """Change one thing."""
    with database.unit("A. Hughes", TODAY) as unit:
        kept = amend(unit, kind, key, changes)
        unit.finish("Changed")
    return kept


def change_from(database: Database, day: date, kind: str, key: str, /, **changes: Any) -> None:
    """Change what is dated of one thing from a day."""
    with database.unit("A. Hughes", TODAY) as unit:
        unit.amend_by(unit.kinds.named(kind).record, key, changes, since=day)
        unit.finish("Changed from a day")


# what is put ---------------------------------------------------------------------------------------------------------


def case(reference: str = "C-2", **says: Any) -> tuple[str, dict[str, Any]]:
    """A child in need in team North."""
    given = {"reference": reference, "team": "North", "pathway": "child_in_need", "opened": "2026-09-01"}
    return "case", {**given, **says}


def worker(staff_id: str, **says: Any) -> tuple[str, dict[str, Any]]:
    """A children's social worker in team North."""
    given = {"staff_id": staff_id, "name": f"{staff_id}, Sam", "team": "North", "grade": "children-sw"}
    return "worker", {**given, **says}


def conflict(worker: str, why: str, case: str = "C-2") -> tuple[str, dict[str, Any]]:
    """Why a worker is not to hold a case."""
    return "conflict", {"case": case, "worker": worker, "why": why, "starts": "2026-01-01"}
