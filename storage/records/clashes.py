"""What two people changed at the same time: the same field of one record, each without having seen the other's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from domain.core.errors import StaleRecord
from storage.database.connection import Connection
from storage.records import change_log
from storage.records.kind import Kind, plain, plain_values


def refuse_clashes(conn: Connection, kind: Kind[Any, Any], row: Any, changes: Mapping[str, Any], seen: int) -> None:
    """Raise StaleRecord for those of the changes to fields that somebody else changed since version ``seen``."""
    then = change_log.state_at(conn, kind.name, row.id, seen)
    now, mine = plain(kind, row), plain_values(changes)
    clashes = [
        (name, then.get(name), now.get(name), value)
        for name, value in mine.items()
        if now.get(name) != then.get(name) and now.get(name) != value
    ]
    if clashes:
        names = ", ".join(name.replace("_", " ") for name, *_ in clashes)
        raise StaleRecord(
            f"{row.changed_by} changed {names} while you were working.",
            clashes=clashes,
            by=row.changed_by,
            hint="Nothing was overwritten: look at both and choose.",
        )
