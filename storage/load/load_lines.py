"""The narrow read behind "why 114 %": each case a worker carries, with the answers its points come from."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, NamedTuple

from domain.core.dates import show_day
from domain.core.errors import BadInput
from domain.load import capacity
from domain.load.scoring import UPLIFT, default_item_answers, score_item
from storage.database.connection import Connection
from storage.database.fragments import FURTHER, HOLDS, OPEN, POINTS
from storage.load.day_loads import held, weight_on
from storage.rules.kept_packs import Packs

DORMANT = "dormant"


class FactorLine(NamedTuple):
    """What one factor adds to a case, in hundredths of a point; ``title`` and ``answer`` are for reading.

    Two more may follow the factors: ``uplift``, given by hand with its reason, and ``dormant``, what is taken off a
    case that nothing happens on.
    """

    factor: str
    value: str
    points: int
    title: str
    answer: str


class LoadLine(NamedTuple):
    """What one case adds to a worker's load, in hundredths: the case's ``whole`` points times the role's share.

    ``stale``: its answers no longer fit the scheme in force, so the points of their day stand. ``dormant_from``: since
    when it counts as dormant, None while it does not; ``last_on`` is when something last happened on it.
    """

    case: str
    role: str
    points: int
    whole: int
    share: int
    assumed: bool
    factors: tuple[FactorLine, ...]
    stale: bool = False
    dormant_from: date | None = None
    last_on: date | None = None


class _Row(NamedTuple):
    """A case with its newest answers; ``weighed_by`` is the scheme of its points, ``own`` that of the worker's team."""

    case: str
    role: str
    now: int
    points: int
    assumed: bool
    stale: bool
    last_on: date | None
    dormant_from: date | None
    pathways: list[str]
    further: bool
    weighed_by: str
    own: str
    answers: dict[str, str] | None
    uplift: int | None
    reason: str | None
    version: str | None


_LINES = f"""
SELECT a."case", a.role, {POINTS} AS now, p.points, p.assumed, p.stale, p.last_on,
  CASE WHEN p.dormant_from <= :today THEN p.dormant_from END AS dormant_from, c.pathways, {FURTHER} AS further,
  p.scheme AS weighed_by, t.scheme AS own, w.answers, w.uplift, w.uplift_reason AS reason, w.scheme_version AS version
FROM allocation a JOIN cases c ON c.reference = a."case" AND {OPEN}
JOIN case_points p ON p."case" = a."case"
JOIN worker_on(:today) k ON k.staff_id = a.worker JOIN team_on(:today) t ON t.name = k.team
LEFT JOIN weighting w ON w.id = (SELECT x.id FROM weighting x WHERE x."case" = a."case" AND x.scheme = p.scheme
  AND x."on" <= :today ORDER BY x."on" DESC, x.id DESC LIMIT 1)
WHERE a.worker = :worker AND {HOLDS}
ORDER BY now DESC, a."case"
"""  # noqa: S608


def load_lines(conn: Connection, worker: str, on: date, today: date | None = None) -> list[LoadLine]:
    """Return what a worker's load is made of on a day, heaviest first.

    ``today`` is the day on which that is asked: the same where it is left out. A case then weighs what it weighed.
    """
    packs = Packs(conn)
    rows = conn.all(_Row, _LINES, worker=worker, today=on)
    if today is not None and on < today:
        _, steps = held(conn, [worker], [on], today)
        text = on.isoformat()
        weights = {case: weight_on(found, text) for case, found in steps.items()}
        rows = [one._replace(now=weights[one.case], points=weights[one.case]) for one in rows]
        rows.sort(key=lambda one: (-one.now, one.case))
    return [_load_line(conn, row, packs) for row in rows]


def _load_line(conn: Connection, row: _Row, packs: Packs) -> LoadLine:
    share = packs.get("scheme", row.own).get("shares", {}).get(row.role, 100)
    scheme = _scheme(conn, row, packs)
    return LoadLine(
        row.case,
        row.role,
        capacity.share(row.now, share),
        row.now,
        share,
        row.assumed,
        (*_factors(scheme, row), *_dormant(scheme, row)),
        row.stale,
        row.dormant_from,
        row.last_on,
    )


def _scheme(conn: Connection, row: _Row, packs: Packs) -> Mapping[str, Any]:
    """Return the scheme that gave a case its points: the one in force, or for stale points the version of their day."""
    if not row.stale:
        return packs.get("scheme", row.weighed_by)
    return kept_scheme(conn, row.weighed_by, row.version or "") or {}


def kept_scheme(conn: Connection, scheme: str, version: str) -> dict[str, Any] | None:
    """Return a version of a scheme that was once in force, or None."""
    query = "SELECT data FROM scheme_kept WHERE id = :scheme AND version = :version"
    data = conn.value(query, scheme=scheme, version=version)
    return None if data is None else dict(json.loads(data))


def _factors(scheme: Mapping[str, Any], row: _Row) -> tuple[FactorLine, ...]:
    if row.assumed or row.answers is None:
        answers, uplift = default_item_answers(scheme, row.pathways, further=row.further), 0
    else:
        answers, uplift = row.answers, row.uplift or 0
    try:
        lines = score_item(scheme, answers, uplift).lines if scheme else ()
    except BadInput:
        return ()
    return tuple(
        FactorLine(
            line.factor, line.value, line.points, line.title, row.reason or "" if line.factor == UPLIFT else line.answer
        )
        for line in lines
    )


def _dormant(scheme: Mapping[str, Any], row: _Row) -> Iterator[FactorLine]:
    """Yield what is taken off a dormant case, so that the lines go on adding up."""
    if row.dormant_from and row.now != row.points:
        since = f"nothing since {show_day(row.last_on)}" if row.last_on else "nothing recorded yet"
        words = f"{since}; counts {scheme.get('dormant_percent', 100)} %"
        yield FactorLine(DORMANT, row.dormant_from.isoformat(), row.now - row.points, "Dormant", words)
