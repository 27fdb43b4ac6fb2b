"""The dated losses of capacity of one worker."""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

from domain.load.capacity import Less
from storage.database.connection import Connection
from storage.load.posts import contract_hours
from storage.load.review_days import LAPSES
from storage.rules.kept_packs import Packs


class ReductionLine(NamedTuple):
    """A dated loss of capacity that counts today or will; ``title`` is what the packs call its ``kind``.

    ``contract``: hundredths of an hour a week today, or on its first day where that is to come.
    ``followed``: the next step begins the day after it ends, so nobody needs reminding.
    """

    id: int
    percent: int | None
    hours: int | None
    reason: str
    starts: date
    ends: date | None
    kind: str = "other"
    title: str = ""
    counts: bool = True
    followed: bool = False
    contract: int = 0

    @property
    def less(self) -> Less:
        """What it takes of the contract, in percent and in hours."""
        return Less.of(self.percent, self.hours, self.contract)

    def lapses(self, today: date, days: int = LAPSES) -> bool:
        """Whether it is about to end within ``days``, and capacity to return, without anything that follows."""
        if self.ends is None or self.followed or not self.counts:
            return False
        return self.starts <= today <= self.ends <= today + timedelta(days=days)


def worker_reductions(conn: Connection, staff_id: str, today: date, packs: Packs | None = None) -> list[ReductionLine]:
    """Return a worker's reductions that count today or will, in order of their start."""
    packs = packs or Packs(conn)
    query = """SELECT r.id, r.percent, r.hours, r.reason, r.starts, r.ends, r.kind, EXISTS (SELECT 1 FROM reduction n
          WHERE n.worker = r.worker AND n.kind = r.kind AND n.starts = date(r.ends, '+1 day')) AS followed
        FROM reduction r WHERE r.worker = :worker AND (r.ends IS NULL OR r.ends >= :today) ORDER BY r.starts, r.id"""
    contract = contract_hours(conn, [staff_id])
    return [
        one._replace(
            contract=contract(staff_id, max(one.starts, today)),
            title=packs.title("reduction_reason", one.kind),
            counts=packs.get("reduction_reason", one.kind).get("counts", True),
        )
        for one in conn.all(ReductionLine, query, worker=staff_id, today=today)
    ]
