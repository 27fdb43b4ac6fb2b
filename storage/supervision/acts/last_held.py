"""When each worker was last supervised before the program was in use: taken from a list, in one step."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from domain.core.enums import SessionState
from domain.core.errors import BadInput
from domain.core.text import plural
from domain.people.people import Worker
from domain.supervision.sessions import Session, SessionFields
from storage.records.checking import there
from storage.tables import SessionRow

if TYPE_CHECKING:
    from storage.records.unit import Unit


class LastHeld(NamedTuple):
    """The day on which a worker was last supervised; by whom, if not by their supervisor of that day."""

    worker: str
    on: date
    supervisor: str | None = None
    where: str = ""
    field: str = ""


class Kept(NamedTuple):
    """How many days were kept, and how many stood there already."""

    kept: int
    there: int


def keep_last_held(unit: Unit, days: Iterable[LastHeld]) -> Kept:
    """Keep for each worker the session last held before the program was in use, all or none.

    Such a session has no record here to write or sign. Raises BadInput or NotFound for the first that cannot be kept,
    with where it stands and the field of a form.
    """
    kept = there_already = 0
    for one in days:
        try:
            if _there(unit, one):
                there_already += 1
            else:
                _keep(unit, one)
                kept += 1
        except BadInput as error:
            error.where, error.field = one.where or error.where, one.field or error.field
            raise
    if not kept + there_already:
        raise BadInput(
            "No day is given.", field="on", hint="Give at least one worker the day they were last supervised."
        )
    unit.finish(f"Kept when {plural(kept, 'worker')} last had supervision")
    return Kept(kept, there_already)


def _there(unit: Unit, one: LastHeld) -> bool:
    return any(session.held_on == one.on for session in unit.all(Session, SessionRow.worker == one.worker))


def _keep(unit: Unit, one: LastHeld) -> None:
    there(unit, Worker, one.worker, "worker")
    query = "SELECT supervisor FROM worker_on(:day) w WHERE w.staff_id = :worker"
    by = one.supervisor or unit.reader.value(query, worker=one.worker, day=one.on)
    if by is None:
        hint = "Record who their supervisor was, or give in a list whoever held it: supervisor."
        raise BadInput(f"nobody supervised {one.worker} then.", field="supervisor", hint=hint)
    said = {"worker": one.worker, "supervisor": by, "on": one.on, "state": SessionState.HELD, "elsewhere": True}
    unit.record(unit.kinds.of(SessionFields).read(said))
