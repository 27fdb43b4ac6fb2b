"""What cases, workers and teams were called before."""

from __future__ import annotations

import sqlalchemy as sa

from domain.people.former_keys import FormerKeyFields
from storage.tables.base import STRICT, Kept
from storage.tables.columns import points_to


class FormerKeyRow(FormerKeyFields, Kept, table=True):
    """A key that leads to another now."""

    __tablename__ = "former_key"
    __table_args__ = (sa.Index("former_key_former", "former"), STRICT)
    case: str | None = points_to("cases.reference", default=None)
    worker: str | None = points_to("worker.staff_id", default=None)
    team: str | None = points_to("team.name", default=None)
