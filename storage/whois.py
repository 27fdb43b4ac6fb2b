"""Who is acting, as a worker, and whose personal supervision they may see. Courtesy among colleagues, not security."""

from __future__ import annotations

import re
import sqlite3

from domain.text import clean_line, sort_key
from storage.sessions import SessionCard

MOST_LEVELS = 12


def acting(conn: sqlite3.Connection, actor: str) -> str | None:
    """Return the staff id of the worker that ``actor`` stands for; None where it is nobody, or more than one.

    An actor is known by staff id, by name in either order ("Hughes, Ann", "Ann Hughes"), by initial and surname
    ("A. Hughes"), or by email address or what stands before its @.
    """
    wanted = clean_line(actor)
    if not wanted:
        return None
    row = conn.execute("SELECT staff_id FROM worker WHERE staff_id = ?", (wanted,)).fetchone()
    if row is not None:
        return str(row[0])
    workers = conn.execute("SELECT staff_id, name, email FROM worker").fetchall()
    for way in (_by_id, _by_name, _by_email, _by_initial):
        found = [staff for staff, name, email in workers if way(wanted, staff, name, email)]
        if found:
            return found[0] if len(found) == 1 else None
    return None


def _by_id(wanted: str, staff: str, _name: str, _email: str) -> bool:
    return wanted.casefold() == staff.casefold()


def _by_name(wanted: str, _staff: str, name: str, _email: str) -> bool:
    return _both_ways(wanted) == _both_ways(name)


def _by_email(wanted: str, _staff: str, _name: str, email: str) -> bool:
    given, known = wanted.casefold(), email.casefold()
    return bool(known) and given in (known, known.partition("@")[0])


def _by_initial(wanted: str, _staff: str, name: str, _email: str) -> bool:
    """Whether ``wanted`` is the surname with one initial or more before it."""
    given, known = _both_ways(wanted).split(" "), _both_ways(name).split(" ")
    initials = [word for word in given if len(word) == 1]
    rest = given[len(initials) :]
    if not initials or not rest or given[: len(initials)] != initials or len(known) < len(rest) + 1:
        return False
    forenames = known[: -len(rest)]
    return known[-len(rest) :] == rest and all(a == b[0] for a, b in zip(initials, forenames, strict=False))


def _both_ways(name: str) -> str:
    """Return a name with the forename first, without accents, capitals and points."""
    surname, comma, forenames = name.partition(",")
    whole = f"{forenames} {surname}" if comma else name
    return " ".join(re.sub(r"[.\s]+", " ", sort_key(whole)).split())


def above(conn: sqlite3.Connection, staff: str) -> set[str]:
    """Return those above a worker: the line manager (where none is set, the supervisor), and theirs in turn."""
    query = """WITH RECURSIVE up(staff, n) AS (
          SELECT coalesce(line_manager, supervisor), 1 FROM worker WHERE staff_id = :staff
          UNION SELECT coalesce(w.line_manager, w.supervisor), n + 1 FROM up JOIN worker w ON w.staff_id = up.staff
            WHERE n < :most)
        SELECT DISTINCT staff FROM up WHERE staff IS NOT NULL"""
    rows = conn.execute(query, {"staff": staff, "most": MOST_LEVELS}).fetchall()
    return {str(one) for (one,) in rows}


def in_pair(card: SessionCard, me: str | None, worker: str) -> bool:
    """Whether ``me`` is the supervisee or the supervisor: what is private is for these two."""
    return me is not None and me in (worker, card.supervisor)


def may_see(conn: sqlite3.Connection, card: SessionCard, me: str | None, worker: str) -> bool:
    """Whether ``me`` may see a supervisee's personal record: the pair, those above the supervisor, and whom they cover.

    Somebody above the supervisor who was supervised in the same group sees their own record alone.
    """
    if in_pair(card, me, worker):
        return True
    there = {card.worker, *(other.worker for other in card.others)}
    return me is not None and me not in there and me in (above(conn, card.supervisor) | _covered(conn, card.id))


def _covered(conn: sqlite3.Connection, session: int) -> set[str]:
    """Return the supervisor whose session somebody else held, and who goes on from there."""
    rows = conn.execute("SELECT cover_for FROM session WHERE id = ? AND cover_for IS NOT NULL", (session,)).fetchall()
    return {str(one) for (one,) in rows}


def cannot_see(actor: str, me: str | None) -> str:
    """Return why a personal record is not shown."""
    if me is None:
        return f"you are acting as {clean_line(actor)!r}, who is no worker here; say who you are with --as STAFF_ID"
    return "it is for the supervisee, the supervisor and the supervisor's manager"
