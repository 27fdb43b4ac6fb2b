"""What calendars gave out stays given out: putting an older copy back does not take words back that were sent.

An address called in would be live again, and a message would carry a count that a calendar has seen before and passes
over. So a restored copy of the same database takes over from the one it replaces what has left the house.
"""

from __future__ import annotations

from pathlib import Path

from domain.core.errors import StorageProblem
from storage.database.connection import Connection
from storage.database.sqlite import attached, transaction

TABLES = ("feed_token", "calendar_entry", "outbox", "calendar_export")


def take_over(draft: Connection, replaced: Path) -> bool:
    """Copy what went out from ``replaced`` into ``draft``; returns whether there was anything to take over.

    Nothing is taken from another database, from one of another format, or from one that cannot be read: that may be
    why a copy is put back.
    """
    if not replaced.exists():
        return False
    try:
        with attached(draft, replaced, "was"):
            return _same(draft) and _copied(draft)
    except StorageProblem:
        return False


def _same(draft: Connection) -> bool:
    formats = {draft.value(f"PRAGMA {schema}.user_version") for schema in ("main", "was")}
    names = {draft.value(f"SELECT value FROM {schema}.meta WHERE key = 'namespace'") for schema in ("main", "was")}  # noqa: S608
    return len(formats) == len(names) == 1 and None not in names


def _copied(draft: Connection) -> bool:
    behind = [table for table in TABLES if _differs(draft, table)]
    with transaction(draft):
        for table in behind:
            draft.change(f"DELETE FROM main.{table}")  # noqa: S608
            draft.change(f"INSERT INTO main.{table} SELECT * FROM was.{table}")  # noqa: S608
    return bool(behind)


def _differs(draft: Connection, table: str) -> bool:
    for one, other in (("main", "was"), ("was", "main")):
        query = f"SELECT 1 FROM (SELECT * FROM {one}.{table} EXCEPT SELECT * FROM {other}.{table}) LIMIT 1"  # noqa: S608
        if draft.value(query):
            return True
    return False
