"""What is dated of workers and teams: as it stands on a day, and changed from one so that the past stays as it was."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from domain.core.dates import show_day
from domain.core.errors import BadInput
from domain.people.dated import (
    TEAM_DATED,
    WORKER_DATED,
    TeamPeriod,
    TeamPeriodFields,
    WorkerPeriod,
    WorkerPeriodFields,
)
from domain.people.timeline import CONTRACT, Span, Timeline, join
from storage.records.kind import Data, DatedFields
from storage.tables import TeamPeriodRow, WorkerPeriodRow

if TYPE_CHECKING:
    from storage.records.unit import Unit

Stretch = tuple[date | None, date | None]
Fact = tuple[str, ...]


class _Of(NamedTuple):
    """The periods of one kind of record: what they are recorded as, and the field that names whose they are.

    A fact is one field, or the fields that say one thing in two ways: these change together.
    """

    whose: str
    fields: type[WorkerPeriodFields] | type[TeamPeriodFields]
    period: type[WorkerPeriod] | type[TeamPeriod]
    facts: Sequence[Fact]


_OTHERS = tuple((name,) for name in WORKER_DATED if name not in CONTRACT)
_WORKER = _Of("worker", WorkerPeriodFields, WorkerPeriod, (CONTRACT, *_OTHERS))
_TEAM = _Of("team", TeamPeriodFields, TeamPeriod, tuple((name,) for name in TEAM_DATED))


def _periods(unit: Unit, of: _Of, key: str) -> Sequence[WorkerPeriod | TeamPeriod]:
    if of is _WORKER:
        return unit.all(WorkerPeriod, WorkerPeriodRow.worker == key)
    return unit.all(TeamPeriod, TeamPeriodRow.team == key)


def _timeline(values: Data, periods: Sequence[WorkerPeriod | TeamPeriod], fact: Fact) -> Timeline:
    """Return a fact over time; its values are those of its fields, in order."""
    spans = [Span(one.starts, one.ends, _held(one.said, fact)) for one in periods if fact[0] in one.said]
    return Timeline(_held(values, fact), tuple(sorted(spans, key=lambda span: span.first)))


def _held(values: Data, fact: Fact) -> tuple[Any, ...]:
    return tuple(values[name] for name in fact)


# as it stands ----------------------------------------------------------------------------------------------------


def _on_day(of: _Of, unit: Unit, key: str, values: Data) -> dict[str, Any]:
    """Return what holds on the unit's day of what is dated."""
    periods = _periods(unit, of, key)
    if not periods:
        return {}
    found = {fact: _timeline(values, periods, fact).on(unit.today) for fact in of.facts}
    return _by_name(found)


def _by_name(found: Mapping[Fact, tuple[Any, ...]]) -> dict[str, Any]:
    return {name: value for fact, held in found.items() for name, value in zip(fact, held, strict=True)}


# changed from a day ----------------------------------------------------------------------------------------------


def _keep_past(of: _Of, unit: Unit, key: str, values: Data, changes: Data, since: date | None) -> dict[str, Any]:
    """Record what was true until a change, and what will be from a day to come; return what the record itself holds.

    ``values`` are the record's own, ``since`` the first day of the change: today, if it is not given.
    """
    day, periods = since or unit.today, _periods(unit, of, key)
    lines = {fact: _timeline(values, periods, fact) for fact in of.facts if changes.keys() & set(fact)}
    wanted = {fact: tuple(changes.get(name) for name in fact) for fact in lines}
    changed = {fact: line.from_day(day, wanted[fact], unit.today) for fact, line in lines.items()}
    changed = {fact: _from_start(line, values.get("started")) for fact, line in changed.items()}
    moved = {fact: line for fact, line in changed.items() if line.spans != lines[fact].spans}
    if moved:
        _rewrite(of, unit, key, periods, moved)
    return _by_name({fact: line.otherwise for fact, line in changed.items()})


def _from_start(line: Timeline, started: date | None) -> Timeline:
    """Leave out what would be said of the time before somebody started."""
    return line._replace(spans=tuple(span for span in line.spans if started is None or span.last >= started))


