"""Programmes: a newly qualified year, a student's placement, a progression; their stages and placement days."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from domain.fields import Code, Day, Line, Note, Reference
from domain.ids import DayKind

WHOLE_DAY = 100


class ProgrammeFields(BaseModel):
    """One learner's programme, of a kind that a pack describes.

    ``days`` (placement days to be done) and ``pattern`` (what each weekday from Monday counts) are in hundredths of a
    day; ``settings`` are choices that the pack leaves open (final_months, phase ends).
    """

    worker: Reference
    kind: Code
    starts: Day
    ends: Day | None = None
    level: Code | None = None
    university: Line = ""
    educator: Reference | None = None
    on_site: Reference | None = None
    tutor: Line = Field(default="", repr=False)
    days: int | None = Field(default=None, gt=0, le=50_000)
    pattern: tuple[int, ...] = ()
    settings: dict[str, str | bool | int] = Field(default_factory=dict, max_length=20)
    ended_on: Day | None = None
    outcome: Line = ""
    note: Note = Field(default="", repr=False)

    @field_validator("pattern")
    @classmethod
    def _seven_days(cls, pattern: tuple[int, ...]) -> tuple[int, ...]:
        if len(pattern) > 7:
            raise ValueError("a week has seven days")
        if any(part not in (0, WHOLE_DAY // 2, WHOLE_DAY) for part in pattern):
            raise ValueError("each weekday counts a whole day (100), half a day (50) or nothing (0)")
        return pattern

    @model_validator(mode="after")
    def _whole(self) -> ProgrammeFields:
        for field in ("ends", "ended_on"):
            if (day := getattr(self, field)) and day < self.starts:
                raise ValueError(f"{field}: a programme cannot end before it starts")
        if self.worker in (self.educator, self.on_site):
            raise ValueError("educator: nobody is their own educator or supervisor")
        return self


class Programme(ProgrammeFields):
    """A programme as kept."""

    model_config = ConfigDict(frozen=True)
    id: int


class MilestoneFields(BaseModel):
    """A stage or part of a programme that was reached: a review held, an observation made, a reflection handed in."""

    programme: int
    kind: Code
    on: Day
    by: Line = Field(default="", repr=False)
    outcome: Line = ""
    note: Note = Field(default="", repr=False)


class Milestone(MilestoneFields):
    """A milestone as kept."""

    model_config = ConfigDict(frozen=True)
    id: int


class PlacementDayFields(BaseModel):
    """One day of a placement: ``part`` in hundredths of a day, ``hours`` in hundredths of an hour."""

    programme: int
    on: Day
    kind: DayKind = DayKind.ATTENDED
    part: int = WHOLE_DAY
    hours: int | None = Field(default=None, ge=0, le=2400)
    note: Note = Field(default="", repr=False)

    @field_validator("part")
    @classmethod
    def _whole_or_half(cls, part: int) -> int:
        if part not in (WHOLE_DAY // 2, WHOLE_DAY):
            raise ValueError("a placement day is whole (1) or half (0.5)")
        return part


class PlacementDay(PlacementDayFields):
    """A placement day as kept."""

    model_config = ConfigDict(frozen=True)
    id: int


class ClosureFields(BaseModel):
    """Days on which a placement rests: a university closure, a reading week, leave; for one programme."""

    programme: int
    starts: Day
    ends: Day
    why: Line = Field(min_length=1)

    @model_validator(mode="after")
    def _in_order(self) -> ClosureFields:
        if self.ends < self.starts:
            raise ValueError("ends: it cannot end before it starts")
        return self


class Closure(ClosureFields):
    """A closure as kept."""

    model_config = ConfigDict(frozen=True)
    id: int
