"""What a forecast of a team rests on: its cases' lives, its weeks so far, and what is booked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from domain.load.back_test import BACK, Stop, Week
from domain.load.forecast import USUAL, Forecast, forecast
from domain.load.rates import LOOK_BACK, CaseLine, Hold
from storage.database.connection import Connection
from storage.database.fragments import POINTS
from storage.load.day_loads import DayLoad
from storage.load.history.load_history import team_ahead, team_weeks
from storage.rules.kept_packs import Packs


class Basis(NamedTuple):
    """Everything a forecast is worked out from."""

    cases: Sequence[CaseLine]
    past: Mapping[str, Sequence[DayLoad]]
    ahead: Mapping[str, Sequence[DayLoad]]
    today: date

    def work_out(self, *, stop: Stop | None = None) -> Forecast:
        """Work the forecast out; needs no database, so that it can be done beside other work."""
        return forecast(self.cases, _weeks(self.past), _weeks(self.ahead), self.today, stop=stop)


def basis(conn: Connection, team: str, today: date, weeks: int = USUAL) -> Basis:
    """Read what the forecast of a team rests on, ``weeks`` ahead."""
    return Basis(
        team_cases(conn, team, today),
        team_weeks(conn, team, today, back=BACK),
        team_ahead(conn, team, today, ahead=weeks),
        today,
    )


def _weeks(found: Mapping[str, Sequence[DayLoad]]) -> dict[str, list[Week]]:
    return {key: [Week(week.day, week.points, week.capacity) for week in weeks] for key, weeks in found.items()}


_CASES = f"""
WITH mine AS (
  SELECT c.reference FROM cases c WHERE c.team = :team
  UNION SELECT a."case" FROM worker_on(:today) w JOIN allocation a ON a.worker = w.staff_id
  WHERE w.team = :team AND (a.ends IS NULL OR a.ends > :since))
SELECT c.reference, json_extract(c.pathways, '$[0]') AS type, c.opened, c.closed, c.team = :team AS own,
  {POINTS} AS points
FROM mine m JOIN cases c ON c.reference = m.reference JOIN case_points p ON p."case" = c.reference
WHERE c.opened <= :today AND (c.closed IS NULL OR c.closed > :since) ORDER BY c.id
"""  # noqa: S608
_HOLDS = """
SELECT a."case", a.worker, a.role, a.starts, a.ends, t.scheme
FROM worker_on(:today) w JOIN team_on(:today) t ON t.name = w.team JOIN allocation a ON a.worker = w.staff_id
WHERE w.team = :team AND (a.ends IS NULL OR a.ends > :since) ORDER BY a.starts, a.id
"""
_WEIGHTS = """
SELECT g."case", g."on", g.points FROM cases c JOIN case_points p ON p."case" = c.reference
JOIN weighting g ON g."case" = c.reference AND g.scheme = p.scheme
WHERE (c.team = :team OR c.reference IN (
  SELECT a."case" FROM worker_on(:today) w JOIN allocation a ON a.worker = w.staff_id
  WHERE w.team = :team)) AND g."on" < :today ORDER BY g."on", g.id
"""


class _Case(NamedTuple):
    reference: str
    type: str
    opened: date
    closed: date | None
    own: bool
    points: int


class _Holding(NamedTuple):
    case: str
    worker: str
    role: str
    starts: date
    ends: date | None
    scheme: str


class _Weighing(NamedTuple):
    case: str
    on: date
    points: int


def team_cases(conn: Connection, team: str, today: date) -> list[CaseLine]:
    """Return the lives of the cases that are a team's or that its workers carry, as far back as a forecast looks."""
    given = {"team": team, "today": today, "since": today - timedelta(weeks=LOOK_BACK + BACK)}
    packs = Packs(conn)
    holds: dict[str, list[Hold]] = defaultdict(list)
    for one in conn.all(_Holding, _HOLDS, **given):
        share = packs.get("scheme", one.scheme).get("shares", {}).get(one.role, 100)
        holds[one.case].append(Hold(one.worker, share, one.starts, one.ends))
    weights: dict[str, list[tuple[date, int]]] = defaultdict(list)
    for weighing in conn.each(_Weighing, _WEIGHTS, **given):
        weights[weighing.case].append((weighing.on, weighing.points))
    return [
        CaseLine(
            type=case.type,
            opened=case.opened,
            closed=min(case.closed, today) if case.closed else None,
            weights=[*weights.get(case.reference, ()), (today, case.points)],
            holds=holds.get(case.reference, ()),
            own=case.own,
        )
        for case in conn.each(_Case, _CASES, **given)
    ]
