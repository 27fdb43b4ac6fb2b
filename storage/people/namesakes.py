"""Which workers share a name, so that screens and commands can tell them apart."""

from __future__ import annotations

from datetime import date

from domain.core.namesakes import Named, namesakes
from storage.database.connection import Connection
from storage.database.fragments import NOT_LEFT

# The index alone gives the names that more than one worker has; only the rows of those workers are read.
_SHARED = f"""
SELECT w.staff_id, w.sort_key AS key, {NOT_LEFT} AS current FROM worker w
WHERE w.sort_key IN (SELECT sort_key FROM worker GROUP BY sort_key HAVING count(*) > 1)
"""  # noqa: S608


def shared_names(conn: Connection, today: date) -> frozenset[str]:
    """Return the staff ids of workers whose name is also that of another worker who has not left by ``today``."""
    return namesakes(conn.all(Named, _SHARED, today=today))
