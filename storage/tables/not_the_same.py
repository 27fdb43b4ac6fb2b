"""Pairs of cases, or of workers, that somebody said are two."""

from __future__ import annotations

import sqlalchemy as sa

from domain.people.not_the_same import NotTheSameFields
from storage.tables.base import STRICT, Kept
from storage.tables.columns import points_to


class NotTheSameRow(NotTheSameFields, Kept, table=True):
    """Two that are not one."""

    __tablename__ = "not_the_same"
    __table_args__ = (
        sa.Index("not_the_same_case", "case", "other_case"),
        sa.Index("not_the_same_worker", "worker", "other_worker"),
        STRICT,
    )
    case: str | None = points_to("cases.reference", default=None)
    other_case: str | None = points_to("cases.reference", default=None)
    worker: str | None = points_to("worker.staff_id", default=None)
    other_worker: str | None = points_to("worker.staff_id", default=None)
