"""Calibration: the full-time load under which today's middle worker stands at a wanted percentage. A proposal only."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from datetime import date
from statistics import median
from typing import NamedTuple

from domain import capacity
from domain.errors import BadInput
from storage.board import WorkerLine, bands, reductions_today, team_board, worker_capacity
from storage.reading import Packs

_FINE = capacity.LARGEST  # a full-time load large enough that rounding cannot be seen in a worker's share of it


class Recalibrated(NamedTuple):
    """A worker before and after: capacity in hundredths, utilisation in tenths of a percent.

    ``counts``: whether the worker is one of those the median is taken of.
    """

    worker: str
    name: str
    cases: int
    points: int
    capacity: int | None
    utilisation: int | None
    capacity_after: int | None
    utilisation_after: int | None
    band_after: str
    counts: bool


class Calibration(NamedTuple):
    """What a team's full-time load is (None: not set) and would be, in hundredths, and what that does to each."""

    team: str
    percent: int
    full_time_points: int | None
    proposed: int
    workers: Sequence[Recalibrated]

    @property
    def median_before(self) -> float | None:
        """Today's middle utilisation, in tenths of a percent."""
        return _middle(w.utilisation for w in self.workers if w.counts)

    @property
    def median_after(self) -> float | None:
        """The middle utilisation under the proposal."""
        return _middle(w.utilisation_after for w in self.workers if w.counts)


def calibrate(conn: sqlite3.Connection, team: str, today: date, percent: int = 100) -> Calibration:
    """Return the full-time load that makes today's median worker's utilisation ``percent``, before and after for each.

    The median is that of workers who hold cases and are there to carry them. Raises BadInput when there are none.
    """
    if not 1 <= percent <= 200:
        raise BadInput("percent: it must lie between 1 and 200.", field="percent")
    packs = Packs(conn)
    lines = team_board(conn, team, today, packs=packs)
    shares = _shares(conn, packs, team, lines, today)
    ratios = [line.points * _FINE / shares[line.staff_id] for line in lines if _counts(line, shares)]
    if not ratios:
        raise BadInput(
            f"Nobody in {team} carries cases today, so there is nothing to calibrate on.",
            field="team",
            hint="Allocate and weigh the team's cases first.",
        )
    proposed = max(round(median(ratios) * 100 / percent), 1)
    if proposed > capacity.LARGEST:
        raise BadInput("percent: that is more points than anybody can carry.", field="percent")
    (scheme, now) = conn.execute("SELECT scheme, full_time_points FROM team WHERE name = ?", (team,)).fetchone()
    edges = bands(packs.get("scheme", scheme))
    workers = [_after(line, shares, proposed, edges) for line in lines]
    own = now if now is not None else packs.get("scheme", scheme).get("full_time_points")
    return Calibration(team, percent, own, proposed, workers)


def _shares(
    conn: sqlite3.Connection, packs: Packs, team: str, lines: Sequence[WorkerLine], today: date
) -> dict[str, int]:
    """Return what each worker could carry of a full-time load of ``_FINE``."""
    losses = reductions_today(conn, team, today, packs=packs)
    (scheme,) = conn.execute("SELECT scheme FROM team WHERE name = ?", (team,)).fetchone()
    says = packs.get("scheme", scheme)
    return {
        line.staff_id: worker_capacity(packs, line.grade, says, _FINE, line.fte, losses.get(line.staff_id, [])).today
        or 0
        for line in lines
    }


def _counts(line: WorkerLine, shares: dict[str, int]) -> bool:
    return line.cases > 0 and line.points > 0 and shares[line.staff_id] > 0


def _after(line: WorkerLine, shares: dict[str, int], proposed: int, edges: capacity.Bands) -> Recalibrated:
    can = round(proposed * shares[line.staff_id] / _FINE)
    used = capacity.utilisation(line.points, can)
    return Recalibrated(
        line.staff_id,
        line.name,
        line.cases,
        line.points,
        line.capacity,
        line.utilisation,
        can,
        used,
        capacity.band(used, edges),
        _counts(line, shares),
    )


def _middle(found: Iterable[int | None]) -> float | None:
    known = [value for value in found if value is not None]
    return median(known) if known else None
