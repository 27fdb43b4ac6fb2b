"""Learning: needs and how they are met, evidence, continuing professional development, registrations."""

from __future__ import annotations

from pydantic import ConfigDict, Field, model_validator

from domain.core.enums import LearningOutcome, LearningSource, Priority
from domain.core.fields import (
    Code,
    Day,
    Hundredths,
    Line,
    LongNote,
    Name,
    Note,
    ProgrammeNumber,
    Remark,
    SaidBy,
    SessionNumber,
    StaffId,
)
from domain.core.records import Fields


class LearningNeedFields(Fields["LearningNeed"]):
    """Something a worker needs to learn: raised, planned, met, changed or dropped with a reason.

    ``domains`` are statements of frameworks ("pcf.6"); ``cost`` is in pence.
    """

    worker: StaffId
    title: Name = Field(title="What is to be learnt", examples=["Direct work with teenagers"])
    raised_on: Day = Field(examples=["2026-11-25"])
    raised_by: SaidBy = Field(min_length=1, repr=False, examples=["Hughes, Ann"])
    source: LearningSource = Field(
        default=LearningSource.SUPERVISION,
        title="Came from",
        examples=["supervision"],
        description="audit, feedback, appraisal, observation, complaint, practice_event, own",
    )
    session: SessionNumber | None = None
    domains: tuple[Code, ...] = Field(
        default=(), title="Capability", examples=[["pcf.7"]], description="see: almoner list framework"
    )
    priority: Priority = Field(default=Priority.MEDIUM, examples=["medium"], description="high, low")
    method: Code = Field(
        default="other", title="How", examples=["shadowing"], description="course, co_working, reading, coaching, other"
    )
    plan: Note = Field(default="", repr=False, examples=[""])
    due: Day | None = Field(default=None, title="By", examples=["2027-02-26"])
    cost: Hundredths | None = Field(
        default=None, ge=0, le=100_000_000, title="Cost in pounds", examples=[120], description="pounds"
    )
    approved_on: Day | None = Field(default=None, examples=["2026-11-26"])
    approved_by: SaidBy = Field(default="", repr=False, examples=["Hughes, Ann"])
    ended_on: Day | None = Field(default=None, examples=["2027-02-20"])
    outcome: LearningOutcome | None = Field(default=None, examples=["met"], description="changed, dropped")
    why: Note = Field(default="", repr=False, examples=[""])

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


class EvidenceFields(Fields["Evidence"]):
    """Something that shows a capability: an observation, feedback, a reflection; seen by whom, from what source.

    It may answer a learning need, a statement of a framework at a level, a programme's part or a criterion.
    """

    worker: StaffId
    on: Day = Field(examples=["2026-11-25"])
    kind: Code = Field(default="other", examples=["observation"], description="feedback, reflection, document, ...")
    title: Name = Field(title="What", examples=["Observed first visit"])
    domains: tuple[Code, ...] = Field(default=(), title="Shows", examples=[["pcf.7"]])
    level: Code | None = Field(default=None, title="At the level", examples=["asye"])
    criterion: Code | None = Field(default=None, examples=[""], description="of a progression")
    need: int | None = Field(default=None, examples=[3], description="the learning need that it answers")
    programme: ProgrammeNumber | None = Field(default=None, examples=[2])
    piece: Code | None = Field(default=None, examples=["observation_1"], description="the programme's part that it is")
    source: Line = Field(default="", title="Where it is kept", examples=[""])
    seen_by: SaidBy = Field(default="", repr=False, examples=["Hughes, Ann"])
    text: LongNote = Field(default="", repr=False, title="Note", examples=[""])


class Evidence(EvidenceFields):
    """Evidence as kept."""

    model_config = ConfigDict(frozen=True)
    id: int


class CpdFields(Fields["Cpd"]):
    """A piece of continuing professional development, as the regulator's form asks for it."""

    worker: StaffId
    on: Day = Field(examples=["2026-10-14"])
    kind: Line = Field(min_length=1, title="Type", examples=["Peer discussion"])
    title: Name = Field(title="What", examples=["Working with resistance"])
    learning: LongNote = Field(
        default="", repr=False, title="What was learnt", examples=[""], description="what was learnt"
    )
    impact: LongNote = Field(
        default="", repr=False, examples=[""], description="what it changed in practice and for people"
    )
    peer: bool = Field(default=False, title="With a peer", examples=[True], description="reflected on with a peer")
    peer_note: LongNote = Field(default="", repr=False, title="What that taught", examples=[""])
    session: SessionNumber | None = None
    need: int | None = None
    submitted_on: Day | None = Field(default=None, title="Handed in", examples=["2026-11-02"])

    @model_validator(mode="after")
    def _in_order(self) -> CpdFields:
        if self.submitted_on and self.submitted_on < self.on:
            raise ValueError("submitted_on: it cannot be submitted before it took place")
        return self


class Cpd(CpdFields):
    """A piece of continuing professional development as kept."""

    model_config = ConfigDict(frozen=True)
    id: int


class RegistrationFields(Fields["Registration"]):
    """A registration, warrant, check or currency: with the regulator, AMHP, BIA, DBS, practice educator stage."""

    worker: StaffId
    kind: Code = Field(examples=["swe"], description="see: almoner list registration-kind")
    number: Line = Field(default="", repr=False, examples=["SW123456"])
    granted: Day = Field(examples=["2025-12-01"])
    expires: Day | None = Field(default=None, title="Counts until", examples=["2026-11-30"])
    ended_on: Day | None = Field(default=None, title="Ended early on", examples=["2026-11-30"])
    note: Remark = Field(default="", repr=False)

    @model_validator(mode="after")
    def _in_order(self) -> RegistrationFields:
        if self.expires and self.expires < self.granted:
            raise ValueError("expires: it cannot expire before it was granted")
        if self.ended_on and self.ended_on < self.granted:
            raise ValueError("ended_on: it cannot end before it was granted")
        return self


class Registration(RegistrationFields):
    """A registration as kept."""

    model_config = ConfigDict(frozen=True)
    id: int


class CpdClosingFields(Fields["CpdClosing"]):
    """That a registration year is not to be met any more, and why: a long illness, registered elsewhere that year.

    ``year`` is the last day of the year; until it is taken back the year is no longer late.
    """

    worker: StaffId
    year: Day = Field(title="Year up to", examples=["2026-11-30"], description="the last day of the registration year")
    on: Day = Field(title="Closed on", examples=["2026-12-04"])
    by: SaidBy = Field(min_length=1, repr=False, title="Closed by", examples=["Hughes, Ann"])
    why: Note = Field(min_length=1, repr=False, title="Why", examples=["Ill from March"])

    @model_validator(mode="after")
    def _over(self) -> CpdClosingFields:
        if self.on <= self.year:
            raise ValueError("on: a year is closed once it is over")
        return self


class CpdClosing(CpdClosingFields):
    """The closing of a registration year as kept."""

    model_config = ConfigDict(frozen=True)
    id: int
