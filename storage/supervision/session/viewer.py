"""Whose personal supervision somebody may see. Courtesy among colleagues, not security."""

from __future__ import annotations

from datetime import date

from domain.core.text import clean_line
from storage.database.connection import Connection
from storage.people.acting import above
from storage.supervision.session.session_reads import SessionCard


def in_pair(card: SessionCard, me: str | None, worker: str) -> bool:
    """Return whether ``me`` is the supervisee or the supervisor, for whom the private part is."""
    return me is not None and me in (worker, card.supervisor)


def may_see(conn: Connection, card: SessionCard, me: str | None, worker: str, today: date) -> bool:
    """Return whether ``me`` may see a personal record: the pair, those above the supervisor, and who is covered for.

    Somebody above the supervisor who was supervised in the same group sees their own record alone.
    """
    if in_pair(card, me, worker):
        return True
    there = {card.worker, *(other.worker for other in card.others)}
    return me is not None and me not in there and me in (above(conn, card.supervisor, today) | _covered(conn, card.id))


def _covered(conn: Connection, session: int) -> set[str]:
    """Return the supervisor in whose place somebody else held the session: they supervise again afterwards."""
    query = "SELECT cover_for FROM session WHERE id = :session AND cover_for IS NOT NULL"
    return set(conn.values(query, session=session))


def cannot_see(actor: str, me: str | None) -> str:
    """Return why a personal record is not shown."""
    if me is None:
        return f"you are acting as {clean_line(actor)!r}, who is no worker here; say who you are with --as STAFF_ID"
    return "it is for the supervisee, the supervisor and the supervisor's manager"
