"""Continuing professional development as read: pieces, how each worker's year stands, a draft from supervision."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from typing import Any, NamedTuple

from domain.core.dates import show_day
from domain.core.errors import BadInput, NotFound
from domain.learning.cpd import LATE, PROMPT, Piece, Year, YearState, registration_year
from storage.database.connection import Connection
from storage.database.fragments import IN_TEAM, NOT_LEFT
from storage.learning.cpd_years import standards, states
from storage.rules.kept_packs import Packs
from storage.supervision.session.session_reads import DiscussionLine, discussions

TOPICS = ("learning", "reflection")
KIND = "Supervision"
ADVICE = "Read it through before it is handed in: nothing in it may let a person you work with be known."


class WorkerYear(NamedTuple):
    """One worker's registration year."""

    worker: str
    name: str
    state: YearState


class Draft(NamedTuple):
    """A piece drafted from a session: the fields of the record, a question to reflect on, and a warning."""

    values: dict[str, Any]
    prompt: str = PROMPT
    advice: str = ADVICE


_PIECES = f"""
SELECT c.id, c.worker, w.name, c."on", c.kind, c.title, c.learning, c.impact, c.peer, c.peer_note, c.submitted_on
FROM cpd c JOIN worker w ON w.staff_id = c.worker
WHERE (:worker IS NULL OR c.worker = :worker) AND {IN_TEAM}
  AND c."on" BETWEEN :start AND :end ORDER BY w.sort_key, c."on", c.id
"""  # noqa: S608
_STAFF = f"""
SELECT w.staff_id, w.name FROM worker w
WHERE (:worker IS NULL OR w.staff_id = :worker) AND {IN_TEAM} AND {NOT_LEFT} ORDER BY w.sort_key
"""  # noqa: S608


class _Staff(NamedTuple):
    staff_id: str
    name: str


class _Session(NamedTuple):
    worker: str
    held_on: date | None


def pieces(
    conn: Connection, year: Year, today: date, *, worker: str | None = None, team: str | None = None
) -> list[Piece]:
    """Return the pieces of a registration year of a worker, or of those in a team today, in order."""
    return conn.all(Piece, _PIECES, worker=worker, team=team, start=year.start, end=year.end, today=today)


def years(
    conn: Connection,
    today: date,
    *,
    worker: str | None = None,
    team: str | None = None,
    asked: date | None = None,
) -> list[WorkerYear]:
    """Return of each worker who has a registered grade or a piece the years that are late, and the present one.

    With ``asked``, a day, only the year that holds it.
    """
    staff = conn.all(_Staff, _STAFF, worker=worker, team=team, today=today)
    found = states(conn, Packs(conn), [one.staff_id for one in staff], today, asked)
    return [
        WorkerYear(one.staff_id, one.name, state)
        for one in staff
        for state in found.get(one.staff_id, ())
        if asked or state.state == LATE or state.year.end >= today
    ]


def year_of(conn: Connection, worker: str, day: date, today: date) -> YearState | None:
    """Return how a worker's registration year stands that holds a day; None where there is none for their nation."""
    found = states(conn, Packs(conn), [worker], today, day, concerned=False)
    return next(iter(found.get(worker, ())), None)


def draft_cpd(conn: Connection, session: int, worker: str | None = None) -> Draft:
    """Return a piece of development drafted from what was said about learning in a session; it is not saved.

    What was said about cases and what is private is left out. Raises NotFound, and BadInput where nothing was said.
    """
    held = conn.one(_Session, "SELECT worker, held_on FROM session WHERE id = :session", session=session)
    if held is None:
        raise NotFound(f"There is no session {session}.", field="session", hint="See: almoner list session")
    who = worker or held.worker
    if held.held_on is None:
        raise BadInput(f"session {session} has not been held.", field="session", where="session")
    said = [text for one in discussions(conn, session) if _counts(one, who) for text in one.answers.values() if text]
    if not said:
        hint = "Write what was learnt yourself: almoner record cpd --template"
        raise BadInput(
            f"nothing was said about learning in session {session}.", field="session", where="session", hint=hint
        )
    values = {
        "worker": who,
        "on": held.held_on,
        "kind": KIND,
        "title": f"Learning from supervision, {show_day(held.held_on)}",
        "learning": "\n\n".join(said),
        "session": session,
    }
    return Draft(values)


def _counts(line: DiscussionLine, worker: str) -> bool:
    topic = line.topic.partition(".")[0]
    return topic in TOPICS and line.case is None and not line.private and line.worker in (None, worker)


def drafts_of(conn: Connection, worker: str, today: date) -> dict[int, Draft]:
    """Return drafts by session: of this registration year, with something about learning, the latest first."""
    query = """SELECT id FROM session WHERE worker = :worker AND held_on BETWEEN :first AND :today
        AND id NOT IN (SELECT session FROM cpd WHERE worker = :worker AND session IS NOT NULL) ORDER BY held_on DESC"""
    first = _year_now(conn, worker, today).start
    found: dict[int, Draft] = {}
    for number in conn.values(query, worker=worker, first=first, today=today):
        with suppress(BadInput):
            found[number] = draft_cpd(conn, number, worker)
    return found


def _year_now(conn: Connection, worker: str, today: date) -> Year:
    nation = conn.value("SELECT t.nation FROM worker w JOIN team t ON t.name = w.team WHERE w.staff_id = :w", w=worker)
    known = standards(Packs(conn))
    return registration_year(today, known[nation]) if nation in known else registration_year(today)
