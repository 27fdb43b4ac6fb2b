"""Checks of cases, what happened on them and who holds them against other records and the packs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from domain.cases.cases import (
    Allocation,
    AllocationFields,
    Case,
    CaseFields,
    Conflict,
    ConflictFields,
    Event,
    EventFields,
)
from domain.cases.contradictions import before_birth
from domain.core.dates import show_day
from domain.core.enums import Outcome, Role
from domain.core.errors import BadInput
from domain.people.people import Team, Worker
from storage.cases.strange_words import Spoken
from storage.database.fragments import HAS_DAYS
from storage.people.periods import while_here
from storage.records.checking import not_ahead, one_of, there
from storage.records.keys.following import refuse_leading
from storage.tables import AllocationRow

if TYPE_CHECKING:
    from storage.records.unit import Unit


def of_case(unit: Unit, fields: CaseFields, before: Case | None) -> None:
    """Refuse a team there is not, days to come, and days between which somebody who holds it does not fit."""
    there(unit, Team, fields.team, "team")
    if before is None:
        refuse_leading(unit, "case", fields.reference, "reference")
    not_ahead(fields.opened, unit.today, "opened")
    not_ahead(fields.closed, unit.today, "closed")
    not_ahead(fields.born, unit.today, "born")
    if before is not None and fields.opened > before.opened:
        query = f'SELECT min(a.starts) FROM allocation a WHERE a."case" = :case AND {HAS_DAYS}'  # noqa: S608
        first = unit.reader.value(query, case=before.reference)
        if first is not None and (started := date.fromisoformat(first)) < fields.opened:
            raise BadInput(f"an allocation started on {show_day(started)} already.", field="opened", where="opened")
    if before is not None and fields.closed != before.closed:
        _whoever_holds_it(unit, fields, before.closed)
    _remark_on_words(unit, fields, before)


_READ_BY_RULES = ("factors", "must_have", "prefers", "sibling_group")


def _remark_on_words(unit: Unit, fields: CaseFields, before: Case | None) -> None:
    """Say which new words on a case no rule can read; they are kept all the same."""
    said = [name for name in _READ_BY_RULES if getattr(fields, name)]
    new = said if before is None else [name for name in said if getattr(fields, name) != getattr(before, name)]
    if new:
        spoken: Spoken = unit.known.get("words") or Spoken(unit.reader)
        unit.known["words"] = spoken
        unit.remarks += [f"{fields.reference}: {one.words}" for one in spoken.strange(fields, new)]
        spoken.also(fields)


def _whoever_holds_it(unit: Unit, case: CaseFields, closed: date | None) -> None:
    """Refuse a closing day after which somebody still holds the case, and an opening that revives what cannot be."""
    standing = [one for one in unit.all(Allocation, AllocationRow.case == case.reference) if one.has_days]
    for one in standing:
        if case.closed is not None and (one.ends is None or one.ends > case.closed):
            raise BadInput(
                f"{one.worker} holds {case.reference} until "
                f"{'further notice' if one.ends is None else show_day(one.ends)}.",
                field="closed",
                where="closed",
                hint=f"End that first: almoner amend allocation {one.id} ends={max(case.closed, one.starts)}",
            )
        if one.ends is None and (left := _left(unit, one.worker)):
            ends = max(one.starts, min(left, closed or left))
            raise BadInput(
                f"{one.worker}, who would hold {case.reference} again, left on {show_day(left)}.",
                field="closed",
                where="closed",
                hint=f"End that first: almoner amend allocation {one.id} ends={ends}",
            )


def _left(unit: Unit, worker: str) -> date | None:
    leaves = unit.get(Worker, worker).leaves
    return leaves if leaves is not None and leaves < unit.today else None


def of_event(unit: Unit, fields: EventFields, _before: Event | None) -> None:
    """Refuse a kind that is no event on a case, a day to come or before birth, and an outcome that is none."""
    case = there(unit, Case, fields.case, "case")
    known = [name for name, kind in unit.packs.event_kinds.items() if kind.applies_to == "case"]
    one_of(fields.kind, known, "kind", "kind of event", "event-kind")
    not_ahead(fields.on, unit.today, "on")
    _outcome(fields.details, {detail.name for detail in unit.packs.event_kinds[fields.kind].details})
    if before_birth(fields.kind, fields.on, case.born):
        raise BadInput(f"{show_day(fields.on)} lies before the birth date on {case.reference}.", field="on", where="on")


def _outcome(details: Mapping[str, Any], own: set[str]) -> None:
    """Refuse an outcome that is none; a kind with an outcome of its own says itself what that may be."""
    if "outcome" in details and "outcome" not in own:
        one_of(str(details["outcome"]), Outcome, "details.outcome", "outcome")


def of_allocation(unit: Unit, fields: AllocationFields, before: Allocation | None) -> None:
    """Refuse an allocation outside the time of its case or worker, and a second allocated worker."""
    case = there(unit, Case, fields.case, "case")
    there(unit, Worker, fields.worker, "worker")
    if before is None or any(getattr(fields, name) != getattr(before, name) for name in ("case", "starts", "ends")):
        _while_open(fields, case)
    while_here(unit, "allocation", fields, before)
    if fields.role is Role.ALLOCATED:
        _one_allocated_worker(unit, fields, before)


def _while_open(fields: AllocationFields, case: Case) -> None:
    """Refuse an allocation that begins before its case opened, or goes on after it closed."""
    if fields.starts < case.opened:
        raise BadInput(
            f"{show_day(fields.starts)} lies before {case.reference} opened ({show_day(case.opened)}).",
            field="starts",
            where="starts",
            hint="Give a day on or after the case opened.",
        )
    if case.closed is None:
        return
    closed = f"{case.reference} closed on {show_day(case.closed)}"
    if fields.starts > case.closed:
        raise BadInput(f"{closed}.", field="starts", where="starts")
    if fields.ends is None or fields.ends > case.closed:
        raise BadInput(
            f"{closed}: nobody holds it after that.",
            field="ends",
            where="ends",
            hint=f"Give ends={case.closed} or a day before; a case that goes on is opened again first.",
        )


def _one_allocated_worker(unit: Unit, fields: AllocationFields, before: Allocation | None) -> None:
    if not fields.has_days:
        return
    starts, ends = fields.starts, fields.ends
    for other in unit.all(Allocation, AllocationRow.case == fields.case, AllocationRow.role == Role.ALLOCATED):
        if not other.has_days or (before is not None and other.id == before.id):
            continue
        if (ends is None or other.starts < ends) and (other.ends is None or starts < other.ends):
            raise BadInput(
                f"{other.worker} holds {fields.case} from {show_day(other.starts)}.",
                field="starts",
                where="starts",
                hint=f"A case has one allocated worker at a time: {_way_out(other, unit.today)}.",
            )


def _way_out(other: Allocation, today: date) -> str:
    """Return what can be done about an allocation that is in the way: what has not begun can be taken away."""
    if other.starts > today:
        return f"where that booking is off, take it away first: almoner remove allocation {other.id}"
    return "end that allocation first, or use: almoner allocate"


def of_conflict(unit: Unit, fields: ConflictFields, _before: Conflict | None) -> None:
    """Refuse a case or a worker there is not."""
    there(unit, Case, fields.case, "case")
    there(unit, Worker, fields.worker, "worker")
