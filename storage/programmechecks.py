"""What programmes, their milestones, days and closures cannot be beside what is kept: refused with the field named."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from domain.dates import show_day
from domain.errors import BadInput, NotFound
from domain.ids import DayKind
from storage.programmes import Kept, kept_programmes
from storage.reading import Packs

if TYPE_CHECKING:
    from domain.programmekinds import ProgrammeKind
    from storage.unit import Unit

Fields = Mapping[str, Any]

WORKED = frozenset({DayKind.ATTENDED, DayKind.RECALL, DayKind.SKILLS})
HALF_A_DAY_AT_MOST = 1200  # hundredths of an hour
_SEEN_BY_OTHERS = ("observation", "feedback")
_SWITCHES = frozenset({"pro_rata"})
_NUMBERS = frozenset({"fte", "most_months"})
_PHASE = re.compile(r"phase_\d_(days|weeks|months|on)")


# a programme -----------------------------------------------------------------------------------------------------


def of_programme(unit: Unit, fields: Fields, row: Any) -> None:
    """Raise BadInput or NotFound when a programme cannot be kept so."""
    _not_ahead(fields["ended_on"], unit.today, "ended_on")
    if row is not None:
        _as_it_was(unit, fields, row)
    if fields["kind"] in unit.packs.progressions:
        return  # a way to a higher grade has criteria, not stages
    kind = _kind(unit, fields)
    if kind.sort == "placement" and not (fields["days"] or kind.days):
        raise BadInput(
            f"days: {kind.title} has no days of its own: give them.", field="days", hint="Such as 70 or 100."
        )
    if kind.sort != "placement" and fields["days"]:
        raise BadInput("days: only a placement is counted in days.", field="days")
    if fields["pattern"] and not sum(fields["pattern"]):
        raise BadInput("pattern: at least one weekday counts.", field="pattern")
    for name, value in fields["settings"].items():
        _setting(kind, name, value)
    _one_at_a_time(unit, fields, row, kind)


def _kind(unit: Unit, fields: Fields) -> ProgrammeKind:
    kind = unit.packs.programmes.get(fields["kind"])
    if kind is None:
        hint = "Known: " + ", ".join(sorted({*unit.packs.programmes, *unit.packs.progressions})) + "."
        raise NotFound(f"kind: {fields['kind']!r} is not a kind of programme.", field="kind", hint=hint)
    if not kind.active:
        raise BadInput(f"kind: {kind.title} is switched off. {kind.reason}", field="kind")
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


def _one_at_a_time(unit: Unit, fields: Fields, row: Any, kind: ProgrammeKind) -> None:
    if fields["ended_on"] is not None:
        return
    for other in unit.all("programme", worker=fields["worker"], ended_on=None):
        known = unit.packs.programmes.get(other.kind)
        if (row is None or other.id != row.id) and known is not None and known.sort == kind.sort:
            raise BadInput(
                f"worker: {other.worker} is in programme {other.id} ({known.title}) already.",
                field="worker",
                hint="End that one first: one at a time.",
            )


def _as_it_was(unit: Unit, fields: Fields, row: Any) -> None:
    """What was recorded stays within the programme, and with its learner."""
    if fields["worker"] != row.worker:
        raise BadInput("worker: a programme stays with its learner: record another.", field="worker")
    days = [line.on for line in _there(unit, row.id).days]
    if days and fields["starts"] > days[0]:
        raise BadInput(f"starts: a day on {show_day(days[0])} is recorded already.", field="starts")
    if days and fields["ended_on"] and fields["ended_on"] < days[-1]:
        raise BadInput(f"ended_on: a day on {show_day(days[-1])} is recorded already.", field="ended_on")


# days and closures -----------------------------------------------------------------------------------------------


def of_day(unit: Unit, fields: Fields, row: Any) -> None:
    """Raise BadInput when a placement day cannot be kept so."""
    kept, on = _there(unit, fields["programme"]), fields["on"]
    if kept.sort != "placement":
        raise BadInput(f"programme: {kept.title} is not counted in days.", field="programme")
    _within(kept, on)
    for first, last in kept.closures:
        if first <= on <= last:
            raise BadInput(f"on: {show_day(on)} lies in a closure.", field="on", hint="Change the closure first.")
    there = next((line for line in kept.days if line.on == on), None)
    if there is not None and (row is None or row.on != on):
        raise BadInput(f"on: {show_day(on)} is recorded already ({there.kind}).", field="on", hint="Change that one.")
    _hours(fields)


def _hours(fields: Fields) -> None:
    hours = fields["hours"]
    if not hours:
        return
    if fields["kind"] not in WORKED:
        raise BadInput(f"hours: a day that is {fields['kind']} has no hours.", field="hours")
    if fields["part"] < 100 and hours > HALF_A_DAY_AT_MOST:
        raise BadInput("hours: more than half a day has (12).", field="hours")


def of_closure(unit: Unit, fields: Fields, _row: Any) -> None:
    """Raise BadInput when a closure covers a day on which something was done, or belongs to no placement."""
    kept = _there(unit, fields["programme"])
    if kept.sort != "placement":
        raise BadInput(f"programme: {kept.title} is not counted in days.", field="programme")
    for line in kept.days:
        if fields["starts"] <= line.on <= fields["ends"]:
            raise BadInput(f"starts: a day on {show_day(line.on)} is recorded already.", field="starts")


# milestones and evidence -----------------------------------------------------------------------------------------


def of_milestone(unit: Unit, fields: Fields, _row: Any) -> None:
    """Raise BadInput or NotFound when a milestone cannot be kept so."""
    kept = _there(unit, fields["programme"])
    kind = unit.packs.programmes.get(kept.kind)
    if kind is not None and fields["kind"] not in kind.milestones:
        known = ", ".join(sorted(kind.milestones))
        message = f"kind: {kind.title} has no milestone {fields['kind']!r}."
        raise NotFound(message, field="kind", hint=f"Known: {known}.")
    early = kind is not None and any(s.id == fields["kind"] and s.when.start for s in kind.stages)
    if not early:
        _within(kept, fields["on"])
    _by_another(unit, kept.worker, fields["kind"], fields["by"], "by")


def of_evidence(unit: Unit, fields: Fields, _row: Any) -> None:
    """Raise BadInput when evidence was seen by the learner alone, or belongs to somebody else's programme."""
    _by_another(unit, fields["worker"], fields["kind"], fields["seen_by"], "seen_by")
    if fields["programme"] is not None and _there(unit, fields["programme"]).worker != fields["worker"]:
        raise BadInput(f"programme: it is not one of {fields['worker']}.", field="programme")


