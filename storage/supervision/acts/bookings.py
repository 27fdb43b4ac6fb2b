"""What is done with supervision sessions: book, move, cancel, miss, cover, book again, hold."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING

from domain.core.dates import show_day
from domain.core.enums import SessionState, SupervisionKind
from domain.core.errors import BadInput, NotFound
from domain.core.text import plural
from domain.supervision.discussions import AttendanceFields
from domain.supervision.sessions import Session, SessionFields
from storage.people.acting import acting
from storage.records.unit import Done
from storage.supervision.diary import clash
from storage.supervision.series import Series, calendar_of
from storage.tables import SessionRow

if TYPE_CHECKING:
    from domain.supervision.scheduling import Proposed
    from storage.records.unit import Unit

REBOOK = "sup_rebook"
NEAR_BOOKING = "held-near-booking"  # the tolerance that says how far from its day a booked session may be held
ON_TOP = frozenset({SupervisionKind.GROUP, SupervisionKind.JOINT, SupervisionKind.AD_HOC})
_SEVERAL = (SupervisionKind.GROUP, SupervisionKind.JOINT)


# booking -----------------------------------------------------------------------------------------------------------


def book(unit: Unit, fields: SessionFields, others: Sequence[str] = ()) -> Done[Session]:
    """Book one session, or record one that was held, with more supervisees where it is a group or a joint one."""
    if others and fields.kind not in _SEVERAL:
        raise BadInput("Several supervisees meet in a group or a joint session.", field="kind")
    for other in others:
        if other in (fields.worker, fields.supervisor):
            raise BadInput(f"{other} is there already.", field="others")
    proposed_by = fields.proposed_by or _proposing(unit, fields)
    kept = unit.record(fields.model_copy(update={"proposed_by": proposed_by}))
    for other in dict.fromkeys(others):
        if taken := clash(unit.reader, (other,), kept.on, kept.start, kept.minutes, kept.id):
            raise BadInput(f"{other} {taken}.", field="others")
        unit.record(AttendanceFields(session=kept.id, worker=other))
    return Done(kept, unit.finish(f"Booked supervision of {kept.worker}"))


def book_series(unit: Unit, found: Series, dates: Iterable[Proposed]) -> list[Session]:
    """Book dates of a series, all of them or none; raises BadInput where there is none."""
    agreement, wanted = found.agreement, list(dates)
    if not wanted:
        raise BadInput("Tick at least one date.")
    kept = []
    for one in wanted:
        fields = SessionFields(
            worker=agreement.worker,
            supervisor=agreement.supervisor,
            kind=agreement.kind,
            on=one.on,
            start=agreement.start,
            minutes=found.minutes,
            place=agreement.place,
            group=agreement.group,
        )
        kept.append(unit.record(fields.model_copy(update={"proposed_by": _proposing(unit, fields)})))
    unit.finish(f"Booked {plural(len(kept), 'session')} of {agreement.worker}")
    return kept


def _proposing(unit: Unit, pair: SessionFields | Session) -> str | None:
    """Return which of the two is acting, and so proposes the day; None when neither."""
    who = acting(unit.reader, unit.actor)
    return who if who in (pair.worker, pair.supervisor) else None


# what becomes of a session -----------------------------------------------------------------------------------------


def hold(
    unit: Unit,
    number: int,
    on: date | None = None,
    *,
    supervisor: str = "",
    note: str = "",
    seen: int | None = None,
) -> Done[Session]:
    """Record that a booked session was held, on its own day and by its own supervisor unless others are given."""
    found = _planned(unit, number)
    return _held(unit, found, on or found.on, supervisor or found.supervisor, note or found.note, seen)


def hold_near(unit: Unit, worker: str, supervisor: str, on: date, note: str = "") -> Done[Session]:
    """Record that a worker was supervised on a day: as the session booked near it, or as one that was not booked.

    A tolerance of the packs in force says how far from its day a booked session may be held and still be that one.
    """
    tolerance = unit.packs.tolerances.get(NEAR_BOOKING)
    days = tolerance.days if tolerance is not None and tolerance.active else 0
    planned = unit.all(Session, SessionRow.worker == worker, SessionRow.state == SessionState.PLANNED)
    near = [one for one in planned if abs((one.on - on).days) <= days]
    if near:
        nearest = min(near, key=lambda one: abs(one.on - on))
        return _held(unit, nearest, on, supervisor, note or nearest.note, None)
    fields = SessionFields(worker=worker, supervisor=supervisor, on=on, state=SessionState.HELD, held_on=on, note=note)
    return Done(unit.record(fields), unit.finish(f"Recorded supervision of {worker}"))


def _held(unit: Unit, found: Session, on: date, supervisor: str, note: str, seen: int | None) -> Done[Session]:
    changes = {"state": SessionState.HELD, "held_on": on, "supervisor": supervisor, "note": note}
    kept = unit.amend_by(Session, found.id, changes, seen)
    return Done(kept, unit.finish(f"Recorded supervision of {found.worker}"))


def move(
    unit: Unit,
    number: int,
    to: date,
    start: str | None = None,
    reason: str | None = None,
    note: str = "",
    seen: int | None = None,
) -> Done[Session]:
    """Book a session for another day; the day it was first booked for is kept, and why it moved."""
    found = _planned(unit, number)
    if to == found.on and start in (None, found.start):
        raise BadInput("That is the day it is booked for.", field="on")
    if to < unit.today:
        raise BadInput(f"{show_day(to)} has passed.", field="on", hint="Record it as held, or choose a day to come.")
    first = found.moved_from or found.on
    changes = {"on": to, "start": start or found.start, "moved_from": None if to == first else first}
    said = {"reason_code": _reason(unit, reason) or found.reason_code, "reason": note or found.reason}
    kept = unit.amend_by(Session, number, {**changes, **said}, seen)
    return Done(kept, unit.finish(f"Moved supervision of {kept.worker}"))


def cancel(
    unit: Unit, number: int, reason: str, note: str = "", *, again: bool = True, seen: int | None = None
) -> Done[Session]:
    """Cancel a session; with ``again`` it is to be held on another day, within the council's time."""
    found = _planned(unit, number)
    by = _rebook_by(unit, found) if again else None
    kept = _not_held(unit, found, SessionState.CANCELLED, reason, note, by, seen)
    return Done(kept, unit.finish(f"Cancelled supervision of {kept.worker}"))


