"""What has been put on a worker's agenda, and what is put off there with a reason until a day."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from domain.supervision.agenda import PARKS
from storage.database.connection import Connection


class Raised(NamedTuple):
    """Something put on the agenda."""

    id: int
    case: str | None
    what: str
    by: str
    on: date
    until: date | None
    why: str

    @property
    def parks(self) -> bool:
        """Whether all it does is to put its case off."""
        return self.case is not None and self.what == PARKS


_RAISED = """
SELECT id, "case", what, raised_by AS "by", "on", parked_until AS until, parked_why AS why FROM agenda_item
WHERE worker = :worker AND closed_on IS NULL ORDER BY id
"""


def raised(conn: Connection, worker: str) -> list[Raised]:
    """Return what is still on a worker's agenda, the oldest first."""
    return conn.all(Raised, _RAISED, worker=worker)
