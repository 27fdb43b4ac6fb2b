"""Learning: needs and how they are met, evidence, continuing professional development, registrations."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field, model_validator

from domain.fields import Code, Day, Line, LongNote, Name, Note, Reference
from domain.ids import LearningOutcome, LearningSource, Priority


class LearningNeedFields(BaseModel):
    """Something a worker needs to learn: raised, planned, met, changed or dropped with a reason.

    ``domains`` are statements of frameworks ("pcf.6"); ``cost`` is in pence.
    """

    worker: Reference
    title: Name
    raised_on: Day
    raised_by: Line = Field(min_length=1, repr=False)
    source: LearningSource = LearningSource.SUPERVISION
    session: int | None = None
    domains: tuple[Code, ...] = ()
    priority: Priority = Priority.MEDIUM
    method: Code = "other"
    plan: Note = Field(default="", repr=False)
    due: Day | None = None
    cost: int | None = Field(default=None, ge=0, le=100_000_000)
    approved_on: Day | None = None
    approved_by: Line = Field(default="", repr=False)
    ended_on: Day | None = None
    outcome: LearningOutcome | None = None
    why: Note = Field(default="", repr=False)

    @model_validator(mode="after")
    def _whole(self) -> LearningNeedFields:
        if self.due and self.due < self.raised_on:
            raise ValueError("due: it cannot be due before it was raised")
        if (self.ended_on is None) != (self.outcome is None):
            raise ValueError("outcome: say how it ended, and when")
        if self.outcome in (LearningOutcome.CHANGED, LearningOutcome.DROPPED) and not self.why:
            raise ValueError("why: say why it was changed or dropped")
        return self


class LearningNeed(LearningNeedFields):
    """A learning need as kept."""

    model_config = ConfigDict(frozen=True)
    id: int


class EvidenceFields(BaseModel):
    """Something that shows a capability: an observation, feedback, a reflection; seen by whom, from what source.

    It may answer a learning need, a statement of a framework at a level, a programme's part or a criterion.
    """

    worker: Reference
    on: Day
    kind: Code = "other"
    title: Name
    domains: tuple[Code, ...] = ()
    level: Code | None = None
    criterion: Code | None = None
    need: int | None = None
    programme: int | None = None
    piece: Code | None = None
    source: Line = ""
    seen_by: Line = Field(default="", repr=False)
    text: LongNote = Field(default="", repr=False)


class Evidence(EvidenceFields):
    """Evidence as kept."""

    model_config = ConfigDict(frozen=True)
    id: int


class CpdFields(BaseModel):
    """A piece of continuing professional development, as the regulator's form asks for it."""

    worker: Reference
    on: Day
    kind: Line = Field(min_length=1)
    title: Name
    learning: LongNote = Field(default="", repr=False)
    impact: LongNote = Field(default="", repr=False)
    peer: bool = False
    peer_note: LongNote = Field(default="", repr=False)
    session: int | None = None
    need: int | None = None
    submitted_on: Day | None = None

    @model_validator(mode="after")
    def _in_order(self) -> CpdFields:
        if self.submitted_on and self.submitted_on < self.on:
            raise ValueError("submitted_on: it cannot be submitted before it took place")
        return self


class Cpd(CpdFields):
    """A piece of continuing professional development as kept."""

    model_config = ConfigDict(frozen=True)
    id: int


class RegistrationFields(BaseModel):
    """A registration, warrant, check or currency: with the regulator, AMHP, BIA, DBS, practice educator stage."""

    worker: Reference
    kind: Code
    number: Line = Field(default="", repr=False)
    granted: Day
    expires: Day | None = None
    ended_on: Day | None = None
    note: Note = Field(default="", repr=False)

    @model_validator(mode="after")
    def _in_order(self) -> RegistrationFields:
        if self.expires and self.expires < self.granted:
            raise ValueError("expires: it cannot expire before it was granted")
        return self


class Registration(RegistrationFields):
    """A registration as kept."""

    model_config = ConfigDict(frozen=True)
    id: int
