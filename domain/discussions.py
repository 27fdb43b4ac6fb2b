"""What a supervision session leaves behind: discussions, ratings, decisions, actions, disagreements."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field, model_validator

from domain.fields import Code, Day, Line, LongNote, Note, Reference
from domain.ids import DecidedBy

MOST_PARTS = 40


class AttendanceFields(BaseModel):
    """One more supervisee at a group or joint session, and their own agreement to its record."""

    session: int
    worker: Reference
    absent: bool = False
    agreed_on: Day | None = None
    agreed_by: Line = Field(default="", repr=False)


class Attendance(AttendanceFields):
    """An attendance as kept."""

    model_config = ConfigDict(frozen=True)
    id: int


class DiscussionFields(BaseModel):
    """What was said about one case, or on one topic of the personal record, field by field of its format.

    ``parked`` says why a case was left for another time; ``private`` keeps a part between the pair.
    """

    session: int
    topic: Code = "case"
    case: Reference | None = None
    worker: Reference | None = None
    format: Code = "update"
    answers: dict[str, LongNote] = Field(default_factory=dict, repr=False, max_length=MOST_PARTS)
    parked: Note = Field(default="", repr=False)
    private: bool = False

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


class AmendmentFields(BaseModel):
    """What was added to a record after it had been agreed; the record itself stays as it was."""

    session: int
    case: Reference | None = None
    on: Day
    by: Line = Field(min_length=1, repr=False)
    text: LongNote = Field(min_length=1, repr=False)
    why: Note = Field(default="", repr=False)


class Amendment(AmendmentFields):
    """An amendment as kept."""

    model_config = ConfigDict(frozen=True)
    id: int


class RatingFields(BaseModel):
    """How safe, or how well, one person rates things to be, from 0 to 10, about one danger or outcome."""

    case: Reference
    session: int | None = None
    on: Day
    about: Note = Field(default="", repr=False)
    rater: Line = Field(min_length=1, repr=False)
    score: int = Field(ge=0, le=10)
    why: Note = Field(default="", repr=False)


class Rating(RatingFields):
    """A rating as kept."""

    model_config = ConfigDict(frozen=True)
    id: int


class DecisionFields(BaseModel):
    """A decision with its reason, by whom and when, and what became of it."""

    case: Reference | None = None
    worker: Reference | None = None
    session: int | None = None
    decision: Note = Field(min_length=1, repr=False)
    rationale: Note = Field(default="", repr=False)
    decided_by: Line = Field(min_length=1, repr=False)
    body: DecidedBy = DecidedBy.SUPERVISION
    on: Day
    follow_by: Day | None = None
    followed_on: Day | None = None
    outcome: Note = Field(default="", repr=False)

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


class ActionFields(BaseModel):
    """Who does what, by when and why; ``carries`` is the action that it carries forward.

    ``owner`` is a worker; ``who`` names somebody who is not (a parent, another agency). Only an action taken over from
    elsewhere may lack an owner or a date; one set in a session has both.
    """

    case: Reference | None = None
    session: int | None = None
    owner: Reference | None = None
    who: Line = Field(default="", repr=False)
    what: Note = Field(min_length=1, repr=False)
    why: Note = Field(default="", repr=False)
    set_on: Day
    due: Day | None = None
    carries: int | None = None
    done_on: Day | None = None
    how: Note = Field(default="", repr=False)
    dropped_on: Day | None = None
    dropped_why: Note = Field(default="", repr=False)

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


class AgendaItemFields(BaseModel):
    """Something that supervisor or supervisee wants to talk about; parked with a reason until a day."""

    worker: Reference
    raised_by: Line = Field(min_length=1, repr=False)
    on: Day
    what: Note = Field(min_length=1, repr=False)
    case: Reference | None = None
    session: int | None = None
    parked_until: Day | None = None
    parked_why: Note = Field(default="", repr=False)
    closed_on: Day | None = None

    @model_validator(mode="after")
    def _whole(self) -> AgendaItemFields:
        if self.parked_until and not self.parked_why:
            raise ValueError("parked_why: say why it is put off")
        return self


class AgendaItem(AgendaItemFields):
    """An agenda item as kept."""

    model_config = ConfigDict(frozen=True)
    id: int


class DisagreementFields(BaseModel):
    """A disagreement on its way through the stages of a pack's ladder, until its outcome."""

    worker: Reference | None = None
    case: Reference | None = None
    session: int | None = None
    about: Note = Field(min_length=1, repr=False)
    raised_by: Line = Field(min_length=1, repr=False)
    raised_on: Day
    ladder: Code = "supervision"
    stage: Code
    stage_on: Day
    with_whom: Line = Field(default="", repr=False)
    due: Day | None = None
    outcome: Note = Field(default="", repr=False)
    ended_on: Day | None = None

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
