"""What every record carries besides its fields."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from storage.tables.columns import Moment

STRICT = {"sqlite_strict": True}


class Kept(SQLModel):
    """What every record carries besides its fields: identity, version, and who changed it last and when."""

    id: int | None = Field(default=None, primary_key=True)
    version: int = 1
    changed_by: str = ""
    changed_at: datetime | None = Field(default=None, sa_type=Moment)


def table_of(row: type[SQLModel]) -> sa.Table:
    """Return the Core table behind a row class."""
    return row.__table__  # type: ignore[attr-defined, no-any-return]
