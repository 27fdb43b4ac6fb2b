"""The narrow read behind telling apart workers who share a name."""

from __future__ import annotations

import sqlite3
from datetime import date

from domain.namesakes import Named, namesakes

# The names more than one worker has come from the index alone; then only their rows are looked at.
_SHARED = """
SELECT staff_id, sort_key, leaves IS NULL OR leaves >= ? FROM worker
WHERE sort_key IN (SELECT sort_key FROM worker GROUP BY sort_key HAVING count(*) > 1)
"""


def shared_names(conn: sqlite3.Connection, today: date) -> frozenset[str]:
    """Return the staff ids of workers whose name another worker who is there on ``today`` has too."""
    rows = conn.execute(_SHARED, (today.isoformat(),)).fetchall()
    return namesakes(Named(staff_id, key, bool(current)) for staff_id, key, current in rows)
