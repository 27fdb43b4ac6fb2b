"""What calendars gave out stays given out: putting an older copy back does not take words back that were sent.

An address called in would be live again, and a message would carry a count that a calendar has seen before and passes
over. So a restored copy of the same database takes over from the one it replaces what has left the house.
"""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

from storage.database import file_uri

TABLES = ("feed_token", "calendar_entry", "outbox", "calendar_export")


def take_over(draft: sqlite3.Connection, replaced: Path) -> bool:
    """Copy what went out from ``replaced`` into ``draft``; returns whether there was anything to take over.

    Nothing is taken from another database, from one of another format, or from one that cannot be read: that may be
    why a copy is put back.
    """
    if not replaced.exists():
        return False
    try:
        draft.execute("ATTACH ? AS was", (f"{file_uri(replaced)}?mode=ro",))
    except sqlite3.Error:
        return False
    try:
        return _same(draft) and _copied(draft)
    except sqlite3.Error:
        with contextlib.suppress(sqlite3.Error):
            draft.execute("ROLLBACK")
        return False
    finally:
        draft.execute("DETACH was")


def _same(draft: sqlite3.Connection) -> bool:
    formats = [draft.execute(f"PRAGMA {schema}.user_version").fetchone() for schema in ("main", "was")]
    names = [_namespace(draft, schema) for schema in ("main", "was")]
    return formats[0] == formats[1] and names[0] is not None and names[0] == names[1]


def _namespace(draft: sqlite3.Connection, schema: str) -> tuple[str] | None:
    found: tuple[str] | None = draft.execute(
        f"SELECT value FROM {schema}.meta WHERE key = 'namespace'"  # noqa: S608
    ).fetchone()
    return found


def _copied(draft: sqlite3.Connection) -> bool:
    behind = [table for table in TABLES if _differs(draft, table)]
    draft.execute("BEGIN")
    for table in behind:
        draft.execute(f"DELETE FROM main.{table}")  # noqa: S608
        draft.execute(f"INSERT INTO main.{table} SELECT * FROM was.{table}")  # noqa: S608
    draft.execute("COMMIT")
    return bool(behind)


def _differs(draft: sqlite3.Connection, table: str) -> bool:
    for one, other in (("main", "was"), ("was", "main")):
        query = f"SELECT 1 FROM (SELECT * FROM {one}.{table} EXCEPT SELECT * FROM {other}.{table}) LIMIT 1"  # noqa: S608
        if draft.execute(query).fetchone():
            return True
    return False
