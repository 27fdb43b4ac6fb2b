"""Supervision: who supervises whom, and the sessions booked, held and missed."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, model_validator

from domain.fields import Day, Line, Note, Reference
from domain.ids import SessionState

LONDON = ZoneInfo("Europe/London")
LONGEST_SESSION = 600


class SessionFields(BaseModel):
    """One supervision session; ``start`` is a wall-clock time in London ("10:00"), ``minutes`` its planned length."""

    worker: Reference
    supervisor: Reference
    on: Day
    start: str = Field(default="10:00", pattern=r"^([01]\d|2[0-3]):[0-5]\d$")
    minutes: int = Field(default=90, ge=5, le=LONGEST_SESSION)
    place: Line = ""
    state: SessionState = SessionState.PLANNED
    held_on: Day | None = None
    reason: Line = ""
    note: Note = Field(default="", repr=False)

    @model_validator(mode="after")
    def _whole(self) -> SessionFields:
        if self.worker == self.supervisor:
            raise ValueError("supervisor: nobody supervises themselves")
        if self.state is SessionState.HELD and self.held_on is None:
            self.held_on = self.on
        if self.state is not SessionState.HELD and self.held_on is not None:
            raise ValueError("held_on: only a held session has a held date")
        if self.state is SessionState.MISSED and not self.reason:
            raise ValueError("reason: say why the session was missed")
        return self

    def starts_at(self) -> datetime:
        """When the session begins, in UTC."""
        hour, minute = (int(part) for part in self.start.split(":"))
        local = datetime(self.on.year, self.on.month, self.on.day, hour, minute, tzinfo=LONDON)
        return local.astimezone(UTC)


class Session(SessionFields):
    """A session as kept."""

    model_config = ConfigDict(frozen=True)
    id: int


def last_held(sessions: list[Session], worker: str) -> date | None:
    """The day ``worker`` was last supervised."""
    return max((s.held_on for s in sessions if s.worker == worker and s.held_on), default=None)
