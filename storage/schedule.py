"""Supervision booked ahead: a series from an agreement, and sessions moved, cancelled, missed, covered and rebooked.

Each of these works in a unit and leaves finishing to its caller, so that a whole series is taken back in one step.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from domain.cadence import cadence
from domain.dates import show_day
from domain.errors import BadInput, NotFound
from domain.ids import SessionState, SupervisionKind
from domain.scheduling import Away, Booked, Diary, Proposed, Wanted, series
from domain.workdays import add_months
from storage.agreed import ONE_TO_ONE, began
from storage.reading import Packs, day

if TYPE_CHECKING:
    from domain.supervision import Agreement, Session
    from domain.workdays import Workdays
    from storage.packs import PackSet
    from storage.unit import Unit

REBOOK = "sup_rebook"
AHEAD = 6  # months of a series, unless somebody asks for another length
ON_TOP = frozenset({SupervisionKind.GROUP, SupervisionKind.JOINT, SupervisionKind.AD_HOC})


class Series(NamedTuple):
    """The dates proposed from an agreement, and what counted."""

    agreement: Agreement
    minutes: int
    dates: tuple[Proposed, ...]
    anchor: date


# a series ----------------------------------------------------------------------------------------------------------


def propose(unit: Unit, agreement: int, months: int = AHEAD) -> Series:
    """Return the sessions that ``agreement`` asks for over the months ahead; those already booked count as held.

    Raises BadInput where the agreement is over or its standard is not known.
    """
    found: Agreement = unit.get("agreement", agreement)
    until = add_months(max(unit.today, found.starts), months)
    if found.ends is not None and found.ends < unit.today:
        raise BadInput(
            f"This agreement ended on {show_day(found.ends)}.", field="agreement", hint="Book from the one that stands."
        )
    until = min(until, found.ends or until)
    standard = unit.packs.standard(found.standard)
    said = cadence(standard.as_item())
    last = _last(unit.raw, found.worker, found.supervisor)
    first = max(found.starts, unit.today, last + timedelta(days=1) if last else found.starts)
    anchor = _anchor(unit.raw, found) if last is None or last < found.starts else last
    start_of_phases = _began(unit.raw, found.worker)
    wanted = Wanted(found.weekday, found.start, found.minutes)
    dates = series(
        wanted,
        lambda on: said.every(on, start_of_phases),
        anchor,
        first,
        until,
        diary(unit.raw, unit.packs, (found.worker, found.supervisor)),
    )
    return Series(found, found.minutes, dates, anchor)


def _anchor(raw: sqlite3.Connection, found: Agreement) -> date:
    """The day from which the first session is counted: the last one-to-one session with anybody, else the start."""
    query = f"""SELECT max(held_on) FROM session
                WHERE worker = ? AND state = 'held' AND kind IN {ONE_TO_ONE}"""  # noqa: S608
    held = day(raw.execute(query, (found.worker,)).fetchone()[0])
    return max(held, found.starts) if held else found.starts


def _last(raw: sqlite3.Connection, worker: str, supervisor: str) -> date | None:
    """The last session of the two that was held or is booked."""
    query = f"""SELECT max(coalesce(held_on, "on")) FROM session WHERE worker = ? AND supervisor = ?
                AND state IN ('planned', 'held') AND kind IN {ONE_TO_ONE}"""  # noqa: S608
    return day(raw.execute(query, (worker, supervisor)).fetchone()[0])


def _began(raw: sqlite3.Connection, worker: str) -> date | None:
    from domain.obligations import Happening

    started = raw.execute("SELECT started FROM worker WHERE staff_id = ?", (worker,)).fetchone()
    query = """SELECT "on" FROM worker_event WHERE worker = ? AND kind = 'asye_started'"""
    events = [Happening("asye_started", date.fromisoformat(on)) for (on,) in raw.execute(query, (worker,))]
    return began(day(started[0]) if started else None, events)


def book(unit: Unit, found: Series, dates: Iterable[Proposed], proposed_by: str | None = None) -> list[Session]:
    """Book the dates of a series; ``proposed_by`` is whichever of the two proposed them."""
    agreement = found.agreement
    given = {
        "worker": agreement.worker,
        "supervisor": agreement.supervisor,
        "kind": agreement.kind,
        "start": agreement.start,
        "minutes": found.minutes,
        "place": agreement.place,
        "group": agreement.group,
        "proposed_by": proposed_by,
    }
    return [unit.record("session", {**given, "on": one.on}) for one in dates]


def book_one(unit: Unit, data: Mapping[str, Any], others: Sequence[str] = ()) -> Session:
    """Book one session, with more supervisees where it is a group or a joint one."""
    given = {name: value for name, value in data.items() if value is not None}
    if others and given.get("kind") not in (SupervisionKind.GROUP, SupervisionKind.JOINT):
        raise BadInput("kind: several supervisees meet in a group or a joint session.", field="kind")
    for other in others:
        if other in (given["worker"], given["supervisor"]):
            raise BadInput(f"others: {other} is there already.", field="others")
    kept: Session = unit.record("session", given)
    for other in dict.fromkeys(others):
        if taken := clash(unit, (other,), kept.on, kept.start, kept.minutes, kept.id):
            raise BadInput(f"others: {other} {taken}.", field="others")
        unit.record("attendance", {"session": kept.id, "worker": other})
    return kept


# what becomes of a session -----------------------------------------------------------------------------------------


def move(
    unit: Unit,
    number: int,
    to: date,
    start: str | None = None,
    reason: str | None = None,
    note: str = "",
    seen: int | None = None,
) -> Session:
    """Book a session for another day; the day it was first booked for is kept, and why it moved."""
    found = _planned(unit, number)
    if to == found.on and start in (None, found.start):
        raise BadInput("on: that is the day it is booked for.", field="on")
    if to < unit.today:
        raise BadInput(
            f"on: {show_day(to)} has passed.", field="on", hint="Record it as held, or choose a day to come."
        )
    first = found.moved_from or found.on
    changes = {"on": to, "start": start or found.start, "moved_from": None if to == first else first}
    said = {"reason_code": _reason(unit, reason) or found.reason_code, "reason": note or found.reason}
    moved: Session = unit.amend("session", number, {**changes, **said}, seen)
    return moved


def cancel(
    unit: Unit, number: int, reason: str, note: str = "", *, again: bool = True, seen: int | None = None
) -> Session:
    """Cancel a session; ``again`` says that it is to be held on another day, within the council's time."""
    found = _planned(unit, number)
    return _not_held(
        unit, found, SessionState.CANCELLED, reason, note, _rebook_by(unit, found) if again else None, seen
    )


