"""Cases, what happened on them, and who holds them."""

from __future__ import annotations

from datetime import date
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from domain.capacity import LARGEST
from domain.fields import Code, Day, Details, Line, Name, Note, Reference
from domain.ids import ChangeReason, ConflictReason, Nation, Pathway, Role, WeighReason


class CaseFields(BaseModel):
    """A child, adult or family worked with; ``reference`` comes from the case system. The first pathway leads.

    ``must_have`` and ``prefers`` are what the worker has to bring, or had better bring, out of their specialisms.
    """

    reference: Reference
    team: Name
    pathways: tuple[Pathway, ...] = Field(min_length=1)
    nation: Nation = Nation.ENGLAND
    opened: Day
    closed: Day | None = None
    close_reason: Line = ""
    name: Line = Field(default="", repr=False)
    born: Day | None = Field(default=None, repr=False)
    expected_birth: Day | None = Field(default=None, repr=False)
    sibling_group: Line = ""
    factors: tuple[Line, ...] = ()
    area: Line = ""
    must_have: tuple[Line, ...] = ()
    prefers: tuple[Line, ...] = ()
    threshold_met: Day | None = None

    @model_validator(mode="before")
    @classmethod
    def _one_pathway(cls, data: Any) -> Any:
        if isinstance(data, dict) and "pathway" in data:
            data = dict(data)
            first = data.pop("pathway")
            rest = data.get("pathways")
            if rest is None or isinstance(rest, list | tuple):  # anything else is refused by its name
                data["pathways"] = (first, *(p for p in rest or () if p != first))
        return data

    @field_validator("pathways")
    @classmethod
    def _once_each(cls, pathways: tuple[Pathway, ...]) -> tuple[Pathway, ...]:
        return tuple(dict.fromkeys(pathways))

    @model_validator(mode="after")
    def _in_order(self) -> CaseFields:
        if self.closed and self.closed < self.opened:
            raise ValueError("closed: a case cannot close before it opened")
        if self.born and self.closed and self.born > self.closed:
            raise ValueError("born: the birth date lies after the case closed")
        return self


class Case(CaseFields):
    """A case as kept."""

    model_config = ConfigDict(frozen=True)
    id: int

    @property
    def pathway(self) -> Pathway:
        """The leading pathway."""
        return self.pathways[0]


class EventFields(BaseModel):
    """A dated fact on a case. ``details`` are small yes-or-no and coded facts (child seen, placement type)."""

    case: Reference
    kind: Code
    on: Day
    details: Details = Field(default_factory=dict)
    note: Note = Field(default="", repr=False)
    source: Line = ""


class CaseEvent(EventFields):
    """An event as kept."""

    model_config = ConfigDict(frozen=True)
    id: int


class AllocationFields(BaseModel):
    """A worker's dated role on a case; ``reason`` says why the worker before was changed.

    ``overruled`` are the policy rules that stood against it, ``approved_by`` who approved that, ``under`` the plan
    that it came from.
    """

    case: Reference
    worker: Reference
    role: Role = Role.ALLOCATED
    starts: Day
    ends: Day | None = None
    reason: ChangeReason | None = None
    note: Note = Field(default="", repr=False)
    overruled: tuple[Code, ...] = ()
    approved_by: Line = Field(default="", repr=False)
    under: Name | None = None

    @model_validator(mode="after")
    def _in_order(self) -> AllocationFields:
        if self.ends and self.ends < self.starts:
            raise ValueError("ends: an allocation cannot end before it starts")
        return self

    def holds(self, day: date) -> bool:
        """Whether the allocation stands on ``day``."""
        return self.starts <= day and (self.ends is None or day < self.ends)


class Allocation(AllocationFields):
    """An allocation as kept."""

    model_config = ConfigDict(frozen=True)
    id: int


class WeightingFields(BaseModel):
    """Answers to a scheme's questions about one case on one day.

    ``uplift`` is what was added or taken by hand, in hundredths, with its reason; the worker and the supervisor each
    agree on a day.
    """

    case: Reference
    scheme: Code
    on: Day
    answers: dict[str, str]
    note: Note = Field(default="", repr=False)
    uplift: int = Field(default=0, ge=-LARGEST, le=LARGEST)
    uplift_reason: Note = Field(default="", repr=False)
    why: WeighReason = WeighReason.OTHER
    agreed_worker: Day | None = None
    agreed_supervisor: Day | None = None

    @field_validator("answers", mode="before")
    @classmethod
    def _as_words(cls, answers: Any) -> Any:
        return {k: str(v) for k, v in answers.items()} if isinstance(answers, dict) else answers


class Weighting(WeightingFields):
    """A weighting as kept: ``points`` in hundredths, under the scheme version of its day."""

    model_config = ConfigDict(frozen=True)
    id: int
    scheme_version: str
    points: int


class ConflictFields(BaseModel):
    """Why a worker must not, or had better not, hold a case; open-ended while ``ends`` is not set."""

    case: Reference
    worker: Reference
    why: ConflictReason
    starts: Day
    ends: Day | None = None
    note: Note = Field(default="", repr=False)

    @model_validator(mode="after")
    def _in_order(self) -> ConflictFields:
        if self.ends and self.ends < self.starts:
            raise ValueError("ends: it cannot end before it starts")
        return self


class Conflict(ConflictFields):
    """A conflict as kept."""

    model_config = ConfigDict(frozen=True)
    id: int


class PostponementFields(BaseModel):
    """A decision to do a due thing on a later day. It moves the plan, never the legal date."""

    case: Reference | None = None
    worker: Reference | None = None
    rule: Code
    cycle: int = Field(ge=0)
    to: Day
    reason: Note = Field(min_length=1)

    @model_validator(mode="after")
    def _one_subject(self) -> PostponementFields:
        if (self.case is None) == (self.worker is None):
            raise ValueError("case: name either a case or a worker")
        return self


class Postponement(PostponementFields):
    """A postponement as kept."""

    model_config = ConfigDict(frozen=True)
    id: int


class CouncilDateFields(BaseModel):
    """A due date the council's own system carries, kept beside ours. ``kind`` is the event that answers it."""

    case: Reference
    kind: Code
    due: Day
    held: Day | None = None
    source: Line = ""


class CouncilDate(CouncilDateFields):
    """A council due date as kept."""

    model_config = ConfigDict(frozen=True)
    id: int
