"""Which worker is acting, and who stands above a worker. This is a courtesy among colleagues and no security."""

from __future__ import annotations

import re
from datetime import date
from typing import NamedTuple

from domain.core.identifiers import identifier
from domain.core.text import clean_line, sort_key
from storage.database.connection import Connection
from storage.records.keys.former_keys import lead

MOST_LEVELS = 12


class _Worker(NamedTuple):
    staff_id: str
    name: str
    email: str


def acting(conn: Connection, actor: str) -> str | None:
    """Return the staff id of the worker that ``actor`` names; None where that is nobody, or more than one.

    An actor is known by staff id, by name in either order ("Hughes, Ann", "Ann Hughes"), by initial and surname
    ("A. Hughes"), or by email address or what stands before its @.
    """
    wanted = clean_line(actor)
    if not wanted:
        return None
    own: str | None = conn.value("SELECT staff_id FROM worker WHERE staff_id = :wanted", wanted=identifier(wanted))
    if own is not None:
        return own
    if (led := lead(conn, "worker", identifier(wanted))) is not None:
        return led.now
    workers = conn.all(_Worker, "SELECT staff_id, name, email FROM worker")
    for fits in (_by_id, _by_name, _by_email, _by_initial):
        found = [one.staff_id for one in workers if fits(wanted, one)]
        if found:
            return found[0] if len(found) == 1 else None
    return None


def _by_id(wanted: str, worker: _Worker) -> bool:
    return wanted.casefold() == worker.staff_id.casefold()


def _by_name(wanted: str, worker: _Worker) -> bool:
    return _forename_first(wanted) == _forename_first(worker.name)


def _by_email(wanted: str, worker: _Worker) -> bool:
    given, known = wanted.casefold(), worker.email.casefold()
    return bool(known) and given in (known, known.partition("@")[0])


def _by_initial(wanted: str, worker: _Worker) -> bool:
    """Whether ``wanted`` is the surname with one initial or more before it."""
    given, known = _forename_first(wanted).split(" "), _forename_first(worker.name).split(" ")
    initials = [word for word in given if len(word) == 1]
    rest = given[len(initials) :]
    if not initials or not rest or given[: len(initials)] != initials or len(known) < len(rest) + 1:
        return False
    forenames = known[: -len(rest)]
    return known[-len(rest) :] == rest and all(a == b[0] for a, b in zip(initials, forenames, strict=False))


def _forename_first(name: str) -> str:
    """Return a name with the forename first, without accents, capitals and points."""
    surname, comma, forenames = name.partition(",")
    whole = f"{forenames} {surname}" if comma else name
    return " ".join(re.sub(r"[.\s]+", " ", sort_key(whole)).split())


def above(conn: Connection, staff: str, today: date) -> set[str]:
    """Return who stands above a worker today: line manager (supervisor where none is set), and theirs in turn."""
    query = """WITH RECURSIVE up(staff, n) AS (
          SELECT coalesce(w.line_manager, w.supervisor), 1 FROM worker_on(:today) w WHERE w.staff_id = :staff
          UNION SELECT coalesce(w.line_manager, w.supervisor), n + 1 FROM up
            JOIN worker_on(:today) w ON w.staff_id = up.staff
            WHERE n < :most)
        SELECT DISTINCT staff FROM up WHERE staff IS NOT NULL"""
    return set(conn.values(query, staff=staff, today=today, most=MOST_LEVELS))
