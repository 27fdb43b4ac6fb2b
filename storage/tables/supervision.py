"""Supervision: agreements, sessions, and what they leave behind."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from domain.core.enums import DecidedBy, SessionState, SupervisionKind
from domain.supervision.discussions import (
    ActionFields,
    AgendaItemFields,
    AmendmentFields,
    AttendanceFields,
    DecisionFields,
    DisagreementFields,
    DiscussionFields,
    RatingFields,
)
from domain.supervision.sessions import AgreementFields, SessionFields
from storage.tables.base import STRICT, Kept
from storage.tables.columns import Facts, Moment, Words, Written, belongs_to, choice, names, points_to


class AgreementRow(AgreementFields, Kept, table=True):
    """A supervision agreement."""

    __tablename__ = "agreement"
    __table_args__ = (sa.Index("agreement_worker", "worker", "starts"), STRICT)
    worker: str = points_to("worker.staff_id")
    supervisor: str = points_to("worker.staff_id")
    kind: SupervisionKind = choice(SupervisionKind, default=SupervisionKind.LINE)
    covers: tuple[str, ...] = Field(default=(), sa_type=Words)
    agenda: tuple[str, ...] = Field(default=(), sa_type=Words)


class SessionRow(SessionFields, Kept, table=True):
    """A supervision session."""

    __tablename__ = "session"
    __table_args__ = (
        sa.Index("session_worker", "worker", "state", "on"),
        sa.Index("session_supervisor", "supervisor", "on"),
        STRICT,
    )
    worker: str = points_to("worker.staff_id")
    supervisor: str = points_to("worker.staff_id")
    state: SessionState = choice(SessionState, default=SessionState.PLANNED)
    kind: SupervisionKind = choice(SupervisionKind, default=SupervisionKind.LINE)
    proposed_by: str | None = points_to("worker.staff_id", default=None)
    cover_for: str | None = points_to("worker.staff_id", default=None)


class AttendanceRow(AttendanceFields, Kept, table=True):
    """One more supervisee at a session."""

    __tablename__ = "attendance"
    __table_args__ = (sa.UniqueConstraint("session", "worker"), sa.Index("attendance_worker", "worker"), STRICT)
    session: int = belongs_to("session.id")
    worker: str = points_to("worker.staff_id")


class DiscussionRow(DiscussionFields, Kept, table=True):
    """What was said about a case or a topic."""

    __tablename__ = "discussion"
    __table_args__ = (
        sa.Index("discussion_session", "session"),
        sa.Index("discussion_case", "case", sqlite_where=sa.text('"case" IS NOT NULL')),
        STRICT,
    )
    session: int = belongs_to("session.id")
    case: str | None = points_to("cases.reference", default=None)
    worker: str | None = points_to("worker.staff_id", default=None)
    answers: dict[str, Any] = Field(default_factory=dict, sa_type=Facts)


class AmendmentRow(AmendmentFields, Kept, table=True):
    """What was added to an agreed record."""

    __tablename__ = "amendment"
    __table_args__ = (sa.Index("amendment_session", "session"), STRICT)
    session: int = belongs_to("session.id")
    case: str | None = points_to("cases.reference", default=None)


class RatingRow(RatingFields, Kept, table=True):
    """A rating from 0 to 10."""

    __tablename__ = "rating"
    __table_args__ = (sa.Index("rating_case", "case", "on"), STRICT)
    case: str = points_to("cases.reference")
    session: int | None = belongs_to("session.id", default=None)


class DecisionRow(DecisionFields, Kept, table=True):
    """A decision."""

    __tablename__ = "decision"
    __table_args__ = (
        sa.Index("decision_case", "case", "on"),
        sa.Index("decision_open", "follow_by", sqlite_where=sa.text("followed_on IS NULL")),
        sa.Index("decision_session", "session"),
        sa.Index("decision_worker", "worker", sqlite_where=sa.text("worker IS NOT NULL")),
        STRICT,
    )
    case: str | None = points_to("cases.reference", default=None)
    worker: str | None = points_to("worker.staff_id", default=None)
    session: int | None = belongs_to("session.id", default=None)
    body: DecidedBy = choice(DecidedBy, default=DecidedBy.SUPERVISION)


class ActionRow(ActionFields, Kept, table=True):
    """An action."""

    __tablename__ = "action"
    __table_args__ = (
        sa.Index("action_owner_open", "owner", "due", sqlite_where=sa.text("done_on IS NULL AND dropped_on IS NULL")),
        sa.Index("action_owner", "owner", "set_on"),
        sa.Index("action_case", "case", "set_on"),
        sa.Index("action_session", "session"),
        STRICT,
    )
    case: str | None = points_to("cases.reference", default=None)
    session: int | None = belongs_to("session.id", default=None)
    owner: str | None = points_to("worker.staff_id", default=None)
    carries: int | None = belongs_to("action.id", default=None)


class AgendaItemRow(AgendaItemFields, Kept, table=True):
    """Something to talk about."""

    __tablename__ = "agenda_item"
    __table_args__ = (sa.Index("agenda_item_worker", "worker", sqlite_where=sa.text("closed_on IS NULL")), STRICT)
    worker: str = points_to("worker.staff_id")
    case: str | None = points_to("cases.reference", default=None)
    session: int | None = belongs_to("session.id", default=None)


class DisagreementRow(DisagreementFields, Kept, table=True):
    """A disagreement."""

    __tablename__ = "disagreement"
    __table_args__ = (sa.Index("disagreement_open", "due", sqlite_where=sa.text("ended_on IS NULL")), STRICT)
    worker: str | None = points_to("worker.staff_id", default=None)
    case: str | None = points_to("cases.reference", default=None)
    session: int | None = belongs_to("session.id", default=None)


class DraftRow(SQLModel, table=True):
    """What somebody is typing into a part of a session, saved at every pause; not part of any record yet.

    ``seen`` is the version of the discussion that they began from.
    """

    __tablename__ = "draft"
    __table_args__ = (STRICT,)
    session: int = Field(
        primary_key=True,
        sa_column_args=[sa.ForeignKey("session.id", ondelete="CASCADE")],
    )
    part: str = names({"case": Written("case:"), "worker": Written(":", anything=True)}, primary_key=True)
    actor: str = Field(primary_key=True)
    answers: dict[str, Any] = Field(default_factory=dict, sa_type=Facts)
    seen: int = 0
    saved_at: datetime = Field(sa_type=Moment)
