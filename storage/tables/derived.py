"""What is worked out from the records and the packs, and kept for fast reading."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from domain.core.enums import SubjectKind
from storage.tables.base import STRICT
from storage.tables.columns import Facts, Moment, Written, choice, names


class ObligationRow(SQLModel, table=True):
    """An open obligation, derived: never typed in, and rebuilt from the events at any time."""

    __tablename__ = "obligation"
    __table_args__ = (
        sa.UniqueConstraint("subject", "subject_kind", "series", "cycle"),
        sa.Index("obligation_due", "legal_due"),
        STRICT,
    )
    id: str = Field(primary_key=True)
    subject_kind: SubjectKind = choice(SubjectKind)
    subject: str = names(
        {"case": Written(where="subject_kind = 'case'"), "worker": Written(where="subject_kind = 'worker'")}
    )
    series: str
    rule: str
    cycle: int
    legal_due: date | None = None
    plan_by: date | None = None
    opens: date | None = None
    anchor_event: str
    anchor_on: date | None = None


class CasePointsRow(SQLModel, table=True):
    """What a case weighs today under its team's scheme, in hundredths; ``assumed`` while nobody has weighed it.

    ``stale`` where its answers no longer fit the scheme in force; from ``dormant_from`` on it counts
    ``dormant_points``.
    """

    __tablename__ = "case_points"
    __table_args__ = (STRICT,)
    case: str = Field(
        primary_key=True,
        sa_column_args=[sa.ForeignKey("cases.reference", onupdate="CASCADE", ondelete="CASCADE")],
    )
    scheme: str
    points: int
    assumed: bool
    stale: bool = False
    last_on: date | None = None
    dormant_from: date | None = None
    dormant_points: int = 0


class PackItemRow(SQLModel, table=True):
    """One thing a pack in force says (a rule, a scheme, a grade, an event kind), so that readers need no packs."""

    __tablename__ = "pack_item"
    __table_args__ = (STRICT,)
    kind: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    place: int
    data: dict[str, Any] = Field(sa_type=Facts)


class SchemeKeptRow(SQLModel, table=True):
    """A version of a weighting scheme that was once in force, so that old history can be shown under it."""

    __tablename__ = "scheme_kept"
    __table_args__ = (STRICT,)
    id: str = Field(primary_key=True)
    version: str = Field(primary_key=True)
    data: dict[str, Any] = Field(sa_type=Facts)


class CalendarEntryRow(SQLModel, table=True):
    """What a calendar last said about one thing: its digest, sequence and change time, so that bytes stay stable.

    ``shown`` is what a cancellation has to repeat of it, as JSON. ``file_sequence`` and ``mail_sequence`` are what
    that way out said last: where they differ from ``sequence``, something waits to be said.
    """

    __tablename__ = "calendar_entry"
    __table_args__ = (STRICT,)
    recipient: str = names({"worker": Written(), "team": Written("team:")}, primary_key=True)
    key: str = Field(primary_key=True)
    digest: str
    sequence: int = 0
    created_at: datetime = Field(sa_type=Moment)
    changed_at: datetime = Field(sa_type=Moment)
    gone_at: datetime | None = Field(default=None, sa_type=Moment)
    shown: str = ""
    file_sequence: int | None = None
    mail_sequence: int | None = None
