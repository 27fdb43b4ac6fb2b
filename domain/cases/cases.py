"""Cases, what happened on them, and who holds them."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from pydantic import ConfigDict, Field, field_validator, model_validator

from domain.core.enums import ChangeReason, ConflictReason, Nation, Pathway, Role
from domain.core.fields import (
    CaseReference,
    Code,
    Day,
    Details,
    Line,
    Marker,
    Name,
    Reference,
    Remark,
    SaidBy,
    StaffId,
    TeamName,
)
from domain.core.records import Fields


class CaseFields(Fields["Case"]):
    """A child, adult or family worked with; ``reference`` comes from the case system. The first pathway leads.

    ``must_have`` and ``prefers`` are what the worker has to bring, or had better bring, out of their specialisms.
    """

    reference: Reference = Field(examples=["C-1001"], description="as in the case system")
    team: TeamName = Field(examples=["North"])
    pathways: tuple[Pathway, ...] = Field(min_length=1, examples=[["court"]], description="further ones")
    nation: Nation = Field(default=Nation.ENGLAND, examples=["england"])
    opened: Day = Field(title="Opened on", examples=["2026-03-02"])
    closed: Day | None = Field(default=None, title="Closed on", examples=["2026-10-30"])
    close_reason: Line = Field(default="", title="Because", examples=[""])
    name: Annotated[Line, Marker.HIDDEN] = Field(default="", repr=False, examples=[""], description="optional")
    born: Annotated[Day | None, Marker.HIDDEN] = Field(
        default=None, repr=False, title="Born on", examples=["2019-05-04"]
    )
    expected_birth: Annotated[Day | None, Marker.HIDDEN] = Field(
        default=None, repr=False, title="Birth expected", examples=["2026-12-24"]
    )
    sibling_group: Line = Field(default="", examples=["S-12"])
    factors: tuple[Line, ...] = Field(
        default=(), title="Specialist factors", examples=[["autism"]], description="see: almoner list factor"
    )
    area: Line = Field(default="", examples=["Leeds North"])
    must_have: tuple[Line, ...] = Field(
        default=(), examples=[["Urdu"]], description="what the worker must bring; see the worker's specialisms"
    )
    prefers: tuple[Line, ...] = Field(default=(), examples=[["woman worker"]])
    threshold_met: Day | None = Field(default=None, title="Threshold met on", examples=["2026-03-02"])

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


class EventFields(Fields["Event"]):
    """A dated fact on a case. ``details`` are small yes-or-no and coded facts (child seen, placement type)."""

    case: CaseReference
    kind: Code = Field(examples=["lac_review_held"], description="see: almoner list event-kind")
    on: Day = Field(title="Happened on", examples=["2026-03-16"], description="the day it happened")
    details: Details = Field(default_factory=dict, examples=[{"seen": True, "seen_alone": True}])
    note: Remark = Field(default="", repr=False)
    source: Line = ""


class Event(EventFields):
    """An event as kept."""

    model_config = ConfigDict(frozen=True)
    id: int


class AllocationFields(Fields["Allocation"]):
    """A worker's dated role on a case; ``reason`` says why the worker before was changed.

    ``overruled`` are the policy rules that stood against it, ``approved_by`` who approved that, ``under`` the plan
    that it came from.
    """

    case: CaseReference
    worker: StaffId
    role: Role = Field(
        default=Role.ALLOCATED,
        title="As",
        examples=["allocated_worker"],
        description="co_worker, consultant, cover, personal_adviser",
    )
    starts: Day = Field(title="From", examples=["2026-03-03"])
    ends: Day | None = Field(default=None, examples=["2026-09-30"])
    reason: ChangeReason | None = Field(
        default=None,
        title="Because",
        examples=["TSPROC"],
        description="why a worker changed: MANAGE LEFTRL ORGRST TSPROC ABSENC CHCHAN OTHERS",
    )
    note: Remark = Field(default="", repr=False)
    overruled: tuple[Code, ...] = Field(
        default=(), examples=[["siblings-together"]], description="policy rules that stood against it"
    )
    approved_by: SaidBy = Field(default="", repr=False, examples=["Hughes, Ann"])
    under: Name | None = None

    @model_validator(mode="after")
    def _in_order(self) -> AllocationFields:
        if self.ends and self.ends < self.starts:
            raise ValueError("ends: an allocation cannot end before it starts")
        return self

    @property
    def has_days(self) -> bool:
        """Whether it holds any day: one that ends on the day it begins was called off, and counts for nothing."""
        return self.ends is None or self.ends > self.starts

    def holds(self, day: date) -> bool:
        """Whether the allocation stands on ``day``."""
        return self.starts <= day and (self.ends is None or day < self.ends)


class Allocation(AllocationFields):
    """An allocation as kept."""

    model_config = ConfigDict(frozen=True)
    id: int


class ConflictFields(Fields["Conflict"]):
    """Why a worker must not, or had better not, hold a case; open-ended while ``ends`` is not set."""

    case: CaseReference
    worker: StaffId = Field(description="staff id: who must not, or had better not, hold it")
    why: ConflictReason = Field(
        examples=["conflict_of_interest"], description="risk_to_worker, known_to_worker, family_asked, other"
    )
    starts: Day = Field(examples=["2026-03-16"])
    ends: Day | None = Field(default=None, examples=["2026-09-30"])
    note: Remark = Field(default="", repr=False)

    @model_validator(mode="after")
    def _in_order(self) -> ConflictFields:
        if self.ends and self.ends < self.starts:
            raise ValueError("ends: it cannot end before it starts")
        return self


class Conflict(ConflictFields):
    """A conflict as kept."""

    model_config = ConfigDict(frozen=True)
    id: int
