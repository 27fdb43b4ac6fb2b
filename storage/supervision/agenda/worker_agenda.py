"""The agenda of one worker's supervision, read from the caseload.

Its cost grows with the worker's own cases and sessions, not with the size of the database.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

from domain.core.errors import NotFound
from domain.supervision.agenda import Agenda, Item, in_order
from storage.database.connection import Connection
from storage.load.history.concerns import history
from storage.rules.kept_packs import Packs
from storage.supervision.agenda import agenda_worker as own
from storage.supervision.agenda.agenda_cases import Span, cases, changes
from storage.supervision.agenda.agenda_items import raised
from storage.supervision.disagreements import on_agenda
from storage.supervision.session.session_reads import HELD_WITH

__all__ = ["Agenda", "Item", "agenda"]

FIRST_LOOK = timedelta(days=28)  # how far back "since last time" reaches where there was no session yet


class _Meeting(NamedTuple):
    """Who supervises, and the day of the session where the agenda is for one."""

    supervisor: str | None
    day: date | None = None


class _Held(NamedTuple):
    """The last session held; without values where there was none."""

    id: int | None = None
    held_on: date | None = None


def agenda(conn: Connection, worker: str, today: date, session: int | None = None, *, words: bool = True) -> Agenda:
    """Return the agenda of a worker's next session, or of the ``session`` given; raises NotFound.

    Without ``words`` what people wrote themselves (items, actions, reasons) is left out.
    """
    meeting = _meeting(conn, worker, today, session)
    before = min(meeting.day or today, today)
    last = conn.one(_Held, _LAST, worker=worker, before=before, session=session or 0) or _Held()
    span = Span(worker, today, last.held_on or today - FIRST_LOOK, last.held_on, last.id, session)
    packs = Packs(conn)
    dates, put_on = own.own_dates(conn, packs, span), raised(conn, worker)
    agreed = own.agreements(conn, span)
    waiting = {one.case: one for one in put_on if one.parks and one.case}
    found = cases(conn, packs, span, waiting)
    past = history(conn, None, today, worker)
    items = [
        own.wellbeing(conn, span),
        *own.open_actions(conn, span),
        *own.items(put_on, span),
        *own.standing(agreed, span),
        *changes(conn, span, found),
        *own.load_change(past, span),
        *found.items,
        *own.workload(past, span),
        *own.reductions(conn, packs, span),
        *own.of_dates(dates, span),
        *own.unsigned(agreed, span),
        *on_agenda(conn, worker, today),
        *own.learning(conn, span),
        *own.next_date(conn, span, dates),
    ]
    due = meeting.day or next((one.on for one in dates if one.series == "supervision"), None)
    ordered = in_order(items)
    shown = ordered if words else tuple(map(_without_words, ordered))
    return Agenda(worker, meeting.supervisor, due, last.held_on, shown)


def _without_words(item: Item) -> Item:
    """Return an item without what people wrote themselves."""
    written = item.kind in ("action", "item", "learning", "leave")
    lines = () if written or item.kind == "workload" else tuple(x for x in item.lines if not x.startswith("Put off"))
    title = f"{item.key.replace(':', ' ').capitalize()}" if written and item.kind != "leave" else item.title
    return item._replace(title=title, lines=lines, parked=item.parked and item.parked.partition(":")[0])


# whom and when -------------------------------------------------------------------------------------------------------

_SESSION = """SELECT supervisor, coalesce(held_on, "on") AS day FROM session WHERE id = :session"""
_SUPERVISOR = """
SELECT coalesce(w.supervisor, (SELECT g.supervisor FROM agreement g WHERE g.worker = w.staff_id AND g.starts <= :today
  AND (g.ends IS NULL OR g.ends >= :today) ORDER BY g.kind <> 'line', g.starts DESC LIMIT 1)) AS supervisor
FROM worker_on(:today) w WHERE w.staff_id = :worker
"""
_LAST = f"""
SELECT h.id, h.held_on FROM ({HELD_WITH}) h
WHERE h.held_on <= :before AND h.id <> :session ORDER BY h.held_on DESC, h.id DESC LIMIT 1
"""  # noqa: S608


def _meeting(conn: Connection, worker: str, today: date, session: int | None) -> _Meeting:
    found = conn.one(_Meeting, _SUPERVISOR, worker=worker, today=today)
    if found is None:
        raise NotFound(f"There is no worker {worker!r}.", field="worker", hint="See: almoner list worker")
    if session is not None:
        found = conn.one(_Meeting, _SESSION, session=session)
        if found is None:
            raise NotFound(f"There is no session {session}.", field="session", hint="See: almoner list session")
    return found
