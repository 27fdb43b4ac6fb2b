"""Supervision: who supervises whom, and the sessions booked, held and missed."""

from __future__ import annotations

from datetime import UTC, date, datetime

from pydantic import ConfigDict, Field, model_validator

from domain.core.dates import LONDON
from domain.core.enums import SessionState, SupervisionKind
from domain.core.fields import USUAL, Code, Day, Line, Note, Remark, SaidBy, StaffId
from domain.core.records import Fields

LONGEST_SESSION = 600
CLOCK = r"^([01]\d|2[0-3]):[0-5]\d$"


def _two_people(first: str, second: str, field: str) -> None:
    if first and second and first.casefold() == second.casefold():
        raise ValueError(f"{field}: both signatures are by one person; each signs for themselves")


class AgreementFields(Fields["Agreement"]):
    """A supervision agreement between a supervisor and a supervisee.

    ``standard`` is the frequency standard of a pack; ``covers`` says what this supervisor covers where supervision is
    split; agreements with the same ``group`` are held together. Each of the two signs for themselves.
    """

    worker: StaffId = Field(title="Supervisee", description="the supervisee, staff ids")
    supervisor: StaffId = Field(examples=["W100"])
    kind: SupervisionKind = Field(
        default=SupervisionKind.LINE,
        title="What for",
        examples=["line"],
        description="reflective, on_site, off_site, group",
    )
    standard: Code = Field(
        default="monthly",
        title="How often",
        examples=["monthly"],
        description="see: almoner list standard",
        json_schema_extra=USUAL,
    )
    covers: tuple[Line, ...] = Field(
        default=(),
        examples=[["cases", "workload"]],
        description="what this supervisor covers where supervision is split",
    )
    group: Line = Field(default="", examples=[""], description="agreements of one group are held together")
    starts: Day = Field(title="From", examples=["2026-09-01"])
    ends: Day | None = Field(default=None, title="Last day")
    start: str = Field(default="10:00", pattern=CLOCK, title="Time", examples=["10:00"])
    weekday: int | None = Field(default=None, ge=0, le=6, examples=[2], description="0 is Monday")
    minutes: int = Field(default=90, ge=5, le=LONGEST_SESSION, examples=[90])
    place: Line = Field(default="", examples=[""])
    agenda: tuple[Line, ...] = Field(
        default=(), title="Standing agenda", examples=[["wellbeing"]], description="what is always talked about"
    )
    confidentiality: Note = Field(default="", examples=[""])
    disagreement: Note = Field(
        default="", title="If we disagree", examples=[""], description="the route when the two disagree"
    )
    review_on: Day | None = Field(default=None, title="Looked at again", examples=["2027-09-01"])
    signed_worker: Day | None = Field(default=None, examples=["2026-09-01"])
    signed_worker_by: SaidBy = Field(default="", repr=False, examples=["Okafor, Chidi"])
    signed_supervisor: Day | None = Field(default=None, examples=["2026-09-02"])
    signed_supervisor_by: SaidBy = Field(default="", repr=False, examples=["Hughes, Ann"])

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


class SessionFields(Fields["Session"]):
    """One supervision session; ``start`` is a wall-clock time in London ("10:00"), ``minutes`` its planned length.

    ``reason_code`` is one of the reasons that packs list for a session moved, cancelled or missed; ``cover_for`` the
    supervisor whose session somebody else holds. ``recorded_on`` is when its record was complete; each of the two
    agrees it for themselves. ``elsewhere``: it was held before Almoner was in use, and its record is not here.
    """

    worker: StaffId
    supervisor: StaffId = Field(examples=["W100"])
    on: Day = Field(examples=["2026-11-25"])
    start: str = Field(default="10:00", pattern=CLOCK, title="Time", examples=["10:00"])
    minutes: int = Field(default=90, ge=5, le=LONGEST_SESSION, examples=[90])
    place: Line = Field(default="", examples=[""])
    state: SessionState = Field(
        default=SessionState.PLANNED, examples=["planned"], description="held, missed, cancelled"
    )
    held_on: Day | None = Field(default=None, examples=["2026-11-25"])
    reason: Line = Field(default="", title="In your words", examples=[""], description="the same in words")
    note: Remark = Field(default="", repr=False)
    kind: SupervisionKind = Field(
        default=SupervisionKind.LINE,
        examples=["line"],
        description="reflective, on_site, off_site, group, joint, ad_hoc",
    )
    group: Line = ""
    reason_code: Code | None = Field(
        default=None,
        title="Why",
        examples=["court"],
        description="why it was moved, cancelled or missed; see: almoner list missed-reason",
    )
    moved_from: Day | None = Field(default=None, examples=["2026-11-23"])
    rebook_by: Day | None = Field(default=None, title="To be held by", examples=["2026-12-02"])
    proposed_by: StaffId | None = None
    cover_for: StaffId | None = Field(
        default=None, title="Holds it for", examples=["W100"], description="whose session somebody else holds"
    )
    elsewhere: bool = Field(
        default=False,
        title="Recorded elsewhere",
        examples=[False],
        description="held before Almoner was in use: it has no record here to write or sign",
    )
    recorded_on: Day | None = Field(default=None, examples=["2026-11-26"], description="when its record was complete")
    agreed_worker: Day | None = Field(default=None, examples=["2026-11-27"])
    agreed_worker_by: SaidBy = Field(default="", repr=False, examples=["Okafor, Chidi"])
    agreed_supervisor: Day | None = Field(default=None, examples=["2026-11-27"])
    agreed_supervisor_by: SaidBy = Field(default="", repr=False, examples=["Hughes, Ann"])

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
        if self.elsewhere and self.held_on is None:
            raise ValueError("elsewhere: only a session that was held is recorded elsewhere")
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
