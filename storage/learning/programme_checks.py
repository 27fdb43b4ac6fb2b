"""Checks of programmes, milestones, placement days, closures and evidence against other records and the packs."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Any

from domain.core.dates import show_day
from domain.core.enums import DayKind
from domain.core.errors import BadInput, NotFound
from domain.core.refusals.nearest import known_instead
from domain.learning.programmes import (
    Closure,
    ClosureFields,
    Extension,
    ExtensionFields,
    Milestone,
    MilestoneFields,
    PlacementDay,
    PlacementDayFields,
    Programme,
    ProgrammeFields,
    StageClosing,
    StageClosingFields,
)
from domain.learning.records import Evidence, EvidenceFields
from domain.people.people import Worker
from storage.learning.checks import names_and_days, of_learning, of_progression
from storage.learning.programme_record import Kept, dated_stages
from storage.learning.programmes import kept_programmes
from storage.people.periods import while_here
from storage.records.checking import not_ahead, one_of, there, there_if_named
from storage.rules.kept_packs import Packs
from storage.tables.learning import ProgrammeRow

if TYPE_CHECKING:
    from domain.learning.programme_packs import ProgrammeKind
    from storage.records.unit import Unit

WORKED = frozenset({DayKind.ATTENDED, DayKind.RECALL, DayKind.SKILLS})
HALF_A_DAY_AT_MOST = 1200  # hundredths of an hour
_SEEN_BY_OTHERS = ("observation", "feedback")
_SWITCHES = frozenset({"pro_rata"})
_NUMBERS = frozenset({"fte", "most_months"})
_PHASE = re.compile(r"phase_\d_(days|weeks|months|on)")


# a programme -----------------------------------------------------------------------------------------------------


def of_programme(unit: Unit, fields: ProgrammeFields, row: Programme | None) -> None:
    """Refuse a programme that does not fit its kind, its recorded days, or another programme of the learner."""
    there(unit, Worker, fields.worker, "worker")
    there_if_named(unit, Worker, fields.educator, "educator")
    there_if_named(unit, Worker, fields.on_site, "on_site")
    while_here(unit, "programme", fields, row)
    if fields.kind in unit.packs.progressions:  # a progression to a higher grade has criteria, not stages
        of_progression(unit, fields, row)
        return
    not_ahead(fields.ended_on, unit.today, "ended_on")
    if row is not None:
        _as_it_was(unit, fields, row)
    kind = _kind(unit, fields)
    if kind.sort == "placement" and not (fields.days or kind.days):
        words = f"{kind.title} does not say how many days it has: give the number."
        raise BadInput(words, field="days", where="days", hint="Such as 70 or 100.")
    if kind.sort != "placement" and fields.days:
        raise BadInput("only a placement is counted in days.", field="days", where="days")
    if fields.pattern and not sum(fields.pattern):
        raise BadInput("at least one weekday must count.", field="pattern", where="pattern")
    for name, value in fields.settings.items():
        _setting(kind, name, value)
    _one_at_a_time(unit, fields, row, kind)
    if kind.outcomes and fields.outcome and (row is None or row.outcome != fields.outcome):
        _outcome(kind, fields)


def _outcome(kind: ProgrammeKind, fields: ProgrammeFields) -> None:
    """Refuse an outcome that the pack does not name, and one that is not the first of them without a reason."""
    one_of(fields.outcome, kind.outcomes, "outcome", "outcome of this programme")
    if fields.outcome != kind.outcomes[0] and not fields.note:
        raise BadInput(f"say why: {fields.outcome} needs a reason.", field="note", where="note")


def _kind(unit: Unit, fields: ProgrammeFields) -> ProgrammeKind:
    kind = unit.packs.programmes.get(fields.kind)
    if kind is None:
        hint = known_instead(fields.kind, {*unit.packs.programmes, *unit.packs.progressions}, "almoner list programme")
        raise NotFound(f"{fields.kind!r} is not a kind of programme.", field="kind", where="kind", hint=hint)
    if not kind.active:
        raise BadInput(f"{kind.title} is switched off. {kind.reason}", field="kind", where="kind")
    return kind


def _setting(kind: ProgrammeKind, name: str, value: Any) -> None:
    switches = _SWITCHES | {stage.setting for stage in kind.stages if stage.setting and stage.optional}
    numbers = _NUMBERS | {stage.setting for stage in kind.stages if stage.setting and not stage.optional}
    field = f"settings.{name}"
    if name in switches:
        if not isinstance(value, bool):
            raise BadInput(f"{field}: say true or false.", field=field)
    elif _PHASE.fullmatch(name) and name.endswith("_on"):
        _day(field, value)
    elif name in numbers or _PHASE.fullmatch(name):
        _number(field, value)
    else:
        known = ", ".join(sorted(switches | numbers))
        raise BadInput(f"{field}: {kind.title} has no such choice.", field=field, hint=f"There are: {known}.")


def _day(field: str, value: Any) -> None:
    try:
        date.fromisoformat(str(value))
    except ValueError:
        raise BadInput(f"{field}: write the day as 2026-07-20.", field=field) from None


def _number(field: str, value: Any) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value <= 400:
        raise BadInput(f"{field}: give a whole number from 1 to 400.", field=field)


def _one_at_a_time(unit: Unit, fields: ProgrammeFields, row: Programme | None, kind: ProgrammeKind) -> None:
    if fields.ended_on is not None:
        return
    for other in unit.all(Programme, ProgrammeRow.worker == fields.worker):
        known = unit.packs.programmes.get(other.kind)
        if other.ended_on is not None or (row is not None and other.id == row.id):
            continue
        if known is not None and known.sort == kind.sort:
            words = f"{other.worker} is in programme {other.id} ({known.title}) already."
            raise BadInput(words, field="worker", where="worker", hint="End that one first: one at a time.")


def _as_it_was(unit: Unit, fields: ProgrammeFields, row: Programme) -> None:
    """Refuse changes that leave recorded days outside the programme, or give it to another learner."""
    if fields.worker != row.worker:
        raise BadInput("a programme stays with its learner: record another.", field="worker", where="worker")
    days = [line.on for line in _there(unit, row.id).days]
    if days and fields.starts > days[0]:
        raise BadInput(f"a day on {show_day(days[0])} is recorded already.", field="starts", where="starts")
    if days and fields.ended_on and fields.ended_on < days[-1]:
        raise BadInput(f"a day on {show_day(days[-1])} is recorded already.", field="ended_on", where="ended_on")


# days and closures -----------------------------------------------------------------------------------------------


def of_day(unit: Unit, fields: PlacementDayFields, row: PlacementDay | None) -> None:
    """Refuse a day outside its placement, in a closure or recorded already, and hours that it cannot have."""
    kept, on = _placement(unit, fields), fields.on
    _within(kept, on)
    if any(closure.starts <= on <= closure.ends for closure in kept.closures):
        raise BadInput(f"{show_day(on)} lies in a closure.", field="on", where="on", hint="Change the closure first.")
    same = next((line for line in kept.days if line.on == on), None)
    if same is not None and (row is None or row.on != on):
        words = f"{show_day(on)} is recorded already ({same.kind})."
        raise BadInput(words, field="on", where="on", hint="Change that one.")
    _hours(fields)


def _hours(fields: PlacementDayFields) -> None:
    hours = fields.hours
    if not hours:
        return
    if fields.kind not in WORKED:
        raise BadInput(f"a day that is {fields.kind} has no hours.", field="hours", where="hours")
    if fields.part < 100 and hours > HALF_A_DAY_AT_MOST:
        raise BadInput("half a day has at most 12 hours.", field="hours", where="hours")


def of_closure(unit: Unit, fields: ClosureFields, _row: Closure | None) -> None:
    """Refuse a closure that covers a recorded day, or that belongs to no placement."""
    for line in _placement(unit, fields).days:
        if fields.starts <= line.on <= fields.ends:
            raise BadInput(f"a day on {show_day(line.on)} is recorded already.", field="starts", where="starts")


def of_extension(unit: Unit, fields: ExtensionFields, row: Extension | None) -> None:
    """Refuse an extension that makes nothing longer, of a placement that has ended, or agreed before the last one."""
    not_ahead(fields.on, unit.today, "on")
    kept = _placement(unit, fields)
    _within(kept, fields.on)
    others = [one for one in kept.extensions if row is None or one.id != row.id]
    if any(one.on >= fields.on for one in others):
        raise BadInput("a later extension, or one of that day, is recorded.", field="on", where="on")
    before = max((one.days for one in others), default=kept.first_target or 0)
    if fields.days <= before:
        words = f"the placement has {before / 100:g} days: an extension is longer."
        raise BadInput(words, field="days", where="days")
    if fields.ends is not None and fields.ends < fields.on:
        raise BadInput("it cannot end before that was agreed.", field="ends", where="ends")


def of_stage_closing(unit: Unit, fields: StageClosingFields, row: StageClosing | None) -> None:
    """Refuse a stage that the programme does not have, one that was reached or closed, and one not yet due."""
    names_and_days(unit, fields)
    kept = _there(unit, fields.programme)
    known = {stage["id"]: day for stage, day in dated_stages(kept)}
    if fields.stage not in known:
        words = f"stage: {kept.title} has no stage {fields.stage!r}."
        raise NotFound(words, field="stage", hint=known_instead(fields.stage, known))
    if fields.stage in kept.reached:
        raise BadInput("that stage was reached: there is nothing to close.", field="stage", where="stage")
    due = known[fields.stage]
    if due is not None and fields.on <= due:
        words = f"it is due on {show_day(due)}: a stage is closed once its day has passed."
        raise BadInput(words, field="on", where="on")
    if fields.stage in kept.closed and (row is None or row.stage != fields.stage):
        raise BadInput("that stage is closed already.", field="stage", where="stage")


# milestones and evidence -----------------------------------------------------------------------------------------


def of_milestone(unit: Unit, fields: MilestoneFields, _row: Milestone | None) -> None:
    """Refuse a milestone that its kind of programme does not have, or that lies outside the programme."""
    names_and_days(unit, fields)
    kept = _there(unit, fields.programme)
    kind = unit.packs.programmes.get(kept.kind)
    if kind is not None and fields.kind not in kind.milestones:
        words = f"kind: {kind.title} has no milestone {fields.kind!r}."
        raise NotFound(words, field="kind", hint=known_instead(fields.kind, kind.milestones))
    early = kind is not None and any(s.id == fields.kind and s.when.start for s in kind.stages)
    if not early:
        _within(kept, fields.on)
    _by_another(unit, kept.worker, fields.kind, fields.by, "by")


def of_evidence(unit: Unit, fields: EvidenceFields, row: Evidence | None) -> None:
    """Refuse evidence that only the learner has seen, or that belongs to somebody else's programme."""
    of_learning(unit, fields, row)
    _by_another(unit, fields.worker, fields.kind, fields.seen_by, "seen_by")
    if fields.programme is not None and _there(unit, fields.programme).worker != fields.worker:
        raise BadInput(f"it is not a programme of {fields.worker}.", field="programme", where="programme")


