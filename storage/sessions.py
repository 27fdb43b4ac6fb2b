"""Narrow reads of one supervision session: who, when, what was said, decided, agreed to do and rated, and drafts."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from domain.errors import NotFound
from storage.reading import day


class AttendanceLine(NamedTuple):
    """One more supervisee at a session."""

    id: int
    worker: str
    name: str
    absent: bool
    agreed_on: date | None
    agreed_by: str
    version: int


class SessionCard(NamedTuple):
    """One session; ``start`` is a wall-clock time, ``minutes`` its planned length."""

    id: int
    worker: str
    worker_name: str
    supervisor: str
    supervisor_name: str
    on: date
    start: str
    minutes: int
    place: str
    state: str
    held_on: date | None
    kind: str
    group: str
    recorded_on: date | None
    agreed_worker: date | None
    agreed_supervisor: date | None
    others: tuple[AttendanceLine, ...]
    version: int

    @property
    def day(self) -> date:
        """The day it was held, or the one it is booked for."""
        return self.held_on or self.on

    @property
    def agreed(self) -> bool:
        """Whether one of the two agreed its record: from then on it is amended, not changed."""
        return self.agreed_worker is not None or self.agreed_supervisor is not None

    @property
    def present(self) -> tuple[str, ...]:
        """The supervisees who are there."""
        return (self.worker, *(other.worker for other in self.others if not other.absent))


class DiscussionLine(NamedTuple):
    """What was said about one case, or on one topic of the personal record."""

    id: int
    topic: str
    case: str | None
    worker: str | None
    format: str
    answers: dict[str, str]
    parked: str
    private: bool
    version: int


class DecisionLine(NamedTuple):
    """A decision of a session."""

    id: int
    case: str | None
    worker: str | None
    decision: str
    rationale: str
    decided_by: str
    body: str
    on: date
    follow_by: date | None
    followed_on: date | None
    outcome: str
    version: int


class SessionAction(NamedTuple):
    """An action set in a session; ``who`` names somebody who is no worker."""

    id: int
    case: str | None
    owner: str | None
    owner_name: str
    who: str
    what: str
    why: str
    set_on: date
    due: date | None
    carries: int | None
    done_on: date | None
    how: str
    dropped_on: date | None
    version: int


class RatingLine(NamedTuple):
    """A rating from 0 to 10 by one person."""

    id: int
    case: str
    session: int | None
    on: date
    about: str
    rater: str
    score: int
    why: str


class DraftLine(NamedTuple):
    """What one person typed into a part and has not kept yet; ``seen`` is the version that they began from."""

    part: str
    answers: dict[str, str]
    seen: int
    saved_at: str


_CARD = """
SELECT s.id, s.worker, w.name, s.supervisor, v.name, s."on", s.start, s.minutes, s.place, s.state, s.held_on, s.kind,
  s."group", s.recorded_on, s.agreed_worker, s.agreed_supervisor, s.version
