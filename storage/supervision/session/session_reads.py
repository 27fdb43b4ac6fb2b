"""Narrow reads of one supervision session: who, when, what was said, decided, agreed to do and rated, and drafts."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from domain.core.errors import NotFound
from storage.database.connection import Connection


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
    version: int
    others: tuple[AttendanceLine, ...] = ()
    elsewhere: bool = False

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
    """What was said about one case, or on one topic of the personal record.

    ``held_on`` is the day of its session, where the reading asks for it.
    """

    id: int
    topic: str
    case: str | None
    worker: str | None
    format: str
    answers: dict[str, str]
    parked: str
    private: bool
    version: int
    held_on: date | None = None


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
    """What one person typed into a part and has not saved to the record; ``seen`` is the version they began from."""

    part: str
    answers: dict[str, str]
    seen: int
    saved_at: str


_CARD = """
SELECT s.id, s.worker, w.name AS worker_name, s.supervisor, v.name AS supervisor_name, s."on", s.start, s.minutes,
  s.place, s.state, s.held_on, s.kind, s."group", s.recorded_on, s.agreed_worker, s.agreed_supervisor, s.version,
  s.elsewhere
FROM session s JOIN worker w ON w.staff_id = s.worker JOIN worker v ON v.staff_id = s.supervisor WHERE s.id = :session
"""
_OTHERS = """
SELECT a.id, a.worker, w.name, a.absent, a.agreed_on, a.agreed_by, a.version
FROM attendance a JOIN worker w ON w.staff_id = a.worker WHERE a.session = :session ORDER BY w.sort_key
"""
_DISCUSSION = 'd.id, d.topic, d."case", d.worker, d.format, d.answers, d.parked, d.private, d.version'
_ACTION = """
SELECT a.id, a."case", a.owner, coalesce(w.name, '') AS owner_name, a.who, a.what, a.why, a.set_on, a.due, a.carries,
  a.done_on, a.how, a.dropped_on, a.version
FROM action a LEFT JOIN worker w ON w.staff_id = a.owner
"""
_RATING = 'SELECT id, "case", session, "on", about, rater, score, why FROM rating'
# The sessions held with a worker, on their own or with others.
HELD_WITH = """
SELECT s.id AS id, s.held_on AS held_on FROM session s WHERE s.worker = :worker AND s.state = 'held'
UNION ALL
SELECT s.id, s.held_on FROM attendance a JOIN session s ON s.id = a.session
  WHERE a.worker = :worker AND NOT a.absent AND s.state = 'held'
"""


def session_card(conn: Connection, session: int) -> SessionCard:
    """Return one session; raises NotFound."""
    card = conn.one(SessionCard, _CARD, session=session)
    if card is None:
        raise NotFound(f"There is no session {session}.", field="session", hint="See: almoner list session")
    return card._replace(others=tuple(conn.all(AttendanceLine, _OTHERS, session=session)))


def discussions(conn: Connection, session: int) -> list[DiscussionLine]:
    """Return what was said in a session, in the order in which it was first saved."""
    query = f"SELECT {_DISCUSSION} FROM discussion d WHERE d.session = :session ORDER BY d.id"  # noqa: S608
    return conn.all(DiscussionLine, query, session=session)


def decisions(conn: Connection, session: int) -> list[DecisionLine]:
    """Return the decisions of a session, in the order in which they were saved."""
    query = """SELECT id, "case", worker, decision, rationale, decided_by, body, "on", follow_by, followed_on, outcome,
        version FROM decision WHERE session = :session ORDER BY id"""
    return conn.all(DecisionLine, query, session=session)


def session_actions(conn: Connection, session: int) -> list[SessionAction]:
    """Return the actions set in a session, in the order in which they were saved."""
    return conn.all(SessionAction, f"{_ACTION} WHERE a.session = :session ORDER BY a.id", session=session)


def open_actions(conn: Connection, session: int, worker: str) -> list[SessionAction]:
    """Return what a supervisee still has to do, or what was set in their supervision before, soonest due first."""
    query = f"""{_ACTION} WHERE a.done_on IS NULL AND a.dropped_on IS NULL
          AND (a.session IS NULL OR a.session <> :session)
          AND (a.owner = :worker OR a.session IN (SELECT s.id FROM session s WHERE s.worker = :worker))
          AND NOT EXISTS (SELECT 1 FROM action later WHERE later.carries = a.id)
        ORDER BY a.due IS NULL, a.due, a.id"""  # noqa: S608
    return conn.all(SessionAction, query, worker=worker, session=session)


def last_session(conn: Connection, worker: str, before: date) -> int | None:
    """Return the last session held with ``worker`` before a day, on their own or with others."""
    query = f"""SELECT h.id FROM ({HELD_WITH}) h
        WHERE h.held_on < :before ORDER BY h.held_on DESC, h.id DESC LIMIT 1"""  # noqa: S608
    number: int | None = conn.value(query, worker=worker, before=before)
    return number


def last_discussion(conn: Connection, case: str, session: SessionCard) -> DiscussionLine | None:
    """Return what was last said about a case in a session held before this one, with the day of that session."""
    query = f"""SELECT {_DISCUSSION}, s.held_on FROM discussion d JOIN session s ON s.id = d.session
        WHERE d."case" = :case AND d.parked = '' AND s.state = 'held' AND s.id <> :session AND s.held_on <= :day
        ORDER BY s.held_on DESC, d.id DESC LIMIT 1"""  # noqa: S608
    return conn.one(DiscussionLine, query, case=case, session=session.id, day=session.day)


def ratings(conn: Connection, case: str) -> list[RatingLine]:
    """Return every rating of a case, oldest first."""
    return conn.all(RatingLine, f'{_RATING} WHERE "case" = :case ORDER BY "on", id', case=case)


def session_ratings(conn: Connection, session: int) -> list[RatingLine]:
    """Return the ratings given in a session, in the order in which they were saved."""
    return conn.all(RatingLine, f"{_RATING} WHERE session = :session ORDER BY id", session=session)


def drafts(conn: Connection, session: int, actor: str) -> list[DraftLine]:
    """Return what ``actor`` typed into a session and has not saved to its record yet."""
    query = """SELECT part, answers, seen, saved_at FROM draft
        WHERE session = :session AND actor = :actor ORDER BY part"""
    return conn.all(DraftLine, query, session=session, actor=actor)


def written_by(conn: Connection, discussion: int) -> str:
    """Return who wrote last into a discussion."""
    return conn.value("SELECT changed_by FROM discussion WHERE id = :id", id=discussion) or "Somebody else"


def booked_after(conn: Connection, card: SessionCard) -> list[SessionCard]:
    """Return the sessions of the same pair that are booked after this one, the next few."""
    query = """SELECT id FROM session WHERE worker = :worker AND supervisor = :supervisor AND state = 'planned'
        AND "on" > :day AND id <> :id ORDER BY "on", start LIMIT 3"""
    given = {"worker": card.worker, "supervisor": card.supervisor, "day": card.day, "id": card.id}
    return [session_card(conn, number) for number in conn.values(query, **given)]
