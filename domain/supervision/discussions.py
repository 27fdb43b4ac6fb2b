"""What a supervision session leaves behind: discussions, ratings, decisions, actions, disagreements."""

from __future__ import annotations

from pydantic import ConfigDict, Field, model_validator

from domain.core.enums import DecidedBy
from domain.core.fields import USUAL, CaseReference, Code, Day, Line, LongNote, Note, SaidBy, SessionNumber, StaffId
from domain.core.records import Fields

MOST_PARTS = 40


class AttendanceFields(Fields["Attendance"]):
    """One more supervisee at a group or joint session, and their own agreement to its record."""

    session: SessionNumber
    worker: StaffId = Field(examples=["W102"], description="one more supervisee there")
    absent: bool = Field(default=False, examples=[False])
    agreed_on: Day | None = Field(default=None, examples=["2026-11-27"])
    agreed_by: SaidBy = Field(default="", repr=False, examples=["Begum, Nasreen"])


class Attendance(AttendanceFields):
    """An attendance as kept."""

    model_config = ConfigDict(frozen=True)
    id: int


class DiscussionFields(Fields["Discussion"]):
    """What was said about one case, or on one topic of the personal record, field by field of its format.

    ``parked`` says why a case was left for another time; ``private`` keeps a part between the pair.
    """

    session: SessionNumber
    topic: Code = "case"
    case: CaseReference | None = Field(
        default=None, description='or a topic of the personal record: topic = "wellbeing"', json_schema_extra=USUAL
    )
    worker: StaffId | None = None
    format: Code = Field(
        default="update", examples=["update"], description="see: almoner list format", json_schema_extra=USUAL
    )
    answers: dict[str, LongNote] = Field(
        default_factory=dict,
        repr=False,
        max_length=MOST_PARTS,
        examples=[{"update": "Settled at school"}],
        json_schema_extra=USUAL,
    )
    parked: Note = Field(default="", repr=False, examples=[""], description="why it was left for another time")
    private: bool = Field(default=False, examples=[False], description="between the two; never for a case")

    @model_validator(mode="after")
    def _one_file(self) -> DiscussionFields:
        if (self.topic == "case") != (self.case is not None):
            raise ValueError("case: a discussion is of a case, or on a topic of the personal record")
        if self.case is not None and self.private:
            raise ValueError("private: what is said about a case belongs in that person's file")
        return self


class Discussion(DiscussionFields):
    """A discussion as kept."""

    model_config = ConfigDict(frozen=True)
    id: int


class AmendmentFields(Fields["Amendment"]):
    """What was added to a record after it had been agreed; the record itself stays as it was."""

    session: SessionNumber = Field(description="whose record was agreed; it stays as it was")
    case: CaseReference | None = None
    on: Day = Field(examples=["2026-12-01"])
    by: SaidBy = Field(min_length=1, repr=False, examples=["Hughes, Ann"])
    text: LongNote = Field(
        min_length=1, repr=False, title="What is added", examples=["The review was on the 4th, not the 5th"]
    )
    why: Note = Field(default="", repr=False, title="Because", examples=[""])


class Amendment(AmendmentFields):
    """An amendment as kept."""

    model_config = ConfigDict(frozen=True)
    id: int


class RatingFields(Fields["Rating"]):
    """How safe, or how well, one person rates things to be, from 0 to 10, about one danger or outcome."""

    case: CaseReference
    session: SessionNumber | None = None
    on: Day = Field(examples=["2026-11-25"])
    about: Note = Field(default="", repr=False, examples=[""], description="which danger or outcome")
    rater: Line = Field(min_length=1, repr=False, examples=["worker"], description="manager, parent, child, ...")
    score: int = Field(ge=0, le=10, examples=[5], description="0 to 10")
    why: Note = Field(default="", repr=False, examples=[""])


class Rating(RatingFields):
    """A rating as kept."""

    model_config = ConfigDict(frozen=True)
    id: int


class DecisionFields(Fields["Decision"]):
    """A decision with its reason, by whom and when, and what became of it."""

    case: CaseReference | None = Field(
        default=None, description='or worker = "W101", or neither', json_schema_extra=USUAL
    )
    worker: StaffId | None = None
    session: SessionNumber | None = None
    decision: Note = Field(min_length=1, repr=False, examples=["Ask for a family group conference"])
    rationale: Note = Field(
        default="", repr=False, title="Because", examples=["The family has offered a plan"], json_schema_extra=USUAL
    )
    decided_by: SaidBy = Field(min_length=1, repr=False, examples=["Hughes, Ann"])
    body: DecidedBy = Field(default=DecidedBy.SUPERVISION, examples=["supervision"], description="manager, panel")
    on: Day = Field(examples=["2026-11-25"])
    follow_by: Day | None = Field(default=None, title="Follow up by", examples=["2026-12-09"])
    followed_on: Day | None = Field(default=None, examples=["2026-12-08"])
    outcome: Note = Field(default="", repr=False, examples=[""])

    @model_validator(mode="after")
    def _in_order(self) -> DecisionFields:
        if self.follow_by and self.follow_by < self.on:
            raise ValueError("follow_by: it lies before the day of the decision")
        if self.followed_on and self.followed_on < self.on:
            raise ValueError("followed_on: it lies before the day of the decision")
        return self


