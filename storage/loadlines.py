"""The narrow read behind "why 114 %": each case a worker carries, with the answers its points come from."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple

from domain import capacity
from storage.reading import HOLDS, Packs


class FactorLine(NamedTuple):
    """What one factor adds to a case, in hundredths of a point; ``title`` and ``answer`` are for reading."""

    factor: str
    value: str
    points: int
    title: str
    answer: str


class LoadLine(NamedTuple):
    """What one case adds to a worker's load, in hundredths: the case's ``whole`` points times the role's share."""

    case: str
    role: str
    points: int
    whole: int
    share: int
    assumed: bool
    factors: tuple[FactorLine, ...]


_LINES = f"""
SELECT a."case", a.role, p.points, p.assumed, c.pathways, p.scheme, t.scheme,
  (SELECT w.answers FROM weighting w WHERE w."case" = a."case" AND w.scheme = p.scheme
    ORDER BY w."on" DESC, w.id DESC LIMIT 1)
FROM allocation a JOIN cases c ON c.reference = a."case" AND c.closed IS NULL
JOIN case_points p ON p."case" = a."case"
JOIN worker k ON k.staff_id = a.worker JOIN team t ON t.name = k.team
WHERE a.worker = :worker AND {HOLDS}
ORDER BY p.points DESC, a."case"
"""  # noqa: S608


def load_lines(conn: sqlite3.Connection, worker: str, today: date) -> list[LoadLine]:
    """Return what a worker's load is made of, heaviest first."""
    packs = Packs(conn)
    rows = conn.execute(_LINES, {"worker": worker, "today": today.isoformat()})
    return [_load_line(row, packs) for row in rows]


def _load_line(row: tuple[Any, ...], packs: Packs) -> LoadLine:
    case, role, whole, assumed, pathways, weighed_by, own, answers = row
    scheme = packs.get("scheme", weighed_by)
    share = packs.get("scheme", own).get("shares", {}).get(role, 100)
    given = json.loads(answers) if answers and not assumed else _assumed(scheme, json.loads(pathways))
    return LoadLine(
        case, role, capacity.share(whole, share), whole, share, bool(assumed), tuple(_factors(scheme, given))
    )


def _factors(scheme: Mapping[str, Any], answers: Mapping[str, str]) -> Iterable[FactorLine]:
    for factor in scheme.get("factors", ()):
        value = answers.get(factor["id"], "")
        unknown: dict[str, Any] = {"points": 0, "title": value}
        option = next((o for o in factor["options"] if o["value"] == value), unknown)
        yield FactorLine(factor["id"], value, option["points"], factor["title"], option["title"])


def _assumed(scheme: Mapping[str, Any], pathways: list[str]) -> dict[str, str]:
    """Return the answers taken for a case nobody has weighed, as domain.weighting.default_answers gives them."""
    found = set(pathways)
    fitting = [a["answers"] for a in scheme.get("defaults", ()) if found & set(a["pathways"])]
    return {factor["id"]: _heaviest(factor, fitting) for factor in scheme.get("factors", ())}


def _heaviest(factor: Mapping[str, Any], fitting: list[dict[str, str]]) -> str:
    taken = {answers[factor["id"]] for answers in fitting if factor["id"] in answers}
    options = [o for o in factor["options"] if o["value"] in taken] or [o for o in factor["options"] if o["default"]]
    return str(max(options, key=lambda option: option["points"])["value"])