def _by_another(unit: Unit, worker: str, kind: str, who: str, field: str) -> None:
    if who and kind.startswith(_SEEN_BY_OTHERS) and _words(who) in (_words(worker), _words(_name(unit, worker))):
        raise BadInput(f"{field}: an observation or feedback is somebody else's, not the learner's own.", field=field)


def _name(unit: Unit, worker: str) -> str:
    found = unit.find("worker", worker)
    return found.name if found else ""


def _words(name: str) -> tuple[str, ...]:
    """The words of a name in any order: "Okafor, Chidi" is Chidi Okafor."""
    return tuple(sorted(re.findall(r"[\w'-]+", name.casefold())))


# shared ----------------------------------------------------------------------------------------------------------


def _there(unit: Unit, number: int) -> Kept:
    kept = next(iter(kept_programmes(unit.raw, Packs(unit.raw), ids=[number])), None)
    if kept is None:
        hint = "See: almoner list programme --open"
        raise NotFound(f"programme: there is no programme {number}.", field="programme", hint=hint)
    return kept


def _within(kept: Kept, on: date) -> None:
    if on < kept.starts:
        raise BadInput(f"on: the programme starts on {show_day(kept.starts)}.", field="on")
    if kept.ended is not None and on > kept.ended:
        raise BadInput(f"on: the programme ended on {show_day(kept.ended)}.", field="on")


def _not_ahead(on: date | None, today: date, field: str) -> None:
    if on is not None and on > today:
        raise BadInput(f"{field}: {show_day(on)} lies in the future (today is {show_day(today)}).", field=field)
