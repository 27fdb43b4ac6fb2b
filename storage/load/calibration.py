"""Calibration: propose the full-time load at which today's median worker has a wanted utilisation."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from statistics import median
from typing import NamedTuple

from domain.core.errors import BadInput
from domain.core.hundredths import LARGEST
from domain.load import capacity
from domain.load.capacity import Loss
from storage.database.connection import Connection
from storage.load.posts import Post, Posts, bands, capacity_of
from storage.load.worker_load import WorkerLine, reductions_on, team_board
from storage.rules.kept_packs import Packs

_FINE = LARGEST  # a full-time load large enough that rounding cannot be seen in a worker's share of it


class _Agreed(NamedTuple):
    """What a team weighs by, and its own full-time load."""

    scheme: str
    full_time_points: int | None


class Recalibrated(NamedTuple):
    """A worker before and after: capacity in hundredths, utilisation in tenths of a percent.

    ``counts``: whether the worker counts for the median. ``unweighed``: the cases whose points are only assumed.
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
    unweighed: int


class Calibration(NamedTuple):
    """A team's full-time load now (None: not set) and as proposed, in hundredths, and each worker under both."""

    team: str
    percent: int
    full_time_points: int | None
    proposed: int
    workers: Sequence[Recalibrated]

    @property
    def unweighed(self) -> int:
        """How many cases nobody has ever weighed: what is proposed rests on points assumed for them."""
        return sum(worker.unweighed for worker in self.workers)

    @property
    def median_before(self) -> float | None:
        """Today's median utilisation, in tenths of a percent."""
        return _middle(w.utilisation for w in self.workers if w.counts)

    @property
    def median_after(self) -> float | None:
        """The median utilisation under the proposal."""
        return _middle(w.utilisation_after for w in self.workers if w.counts)


def calibrate(conn: Connection, team: str, today: date, percent: int = 100) -> Calibration:
    """Return the full-time load at which today's median utilisation is ``percent``, and each worker before and after.

    The median is taken of the workers who hold cases and have capacity today. Raises BadInput when there are none.
    """
    if not 1 <= percent <= 200:
        raise BadInput("it must lie between 1 and 200.", field="percent", where="percent")
    packs = Packs(conn)
    lines = team_board(conn, team, today, packs=packs)
    query = "SELECT scheme, full_time_points FROM team_on(:day) t WHERE name = :team"
    (agreed,) = conn.all(_Agreed, query, team=team, day=today)
    scheme = packs.get("scheme", agreed.scheme)
    losses = reductions_on(conn, team, today, packs=packs)
    posts = Posts(conn, [line.staff_id for line in lines])
    fine = {
        line.staff_id: posts.of(line.staff_id)(today)._replace(scheme=agreed.scheme, full_time_points=_FINE)
        for line in lines
        if line.here
    }
    shares = {line.staff_id: _share(packs, fine.get(line.staff_id), losses.get(line.staff_id, ())) for line in lines}
    ratios = [line.points * _FINE / shares[line.staff_id] for line in lines if _counts(line, shares)]
    if not ratios:
        raise BadInput(
            f"Nobody in {team} carries cases today, so there is nothing to calibrate on.",
            field="team",
            hint="Allocate and weigh the team's cases first.",
        )
    proposed = max(round(median(ratios) * 100 / percent), 1)
    if proposed > LARGEST:
        raise BadInput("that is more points than anybody can carry.", field="percent", where="percent")
    edges = bands(scheme)
    workers = [_after(line, shares, proposed, edges) for line in lines]
    own = agreed.full_time_points
    own = own if own is not None else scheme.get("full_time_points")
    return Calibration(team, percent, own, proposed, workers)


def _share(packs: Packs, post: Post | None, losses: Sequence[Loss]) -> int:
    """Return what somebody in a post could carry today of its full-time load; nothing for who does not work here."""
    return 0 if post is None else capacity_of(packs, post, losses).today or 0


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
        line.unweighed,
    )


def _middle(found: Iterable[int | None]) -> float | None:
    known = [value for value in found if value is not None]
    return median(known) if known else None