class Decision(DecisionFields):
    """A decision as kept."""

    model_config = ConfigDict(frozen=True)
    id: int


class ActionFields(Fields["Action"]):
    """Who does what, by when and why; ``carries`` is the action that it carries forward.

    ``owner`` is a worker; ``who`` names somebody who is not (a parent, another agency). Only an action taken over from
    elsewhere may lack an owner or a date; one set in a session has both.
    """

    case: CaseReference | None = None
    session: SessionNumber | None = None
    owner: StaffId | None = Field(
        default=None,
        title="Who",
        examples=["W101"],
        description='staff id; or who = "Grandmother"',
        json_schema_extra=USUAL,
    )
    who: Line = Field(default="", repr=False, title="or somebody else")
    what: Note = Field(min_length=1, repr=False, examples=["Visit the nursery"])
    why: Note = Field(default="", repr=False, title="Because", examples=[""])
    set_on: Day = Field(examples=["2026-11-25"])
    due: Day | None = Field(default=None, title="By", examples=["2026-12-02"], json_schema_extra=USUAL)
    carries: int | None = Field(default=None, examples=[7], description="the action that it carries forward")
    done_on: Day | None = Field(default=None, examples=["2026-12-01"])
    how: Note = Field(default="", repr=False, examples=[""])
    dropped_on: Day | None = Field(default=None, examples=["2026-12-01"])
    dropped_why: Note = Field(default="", repr=False, title="Because", examples=[""])

    @model_validator(mode="after")
    def _whole(self) -> ActionFields:
        if self.session is not None and not (self.owner or self.who):
            raise ValueError("owner: an action needs somebody who does it")
        if self.session is not None and self.due is None:
            raise ValueError("due: an action needs a day by which it is done")
        if self.due and self.due < self.set_on:
            raise ValueError("due: an action cannot be due before it was set")
        if self.done_on and self.done_on < self.set_on:
            raise ValueError("done_on: it cannot be done before it was set")
        if self.dropped_on and not self.dropped_why:
            raise ValueError("dropped_why: say why it is no longer to be done")
        return self


class Action(ActionFields):
    """An action as kept."""

    model_config = ConfigDict(frozen=True)
    id: int


class AgendaItemFields(Fields["AgendaItem"]):
    """Something that supervisor or supervisee wants to talk about; parked with a reason until a day."""

    worker: StaffId = Field(description="whose supervision")
    raised_by: SaidBy = Field(min_length=1, repr=False, examples=["Okafor, Chidi"])
    on: Day = Field(examples=["2026-11-20"])
    what: Note = Field(min_length=1, repr=False, examples=["Leave over Christmas"])
    case: CaseReference | None = Field(default=None, title="About case")
    session: SessionNumber | None = None
    parked_until: Day | None = Field(default=None, examples=["2027-01-10"])
    parked_why: Note = Field(default="", repr=False, examples=[""])
    closed_on: Day | None = Field(default=None, examples=["2026-11-25"])

    @model_validator(mode="after")
    def _whole(self) -> AgendaItemFields:
        if self.parked_until and not self.parked_why:
            raise ValueError("parked_why: say why it is put off")
        return self


class AgendaItem(AgendaItemFields):
    """An agenda item as kept."""

    model_config = ConfigDict(frozen=True)
    id: int


class DisagreementFields(Fields["Disagreement"]):
    """A disagreement on its way through the stages of a pack's ladder, until its outcome."""

    worker: StaffId | None = Field(
        default=None, title="Whose supervision", description='or case = "C-1001"', json_schema_extra=USUAL
    )
    case: CaseReference | None = None
    session: SessionNumber | None = None
    about: Note = Field(min_length=1, repr=False, examples=["Whether the case can step down"])
    raised_by: SaidBy = Field(min_length=1, repr=False, examples=["Okafor, Chidi"])
    raised_on: Day = Field(title="On", examples=["2026-11-25"])
    ladder: Code = "supervision"
    stage: Code = Field(examples=["talk"], description="see: almoner list ladder")
    stage_on: Day = Field(examples=["2026-11-25"])
    with_whom: SaidBy = Field(default="", repr=False, title="With", examples=["Whitfield, Dawn"])
    due: Day | None = Field(default=None, title="To be settled by", examples=["2026-12-02"])
    outcome: Note = Field(default="", repr=False, title="How it ended", examples=[""])
    ended_on: Day | None = Field(default=None, examples=["2026-12-01"])

    @model_validator(mode="after")
    def _whole(self) -> DisagreementFields:
        if not (self.worker or self.case):
            raise ValueError("worker: say whose supervision or which case it is about")
        if self.stage_on < self.raised_on:
            raise ValueError("stage_on: a stage cannot begin before the disagreement was raised")
        if self.ended_on and not self.outcome:
            raise ValueError("outcome: say how it ended")
        return self


class Disagreement(DisagreementFields):
    """A disagreement as kept."""

    model_config = ConfigDict(frozen=True)
    id: int