def miss(
    unit: Unit, number: int, reason: str, note: str = "", rebook_by: date | None = None, seen: int | None = None
) -> Done[Session]:
    """Record that a session was not held on its day, and by when it is to be."""
    found = _planned(unit, number)
    if found.on > unit.today:
        hint = "Cancel it, or move it to another day."
        raise BadInput(f"{show_day(found.on)} is still to come.", field="on", hint=hint)
    by = rebook_by or _rebook_by(unit, found)
    kept = _not_held(unit, found, SessionState.MISSED, reason, note, by, seen)
    return Done(kept, unit.finish(f"Supervision of {kept.worker} was missed"))


def _not_held(
    unit: Unit, found: Session, state: SessionState, reason: str, note: str, rebook_by: date | None, seen: int | None
) -> Session:
    if rebook_by is not None and rebook_by < found.on:
        raise BadInput(f"That lies before {show_day(found.on)}, the day of the session.", field="rebook_by")
    said = {"reason_code": _reason(unit, reason, needed=True), "reason": note, "rebook_by": rebook_by}
    return unit.amend_by(Session, found.id, {"state": state, **said}, seen)


def rebook(unit: Unit, number: int, on: date, start: str | None = None) -> Done[Session]:
    """Book a session in the place of one that was cancelled or missed."""
    found = unit.get(Session, number)
    if found.state not in (SessionState.CANCELLED, SessionState.MISSED):
        raise BadInput("Only a session cancelled or missed is booked again.", field="state")
    fields = SessionFields(
        worker=found.worker,
        supervisor=found.supervisor,
        kind=found.kind,
        minutes=found.minutes,
        place=found.place,
        group=found.group,
        on=on,
        start=start or found.start,
        proposed_by=_proposing(unit, found),
        moved_from=found.on,
    )
    return Done(unit.record(fields), unit.finish(f"Booked supervision of {found.worker} again"))


def cover(unit: Unit, number: int, supervisor: str, seen: int | None = None) -> Done[Session]:
    """Let somebody else hold a session while its supervisor is away; naming that supervisor again ends the cover."""
    found = _planned(unit, number)
    away = found.cover_for or found.supervisor
    changes = {"supervisor": supervisor, "cover_for": None if supervisor == away else away}
    kept = unit.amend_by(Session, number, changes, seen)
    return Done(kept, unit.finish(f"{supervisor} holds the supervision of {kept.worker}"))


def _planned(unit: Unit, number: int) -> Session:
    found = unit.get(Session, number)
    if found.state is not SessionState.PLANNED:
        words = f"This session was {found.state.value} already."
        raise BadInput(words, field="state", hint="Only one still to come can be.")
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
    raise NotFound(f"{reason or 'nothing'!r} is not a reason.", field="reason_code", hint=hint)


def _rebook_by(unit: Unit, found: Session) -> date | None:
    """Return the day by which a session not held is to be held, by the rule; None for kinds that have no such day."""
    rule = unit.packs.rulebook.rule(REBOOK)
    if found.kind in ON_TOP or rule is None or not rule.active or rule.first is None or rule.first.unset:
        return None
    return rule.first.after(found.on, calendar_of(unit.reader, unit.packs, found.worker, unit.today))
