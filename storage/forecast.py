"""What a forecast of a team rests on: its cases' lives, its weeks so far, and what is booked."""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from domain.forecast import BACK, RUNS, USUAL, Forecast, Stop, Week, forecast
from domain.likely import LOOK_BACK, CaseLine, Hold
from storage.loadhistory import WeekLoad, team_ahead, team_weeks
from storage.reading import POINTS, Packs, day

SEED = 1


class Basis(NamedTuple):
    """Everything a forecast is worked out from."""

    cases: Sequence[CaseLine]
    past: Mapping[str, Sequence[WeekLoad]]
    ahead: Mapping[str, Sequence[WeekLoad]]
    today: date

    def work_out(self, *, runs: int = RUNS, seed: int = SEED, stop: Stop | None = None) -> Forecast:
        """Work the forecast out; needs no database, so that it can be done beside other work."""
        return forecast(self.cases, _weeks(self.past), _weeks(self.ahead), self.today, runs=runs, seed=seed, stop=stop)


def basis(conn: sqlite3.Connection, team: str, today: date, weeks: int = USUAL) -> Basis:
    """Read what the forecast of a team rests on, ``weeks`` ahead."""
    return Basis(
        team_cases(conn, team, today),
        team_weeks(conn, team, today, back=BACK),
        team_ahead(conn, team, today, ahead=weeks),
        today,
    )


def _weeks(found: Mapping[str, Sequence[WeekLoad]]) -> dict[str, list[Week]]:
    return {key: [Week(week.day, week.points, week.capacity) for week in weeks] for key, weeks in found.items()}


_CASES = f"""
WITH mine AS (
  SELECT c.reference FROM cases c WHERE c.team = :team
  UNION SELECT a."case" FROM worker w JOIN allocation a ON a.worker = w.staff_id
  WHERE w.team = :team AND (a.ends IS NULL OR a.ends > :since))
SELECT c.reference, c.pathways, c.opened, c.closed, c.team = :team, {POINTS}
FROM mine m JOIN cases c ON c.reference = m.reference JOIN case_points p ON p."case" = c.reference
WHERE c.opened <= :today AND (c.closed IS NULL OR c.closed > :since) ORDER BY c.id
"""  # noqa: S608
_HOLDS = """
SELECT a."case", a.worker, a.role, a.starts, a.ends, t.scheme
FROM worker w JOIN team t ON t.name = w.team JOIN allocation a ON a.worker = w.staff_id
WHERE w.team = :team AND (a.ends IS NULL OR a.ends > :since) ORDER BY a.starts, a.id
"""
_WEIGHTS = """
SELECT g."case", g."on", g.points FROM cases c JOIN case_points p ON p."case" = c.reference
JOIN weighting g ON g."case" = c.reference AND g.scheme = p.scheme
WHERE (c.team = :team OR c.reference IN (SELECT a."case" FROM worker w JOIN allocation a ON a.worker = w.staff_id
  WHERE w.team = :team)) AND g."on" < :today ORDER BY g."on", g.id
"""


def team_cases(conn: sqlite3.Connection, team: str, today: date) -> list[CaseLine]:
    """Return the lives of the cases that are a team's or that its workers carry, as far back as a forecast looks."""
    since = today - timedelta(weeks=LOOK_BACK + BACK)
    given = {"team": team, "today": today.isoformat(), "since": since.isoformat()}
    holds, weights = _holds(conn, given), _weights(conn, given)
    found = []
    for reference, pathways, opened, closed, own, points in conn.execute(_CASES, given):
        ended = min(day(closed) or today, today) if closed else None
        found.append(
            CaseLine(
                type=json.loads(pathways)[0],
                opened=date.fromisoformat(opened),
                closed=ended,
                weights=[*weights.get(reference, ()), (today, points)],
                holds=holds.get(reference, ()),
                own=bool(own),
            )
        )
    return found


def _holds(conn: sqlite3.Connection, given: Mapping[str, str]) -> dict[str, list[Hold]]:
    packs = Packs(conn)
    found: dict[str, list[Hold]] = defaultdict(list)
    for case, worker, role, starts, ends, scheme in conn.execute(_HOLDS, given).fetchall():
        share = packs.get("scheme", scheme).get("shares", {}).get(role, 100)
        found[case].append(Hold(worker, share, date.fromisoformat(starts), day(ends)))
    return found


def _weights(conn: sqlite3.Connection, given: Mapping[str, str]) -> dict[str, list[tuple[date, int]]]:
    found: dict[str, list[tuple[date, int]]] = defaultdict(list)
    for case, on, points in conn.execute(_WEIGHTS, given):
        found[case].append((date.fromisoformat(on), points))
    return found
