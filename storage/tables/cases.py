"""Cases, what happened on them, who holds them, what they weigh, and plans."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlmodel import Field

from domain.cases.cases import AllocationFields, CaseFields, ConflictFields, EventFields
from domain.core.enums import ChangeReason, ConflictReason, Nation, Pathway, Role, WeighReason
from domain.due.overrides import OverrideFields
from domain.due.records import CouncilDateFields, PostponementFields
from domain.load.records import WeightingFields
from domain.planning.saved_plan import PlanFields
from storage.tables.base import STRICT, Kept
from storage.tables.columns import Facts, Words, choice, names_within, points_to

# The fields of a scenario and a proposal (`domain/planning/`) that hold keys.
_IN_PLANS = {
    "case": frozenset({"case", "together", "incoming", "outgoing", "accepted"}),
    "worker": frozenset({"worker", "from_", "to", "runner_up", "holder"}),
    "team": frozenset({"team", "merges"}),
}


class CaseRow(CaseFields, Kept, table=True):
    """A case."""

    __tablename__ = "cases"
    __table_args__ = (
        sa.Index("case_team_open", "team", sqlite_where=sa.text("closed IS NULL")),
        sa.Index("case_sort", "sort_key"),
        sa.Index("case_siblings", "sibling_group", sqlite_where=sa.text("sibling_group <> ''")),
        STRICT,
    )
    reference: str = Field(unique=True)
    team: str = points_to("team.name")
    nation: Nation = choice(Nation, default=Nation.ENGLAND)
    pathways: tuple[Pathway, ...] = Field(sa_type=Words)
    factors: tuple[str, ...] = Field(default=(), sa_type=Words)
    must_have: tuple[str, ...] = Field(default=(), sa_type=Words)
    prefers: tuple[str, ...] = Field(default=(), sa_type=Words)
    sort_key: str = Field(default="")


class EventRow(EventFields, Kept, table=True):
    """A dated fact on a case."""

    __tablename__ = "event"
    __table_args__ = (sa.Index("event_case", "case", "on"), STRICT)
    case: str = points_to("cases.reference")
    details: dict[str, Any] = Field(default_factory=dict, sa_type=Facts)


class AllocationRow(AllocationFields, Kept, table=True):
    """A worker's dated role on a case."""

    __tablename__ = "allocation"
    __table_args__ = (
        sa.Index("allocation_worker", "worker", "role", "ends", "starts", "case"),
        sa.Index("allocation_case", "case", "role", "ends", "starts", "worker"),
        sa.Index(
            "allocation_one_holds",
            "case",
            unique=True,
            sqlite_where=sa.text("role = 'allocated_worker' AND ends IS NULL"),
        ),
        STRICT,
    )
    case: str = points_to("cases.reference")
    worker: str = points_to("worker.staff_id")
    role: Role = choice(Role, default=Role.ALLOCATED)
    reason: ChangeReason | None = choice(ChangeReason, default=None, nullable=True)
    overruled: tuple[str, ...] = Field(default=(), sa_type=Words)


class WeightingRow(WeightingFields, Kept, table=True):
    """A case's answers under a scheme, and what they came to."""

    __tablename__ = "weighting"
    __table_args__ = (sa.Index("weighting_case", "case", "on"), STRICT)
    case: str = points_to("cases.reference")
    answers: dict[str, Any] = Field(default_factory=dict, sa_type=Facts)
    why: WeighReason = choice(WeighReason, default=WeighReason.OTHER)
    scheme_version: str = ""
    points: int = 0


class PostponementRow(PostponementFields, Kept, table=True):
    """A decision to do a due thing later."""

    __tablename__ = "postponement"
    __table_args__ = (sa.Index("postponement_case", "case", "rule", "cycle"), STRICT)
    case: str | None = points_to("cases.reference", default=None)
    worker: str | None = points_to("worker.staff_id", default=None)


class OverrideRow(OverrideFields, Kept, table=True):
    """One case's own interval for a local rule."""

    __tablename__ = "override"
    __table_args__ = (sa.Index("override_case", "case"), STRICT)
    case: str = points_to("cases.reference")
    unit: str = Field(sa_type=sa.Text)  # type: ignore[assignment]


class CouncilDateRow(CouncilDateFields, Kept, table=True):
    """A due date of the council's own."""

    __tablename__ = "council_date"
    __table_args__ = (sa.Index("council_date_case", "case", "kind", "due"), STRICT)
    case: str = points_to("cases.reference")


class ConflictRow(ConflictFields, Kept, table=True):
    """Why a worker must not hold a case."""

    __tablename__ = "conflict"
    __table_args__ = (sa.Index("conflict_case", "case"), STRICT)
    case: str = points_to("cases.reference")
    worker: str = points_to("worker.staff_id")
    why: ConflictReason = choice(ConflictReason)


class PlanRow(PlanFields, Kept, table=True):
    """A saved plan."""

    __tablename__ = "plan"
    __table_args__ = (sa.Index("plan_team", "team"), STRICT)
    name: str = Field(unique=True)
    team: str = points_to("team.name")
    scenario: dict[str, Any] = names_within(_IN_PLANS, default_factory=dict)
    result: dict[str, Any] = names_within(_IN_PLANS, default_factory=dict)