def _rewrite(
    of: _Of, unit: Unit, key: str, periods: Sequence[WorkerPeriod | TeamPeriod], lines: Mapping[Fact, Timeline]
) -> None:
    """Put the spans of some facts in the place of what the periods said of them, one record for each stretch."""
    wanted: dict[Stretch, dict[str, Any]] = defaultdict(dict)
    for fact, line in lines.items():
        for span in line.spans:
            wanted[span.starts, span.ends] |= _by_name({fact: span.value})
    moved = {name for fact in lines for name in fact}
    for one in periods:
        kept = {name: value for name, value in one.said.items() if name not in moved}
        said = kept | wanted.pop((one.starts, one.ends), {})
        if not said:
            unit.remove(of.period, one.id)
        elif said != one.said:
            unit.amend_by(of.period, one.id, {**dict.fromkeys(one.said), **_written(said)})
    for (starts, ends), said in wanted.items():
        unit.record(of.fields.model_validate({of.whose: key, "starts": starts, "ends": ends, **_written(said)}))


def _written(said: Data) -> dict[str, Any]:
    without = tuple(name for name, value in said.items() if value is None and name not in CONTRACT)
    return {**{name: value for name, value in said.items() if value is not None}, "without": without}


WORKER_FACTS = DatedFields(
    tuple(WORKER_DATED), lambda *given: _on_day(_WORKER, *given), lambda *given: _keep_past(_WORKER, *given)
)
TEAM_FACTS = DatedFields(
    tuple(TEAM_DATED), lambda *given: _on_day(_TEAM, *given), lambda *given: _keep_past(_TEAM, *given)
)


# two workers who are one ---------------------------------------------------------------------------------------------


class JoinedFacts(NamedTuple):
    """What is dated of two workers who are one: what the record itself holds, and the days that are to be told of.

    ``alone`` and ``differ`` name the facts by the days for which the one that goes spoke alone, and the two differ.
    """

    own: Data
    alone: Mapping[tuple[Span, ...], Sequence[str]]
    differ: Mapping[tuple[Span, ...], Sequence[str]]


def join_workers(unit: Unit, goes: Data, stays: Data, old_counts: Callable[[str], bool]) -> JoinedFacts:
    """Let a worker have been, while only the other was here, what was true of that other; periods of both become its.

    ``goes`` and ``stays`` are the values that the two records themselves hold.
    """
    periods = {one["staff_id"]: _periods(unit, _WORKER, one["staff_id"]) for one in (goes, stays)}
    here = (Span(goes["started"], goes["leaves"], None), Span(stays["started"], stays["leaves"], None))
    lines: dict[Fact, Timeline] = {}
    own: dict[str, Any] = {}
    alone: dict[tuple[Span, ...], list[str]] = defaultdict(list)
    differ: dict[tuple[Span, ...], list[str]] = defaultdict(list)
    for fact in _WORKER.facts:
        one, two = (_timeline(values, periods[values["staff_id"]], fact) for values in (goes, stays))
        done = join(one, two, here, old_counts=old_counts(fact[0]))
        lines[fact] = done.line
        own |= _by_name({fact: done.line.otherwise})
        for days, found in ((done.alone, alone), (done.differ, differ)):
            if days:
                found[days].append(fact[0])
    for period in (*periods[goes["staff_id"]], *periods[stays["staff_id"]]):
        unit.remove(WorkerPeriod, period.id)
    _rewrite(_WORKER, unit, stays["staff_id"], (), lines)
    return JoinedFacts(own, alone, differ)


# checks ----------------------------------------------------------------------------------------------------------


def refuse_overlap(unit: Unit, key: str, fields: WorkerPeriodFields | TeamPeriodFields, before: Any) -> None:
    """Refuse a period that says of some days what another one says already."""
    of = _WORKER if isinstance(fields, WorkerPeriodFields) else _TEAM
    for one in _periods(unit, of, key):
        both = fields.said.keys() & one.said.keys()
        apart = (fields.ends or date.max) < (one.starts or date.min) or (one.ends or date.max) < (
            fields.starts or date.min
        )
        if (before is None or one.id != before.id) and both and not apart:
            name = unit.kinds.of(type(fields)).facts[min(both)].title
            since = f"from {show_day(one.starts)}" if one.starts else "from the beginning"
            raise BadInput(
                f"{of.whose} period {one.id} says the {name} {since} already.",
                field="from",
                where=f"{of.whose}-period, from",
                hint=f"Change that one: almoner amend {of.whose}-period {one.id} until=DATE",
            )
