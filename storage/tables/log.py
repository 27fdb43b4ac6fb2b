"""What the database says about itself: the change log, imports, facts."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from storage.tables.base import STRICT
from storage.tables.columns import Facts, Moment


class ChangeSetRow(SQLModel, table=True):
    """One finished piece of work: who, when, what in a few words; ``chain`` binds it to the one before.

    ``actor`` is who was said to be acting, ``login`` who had signed in to the machine. ``undoes`` names the set that
    this one took back; where that one itself took something back, this one brought it forward again.
    """

    __tablename__ = "change_set"
    __table_args__ = (
        sa.Index("change_set_actor", "actor"),
        sa.Index("change_set_undoes", "undoes", sqlite_where=sa.text("undoes IS NOT NULL")),
        STRICT,
    )
    id: int | None = Field(default=None, primary_key=True)
    actor: str
    login: str
    at: datetime = Field(sa_type=Moment)
    what: str
    undoes: int | None = None
    lines: int
    commitment: str
    chain: str


class ChangeRow(SQLModel, table=True):
    """One record changed: ``before`` and ``after`` as JSON (either may be empty), with the salt of its commitment.

    Erasing a person empties before, after and salt; the commitment stays, so the chain still verifies.
    """

    __tablename__ = "change"
    __table_args__ = (
        sa.Index("change_record", "record", "key"),
        sa.Index("change_in_set", "change_set"),
        STRICT,
    )
    id: int | None = Field(default=None, primary_key=True)
    change_set: int = Field(foreign_key="change_set.id")
    record: str
    key: int
    before: str | None = None
    after: str | None = None
    salt: str | None = None
    commitment: str


class ImportRow(SQLModel, table=True):
    """An import that went in: when, by whom, from what kind of source."""

    __tablename__ = "import_run"
    __table_args__ = (STRICT,)
    id: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(sa_type=Moment)
    on: date
    actor: str
    source: str
    summary: dict[str, Any] = Field(default_factory=dict, sa_type=Facts)


class MetaRow(SQLModel, table=True):
    """Facts about this database: its namespace for calendar identities, the digest of the packs in force."""

    __tablename__ = "meta"
    __table_args__ = (STRICT,)
    key: str = Field(primary_key=True)
    value: str
