"""The narrow read of everything that was changed on one case: its own record, events, allocations, weighings."""

from __future__ import annotations

import json
import sqlite3
from typing import Any

from storage.cards import ChangeLine

_PARTS = (
    ("event", "event"),
    ("allocation", "allocation"),
    ("weighting", "weighting"),
    ("postponement", "postponement"),
    ("override", "override"),
)


def case_history(conn: sqlite3.Connection, reference: str, limit: int = 40) -> list[ChangeLine]:
    """Return the newest lines of the change log about a case and what hangs on it now."""
    parts = " OR ".join(
        f"""(c.record = '{record}' AND c.key IN (SELECT id FROM {table} WHERE "case" = :case))"""  # noqa: S608
        for record, table in _PARTS
    )
    query = f"""SELECT s.id, s.at, s.actor, s.what, c.record, c.key, c.before, c.after
        FROM change c JOIN change_set s ON s.id = c.change_set
        WHERE (c.record = 'case' AND c.key = (SELECT id FROM cases WHERE reference = :case)) OR {parts}
        ORDER BY c.id DESC LIMIT :limit"""  # noqa: S608
    lines = conn.execute(query, {"case": reference, "limit": limit})
    return [
        ChangeLine(number, at, actor, what, record, key, _said(before), _said(after))
        for number, at, actor, what, record, key, before, after in lines
    ]


def _said(text: str | None) -> dict[str, Any] | None:
    return json.loads(text) if text else None
