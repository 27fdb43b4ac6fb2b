"""A record that somebody agreed is closed: what it says stays as it was, and is added to by amendments alone."""

from __future__ import annotations

from collections.abc import Mapping
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
    "discussion": frozenset[str](),
    "rating": frozenset[str](),
    "decision": frozenset({"followed_on", "outcome"}),
    "action": frozenset({"done_on", "how", "dropped_on", "dropped_why"}),
    "attendance": frozenset({"agreed_on", "agreed_by"}),
}
_OF_SESSION = ("worker", "supervisor", "state", "held_on")


def closed_on(unit: Unit, session: int) -> date | None:
    """Return the day on which the first of those who were there agreed a session's record."""
    kept, other = KINDS["session"].table, KINDS["attendance"].table
    row = unit.connection.execute(
        sa.select(kept.c.agreed_worker, kept.c.agreed_supervisor).where(kept.c.id == session)
    ).first()
    own = sa.select(sa.func.min(other.c.agreed_on)).where(other.c.session == session)
    days = (*(row or ()), unit.connection.execute(own).scalar())
    return min((day for day in days if day is not None), default=None)


def refuse_closed(unit: Unit, kind: str, fields: Fields, row: Any) -> None:
    """Raise BadInput where ``fields`` would change what an agreed record says, or add to it.

    A past session may be taken in whole, with its words and its signatures, in one piece of work.
    """
    if kind not in _OPEN or (row is not None and not _changed(kind, fields, row)):
        return
    for session in {fields.get("session"), getattr(row, "session", None)}:
        _refuse(unit, session)


def refuse_moved(unit: Unit, fields: Fields, row: Any) -> None:
    """Raise BadInput where an agreed session would become one of other people, of another day, or not held."""
    if row is not None and any(fields[name] != getattr(row, name) for name in _OF_SESSION):
        _refuse(unit, row.id)


def refuse_undoing(unit: Unit, kind: str, before: Fields | None, after: Fields | None) -> None:
    """Raise BadInput where taking a change back would change what a record says that was agreed since."""
    if kind not in _OPEN:
        return
    old, new = before or {}, after or {}
    own = KINDS[kind].fields.model_fields
    if before is None or after is None or any(old.get(n) != new.get(n) for n in own if n not in _OPEN[kind]):
        for session in {old.get("session"), new.get("session")}:
            _refuse(unit, session)


def _changed(kind: str, fields: Fields, row: Any) -> bool:
    return any(fields[name] != getattr(row, name) for name in fields if name not in _OPEN[kind])


def _refuse(unit: Unit, session: int | None) -> None:
    if session is not None and not unit.made("session", session) and (day := closed_on(unit, session)):
        raise BadInput(
            f"session: the record of session {session} was agreed on {show_day(day)}, so it stays as it is.",
            field="session",
            hint=f"Add to it: almoner supervision amend {session}",
        )