def _by_another(unit: Unit, worker: str, kind: str, who: str, field: str) -> None:
    if who and kind.startswith(_SEEN_BY_OTHERS) and _words(who) in (_words(worker), _words(_name(unit, worker))):
        raise BadInput(f"{field}: an observation or feedback is somebody else's, not the learner's own.", field=field)


def _name(unit: Unit, worker: str) -> str:
    found = unit.find(Worker, worker)
    return found.name if found else ""


def _words(name: str) -> tuple[str, ...]:
    """Return the words of a name in a fixed order, so that "Okafor, Chidi" is Chidi Okafor."""
    return tuple(sorted(re.findall(r"[\w'-]+", name.casefold())))


# shared ----------------------------------------------------------------------------------------------------------


def _there(unit: Unit, number: int) -> Kept:
    kept = next(iter(kept_programmes(unit.reader, Packs(unit.reader), unit.today, ids=[number])), None)
    if kept is None:
        hint = "See: almoner list programme --open"
        raise NotFound(f"there is no programme {number}.", field="programme", where="programme", hint=hint)
    return kept


def _placement(unit: Unit, fields: PlacementDayFields | ClosureFields | ExtensionFields) -> Kept:
    names_and_days(unit, fields)
    kept = _there(unit, fields.programme)
    if kept.sort != "placement":
        raise BadInput(f"{kept.title} is not counted in days.", field="programme", where="programme")
    return kept


def _within(kept: Kept, on: date) -> None:
    if on < kept.starts:
        raise BadInput(f"the programme starts on {show_day(kept.starts)}.", field="on", where="on")
    if kept.ended is not None and on > kept.ended:
        raise BadInput(f"the programme ended on {show_day(kept.ended)}.", field="on", where="on")
