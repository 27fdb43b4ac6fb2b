"""What weighs on a worker besides cases: extra responsibilities, unplanned hours, and concerns about the load."""

from __future__ import annotations

from typing import Any

from pydantic import ConfigDict, Field, field_validator, model_validator

from domain.core.enums import WeighReason
from domain.core.fields import (
    USUAL,
    CaseReference,
    Code,
    ContractHours,
    Day,
    Hundredths,
    Line,
    Name,
    Note,
    Percent,
    Remark,
    SaidBy,
    StaffId,
)
from domain.core.hundredths import LARGEST
from domain.core.records import Fields, refuse_both


class ExtraFields(Fields["Extra"]):
    """Work that is not cases and counts as load: a lead role, a project. ``points`` in hundredths."""

    worker: StaffId
    title: Name = Field(title="What", examples=["Lead for missing children"])
    points: Hundredths = Field(ge=0, le=LARGEST, examples=[5], description="counted as load, beside cases")
    starts: Day = Field(title="From", examples=["2026-09-01"])
    ends: Day | None = Field(default=None, title="Up to and including", examples=["2027-07-31"])
    note: Remark = Field(default="", repr=False)

    @model_validator(mode="after")
    def _in_order(self) -> ExtraFields:
        if self.ends and self.ends < self.starts:
            raise ValueError("ends: it cannot end before it starts")
        return self


class Extra(ExtraFields):
    """An extra responsibility as kept."""

    model_config = ConfigDict(frozen=True)
    id: int


class UnplannedFields(Fields["Unplanned"]):
    """Hours that no plan foresaw (an emergency, out of hours); ``hours`` in hundredths of an hour."""

    worker: StaffId
    on: Day = Field(examples=["2026-11-16"])
    hours: Hundredths = Field(gt=0, le=2400, examples=[3.5])
    what: Line = Field(min_length=1, examples=["Emergency placement"])
    case: CaseReference | None = None


class Unplanned(UnplannedFields):
    """Unplanned hours as kept."""

    model_config = ConfigDict(frozen=True)
    id: int


class ConcernFields(Fields["Concern"]):
    """A workload concern: raised, answered with a plan and a review date, and closed when the load is right again."""

    worker: StaffId
    raised_on: Day = Field(examples=["2026-11-16"])
    raised_by: SaidBy = Field(default="", repr=False, examples=["Okafor, Chidi"])
    why: Note = Field(min_length=1, repr=False, title="What is wrong", examples=["Above the red line for five weeks"])
    answered_on: Day | None = Field(default=None, examples=["2026-11-18"])
    answered_by: SaidBy = Field(default="", repr=False, examples=["Hughes, Ann"])
    plan: Note = Field(
        default="", repr=False, title="What will be done", examples=["Two cases move by the end of the month"]
    )
    review_on: Day | None = Field(default=None, title="Looked at again on", examples=["2026-12-02"])
    closed_on: Day | None = Field(default=None, examples=["2026-12-16"])

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


class ReductionFields(Fields["Reduction"]):
    """A dated loss of capacity; open-ended while ``ends`` is not set.

    It is ``percent`` of contract hours or ``hours`` a week (in hundredths), never both. ``kind`` is one of the reasons
    that the packs in force list; ``reason`` says it in the team's own words.
    """

    worker: StaffId
    percent: Percent | None = Field(
        default=None,
        title="Per cent less",
        examples=[20],
        description="share of contract hours",
        json_schema_extra=USUAL,
    )
    hours: ContractHours | None = Field(
        default=None, title="Hours less", examples=[1.8], description="in place of percent: hours a week"
    )
    reason: Line = Field(min_length=1, title="In own words", examples=["Practice educator"])
    kind: Code = Field(
        default="other",
        title="Reason",
        examples=["practice_educator"],
        description="see: almoner list reduction-reason",
    )
    starts: Day = Field(title="From", examples=["2026-09-01"])
    ends: Day | None = Field(
        default=None, title="Up to and including", examples=["2027-07-31"], description="left out: until further notice"
    )
    note: Remark = Field(default="", repr=False)

    @model_validator(mode="after")
    def _in_order(self) -> ReductionFields:
        refuse_both(self.percent, self.hours, "percent")
        if self.percent is None and self.hours is None:
            raise ValueError("percent: give the share of contract hours, or hours a week")
        if self.ends and self.ends < self.starts:
            raise ValueError("ends: a reduction cannot end before it starts")
        return self


class Reduction(ReductionFields):
    """A reduction as kept."""

    model_config = ConfigDict(frozen=True)
    id: int


class WeightingFields(Fields["Weighting"]):
    """Answers to a scheme's questions about one case on one day.

    ``uplift`` is what was added or taken by hand, in hundredths, with its reason; the worker and the supervisor each
    agree on a day.
    """

    case: CaseReference
    scheme: Code = Field(examples=["three-factor"], description="see: almoner show scheme three-factor")
    on: Day = Field(title="Weighed on", examples=["2026-03-16"])
    answers: dict[str, str] = Field(examples=[{"complexity": "2", "risk": "3", "travel": "1"}])
    note: Remark = Field(default="", repr=False)
    uplift: Hundredths = Field(
        default=0,
        ge=-LARGEST,
        le=LARGEST,
        title="By hand",
        examples=[0.5],
        description="by hand, where the scheme allows it",
    )
    uplift_reason: Note = Field(default="", repr=False, title="Why by hand", examples=[""])
    why: WeighReason = Field(
        default=WeighReason.OTHER,
        title="Occasion",
        examples=["review"],
        description="first, allocation, step_up, step_down, supervision, review, other",
    )
    agreed_worker: Day | None = Field(default=None, title="Agreed, worker", examples=["2026-03-17"])
    agreed_supervisor: Day | None = Field(default=None, title="Agreed, supervisor", examples=["2026-03-17"])

    @field_validator("answers", mode="before")
    @classmethod
    def _as_words(cls, answers: Any) -> Any:
        return {k: str(v) for k, v in answers.items()} if isinstance(answers, dict) else answers


class Weighting(WeightingFields):
    """A weighting as kept: ``points`` in hundredths, under the scheme version of its day."""

    model_config = ConfigDict(frozen=True)
    id: int
    scheme_version: str
    points: Hundredths
