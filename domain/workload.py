"""What weighs on a worker besides cases: extra responsibilities, unplanned hours, and concerns about the load."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field, model_validator

from domain.capacity import LARGEST
from domain.fields import Day, Line, Name, Note, Reference


class ExtraFields(BaseModel):
    """Work that is not cases and counts as load: a lead role, a project. ``points`` in hundredths."""

    worker: Reference
    title: Name
    points: int = Field(ge=0, le=LARGEST)
    starts: Day
    ends: Day | None = None
    note: Note = Field(default="", repr=False)

    @model_validator(mode="after")
    def _in_order(self) -> ExtraFields:
        if self.ends and self.ends < self.starts:
            raise ValueError("ends: it cannot end before it starts")
        return self


class Extra(ExtraFields):
    """An extra responsibility as kept."""

    model_config = ConfigDict(frozen=True)
    id: int


class UnplannedFields(BaseModel):
    """Hours that no plan foresaw (an emergency, out of hours); ``hours`` in hundredths of an hour."""

    worker: Reference
    on: Day
    hours: int = Field(gt=0, le=2400)
    what: Line = Field(min_length=1)
    case: Reference | None = None


class Unplanned(UnplannedFields):
    """Unplanned hours as kept."""

    model_config = ConfigDict(frozen=True)
    id: int


class ConcernFields(BaseModel):
    """A workload concern: raised, answered with a plan and a review date, and closed when the load is right again."""

    worker: Reference
    raised_on: Day
    raised_by: Line = Field(default="", repr=False)
    why: Note = Field(min_length=1, repr=False)
    answered_on: Day | None = None
    answered_by: Line = Field(default="", repr=False)
    plan: Note = Field(default="", repr=False)
    review_on: Day | None = None
    closed_on: Day | None = None

    @model_validator(mode="after")
    def _whole(self) -> ConcernFields:
        if self.answered_on and not (self.plan and self.answered_by):
            raise ValueError("plan: an answer says what will be done, and who answers")
        if self.answered_on and self.answered_on < self.raised_on:
            raise ValueError("answered_on: it cannot be answered before it was raised")
        if self.review_on and self.review_on < self.raised_on:
            raise ValueError("review_on: the review lies before the day it was raised")
        if self.closed_on and self.closed_on < self.raised_on:
            raise ValueError("closed_on: it cannot be closed before it was raised")
        return self


class Concern(ConcernFields):
    """A workload concern as kept."""

    model_config = ConfigDict(frozen=True)
    id: int
