"""What was chosen for calendars and by whom, and changing it: a worker's own choices, and the council's for all."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from domain.reminders import OFF_UNLESS_CHOSEN, EntryKind, Privacy
from storage.calendars.wishes import choices, council

if TYPE_CHECKING:
    from storage.unit import Unit

Origin = Literal["own", "council", "usual"]
_BY_KIND = ("kinds", "leads")


class Holds(NamedTuple):
    """One value that holds, and whose choice it is: the worker's own, the council's, or nobody's."""

    value: Any
    origin: Origin


class Chosen(NamedTuple):
    """What holds for one worker, or for all (``worker`` None): kinds on or off, notices in working days ahead."""

    worker: str | None
    privacy: Holds
    kinds: Mapping[EntryKind, Holds]
    leads: Mapping[EntryKind, Holds]
    by_mail: Holds


def chosen(conn: sqlite3.Connection, worker: str | None = None) -> Chosen:
    """Return what holds for ``worker``, or what the council chose for all."""
    whole = council(conn)
    own = choices(conn).get(worker, {}) if worker is not None else {}
    theirs: Mapping[str, Any] = {} if whole.id is None else {"privacy": whole.privacy}
    privacy = _first("privacy", own, theirs, Privacy.REFERENCE)
    return Chosen(
        worker,
        Holds(str(whole.wishes(own).privacy), privacy.origin),
        {k: _first(k, own.get("kinds", {}), whole.kinds, k not in OFF_UNLESS_CHOSEN) for k in EntryKind},
        {k: _first(k, own.get("leads", {}), whole.leads, 0) for k in EntryKind},
        Holds(own.get("by_mail", False), "own" if own else "usual"),
    )


def _first(name: str, own: Mapping[str, Any], theirs: Mapping[str, Any], usual: Any) -> Holds:
    if own.get(name) is not None:
        return Holds(own[name], "own")
    if theirs.get(name) is not None:
        return Holds(theirs[name], "council")
    return Holds(usual, "usual")


def kind_for(worker: str | None) -> str:
    """Return the kind of record that holds a worker's choices, or the council's (None)."""
    return "calendar-settings" if worker is None else "calendar-choice"


def logged(worker: str | None) -> str:
    """Return what the change log says of choosing."""
    what = "what holds for every calendar" if worker is None else f"what goes into the calendar of {worker}"
    return f"Chose {what}"


def choose(unit: Unit, worker: str | None, changes: Mapping[str, Any]) -> bool:
    """Record or amend the choices of ``worker``, or the council's; returns whether anything is different now.

    Within ``kinds`` and ``leads`` only what is named changes, and None goes back to what holds without a choice.
    """
    from storage.kinds import kind_of

    kind = kind_for(worker)
    row = next(iter(unit.all(kind) if worker is None else unit.all(kind, worker=worker)), None)
    before = kind_of(kind).defaults if row is None else row.model_dump()
    fields = {name: _merged(name, value, before) for name, value in changes.items()}
    if all(name in before and before[name] == value for name, value in fields.items()):
        return False
    if row is None:
        unit.record(kind, fields if worker is None else {"worker": worker, **fields})
    else:
        unit.amend(kind, row.id, fields)
    return True


def _merged(name: str, value: Any, before: Mapping[str, Any]) -> Any:
    if name not in _BY_KIND or not isinstance(value, Mapping):
        return value
    return {key: one for key, one in {**before.get(name, {}), **value}.items() if one is not None}
