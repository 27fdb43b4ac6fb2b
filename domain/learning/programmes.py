"""Programmes: a newly qualified year, a student's placement, a progression; their stages and placement days."""

from __future__ import annotations

from pydantic import ConfigDict, Field, field_validator, model_validator

from domain.core.enums import DayKind
from domain.core.fields import Code, Day, Hundredths, Line, Note, ProgrammeNumber, Remark, SaidBy, StaffId
from domain.core.records import Fields

WHOLE_DAY = 100


class ProgrammeFields(Fields["Programme"]):
    """One learner's programme, of a kind that a pack describes.

    ``days`` (placement days to be done) and ``pattern`` (what each weekday from Monday counts) are in hundredths of a
    day; ``settings`` are choices that the pack leaves open (final_months, phase ends).
    """

    worker: StaffId = Field(title="Learner", description="the learner, staff id")
    kind: Code = Field(examples=["asye"], description="see: almoner list programme")
    starts: Day = Field(title="Begins", examples=["2026-09-07"])
    ends: Day | None = Field(default=None, examples=["2027-09-06"])
    level: Code | None = Field(default=None, examples=["first"])
    university: Line = Field(default="", examples=[""], description="a pack may hold its rules")
    educator: StaffId | None = Field(
        default=None, examples=["W100"], description="practice educator or assessor, staff id"
    )
    on_site: StaffId | None = Field(
        default=None, title="On-site supervisor", examples=["W102"], description="on-site supervisor, staff id"
    )
    tutor: SaidBy = Field(default="", repr=False, examples=[""])
    days: Hundredths | None = Field(
        default=None, gt=0, le=50_000, title="Placement days", examples=[70], description="placement days to be done"
    )
    pattern: tuple[int, ...] = Field(
        default=(),
        title="Days a week",
        examples=[[100, 100, 100, 100, 0]],
        description="Monday to Friday, hundredths of a day",
    )
    settings: dict[str, str | bool | int] = Field(default_factory=dict, max_length=20, examples=[{"final_months": 12}])
    ended_on: Day | None = Field(default=None, examples=["2027-09-06"])
    outcome: Line = Field(default="", examples=["pass"])
    note: Remark = Field(default="", repr=False)

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


class MilestoneFields(Fields["Milestone"]):
    """A stage or part of a programme that was reached: a review held, an observation made, a reflection handed in."""

    programme: ProgrammeNumber
    kind: Code = Field(examples=["review_3"], description="as the pack names it")
    on: Day = Field(examples=["2026-12-07"])
    by: SaidBy = Field(default="", repr=False, title="Seen or held by", examples=["Hughes, Ann"])
    outcome: Line = Field(default="", examples=[""])
    note: Remark = Field(default="", repr=False)


class Milestone(MilestoneFields):
    """A milestone as kept."""

    model_config = ConfigDict(frozen=True)
    id: int


class PlacementDayFields(Fields["PlacementDay"]):
    """One day of a placement: ``part`` in hundredths of a day, ``hours`` in hundredths of an hour."""

    programme: ProgrammeNumber
    on: Day = Field(examples=["2026-11-23"])
    kind: DayKind = Field(
        default=DayKind.ATTENDED, examples=["attended"], description="recall, skills, sick, holiday, absent"
    )
    part: Hundredths = Field(default=WHOLE_DAY, examples=[1], description="0.5 for half a day")
    hours: Hundredths | None = Field(default=None, ge=0, le=2400, examples=[7.4])
    note: Remark = Field(default="", repr=False)

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


class ClosureFields(Fields["Closure"]):
    """Days on which a placement rests: a university closure, a reading week, leave; for one programme."""

    programme: ProgrammeNumber
    starts: Day = Field(title="From", examples=["2026-12-21"])
    ends: Day = Field(title="To", examples=["2027-01-01"])
    why: Line = Field(min_length=1, examples=["University closed"])

    @model_validator(mode="after")
    def _in_order(self) -> ClosureFields:
        if self.ends < self.starts:
            raise ValueError("ends: it cannot end before it starts")
        return self


class Closure(ClosureFields):
    """A closure as kept."""

    model_config = ConfigDict(frozen=True)
    id: int


class StageClosingFields(Fields["StageClosing"]):
    """That a stage of a programme is not to be reached any more, and why; until it is taken back it is not late."""

    programme: ProgrammeNumber
    stage: Code = Field(examples=["review_6"], description="as the pack names it")
    on: Day = Field(title="Closed on", examples=["2027-02-01"])
    by: SaidBy = Field(min_length=1, repr=False, title="Closed by", examples=["Hughes, Ann"])
    why: Note = Field(min_length=1, repr=False, title="Why", examples=["Held together with the next review"])


class StageClosing(StageClosingFields):
    """The closing of a stage as kept."""

    model_config = ConfigDict(frozen=True)
    id: int


class ExtensionFields(Fields["Extension"]):
    """That a placement was made longer: ``days`` is the new number of days in all, in hundredths, from ``on``.

    What the programme itself says stays as it was agreed first.
    """

    programme: ProgrammeNumber
    on: Day = Field(title="Agreed on", examples=["2026-12-01"])
    days: Hundredths = Field(gt=0, le=50_000, title="Days in all", examples=[85], description="the new number of days")
    ends: Day | None = Field(default=None, title="New last day", examples=["2027-03-26"])
    by: SaidBy = Field(min_length=1, repr=False, title="Agreed by", examples=["Hughes, Ann; the university"])
    why: Note = Field(min_length=1, repr=False, title="Why", examples=["Ill for three weeks"])


class Extension(ExtensionFields):
    """An extension as kept."""

    model_config = ConfigDict(frozen=True)
    id: int
