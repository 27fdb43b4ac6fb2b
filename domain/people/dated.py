"""What is true of a worker or a team from one day to another: hours, grade, team, who supervises; a full-time load.

A record itself says what holds otherwise, and a period what held, or will hold, for a time. So a figure for a day in
the past rests on what stood then, and what is booked comes in force on its day without anybody doing anything.
"""

from __future__ import annotations

from typing import Any, Self

from pydantic import ConfigDict, Field, model_validator

from domain.core.dates import FROM_UNTIL
from domain.core.fields import Code, ContractHours, Day, Fte, Hundredths, Line, StaffId, TeamName
from domain.core.records import Fields, R_co, refuse_both
from domain.people.timeline import CONTRACT

WORKER_DATED = ("fte", "hours", "grade", "team", "role", "supervisor", "line_manager", "agency")
TEAM_DATED = ("full_time_points", "full_time_hours", "scheme")
MAY_BE_NOTHING = frozenset(("supervisor", "line_manager", "full_time_points", "full_time_hours"))


def in_words(name: str) -> str:
    """Return what a field is called in a sentence."""
    return "FTE" if name == "fte" else name.replace("_", " ")


class _PeriodFields(Fields[R_co]):
    """What every period has: from when, up to and including when, and what held nothing in it.

    ``starts`` None: as long as is known; ``ends`` None: until further notice. ``without`` names what there was none of
    (nobody supervised, no full-time load was agreed). In documents the two days are called ``from`` and ``until``.
    """

    starts: Day | None = Field(default=None, title="From", examples=["2026-09-01"], description="the first day of it")
    ends: Day | None = Field(default=None, title="Until", examples=["2027-07-31"], description="the last day of it")
    without: tuple[Line, ...] = Field(default=(), examples=[[]], description="what there was none of, by field")

    @model_validator(mode="before")
    @classmethod
    def _as_written(cls, data: Any) -> Any:
        return {FROM_UNTIL.get(name, name): value for name, value in data.items()} if isinstance(data, dict) else data

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.starts and self.ends and self.ends < self.starts:
            raise ValueError("until: a period cannot end before it begins")
        if unknown := [name for name in self.without if name not in MAY_BE_NOTHING or not hasattr(self, name)]:
            raise ValueError(f"without: there is always a {in_words(unknown[0])}")
        if twice := [name for name in self.without if getattr(self, name) is not None]:
            raise ValueError(f"without: the {in_words(twice[0])} is given as well: leave out one of the two")
        refuse_both(getattr(self, "fte", None), getattr(self, "hours", None), "fte")
        if not self.said:
            raise ValueError(f"{self._dated()[0]}: give at least one of {', '.join(map(in_words, self._dated()))}")
        return self

    @property
    def said(self) -> dict[str, Any]:
        """What holds for the time, by field; None where there was none."""
        given = {name: getattr(self, name) for name in self._dated() if getattr(self, name) is not None}
        other_way = [name for name in CONTRACT if given.keys() & set(CONTRACT) and name not in given]
        return given | dict.fromkeys((*self.without, *other_way))

    def _dated(self) -> tuple[str, ...]:
        raise NotImplementedError


class WorkerPeriodFields(_PeriodFields["WorkerPeriod"]):
    """What was or will be true of a worker for a time; what is left out is as the worker's own record says."""

    worker: StaffId
    fte: Fte | None = Field(default=None, title="FTE", examples=[0.6])
    hours: ContractHours | None = Field(
        default=None, title="Hours a week", examples=[30], description="in place of fte"
    )
    grade: Code | None = Field(default=None, examples=["children-sw"], description="see: almoner list grade")
    team: TeamName | None = Field(default=None, examples=["North"])
    role: Line | None = Field(default=None, examples=["Social worker"])
    supervisor: StaffId | None = None
    line_manager: StaffId | None = None
    agency: bool | None = Field(default=None, title="Agency worker", examples=[False])

    def _dated(self) -> tuple[str, ...]:
        return WORKER_DATED


class WorkerPeriod(WorkerPeriodFields):
    """A worker's period as kept."""

    model_config = ConfigDict(frozen=True)
    id: int


class TeamPeriodFields(_PeriodFields["TeamPeriod"]):
    """What was or will be true of a team for a time; what is left out is as the team's own record says."""

    team: TeamName
    full_time_points: Hundredths | None = Field(default=None, gt=0, le=10_000_000, examples=[100])
    full_time_hours: Hundredths | None = Field(default=None, gt=0, le=10_000, examples=[37])
    scheme: Code | None = Field(default=None, title="Weighting scheme", examples=["three-factor"])

    def _dated(self) -> tuple[str, ...]:
        return TEAM_DATED


class TeamPeriod(TeamPeriodFields):
    """A team's period as kept."""

    model_config = ConfigDict(frozen=True)
    id: int
