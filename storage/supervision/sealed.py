"""A record that somebody has agreed is closed: its words stay, and only amendments add to it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from domain.core.dates import show_day
from domain.core.errors import BadInput
from storage.records.kind import Data

if TYPE_CHECKING:
    from storage.records.unit import Unit

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


class _Signatures(NamedTuple):
    agreed_worker: date | None
    agreed_supervisor: date | None


def closed_on(unit: Unit, session: int) -> date | None:
    """Return the day on which the first of those who were there agreed a session's record."""
    query = "SELECT agreed_worker, agreed_supervisor FROM session WHERE id = :session"
    signed = unit.reader.one(_Signatures, query, session=session)
    return _first((*(signed or ()), _by_others(unit, session)))


def _by_others(unit: Unit, session: int) -> date | None:
    query = "SELECT min(agreed_on) FROM attendance WHERE session = :session"
    day = unit.reader.value(query, session=session)
    return None if day is None else date.fromisoformat(day)


def _first(days: Iterable[date | None]) -> date | None:
    return min((day for day in days if day is not None), default=None)


class _Agreed:
    """Refuse what would change an agreed record."""

    def refuse_writing(self, unit: Unit, kind: str, fields: Any, row: Any) -> None:
        """Raise BadInput where ``fields`` would change what an agreed record says, or add to it.

        A past session may be recorded as a whole, words and signatures together, in one unit.
        """
        if kind == "agenda-item":
            if row is not None:
                _refuse_renaming(unit, fields, row)
            return
        if kind == "session" and row is None:
            return
        changed = () if row is None else _changed(kind, fields, row)
        if row is None or changed:
            for session in _sessions(kind, fields, row):
                _refuse(unit, session, changed)

    def refuse_removing(self, unit: Unit, kind: str, row: Any) -> None:
        """Raise BadInput where what is to be removed belongs to an agreed record."""
        if kind in _OPEN:
            for session in _sessions(kind, None, row):
                _refuse(unit, session)

    def refuse_undoing(self, unit: Unit, kind: str, before: Data | None, after: Data | None) -> None:
        """Raise BadInput where undoing a change would change what a record says that was agreed since."""
        if kind not in _OPEN:
            return
        if kind == "session" and before is None and after is not None:
            _refuse_typing(unit, after["id"])
        old, new = before or {}, after or {}
        own = unit.kinds.named(kind).names
        same = all(old.get(name) == new.get(name) for name in own if name not in _OPEN[kind])
        if before is not None and after is not None and same:
            return
        if kind == "session":
            _refuse_reopening(unit, old or new, old)
            return
        for session in {old.get("session"), new.get("session")}:
            _refuse(unit, session)


SEAL = _Agreed()


def _refuse_typing(unit: Unit, session: int) -> None:
    """Refuse to take a session away while somebody is typing for it: what they typed would go with it."""
    query = "SELECT DISTINCT actor FROM draft WHERE session = :session AND answers <> '{}'"
    typing = unit.reader.values(query, session=session)
    if typing:
        whose = "Your own words" if set(typing) == {unit.actor} else "Words that somebody is typing"
        raise BadInput(
            f"{whose} for session {session} are not kept yet, and would be lost with it.",
            field="session",
            hint="Keep or clear them first; or cancel the session, which loses nothing.",
        )


def _refuse_reopening(unit: Unit, session: Data, old: Data) -> None:
    """Refuse where the session would still be signed after the undoing; a signature itself may be undone."""
    signed = (date.fromisoformat(old[name]) for name in _SIGNED if old.get(name))
    if day := _first((*signed, _by_others(unit, session["id"]))):
        raise _agreed(session["id"], day)


def _refuse_renaming(unit: Unit, fields: Any, row: Any) -> None:
    """Refuse to reword an agenda item that is a heading in an agreed record."""
    changed = [name for name in _HEADING if getattr(fields, name) != getattr(row, name)]
    if changed:
        query = "SELECT session FROM discussion WHERE topic = :topic"
        for session in unit.reader.values(query, topic=f"item.{row.id}"):
            _refuse(unit, session, changed)


def _sessions(kind: str, fields: Any, row: Any) -> set[int | None]:
    return {row.id} if kind == "session" else {getattr(fields, "session", None), getattr(row, "session", None)}


def _changed(kind: str, fields: Any, row: Any) -> tuple[str, ...]:
    """Return the fields that change what a record says; ``recorded_on`` may be filled in late, but only once."""
    names = (name for name in type(fields).model_fields if name not in _OPEN[kind])
    changed = (name for name in names if getattr(fields, name) != getattr(row, name))
    return tuple(name for name in changed if name != "recorded_on" or row.recorded_on is not None)


def _refuse(unit: Unit, session: int | None, changed: Sequence[str] = ()) -> None:
    if session is not None and not unit.made("session", session) and (day := closed_on(unit, session)):
        raise _agreed(session, day, changed[0] if changed else "session")


def _agreed(session: int, day: date, field: str = "session") -> BadInput:
    return BadInput(
        f"{field}: the record of session {session} was agreed on {show_day(day)}, so it stays as it is.",
        field=field,
        hint=f"Add to it: almoner supervision amend {session}",
    )
