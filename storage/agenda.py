"""The agenda of one worker's supervision, read from the caseload: one narrow statement a table, on the plain driver.

What it costs follows the worker's own cases and sessions, not the size of the database.
"""

from __future__ import annotations

import sqlite3
from datetime import date, timedelta
from typing import NamedTuple

from domain.agenda import Agenda, Item, in_order
from domain.errors import NotFound
from storage import agendaworker as own
from storage.agendacases import Span, cases, changes
from storage.agendaitems import raised
from storage.concerns import history
from storage.disagreements import on_agenda
from storage.reading import Packs, day

__all__ = ["Agenda", "Item", "agenda"]

FIRST_LOOK = timedelta(days=28)  # how far back "since last time" reaches where there was no session yet


class _Worker(NamedTuple):
    """Whom the agenda is for, and the session it is for."""

    supervisor: str | None
    day: date | None
    last: date | None
    last_session: int | None


def agenda(
    conn: sqlite3.Connection, worker: str, today: date, session: int | None = None, *, words: bool = True
) -> Agenda:
    """Return the agenda of a worker's next session, or of the ``session`` given; raises NotFound.

    Without ``words`` what people wrote themselves (items, actions, reasons) is kept back.
    """
    about = _about(conn, worker, today, session)
    since = about.last or today - FIRST_LOOK
    span = Span(worker, today, since, about.last, about.last_session, session)
    packs = Packs(conn)
    dates, put_on = own.own_dates(conn, packs, span), raised(conn, worker)
    waiting = {one.case: (one.on, one.until, one.why) for one in put_on if one.parks and one.case and one.until}
    found = cases(conn, packs, span, waiting)
    past = history(conn, None, today, worker)
    items = [
        own.wellbeing(conn, span),
        *own.open_actions(conn, span),
        *own.items(put_on, span),
        *own.standing(conn, span),
        *changes(conn, span, found),
        *own.load_change(past, span),
        *found.items,
        *own.workload(past, span),
        *own.reductions(conn, packs, span),
        *own.of_dates(dates, span),
        *own.agreement(conn, span),
        *on_agenda(conn, worker, today),
        *own.learning(conn, span),
        *own.next_date(conn, span, dates),
    ]
    due = about.day or next((one.on for one in dates if one.series == "supervision"), None)
    ordered = in_order(items)
    return Agenda(worker, about.supervisor, due, about.last, ordered if words else tuple(map(_without_words, ordered)))


def _without_words(item: Item) -> Item:
    """Return an item without what people wrote themselves."""
    written = item.kind in ("action", "item", "learning", "leave")
    lines = () if written or item.kind == "workload" else tuple(x for x in item.lines if not x.startswith("Put off"))
    title = f"{item.key.replace(':', ' ').capitalize()}" if written and item.kind != "leave" else item.title
    return item._replace(title=title, lines=lines, parked=item.parked and item.parked.partition(":")[0])


# whom and when -------------------------------------------------------------------------------------------------------

_SESSION = """SELECT supervisor, coalesce(held_on, "on") FROM session WHERE id = :session"""
_SUPERVISOR = """
SELECT coalesce(w.supervisor, (SELECT g.supervisor FROM agreement g WHERE g.worker = w.staff_id AND g.starts <= :today
  AND (g.ends IS NULL OR g.ends >= :today) ORDER BY g.kind <> 'line', g.starts DESC LIMIT 1))
FROM worker w WHERE w.staff_id = :worker
"""
_LAST = """
SELECT id, held FROM (
  SELECT s.id AS id, s.held_on AS held FROM session s WHERE s.worker = :worker AND s.state = 'held'
  UNION ALL
  SELECT s.id, s.held_on FROM attendance a JOIN session s ON s.id = a.session
    WHERE a.worker = :worker AND a.absent = 0 AND s.state = 'held')
WHERE held <= :before AND id <> :session ORDER BY held DESC, id DESC LIMIT 1
"""


def _about(conn: sqlite3.Connection, worker: str, today: date, session: int | None) -> _Worker:
    given = {"worker": worker, "today": today.isoformat(), "session": session or 0}
    row = conn.execute(_SUPERVISOR, given).fetchone()
    if row is None:
        raise NotFound(f"There is no worker {worker!r}.", field="worker", hint="See: almoner list worker")
    supervisor, on = row[0], None
    if session is not None:
        booked = conn.execute(_SESSION, given).fetchone()
        if booked is None:
            raise NotFound(f"There is no session {session}.", field="session", hint="See: almoner list session")
        supervisor, on = booked[0], date.fromisoformat(booked[1])
    given["before"] = min(on or today, today).isoformat()
    last = conn.execute(_LAST, given).fetchone() or (None, None)
    return _Worker(supervisor, on, day(last[1]), last[0])
