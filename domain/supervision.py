"""Supervision: who supervises whom, and the sessions booked, held and missed."""

from __future__ import annotations

from datetime import UTC, date, datetime

from pydantic import BaseModel, ConfigDict, Field, model_validator

from domain.dates import LONDON
from domain.fields import Code, Day, Line, Note, Reference
from domain.ids import SessionState, SupervisionKind

LONGEST_SESSION = 600
CLOCK = r"^([01]\d|2[0-3]):[0-5]\d$"


def _two_people(first: str, second: str, field: str) -> None:
    if first and second and first.casefold() == second.casefold():
        raise ValueError(f"{field}: both signatures are by one person; each signs for themselves")


class AgreementFields(BaseModel):
    """A supervision agreement between a supervisor and a supervisee.

    ``standard`` is the frequency standard of a pack; ``covers`` says what this supervisor covers where supervision is
    split; agreements with the same ``group`` are held together. Each of the two signs for themselves.
    """

    worker: Reference
    supervisor: Reference
    kind: SupervisionKind = SupervisionKind.LINE
    standard: Code = "monthly"
    covers: tuple[Line, ...] = ()
    group: Line = ""
    starts: Day
    ends: Day | None = None
    start: str = Field(default="10:00", pattern=CLOCK)
    weekday: int | None = Field(default=None, ge=0, le=6)
    minutes: int = Field(default=90, ge=5, le=LONGEST_SESSION)
    place: Line = ""
    agenda: tuple[Line, ...] = ()
    confidentiality: Note = ""
    disagreement: Note = ""
    review_on: Day | None = None
    signed_worker: Day | None = None
    signed_worker_by: Line = Field(default="", repr=False)
    signed_supervisor: Day | None = None
    signed_supervisor_by: Line = Field(default="", repr=False)

    @model_validator(mode="after")
    def _whole(self) -> AgreementFields:
        if self.worker == self.supervisor:
            raise ValueError("supervisor: nobody supervises themselves")
        if self.ends and self.ends < self.starts:
            raise ValueError("ends: an agreement cannot end before it starts")
        if self.review_on and self.review_on <= self.starts:
            raise ValueError("review_on: the review lies before the agreement starts")
        _two_people(self.signed_worker_by, self.signed_supervisor_by, "signed_supervisor_by")
        return self

    @property
    def signed_on(self) -> date | None:
        """The day on which both had signed."""
        if self.signed_worker is None or self.signed_supervisor is None:
            return None
        return max(self.signed_worker, self.signed_supervisor)


class Agreement(AgreementFields):
    """An agreement as kept."""

    model_config = ConfigDict(frozen=True)
    id: int


class SessionFields(BaseModel):
    """One supervision session; ``start`` is a wall-clock time in London ("10:00"), ``minutes`` its planned length.

    ``reason_code`` is one of the reasons that packs list for a session moved, cancelled or missed; ``cover_for`` the
    supervisor whose session somebody else holds. ``recorded_on`` is when its record was complete; each of the two
    agrees it for themselves.
    """

    worker: Reference
    supervisor: Reference
    on: Day
    start: str = Field(default="10:00", pattern=CLOCK)
    minutes: int = Field(default=90, ge=5, le=LONGEST_SESSION)
    place: Line = ""
    state: SessionState = SessionState.PLANNED
    held_on: Day | None = None
    reason: Line = ""
    note: Note = Field(default="", repr=False)
    kind: SupervisionKind = SupervisionKind.LINE
    group: Line = ""
    reason_code: Code | None = None
    moved_from: Day | None = None
    rebook_by: Day | None = None
    proposed_by: Reference | None = None
    cover_for: Reference | None = None
    recorded_on: Day | None = None
    agreed_worker: Day | None = None
    agreed_worker_by: Line = Field(default="", repr=False)
    agreed_supervisor: Day | None = None
    agreed_supervisor_by: Line = Field(default="", repr=False)

    @model_validator(mode="after")
    def _whole(self) -> SessionFields:
        if self.worker == self.supervisor:
            raise ValueError("supervisor: nobody supervises themselves")
        if self.state is SessionState.HELD and self.held_on is None:
            self.held_on = self.on
        if self.state is not SessionState.HELD and self.held_on is not None:
            raise ValueError("held_on: only a held session has a held date")
        if self.state is SessionState.MISSED and not (self.reason or self.reason_code):
            raise ValueError("reason: say why the session was missed")
        if (self.recorded_on or self.agreed_worker or self.agreed_supervisor) and self.held_on is None:
            raise ValueError("recorded_on: only a session that was held has a record to agree")
        _two_people(self.agreed_worker_by, self.agreed_supervisor_by, "agreed_supervisor_by")
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
