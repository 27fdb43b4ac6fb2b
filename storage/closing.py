"""A record that somebody agreed is closed: what it says stays as it was, and is added to by amendments alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from domain.dates import show_day
from domain.errors import BadInput
from storage.kinds import KINDS

if TYPE_CHECKING:
    from storage.unit import Unit

Fields = Mapping[str, Any]

# What may still be written once the record is closed: what became of a decision or an action, and who agreed.
_OPEN = {
    "session": frozenset({"agreed_worker", "agreed_worker_by", "agreed_supervisor", "agreed_supervisor_by"}),
    "discussion": frozenset[str](),
    "rating": frozenset[str](),
    "decision": frozenset({"followed_on", "outcome"}),
    "action": frozenset({"done_on", "how", "dropped_on", "dropped_why"}),
    "attendance": frozenset({"agreed_on", "agreed_by"}),
}
_HEADING = ("worker", "what", "case")  # of an agenda item
_SIGNED = ("agreed_worker", "agreed_supervisor")


def closed_on(unit: Unit, session: int) -> date | None:
    """Return the day on which the first of those who were there agreed a session's record."""
    kept = KINDS["session"].table
    query = sa.select(*(kept.c[name] for name in _SIGNED)).where(kept.c.id == session)
    return _first((*(unit.connection.execute(query).first() or ()), _by_others(unit, session)))


def _by_others(unit: Unit, session: int) -> date | None:
    other = KINDS["attendance"].table
    query = sa.select(sa.func.min(other.c.agreed_on)).where(other.c.session == session)
    day: date | None = unit.connection.execute(query).scalar()
    return day


def _first(days: Iterable[date | None]) -> date | None:
    return min((day for day in days if day is not None), default=None)


def refuse_closed(unit: Unit, kind: str, fields: Fields, row: Any) -> None:
    """Raise BadInput where ``fields`` would change what an agreed record says, or add to it.

    A past session may be taken in whole, with its words and its signatures, in one piece of work.
    """
    if kind == "agenda-item" and row is not None:
        _refuse_renaming(unit, fields, row)
    if kind not in _OPEN or (kind == "session" and row is None):
        return
    changed = () if row is None else _changed(kind, fields, row)
    if row is None or changed:
        for session in _sessions(kind, fields, row):
            _refuse(unit, session, changed)


def refuse_removing(unit: Unit, kind: str, row: Any) -> None:
    """Raise BadInput where what is to be taken away belongs to an agreed record."""
    if kind in _OPEN:
        for session in _sessions(kind, {}, row):
            _refuse(unit, session)


def refuse_undoing(unit: Unit, kind: str, before: Fields | None, after: Fields | None) -> None:
    """Raise BadInput where taking a change back would change what a record says that was agreed since."""
    if kind not in _OPEN:
        return
    old, new = before or {}, after or {}
    own = KINDS[kind].fields.model_fields
    if before is not None and after is not None and all(old.get(n) == new.get(n) for n in own if n not in _OPEN[kind]):
        return
    if kind == "session":
        _refuse_reopening(unit, old or new, old)
        return
    for session in {old.get("session"), new.get("session")}:
        _refuse(unit, session)


def _refuse_reopening(unit: Unit, session: Fields, old: Fields) -> None:
    """Refuse where somebody's signature stands once the session is as it was; a signature itself may be undone."""
    signed = (date.fromisoformat(old[name]) for name in _SIGNED if old.get(name))
    if day := _first((*signed, _by_others(unit, session["id"]))):
        raise _agreed(session["id"], day)


def _refuse_renaming(unit: Unit, fields: Fields, row: Any) -> None:
    """Refuse to reword what was put on the agenda once an agreed record has it as a heading."""
    changed = [name for name in _HEADING if fields[name] != getattr(row, name)]
    said = KINDS["discussion"].table
    query = sa.select(said.c.session).where(said.c.topic == f"item.{row.id}")
    for (session,) in unit.connection.execute(query).all() if changed else ():
        _refuse(unit, session, changed)


def _sessions(kind: str, fields: Fields, row: Any) -> set[int | None]:
    return {row.id} if kind == "session" else {fields.get("session"), getattr(row, "session", None)}


def _changed(kind: str, fields: Fields, row: Any) -> tuple[str, ...]:
    """Return what a record says otherwise; that it is complete may be said late, and once."""
    closed = (name for name in fields if name not in _OPEN[kind] and fields[name] != getattr(row, name))
    return tuple(name for name in closed if name != "recorded_on" or row.recorded_on is not None)


def _refuse(unit: Unit, session: int | None, changed: Sequence[str] = ()) -> None:
    if session is not None and not unit.made("session", session) and (day := closed_on(unit, session)):
        raise _agreed(session, day, changed[0] if changed else "session")


def _agreed(session: int, day: date, field: str = "session") -> BadInput:
    return BadInput(
        f"{field}: the record of session {session} was agreed on {show_day(day)}, so it stays as it is.",
        field=field,
        hint=f"Add to it: almoner supervision amend {session}",
    )
