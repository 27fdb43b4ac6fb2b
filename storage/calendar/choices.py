"""What was chosen for calendars and by whom: a worker's own choices, and the council's for all."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple, TypeVar

from domain.calendar.wording import OFF_UNLESS_CHOSEN, EntryKind, Privacy
from storage.calendar.effective_choices import OwnChoice, choices, council
from storage.database.connection import Connection

T = TypeVar("T")
Origin = Literal["own", "council", "usual"]


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


def chosen(conn: Connection, worker: str | None = None) -> Chosen:
    """Return what holds for ``worker``, or what the council chose for all."""
    whole = council(conn)
    kept = None if worker is None else choices(conn).get(worker)
    own = kept or OwnChoice()
    privacy = _first(own.privacy, None if whole.id is None else whole.privacy, Privacy.REFERENCE)
    return Chosen(
        worker,
        Holds(str(whole.wishes(own).privacy), privacy.origin),
        {k: _first(own.kinds.get(k), whole.kinds.get(k), k not in OFF_UNLESS_CHOSEN) for k in EntryKind},
        {k: _first(own.leads.get(k), whole.leads.get(k), 0) for k in EntryKind},
        Holds(own.by_mail, "own" if kept else "usual"),
    )


def _first(own: T | None, theirs: T | None, usual: T) -> Holds:
    if own is not None:
        return Holds(own, "own")
    return Holds(usual, "usual") if theirs is None else Holds(theirs, "council")
