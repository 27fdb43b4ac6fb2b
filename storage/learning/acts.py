"""Acts on learning: approve, end and plan needs; begin programmes; save the days of a register."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from domain.core.enums import DayKind, LearningOutcome
from domain.core.errors import BadInput
from domain.core.text import plural
from domain.learning.cpd import NOT_COUNTED
from domain.learning.programmes import (
    PlacementDay,
    PlacementDayFields,
    Programme,
    ProgrammeFields,
    StageClosing,
    StageClosingFields,
)
from domain.learning.records import CpdClosing, CpdClosingFields, LearningNeed, LearningNeedFields
from domain.load.records import Reduction, ReductionFields
from storage.learning.cpd import year_of
from storage.learning.programmes import kept_programme
from storage.load.steps import record_ramp
from storage.records.unit import Done
from storage.rules.kept_packs import Packs
from storage.tables import PlacementDayRow

if TYPE_CHECKING:
    from storage.records.unit import Unit


# needs ---------------------------------------------------------------------------------------------------------------


def approve_need(unit: Unit, number: int) -> Done[LearningNeed]:
    """Approve the plan for a need and its cost, in the name of whoever is acting."""
    kept = unit.amend_by(LearningNeed, number, {"approved_on": unit.today, "approved_by": unit.actor})
    return Done(kept, unit.finish(f"Approved a learning need of {kept.worker}"))


def end_need(unit: Unit, number: int, outcome: LearningOutcome, why: str = "") -> Done[LearningNeed]:
    """End a need: met, changed or dropped, the last two with a reason."""
    kept = unit.amend_by(LearningNeed, number, {"ended_on": unit.today, "outcome": outcome, "why": why})
    return Done(kept, unit.finish(f"Ended a learning need of {kept.worker}: {outcome.value}"))


def plan_together(
    unit: Unit, numbers: Sequence[int], method: str, due: date, *, plan: str = "", cost: int | None = None
) -> int:
    """Plan one thing for several needs, and return for how many; ``cost`` is in pence and for each of them."""
    for number in numbers:
        with unit.amend(LearningNeedFields, number) as need:
            need.method, need.due = method, due
            if plan:
                need.plan = plan
            if cost is not None:
                need.cost = cost
    unit.finish(f"Planned one {method.replace('_', ' ')} for {plural(len(numbers), 'learning need')}")
    return len(numbers)


# registration years and stages ---------------------------------------------------------------------------------------


def close_year(unit: Unit, worker: str, day: date, why: str, on: date | None = None) -> Done[CpdClosing]:
    """Close the registration year that holds a day, in the name of whoever is acting; raises BadInput."""
    state = year_of(unit.reader, worker, day, unit.today)
    if state is not None and state.state == NOT_COUNTED:
        words = f"The year {state.year.title} is {state.words}. There is nothing to close."
        raise BadInput(words, field="year", where="year")
    end = state.year.end if state else day
    said = {"worker": worker, "year": end, "on": on or unit.today, "by": unit.actor, "why": why}
    kept = unit.record(unit.kinds.of(CpdClosingFields).read(said))
    return Done(kept, unit.finish(f"Closed the registration year of {worker} to {end}"))


def close_stage(unit: Unit, programme: int, stage: str, why: str, on: date | None = None) -> Done[StageClosing]:
    """Close a stage whose day has passed, in the name of whoever is acting; raises BadInput."""
    said = {"programme": programme, "stage": stage, "on": on or unit.today, "by": unit.actor, "why": why}
    kept = unit.record(unit.kinds.of(StageClosingFields).read(said))
    return Done(kept, unit.finish(f"Closed stage {stage} of programme {programme}"))


# programmes ----------------------------------------------------------------------------------------------------------


class Begun(NamedTuple):
    """A programme that was recorded, and the reductions that go with it."""

    programme: Programme
    reductions: Sequence[Reduction]


def begin_programme(unit: Unit, fields: ProgrammeFields, *, ramp: str = "", relief: int = 0) -> Begun:
    """Begin a programme; the learner follows ``ramp`` from its first day, the educator has ``relief`` percent less.

    The relief lasts to the end as it looks now; a ramp lasts its own months, whatever the learner's hours. Raises
    BadInput or NotFound naming the field.
    """
    programme = unit.record(fields)
    less = list(record_ramp(unit, programme.worker, ramp, programme.starts)) if ramp else []
    if relief and programme.educator:
        less.append(_relief(unit, programme, programme.educator, relief))
    unit.finish(f"Began programme {programme.id} of {programme.worker}")
    return Begun(programme, less)


def _relief(unit: Unit, programme: Programme, educator: str, percent: int) -> Reduction:
    kept = kept_programme(unit.reader, Packs(unit.reader), programme.id, unit.today)
    return unit.record(
        ReductionFields(
            worker=educator,
            kind="practice_educator",
            percent=percent,
            reason=unit.packs.reasons["practice_educator"].title,
            starts=programme.starts,
            ends=kept.planned_end or programme.ends,
            note=f"Programme {programme.id}",
        )
    )


class DayMark(NamedTuple):
    """What a placement day was, and how much of it, in hundredths."""

    kind: DayKind
    part: int


def save_days(unit: Unit, programme: int, marks: Mapping[date, DayMark | None]) -> int:
    """Save the marked days of a register, all or none, and return how many; a day marked None is removed."""
    kept = {line.on: line for line in unit.all(PlacementDay, PlacementDayRow.programme == programme)}
    for day, mark in sorted(marks.items()):
        _save_day(unit, programme, day, mark, kept.get(day))
    unit.finish(f"Filled in {plural(len(marks), 'day')} of programme {programme}")
    return len(marks)


def _save_day(unit: Unit, programme: int, day: date, mark: DayMark | None, there: PlacementDay | None) -> None:
    if mark is None:
        if there is not None:
            unit.remove(PlacementDay, there.id)
    elif there is None:
        unit.record(PlacementDayFields(programme=programme, on=day, kind=mark.kind, part=mark.part))
    else:
        with unit.amend(PlacementDayFields, there.id) as line:
            line.kind, line.part = mark.kind, mark.part
            if there.part != mark.part:
                line.hours = None
