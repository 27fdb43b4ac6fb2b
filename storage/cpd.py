"""Continuing professional development as read: pieces, how each worker's year stands, a draft from supervision."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from domain.cpd import PROMPT, Piece, Year, YearState, registration_year, year_state
from domain.dates import show_day
from domain.errors import BadInput, NotFound
from storage.reading import Packs, day
from storage.sessions import DiscussionLine, discussions

TOPICS = ("learning", "reflection")
KIND = "Supervision"
ADVICE = "Read it through before it is handed in: nothing in it may let a person you work with be known."


class CpdLine(NamedTuple):
    """A piece of development as kept."""

    worker: str
    name: str
    kind: str
    session: int | None
    need: int | None
    piece: Piece


class WorkerYear(NamedTuple):
    """One worker's registration year."""

    worker: str
    name: str
    state: YearState


class Draft(NamedTuple):
    """A piece drafted from a session: the fields of the record, what to ask oneself, and what to mind."""

    values: dict[str, Any]
    prompt: str = PROMPT
    advice: str = ADVICE


_PIECES = """
SELECT c.id, c.worker, w.name, c."on", c.kind, c.title, c.learning, c.impact, c.peer, c.peer_note, c.session, c.need,
  c.submitted_on
FROM cpd c JOIN worker w ON w.staff_id = c.worker
WHERE (:worker IS NULL OR c.worker = :worker) AND (:team IS NULL OR w.team = :team)
  AND c."on" BETWEEN :start AND :end ORDER BY w.sort_key, c."on", c.id
"""
_REGISTRANTS = """
SELECT staff_id, name, grade FROM worker
WHERE (:worker IS NULL OR staff_id = :worker) AND (:team IS NULL OR team = :team)
  AND (leaves IS NULL OR leaves >= :today) ORDER BY sort_key
"""


def pieces(
    conn: sqlite3.Connection, year: Year, *, worker: str | None = None, team: str | None = None
) -> list[CpdLine]:
    """Return the pieces of a registration year of a worker or a team, in order."""
    given = {"worker": worker, "team": team, "start": year.start.isoformat(), "end": year.end.isoformat()}
    return [_piece(row) for row in conn.execute(_PIECES, given).fetchall()]


def _piece(row: Sequence[Any]) -> CpdLine:
    number, worker, name, on, kind, title, learning, impact, peer, peer_note, session, need, submitted = row
    piece = Piece(date.fromisoformat(on), title, learning, impact, bool(peer), peer_note, day(submitted), number)
    return CpdLine(worker, name, kind, session, need, piece)


def years(
    conn: sqlite3.Connection,
    today: date,
    *,
    worker: str | None = None,
    team: str | None = None,
    year: Year | None = None,
) -> list[WorkerYear]:
    """Return how each registered worker's year stands, as their grade has it; those without a piece stand there too."""
    year, packs = year or registration_year(today), Packs(conn)
    own: dict[str, list[Piece]] = defaultdict(list)
    for line in pieces(conn, year, worker=worker, team=team):
        own[line.worker].append(line.piece)
    given = {"worker": worker, "team": team, "today": today.isoformat()}
    return [
        WorkerYear(staff_id, name, year_state(own.get(staff_id, ()), today, year))
        for staff_id, name, grade in conn.execute(_REGISTRANTS, given).fetchall()
        if staff_id in own or packs.get("grade", grade).get("registered")
    ]


def draft_cpd(conn: sqlite3.Connection, session: int, worker: str | None = None) -> Draft:
    """Return a piece of development drafted from what a session said about learning; nothing of it is kept yet.

    What was said about cases or stays private is left out. Raises NotFound, and BadInput where nothing was said.
    """
    row = conn.execute("SELECT worker, held_on FROM session WHERE id = ?", (session,)).fetchone()
    if row is None:
        raise NotFound(f"There is no session {session}.", field="session", hint="See: almoner list session")
    who, held = worker or row[0], day(row[1])
    if held is None:
        raise BadInput(f"session: session {session} has not been held.", field="session")
    said = [text for one in discussions(conn, session) if _counts(one, who) for text in one.answers.values() if text]
    if not said:
        hint = "Write what was learnt yourself: almoner record cpd --template"
        raise BadInput(f"session: nothing was said about learning in session {session}.", field="session", hint=hint)
    values = {
        "worker": who,
        "on": held,
        "kind": KIND,
        "title": f"Learning from supervision, {show_day(held)}",
        "learning": "\n\n".join(said),
        "session": session,
    }
    return Draft(values)


def _counts(said: DiscussionLine, worker: str) -> bool:
    topic = said.topic.partition(".")[0]
    return topic in TOPICS and said.case is None and not said.private and said.worker in (None, worker)
