"""Calendars: what each recipient chose, feed tokens, the outbox, and what was last exported."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from domain.calendar.choices import CalendarChoiceFields, CalendarSettingsFields
from storage.tables.base import STRICT, Kept
from storage.tables.columns import Facts, Moment, Written, names, points_to

# Who has a calendar: a worker by staff id, or a team as "team:NAME" (`storage/calendar/recipients.py`).
_RECIPIENT = {"worker": Written(), "team": Written("team:")}
# An address was given to one person: merged into another they have none, and undo finds it as it was.
_HOLDER = {**_RECIPIENT, "worker": Written(stays=True)}


class CalendarChoiceRow(CalendarChoiceFields, Kept, table=True):
    """What one worker chose for their own calendar."""

    __tablename__ = "calendar_choice"
    __table_args__ = (sa.UniqueConstraint("worker"), STRICT)
    worker: str = points_to("worker.staff_id")
    privacy: str | None = Field(default=None, sa_type=sa.Text)  # type: ignore[assignment]
    leads: dict[str, Any] = Field(default_factory=dict, sa_type=Facts)
    kinds: dict[str, Any] = Field(default_factory=dict, sa_type=Facts)


class CalendarSettingsRow(CalendarSettingsFields, Kept, table=True):
    """What the council chose for every calendar: one row, or none."""

    __tablename__ = "calendar_settings"
    __table_args__ = (STRICT,)
    privacy: str = Field(default="reference", sa_type=sa.Text)  # type: ignore[assignment]
    classification: str = Field(default="private", sa_type=sa.Text)  # type: ignore[assignment]
    mail_security: str = Field(default="starttls", sa_type=sa.Text)  # type: ignore[assignment]
    leads: dict[str, Any] = Field(default_factory=dict, sa_type=Facts)
    kinds: dict[str, Any] = Field(default_factory=dict, sa_type=Facts)


class FeedTokenRow(SQLModel, table=True):
    """The right to read one recipient's feed: only the token's hash is kept."""

    __tablename__ = "feed_token"
    __table_args__ = (sa.Index("feed_token_recipient", "recipient"), STRICT)
    hash: str = Field(primary_key=True)
    recipient: str = names(_HOLDER)
    issued_at: datetime = Field(sa_type=Moment)
    issued_by: str = ""
    expires_on: date | None = None
    revoked_at: datetime | None = Field(default=None, sa_type=Moment)
    fetched_at: datetime | None = Field(default=None, sa_type=Moment)


class OutboxRow(SQLModel, table=True):
    """One calendar message on its way: written before it is sent, and never sent twice."""

    __tablename__ = "outbox"
    __table_args__ = (
        sa.UniqueConstraint("recipient", "key", "sequence", "method"),
        sa.Index("outbox_waiting", "next_at", sqlite_where=sa.text("state = 'waiting'")),
        STRICT,
    )
    id: int | None = Field(default=None, primary_key=True)
    recipient: str = names(_RECIPIENT)
    key: str
    sequence: int
    method: str
    state: str = "waiting"
    message: str
    made_at: datetime = Field(sa_type=Moment)
    attempts: int = 0
    next_at: datetime | None = Field(default=None, sa_type=Moment)
    sent_at: datetime | None = Field(default=None, sa_type=Moment)
    fault: str = ""


class CalendarExportRow(SQLModel, table=True):
    """When a recipient's calendar last went out, by which way, and the digest of what it said."""

    __tablename__ = "calendar_export"
    __table_args__ = (STRICT,)
    recipient: str = names(_RECIPIENT, primary_key=True)
    way: str = Field(primary_key=True)
    at: datetime = Field(sa_type=Moment)
    digest: str
    events: int
