"""Teams, workers and dated losses of capacity. Grades are data: see packs/grades.toml."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import ConfigDict, Field, model_validator

from domain.core.enums import Nation
from domain.core.fields import (
    Code,
    ContractHours,
    Day,
    Details,
    Fte,
    Hundredths,
    Line,
    Marker,
    Reference,
    Remark,
    StaffId,
    StaffName,
    TeamName,
)
from domain.core.records import Fields, refuse_both
from domain.people.timeline import CONTRACT

WHOLE_POST = 100  # hundredths of full time


class TeamFields(Fields["Team"]):
    """A team as it is written down.

    ``full_time_points`` is the council's own points budget and ``full_time_hours`` its contract week, both in
    hundredths; ``red_weeks`` is after how many weeks over the red line a worker's load is a state of its own.
    From ``in_use_since`` on supervision, discussions and registration years are counted; without it, from the start.
    """

    name: TeamName = Field(title="Name of the team", examples=["North"])
    nation: Nation = Field(
        default=Nation.ENGLAND, examples=["england"], description="england, wales, scotland, northern_ireland"
    )
    service: Line = Field(default="", examples=["Children's services"])
    scheme: Code = Field(
        default="three-factor",
        title="Weighting scheme",
        examples=["three-factor"],
        description="see: almoner list scheme",
    )
    full_time_points: Hundredths | None = Field(
        default=None,
        gt=0,
        le=10_000_000,
        examples=[100],
        description="what a full-time worker can carry; your own figure",
    )
    full_time_hours: Hundredths | None = Field(
        default=None, gt=0, le=10_000, examples=[37], description="the contract week"
    )
    red_weeks: int | None = Field(
        default=None, ge=1, le=52, examples=[4], description="weeks over the red line before it is a concern"
    )
    in_use_since: Day | None = Field(
        default=None,
        title="In use since",
        examples=["2026-09-01"],
        description="the day the team began to use Almoner: supervision is counted from then",
    )


class WorkerFields(Fields["Worker"]):
    """A worker as written down; the manager and supervisor by their staff ids.

    The contract is ``fte`` or ``hours`` a week, never both, in hundredths; where neither is given, it is full time.
    ``specialisms`` are what a case may ask for (a language, a field of work); ``areas`` are those the worker covers;
    ``supervises_most`` is the agreed number of people they supervise.
    """

    staff_id: Reference = Field(examples=["W101"])
    name: StaffName = Field(repr=False, examples=["Okafor, Chidi"])
    team: TeamName = Field(examples=["North"])
    grade: Code = Field(examples=["children-sw"], description="see: almoner list grade")
    role: Line = Field(default="", examples=["Social worker"])
    fte: Fte | None = Field(default=None, title="FTE", examples=[1.0], description="0.6 is three days a week")
    hours: ContractHours | None = Field(
        default=None, title="Hours a week", examples=[30], description="in place of fte: the contract in hours a week"
    )
    started: Day | None = Field(default=None, title="Started on", examples=["2025-09-01"])
    leaves: Day | None = Field(default=None, title="Leaves on", examples=["2026-12-31"])
    line_manager: StaffId | None = Field(default=None, examples=["W100"])
    supervisor: StaffId | None = Field(default=None, examples=["W100"], description="staff id")
    registration: Annotated[Line, Marker.HIDDEN] = Field(default="", repr=False, examples=["SW123456"])
    specialisms: tuple[Line, ...] = Field(default=(), examples=[["court work"]], description="what a case may ask for")
    areas: tuple[Line, ...] = Field(
        default=(), title="Areas covered", examples=[["Leeds North"]], description="the areas covered"
    )
    supervises_most: int | None = Field(
        default=None,
        ge=0,
        le=100,
        title="Supervises up to",
        examples=[6],
        description="the agreed number of people supervised",
    )
    agency: bool = Field(default=False, title="Agency worker", examples=[False])
    email: Annotated[Line, Marker.HIDDEN] = Field(
        default="", repr=False, title="E-mail", examples=["someone@example.org"]
    )

    @model_validator(mode="before")
    @classmethod
    def _full_time(cls, data: Any) -> Any:
        neither = isinstance(data, dict) and not any(name in data for name in CONTRACT)
        return {**data, "fte": WHOLE_POST} if neither else data

    @model_validator(mode="after")
    def _in_order(self) -> WorkerFields:
        refuse_both(self.fte, self.hours, "fte")
        if self.fte is None and self.hours is None:
            raise ValueError("fte: give the share of full time, or hours")
        if self.started and self.leaves and self.leaves < self.started:
            raise ValueError("leaves: a worker cannot leave before the day they started")
        if self.staff_id in (self.supervisor, self.line_manager):
            raise ValueError("supervisor: nobody supervises or manages themselves")
        return self


class Worker(WorkerFields):
    """A worker as kept."""

    model_config = ConfigDict(frozen=True)
    id: int


class Team(TeamFields):
    """A team as kept."""

    model_config = ConfigDict(frozen=True)
    id: int


class WorkerEventFields(Fields["WorkerEvent"]):
    """A dated fact about a worker that rules count from: registration renewed, training done, a programme begun."""

    worker: StaffId
    kind: Code = Field(examples=["started_work"], description="see: almoner list event-kind")
    on: Day = Field(examples=["2026-09-01"], description="the day it happened")
    details: Details = Field(default_factory=dict, examples=[{"first": True}])
    note: Remark = Field(default="", repr=False)


class WorkerEvent(WorkerEventFields):
    """A worker's event as kept."""

    model_config = ConfigDict(frozen=True)
    id: int
