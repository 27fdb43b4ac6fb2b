"""Narrow reads behind a plan: the open cases of some teams as they stand on a day, and who knows them already."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import date
from typing import NamedTuple

from storage.database.connection import Connection
from storage.database.fragments import BOOKED, HAS_DAYS, HELD_BY, HOLDS, POINTS


class OpenCase(NamedTuple):
    """An open case and who is its allocated worker on the day; ``points`` is its whole weight today in hundredths.

    ``counted`` is what the board of that day would count: nobody knows yet which cases will lie dormant by then, so a
    plan goes by ``points``. ``free_from`` is the day, still to come, from which nobody holds it. ``approved`` says that
    somebody overruled a policy for the present holder.
    """

    case: str
    team: str
    holder: str | None
    points: int
    counted: int
    pathways: tuple[str, ...]
    siblings: str
    area: str
    approved: bool
    free_from: date | None = None


_COLUMNS = f"""c.reference AS "case", c.team, a.worker AS holder, {POINTS.replace(":today", ":now")} AS points,
  {POINTS} AS counted, c.pathways, c.sibling_group AS siblings, c.area, coalesce(a.approved_by, '') <> '' AS approved,
  (SELECT max(a.ends) FROM allocation a
    WHERE a."case" = c.reference AND a.role = 'allocated_worker' AND a.ends > :now AND {HAS_DAYS}) AS free_from"""  # noqa: S608
_HELD = """
SELECT {columns} FROM worker_on(:today) w
JOIN allocation a ON a.worker = w.staff_id AND a.role = 'allocated_worker' AND {holds}
JOIN cases c ON c.reference = a."case" AND c.closed IS NULL JOIN case_points p ON p."case" = c.reference
WHERE {where} AND NOT {booked} ORDER BY c.reference
"""
_FREE = """
SELECT {columns} FROM cases c LEFT JOIN allocation a ON 0 JOIN case_points p ON p."case" = c.reference
WHERE c.closed IS NULL AND {where} AND {held_by} IS NULL AND NOT {booked} ORDER BY c.reference
"""


_BOOKED = f"""EXISTS (SELECT 1 FROM allocation a
  WHERE a."case" = c.reference AND a.role = 'allocated_worker' AND {BOOKED})"""  # noqa: S608


class _Known(NamedTuple):
    case: str
    worker: str


class _Covers(NamedTuple):
    staff_id: str
    areas: tuple[str, ...]


def open_cases(conn: Connection, teams: Collection[str], today: date, day: date) -> list[OpenCase]:
    """Return the open cases that workers of ``teams`` hold on ``day``, and those of the teams that nobody holds.

    What is booked to somebody from a later day stays booked: it is not among them.
    """
    return [
        *_read(conn, _HELD, "w.team IN :names", teams, (today, day)),
        *_read(conn, _FREE, "c.team IN :names", teams, (today, day)),
    ]


def named_cases(conn: Connection, cases: Collection[str], today: date, day: date) -> list[OpenCase]:
    """Return the open cases named, whoever holds them."""
    where = "c.reference IN :names"
    return [found for query in (_HELD, _FREE) for found in _read(conn, query, where, cases, (today, day))]


def siblings_of(conn: Connection, groups: Collection[str], today: date, day: date) -> list[OpenCase]:
    """Return the open cases of sibling groups, whoever holds them."""
    where = "c.sibling_group IN :names"
    return [found for query in (_HELD, _FREE) for found in _read(conn, query, where, groups, (today, day))]


def _read(conn: Connection, query: str, where: str, names: Collection[str], days: tuple[date, date]) -> list[OpenCase]:
    full = query.format(columns=_COLUMNS, holds=HOLDS, held_by=HELD_BY, where=where, booked=_BOOKED)
    return conn.all(OpenCase, full, now=days[0], today=days[1], names=sorted(names))


def known_by(conn: Connection, teams: Collection[str], day: date) -> dict[str, set[str]]:
    """Return, by case, the workers who hold or held a role on it: they know the child, adult or family."""
    query = """SELECT DISTINCT a."case", a.worker FROM allocation a JOIN worker_on(:day) w ON w.staff_id = a.worker
        JOIN cases c ON c.reference = a."case" AND c.closed IS NULL WHERE w.team IN :teams"""
    found: dict[str, set[str]] = defaultdict(set)
    for one in conn.all(_Known, query, teams=sorted(teams), day=day):
        found[one.case].add(one.worker)
    return found


def areas_of(conn: Connection, teams: Collection[str], day: date) -> dict[str, set[str]]:
    """Return the areas that each worker covers, in small letters."""
    query = "SELECT staff_id, coalesce(areas, '[]') AS areas FROM worker_on(:day) w WHERE team IN :teams"
    rows = conn.all(_Covers, query, teams=sorted(teams), day=day)
    return {one.staff_id: {area.casefold() for area in one.areas} for one in rows}


def held_by(conn: Connection, workers: Collection[str], day: date) -> dict[str, int]:
    """Return how many open cases each of some workers is allocated to on a day."""
    query = f"""SELECT a.worker, count(*) FROM allocation a JOIN cases c ON c.reference = a."case" AND c.closed IS NULL
        WHERE a.worker IN :workers AND a.role = 'allocated_worker' AND {HOLDS} GROUP BY a.worker"""  # noqa: S608
    return conn.lookup(query, workers=sorted(workers), today=day)


def other_roles(conn: Connection, worker: str, day: date) -> dict[str, str]:
    """Return the open cases on which a worker has another role than allocated worker, with the role."""
    query = f"""SELECT a."case", a.role FROM allocation a JOIN cases c ON c.reference = a."case" AND c.closed IS NULL
        WHERE a.worker = :worker AND a.role <> 'allocated_worker' AND {HOLDS} ORDER BY a."case" """  # noqa: S608
    return conn.lookup(query, worker=worker, today=day)
