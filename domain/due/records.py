"""What a council says about a due date: another day to plan it by, or a date of its own."""

from __future__ import annotations

from pydantic import ConfigDict, Field, model_validator

from domain.core.fields import USUAL, CaseReference, Code, Day, Line, Note, StaffId
from domain.core.records import Fields


class PostponementFields(Fields["Postponement"]):
    """A decision to do a due thing on a later day. It moves the plan, never the legal date."""

    case: CaseReference | None = Field(default=None, description='or: worker = "W101"', json_schema_extra=USUAL)
    worker: StaffId | None = None
    rule: Code = Field(examples=["lac_review_n"], description="as `almoner due` shows it")
    cycle: int = Field(ge=0, examples=[3])
    to: Day = Field(title="Plan it for", examples=["2026-12-01"], description="moves the plan, never the legal date")
    reason: Note = Field(min_length=1, title="Because", examples=["Carer in hospital"])

    @model_validator(mode="after")
    def _one_subject(self) -> PostponementFields:
        if (self.case is None) == (self.worker is None):
            raise ValueError("case: name either a case or a worker")
        return self


class Postponement(PostponementFields):
    """A postponement as kept."""

    model_config = ConfigDict(frozen=True)
    id: int


class CouncilDateFields(Fields["CouncilDate"]):
    """A due date the council's own system carries, kept beside ours. ``kind`` is the event that answers it."""

    case: CaseReference
    kind: Code = Field(examples=["lac_review_held"], description="the event that answers it")
    due: Day = Field(examples=["2026-12-01"], description="as the council's own system has it")
    held: Day | None = Field(default=None, examples=["2026-11-28"])
    source: Line = Field(default="", examples=["SSD"])


class CouncilDate(CouncilDateFields):
    """A council due date as kept."""

    model_config = ConfigDict(frozen=True)
    id: int