def miss(
    unit: Unit, number: int, reason: str, note: str = "", rebook_by: date | None = None, seen: int | None = None
) -> Session:
    """Record that a session was not held on its day, and by when it is to be."""
    found = _planned(unit, number)
    if found.on > unit.today:
        raise BadInput(
            f"on: {show_day(found.on)} is still to come.", field="on", hint="Cancel it, or move it to another day."
        )
    return _not_held(unit, found, SessionState.MISSED, reason, note, rebook_by or _rebook_by(unit, found), seen)


def _not_held(
    unit: Unit, found: Session, state: SessionState, reason: str, note: str, rebook_by: date | None, seen: int | None
) -> Session:
    if rebook_by is not None and rebook_by < found.on:
        raise BadInput(f"rebook_by: it lies before {show_day(found.on)}, the day of the session.", field="rebook_by")
    said = {"reason_code": _reason(unit, reason, needed=True), "reason": note, "rebook_by": rebook_by}
    kept: Session = unit.amend("session", found.id, {"state": state, **said}, seen)
    return kept


def rebook(unit: Unit, number: int, on: date, start: str | None = None, proposed_by: str | None = None) -> Session:
    """Book a session in the place of one that was cancelled or missed."""
    found: Session = unit.get("session", number)
    if found.state not in (SessionState.CANCELLED, SessionState.MISSED):
        raise BadInput("state: only a session cancelled or missed is booked again.", field="state")
    given = found.model_dump(include={"worker", "supervisor", "kind", "minutes", "place", "group"})
    booking = {**given, "on": on, "start": start or found.start, "proposed_by": proposed_by, "moved_from": found.on}
    kept: Session = unit.record("session", booking)
    return kept


def hold(unit: Unit, number: int, on: date, seen: int | None = None) -> Session:
    """Record that a session was held."""
    _planned(unit, number)
    kept: Session = unit.amend("session", number, {"state": SessionState.HELD, "held_on": on}, seen)
    return kept


def cover(unit: Unit, number: int, supervisor: str, seen: int | None = None) -> Session:
    """Let somebody else hold a session while its supervisor is away; giving it back ends the cover."""
    found = _planned(unit, number)
    away = found.cover_for or found.supervisor
    changes = {"supervisor": supervisor, "cover_for": None if supervisor == away else away}
    kept: Session = unit.amend("session", number, changes, seen)
    return kept


