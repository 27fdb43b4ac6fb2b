"""What every record carries besides its fields."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field, SQLModel

from storage.columns import Moment

STRICT = {"sqlite_strict": True}


class Kept(SQLModel):
    """What every record carries besides its fields: identity, version, and who changed it last and when."""

    id: int | None = Field(default=None, primary_key=True)
    version: int = 1
    changed_by: str = ""
    changed_at: datetime | None = Field(default=None, sa_type=Moment)
