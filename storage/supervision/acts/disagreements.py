"""What is done with disagreements: raise, take to the next stage, end with an outcome.

The days of a stage are working days in the nation of the worker's team, or of the case.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from domain.core.dates import show_day
from domain.core.errors import BadInput
from domain.supervision.discussions import Disagreement, DisagreementFields
from domain.supervision.escalation import Rung, following
from storage.records.unit import Done
from storage.supervision.ladders import known_ladder

if TYPE_CHECKING:
    from domain.core.workdays import Workdays
    from storage.records.unit import Unit

OF_SUPERVISION, OF_CASE = "supervision", "case"


def raise_one(
    unit: Unit,
    about: str,
    raised_by: str,
    *,
    worker: str | None = None,
    case: str | None = None,
    on: date | None = None,
    with_whom: str = "",
) -> Done[Disagreement]:
    """Raise a disagreement, on the first stage of its ladder: that of cases where no worker is named."""
    ladder = OF_CASE if case and not worker else OF_SUPERVISION
    first, on = known_ladder(unit.packs, ladder)[0], on or unit.today
    kept = unit.record(
        DisagreementFields(
            worker=worker,
            case=case,
            about=about,
            raised_by=raised_by,
            raised_on=on,
            ladder=ladder,
            stage=first.id,
            stage_on=on,
            with_whom=with_whom or first.with_whom,
            due=first.due(on, _calendar(unit, worker, case)),
        )
    )
    return Done(kept, unit.finish(f"Raised disagreement {kept.id}"))


def escalate(
    unit: Unit,
    number: int,
    *,
    on: date | None = None,
    with_whom: str = "",
    due: date | None = None,
    seen: int | None = None,
) -> Done[Disagreement]:
    """Take a disagreement to the next stage of its ladder, from ``on``; raises BadInput on the last one."""
    found, on = _open_one(unit, number), on or unit.today
    stage = _next(unit, found)
    if on < found.stage_on:
        raise BadInput(f"The stage before began on {show_day(found.stage_on)}.", field="stage_on")
    if on > unit.today:
        raise BadInput(f"{show_day(on)} lies in the future.", field="stage_on")
    changes = {
        "stage": stage.id,
        "stage_on": on,
        "with_whom": with_whom or stage.with_whom,
        "due": due or stage.due(on, _calendar(unit, found.worker, found.case)),
    }
    kept = unit.amend_by(Disagreement, number, changes, seen)
    return Done(kept, unit.finish(f"Took disagreement {number} to the next stage"))


def _next(unit: Unit, found: Disagreement) -> Rung:
    stage = following(known_ladder(unit.packs, found.ladder), found.stage)
    if stage is None:
        hint = "End it with its outcome instead."
        raise BadInput("This is the last stage of its ladder.", field="stage", hint=hint)
    return stage


def end(unit: Unit, number: int, outcome: str, on: date | None = None, seen: int | None = None) -> Done[Disagreement]:
    """End a disagreement with its outcome."""
    found, on = _open_one(unit, number), on or unit.today
    if not outcome.strip():
        raise BadInput("Say how it ended.", field="outcome")
    if on < found.stage_on:
        raise BadInput(f"Its stage began on {show_day(found.stage_on)}.", field="ended_on")
    kept = unit.amend_by(Disagreement, number, {"outcome": outcome, "ended_on": on}, seen)
    return Done(kept, unit.finish(f"Ended disagreement {number}"))


def _open_one(unit: Unit, number: int) -> Disagreement:
    found = unit.get(Disagreement, number)
    if found.ended_on is not None:
        raise BadInput(f"This disagreement ended on {show_day(found.ended_on)}.", field="disagreement")
    return found


def _calendar(unit: Unit, worker: str | None, case: str | None) -> Workdays:
    query = """SELECT t.nation FROM team t
        WHERE t.name = (SELECT w.team FROM worker_on(:today) w WHERE w.staff_id = :worker)
        UNION ALL SELECT nation FROM cases WHERE reference = :case LIMIT 1"""
    return unit.packs.calendar(unit.reader.value(query, worker=worker, case=case, today=unit.today) or "england")