def _planned(unit: Unit, number: int) -> Session:
    found: Session = unit.get("session", number)
    if found.state is not SessionState.PLANNED:
        raise BadInput(
            f"state: this session was {found.state.value} already.",
            field="state",
            hint="Only one still to come can be.",
        )
    return found


def _reason(unit: Unit, reason: str | None, *, needed: bool = False) -> str | None:
    """Return the code of a reason, given as its id or its title; raises NotFound."""
    known = unit.packs.missed_reasons
    if not reason and not needed:
        return None
    for key, one in known.items():
        if (reason or "").casefold() in (key, one.title.casefold()):
            return key
    hint = "One of " + ", ".join(known) + "."
    raise NotFound(f"reason_code: {reason or 'nothing'!r} is not a reason.", field="reason_code", hint=hint)


def _rebook_by(unit: Unit, found: Session) -> date | None:
    """The day by which a session not held is to be held: the interval of the rule; None for those that come on top."""
    rule = unit.packs.rulebook.rule(REBOOK)
    if found.kind in ON_TOP or rule is None or not rule.active or rule.first is None or rule.first.unset:
        return None
    return rule.first.after(found.on, _calendar(unit.raw, unit.packs, found.worker))


# when they can meet --------------------------------------------------------------------------------------------------


def diary(raw: sqlite3.Connection, packs: PackSet, workers: Sequence[str], *, leaving_out: int = 0) -> Diary:
    """Return when ``workers`` can meet: the nation's working days, their absences, and the sessions they have."""
    return Diary(
        _calendar(raw, packs, workers[0]), _absences(raw, workers), _booked(raw, workers, leaving_out=leaving_out)
    )


def clash(unit: Unit, workers: Sequence[str], on: date, start: str, minutes: int, leaving_out: int = 0) -> str:
    """Return what one at that time would run into, in words; empty when nothing of theirs is booked then."""
    booked = _booked(unit.raw, workers, planned=True, leaving_out=leaving_out)
    found = next((one for one in booked if one.overlaps(on, start, minutes)), None)
    return f"has a session at {found.start} on {show_day(on)}" if found else ""


def _calendar(raw: sqlite3.Connection, packs: PackSet, worker: str) -> Workdays:
    query = "SELECT t.nation FROM worker w JOIN team t ON t.name = w.team WHERE w.staff_id = ?"
    found = raw.execute(query, (worker,)).fetchone()
    return packs.calendar(found[0] if found else "england")


def _absences(raw: sqlite3.Connection, workers: Sequence[str]) -> list[Away]:
    packs, found = Packs(raw), []
    query = f"SELECT worker, kind, starts, ends, percent FROM reduction WHERE worker IN ({_marks(workers)})"  # noqa: S608
    for worker, kind, starts, ends, percent in raw.execute(query, workers):
        said = packs.get("reduction_reason", kind)
        if said.get("away") and percent == 100:
            why = f"{worker} away ({str(said.get('title', kind)).lower()})"
            found.append(Away(date.fromisoformat(starts), day(ends), why))
    leaving = f"SELECT staff_id, leaves FROM worker WHERE leaves IS NOT NULL AND staff_id IN ({_marks(workers)})"  # noqa: S608
    for worker, leaves in raw.execute(leaving, workers):
        found.append(Away(date.fromisoformat(leaves) + timedelta(days=1), None, f"{worker} has left"))
    return found


def _booked(
    raw: sqlite3.Connection, workers: Sequence[str], *, planned: bool = False, leaving_out: int = 0
) -> list[Booked]:
    marks, states = _marks(workers), "('planned')" if planned else "('planned', 'held')"
    query = f"""SELECT coalesce(held_on, "on"), start, minutes, supervisor, worker, id FROM session
                WHERE state IN {states} AND id <> ? AND (worker IN ({marks}) OR supervisor IN ({marks})
                OR id IN (SELECT session FROM attendance WHERE worker IN ({marks}) AND NOT absent))
                ORDER BY 1, start"""  # noqa: S608
    return [
        Booked(date.fromisoformat(on), start, minutes, f"{supervisor} meets {worker}", number)
        for on, start, minutes, supervisor, worker, number in raw.execute(
            query, (leaving_out, *workers, *workers, *workers)
        )
    ]


def _marks(items: Sequence[str]) -> str:
    return ",".join("?" * len(items))
