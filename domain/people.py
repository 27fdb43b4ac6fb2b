"""Teams, workers and dated losses of capacity. Grades are data: see packs/grades.toml."""

from __future__ import annotations

from datetime import date

from pydantic import BaseModel, ConfigDict, Field, model_validator

from domain.fields import Code, Day, Details, Fte, Line, Name, Note, Percent, Reference
from domain.ids import Nation


class TeamFields(BaseModel):
    """A team as it is written down.

    ``full_time_points`` is the council's own points budget and ``full_time_hours`` its contract week, both in
    hundredths; ``red_weeks`` is after how many weeks over the red line a worker's load is a state of its own.
    """

    name: Name
    nation: Nation = Nation.ENGLAND
    service: Line = ""
    scheme: Code = "three-factor"
    full_time_points: int | None = Field(default=None, gt=0, le=10_000_000)
    full_time_hours: int | None = Field(default=None, gt=0, le=10_000)
    red_weeks: int | None = Field(default=None, ge=1, le=52)


class WorkerFields(BaseModel):
    """A worker as written down; ``fte`` in hundredths, the manager and supervisor by their staff ids.

    ``specialisms`` are what a case may ask for (a language, a field of work); ``areas`` are those the worker covers;
    ``supervises_most`` is the agreed number of people they supervise.
    """

    staff_id: Reference
    name: Name = Field(repr=False)
    team: Name
    grade: Code
    role: Line = ""
    fte: Fte = 100
    started: Day | None = None
    leaves: Day | None = None
    line_manager: Reference | None = None
    supervisor: Reference | None = None
    registration: Line = Field(default="", repr=False)
    specialisms: tuple[Line, ...] = ()
    areas: tuple[Line, ...] = ()
    supervises_most: int | None = Field(default=None, ge=0, le=100)
    agency: bool = False
    email: Line = Field(default="", repr=False)

    @model_validator(mode="after")
    def _in_order(self) -> WorkerFields:
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


class ReductionFields(BaseModel):
    """A dated loss of capacity, as a share of contract hours; open-ended while ``ends`` is not set.

    ``kind`` is one of the reasons that the packs in force list; ``reason`` says it in the team's own words.
    """

    worker: Reference
    percent: Percent
    reason: Line = Field(min_length=1)
    kind: Code = "other"
    starts: Day
    ends: Day | None = None
    note: Note = Field(default="", repr=False)

    @model_validator(mode="after")
    def _in_order(self) -> ReductionFields:
        if self.ends and self.ends < self.starts:
            raise ValueError("ends: a reduction cannot end before it starts")
        return self

    def covers(self, day: date) -> bool:
        """Whether the reduction counts on ``day`` (both ends included)."""
        return self.starts <= day and (self.ends is None or day <= self.ends)


class Reduction(ReductionFields):
    """A reduction as kept."""

    model_config = ConfigDict(frozen=True)
    id: int


class WorkerEventFields(BaseModel):
    """A dated fact about a worker that rules count from: registration renewed, training done, a programme begun."""

    worker: Reference
    kind: Code
    on: Day
    details: Details = Field(default_factory=dict)
    note: Note = Field(default="", repr=False)


class WorkerEvent(WorkerEventFields):
    """A worker's event as kept."""

    model_config = ConfigDict(frozen=True)
    id: int
