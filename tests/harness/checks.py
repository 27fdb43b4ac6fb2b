"""What must hold in a database after anything happened to it."""

from __future__ import annotations

import contextlib
import json
import sqlite3
from collections.abc import Collection
from pathlib import Path

from storage.database.connection import Connection
from storage.records import change_log
from tests.raw import connect

_COMPARED = ("case", "kind", "on", "note", "source")


def fault_in(path: Path, acknowledged: Collection[int] = ()) -> str | None:
    """Return what is wrong with the database at ``path`` (its kind first), or None.

    ``acknowledged`` are the change sets that somebody was told are saved.
    """
    try:
        with contextlib.closing(connect(path)) as connection:
            return _corrupt(connection) or _torn(connection) or _lost(connection, acknowledged)
    except sqlite3.DatabaseError as error:
        return f"corrupt: {error}"


def _corrupt(connection: sqlite3.Connection) -> str | None:
    answer = connection.execute("PRAGMA integrity_check").fetchone()[0]
    if answer != "ok":
        return f"corrupt: {answer}"
    broken = connection.execute("PRAGMA foreign_key_check").fetchone()
    return f"corrupt: {broken[0]} points nowhere" if broken else None


def _torn(connection: sqlite3.Connection) -> str | None:
    """A change set must be there whole: its lines, its place in the chain, and the records as its lines say."""
    if fault := change_log.verify(Connection(connection)):
        return f"torn: {fault}"
    said: dict[int, dict[str, str]] = {}
    lines = connection.execute("SELECT key, after FROM change WHERE record = 'event' ORDER BY id")
    for key, after in lines:
        said[key] = json.loads(after) if after else {}
    wanted = {key: _part(state) for key, state in said.items() if state}
    connection.row_factory = sqlite3.Row
    found = {row["id"]: _part(dict(row)) for row in connection.execute("SELECT * FROM event")}
    connection.row_factory = None
    return None if found == wanted else "torn: the events are not what the change log says"


def _part(state: dict[str, str]) -> tuple[str, ...]:
    return tuple(str(state.get(name)) for name in _COMPARED)


def _lost(connection: sqlite3.Connection, acknowledged: Collection[int]) -> str | None:
    there = {number for (number,) in connection.execute("SELECT id FROM change_set")}
    missing = set(acknowledged) - there
    return f"lost: {sorted(missing)[:5]} of {len(acknowledged)}" if missing else None