FROM session s JOIN worker w ON w.staff_id = s.worker JOIN worker v ON v.staff_id = s.supervisor WHERE s.id = ?
"""
_OTHERS = """
SELECT a.id, a.worker, w.name, a.absent, a.agreed_on, a.agreed_by, a.version
FROM attendance a JOIN worker w ON w.staff_id = a.worker WHERE a.session = ? ORDER BY w.sort_key
"""


def session_card(conn: sqlite3.Connection, session: int) -> SessionCard:
    """Return one session; raises NotFound."""
    row = conn.execute(_CARD, (session,)).fetchone()
    if row is None:
        raise NotFound(f"There is no session {session}.", field="session", hint="See: almoner list session")
    *who, on, start, minutes, place, state, held, kind, group, recorded, by_worker, by_supervisor, version = row
    days = (day(recorded), day(by_worker), day(by_supervisor))
    booked = (date.fromisoformat(on), start, minutes, place, state, day(held), kind, group)
    return SessionCard._make((*who, *booked, *days, _others(conn, session), version))


def _others(conn: sqlite3.Connection, session: int) -> tuple[AttendanceLine, ...]:
    rows = conn.execute(_OTHERS, (session,)).fetchall()
    return tuple(AttendanceLine(r[0], r[1], r[2], bool(r[3]), day(r[4]), r[5], r[6]) for r in rows)


def discussions(conn: sqlite3.Connection, session: int) -> list[DiscussionLine]:
    """Return what was said in a session, in the order in which it was first kept."""
    query = """SELECT id, topic, "case", worker, format, answers, parked, private, version
        FROM discussion WHERE session = ? ORDER BY id"""
    return [_discussion(row) for row in conn.execute(query, (session,)).fetchall()]


def _discussion(row: Sequence[Any]) -> DiscussionLine:
    *what, answers, parked, private, version = row
    return DiscussionLine._make((*what, json.loads(answers), parked, bool(private), version))


def decisions(conn: sqlite3.Connection, session: int) -> list[DecisionLine]:
    """Return the decisions of a session, in the order in which they were kept."""
    query = """SELECT id, "case", worker, decision, rationale, decided_by, body, "on", follow_by, followed_on, outcome,
        version FROM decision WHERE session = ? ORDER BY id"""
    return [
        DecisionLine._make((*said, date.fromisoformat(on), day(follow), day(followed), outcome, version))
        for *said, on, follow, followed, outcome, version in conn.execute(query, (session,)).fetchall()
    ]


def session_actions(conn: sqlite3.Connection, session: int) -> list[SessionAction]:
    """Return the actions set in a session, in the order in which they were kept."""
    query = """SELECT a.id, a."case", a.owner, coalesce(w.name, ''), a.who, a.what, a.why, a.set_on, a.due, a.carries,
        a.done_on, a.how, a.dropped_on, a.version
        FROM action a LEFT JOIN worker w ON w.staff_id = a.owner WHERE a.session = ? ORDER BY a.id"""
    return [action_line(row) for row in conn.execute(query, (session,)).fetchall()]


def action_line(row: Sequence[Any]) -> SessionAction:
    """Return a row of actions, in the order of the fields, with its days as days."""
    *said, set_on, due, carries, done, how, dropped, version = row
    return SessionAction._make(
        (*said, date.fromisoformat(set_on), day(due), carries, day(done), how, day(dropped), version)
    )


def last_session(conn: sqlite3.Connection, worker: str, before: date) -> int | None:
    """Return the last session held with ``worker`` before a day, on their own or with others."""
    query = """SELECT id FROM (
        SELECT s.id AS id, s.held_on AS held FROM session s
          WHERE s.worker = :worker AND s.state = 'held' AND s.held_on < :before
        UNION ALL
        SELECT s.id, s.held_on FROM attendance a JOIN session s ON s.id = a.session
          WHERE a.worker = :worker AND a.absent = 0 AND s.state = 'held' AND s.held_on < :before
      ) ORDER BY held DESC, id DESC LIMIT 1"""
    row = conn.execute(query, {"worker": worker, "before": before.isoformat()}).fetchone()
    return None if row is None else int(row[0])


def last_discussion(conn: sqlite3.Connection, case: str, session: SessionCard) -> tuple[DiscussionLine, date] | None:
    """Return what was last said about a case in a session held before this one, and on which day."""
    query = """SELECT d.id, d.topic, d."case", d.worker, d.format, d.answers, d.parked, d.private, d.version, s.held_on
        FROM discussion d JOIN session s ON s.id = d.session
        WHERE d."case" = ? AND d.parked = '' AND s.state = 'held' AND s.id <> ? AND s.held_on <= ?
        ORDER BY s.held_on DESC, d.id DESC LIMIT 1"""
    row = conn.execute(query, (case, session.id, session.day.isoformat())).fetchone()
    return None if row is None else (_discussion(row[:9]), date.fromisoformat(row[9]))


def ratings(conn: sqlite3.Connection, case: str) -> list[RatingLine]:
    """Return every rating of a case, oldest first."""
    query = """SELECT id, "case", session, "on", about, rater, score, why FROM rating WHERE "case" = ?
        ORDER BY "on", id"""
    return [
        RatingLine(number, reference, session, date.fromisoformat(on), about, rater, score, why)
        for number, reference, session, on, about, rater, score, why in conn.execute(query, (case,)).fetchall()
    ]


def drafts(conn: sqlite3.Connection, session: int, actor: str) -> list[DraftLine]:
    """Return what ``actor`` typed into a session and has not kept yet."""
    query = "SELECT part, answers, seen, saved_at FROM draft WHERE session = ? AND actor = ? ORDER BY part"
    return [
        DraftLine(part, json.loads(answers), seen, saved_at)
        for part, answers, seen, saved_at in conn.execute(query, (session, actor)).fetchall()
    ]


def written_by(conn: sqlite3.Connection, discussion: int) -> str:
    """Return who wrote last into a discussion."""
    row = conn.execute("SELECT changed_by FROM discussion WHERE id = ?", (discussion,)).fetchone()
    return row[0] if row else "Somebody else"


def booked_after(conn: sqlite3.Connection, card: SessionCard) -> list[SessionCard]:
    """Return the sessions of the same pair that are booked after this one, the next few."""
    query = """SELECT id FROM session WHERE worker = ? AND supervisor = ? AND state = 'planned' AND "on" > ? AND id <> ?
        ORDER BY "on", start LIMIT 3"""
    rows = conn.execute(query, (card.worker, card.supervisor, card.day.isoformat(), card.id)).fetchall()
    return [session_card(conn, number) for (number,) in rows]
