"""Narrow reads behind a plan: the open cases of some teams as they stand on a day, and who knows them already."""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date
from typing import Any, NamedTuple

from storage.reading import HELD_BY, HOLDS, POINTS


class OpenCase(NamedTuple):
    """An open case and who is its allocated worker on the day; ``points`` is its whole weight today in hundredths.

    ``counted`` is what the board of that day would count: nobody knows yet which cases will lie dormant by then, so a
    plan goes by ``points``. ``approved`` says that somebody overruled a policy for the present holder.
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


_COLUMNS = f"""c.reference, c.team, a.worker, {POINTS.replace(":today", ":now")}, {POINTS}, c.pathways,
  c.sibling_group, c.area, coalesce(a.approved_by, '')"""
_HELD = """
SELECT {columns} FROM worker w JOIN allocation a ON a.worker = w.staff_id AND a.role = 'allocated_worker' AND {holds}
JOIN cases c ON c.reference = a."case" AND c.closed IS NULL JOIN case_points p ON p."case" = c.reference
WHERE {where} ORDER BY c.reference
"""
_FREE = """
SELECT {columns} FROM cases c LEFT JOIN allocation a ON 0 JOIN case_points p ON p."case" = c.reference
WHERE c.closed IS NULL AND {where} AND {held_by} IS NULL ORDER BY c.reference
"""


def open_cases(conn: sqlite3.Connection, teams: Collection[str], today: date, day: date) -> list[OpenCase]:
    """Return the open cases that workers of ``teams`` hold on ``day``, and those of the teams that nobody holds."""
    return [
        *_read(conn, _HELD, f"w.team IN ({_marks(teams)})", teams, (today, day)),
        *_read(conn, _FREE, f"c.team IN ({_marks(teams)})", teams, (today, day)),
    ]


def named_cases(conn: sqlite3.Connection, cases: Collection[str], today: date, day: date) -> list[OpenCase]:
    """Return the open cases named, whoever holds them."""
    where = f"c.reference IN ({_marks(cases)})"
    return [found for query in (_HELD, _FREE) for found in _read(conn, query, where, cases, (today, day))]


def siblings_of(conn: sqlite3.Connection, groups: Collection[str], today: date, day: date) -> list[OpenCase]:
    """Return the open cases of sibling groups, whoever holds them."""
    where = f"c.sibling_group IN ({_marks(groups)})"
    return [found for query in (_HELD, _FREE) for found in _read(conn, query, where, groups, (today, day))]


def _marks(values: Collection[str]) -> str:
    return ", ".join(f":n{n}" for n in range(len(values)))


def _read(
    conn: sqlite3.Connection, query: str, where: str, names: Collection[str], days: tuple[date, date]
) -> Iterable[OpenCase]:
    full = query.format(columns=_COLUMNS, holds=HOLDS, held_by=HELD_BY, where=where)
    now, on = (one.isoformat() for one in days)
    given: dict[str, Any] = {"now": now, "today": on, **{f"n{n}": name for n, name in enumerate(names)}}
    for row in conn.execute(full, given).fetchall():
        case, team, holder, points, counted, pathways, siblings, area, approved = row
        found = tuple(json.loads(pathways))
        yield OpenCase(case, team, holder, points, counted, found, siblings, area, bool(approved))


def known_by(conn: sqlite3.Connection, teams: Collection[str]) -> dict[str, set[str]]:
    """Return, by case, the workers who hold or held a role on it: they know the child, adult or family."""
    query = f"""SELECT DISTINCT a."case", a.worker FROM allocation a JOIN worker w ON w.staff_id = a.worker
        JOIN cases c ON c.reference = a."case" AND c.closed IS NULL WHERE w.team IN ({_marks(teams)})"""  # noqa: S608
    found: dict[str, set[str]] = defaultdict(set)
    for case, worker in conn.execute(query, {f"n{n}": name for n, name in enumerate(teams)}):
        found[case].add(worker)
    return found


def areas_of(conn: sqlite3.Connection, teams: Collection[str]) -> dict[str, set[str]]:
    """Return the areas that each worker covers, in small letters."""
    query = f"SELECT staff_id, areas FROM worker WHERE team IN ({_marks(teams)})"  # noqa: S608
    rows = conn.execute(query, {f"n{n}": name for n, name in enumerate(teams)})
    return {staff_id: {area.casefold() for area in json.loads(areas or "[]")} for staff_id, areas in rows}


def other_roles(conn: sqlite3.Connection, worker: str, day: date) -> list[tuple[str, str]]:
    """Return the open cases on which a worker has another role than allocated worker, with the role."""
    query = f"""SELECT a."case", a.role FROM allocation a JOIN cases c ON c.reference = a."case" AND c.closed IS NULL
        WHERE a.worker = :worker AND a.role <> 'allocated_worker' AND {HOLDS} ORDER BY a."case" """  # noqa: S608
    return list(conn.execute(query, {"worker": worker, "today": day.isoformat()}))
