"""Load by worker and week as it is looked at: what was, what is, what is booked, and what is likely to come of it."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from domain import capacity
from storage.board import bands, unallocated
from storage.loadhistory import WeekLoad, week_starts, weeks_on
from storage.reading import Packs

if TYPE_CHECKING:
    from domain.forecast import Forecast, Outlook

BACK, AHEAD = 8, 12
PAST, TODAY, BOOKED, ASSUMED = "past", "today", "booked", "assumed"
LAYERS = {
    PAST: "as it was",
    TODAY: "today",
    BOOKED: "booked: what has a date",
    ASSUMED: "forecast: booked, with likely ends (expected) and new work (assumed)",
}
TEAM = ""  # the staff id of the line that adds up the team


class HeatCell(NamedTuple):
    """A worker's week: points and capacity in hundredths, utilisation in tenths of a percent; None: cannot be said.

    For a forecast, ``points`` is what is likely, ``low`` to ``high`` the band of 80 in 100, ``booked`` and ``expected``
    the layers below. ``cases`` are counted, never forecast.
    """

    day: date
    layer: str
    cases: int | None
    points: int
    capacity: int | None
    utilisation: int | None
    band: str
    away: bool
    booked: int | None = None
    expected: int | None = None
    low: int | None = None
    high: int | None = None


class HeatRow(NamedTuple):
    """A worker, or the team as a whole, week by week."""

    staff_id: str
    name: str
    cells: Sequence[HeatCell]


class HeatMap(NamedTuple):
    """A team's weeks. ``days`` are Mondays, the present week's is today; the last row is the team's."""

    team: str
    days: Sequence[date]
    rows: Sequence[HeatRow]
    edges: capacity.Bands
    lying: tuple[int, int] = (0, 0)  # cases with nobody, and their points: they are in no row

    @property
    def measured(self) -> bool:
        """Whether a full-time load is set, so that loads can be given in percent."""
        return any(cell.capacity is not None for row in self.rows for cell in row.cells)


def heat_map(conn: sqlite3.Connection, team: str, today: date, back: int = BACK, ahead: int = AHEAD) -> HeatMap:
    """Return a team's weeks as far as records say; workers who carried nothing and could carry nothing are left out."""
    days = week_starts(today, back, ahead)
    days[back] = today  # stands for its week's Monday
    weeks = weeks_on(conn, team, today, days)
    names = dict(conn.execute("SELECT staff_id, name FROM worker WHERE team = ? ORDER BY sort_key", (team,)))
    (scheme,) = conn.execute("SELECT scheme FROM team WHERE name = ?", (team,)).fetchone()
    shown = put_together(team, names, weeks, bands(Packs(conn).get("scheme", scheme)), today)
    lying = unallocated(conn, team, today)
    return shown._replace(lying=(lying.cases, lying.points))


def put_together(
    team: str,
    names: Mapping[str, str],
    weeks: Mapping[str, Sequence[WeekLoad]],
    edges: capacity.Bands,
    today: date,
) -> HeatMap:
    """Return the map of weeks that were read; ``names`` give the order."""
    rows = []
    for staff_id, name in names.items():
        cells = [_cell(week, today) for week in weeks.get(staff_id, ())]
        if any(cell.points or cell.capacity for cell in cells):
            rows.append(HeatRow(staff_id, name, cells))
    days = [cell.day for cell in rows[0].cells] if rows else []
    return HeatMap(team, days, [*rows, _added_up(rows, edges)] if rows else [], edges)


def _cell(week: WeekLoad, today: date) -> HeatCell:
    layer = PAST if week.day < today else TODAY if week.day == today else BOOKED
    return HeatCell(
        week.day, layer, week.cases, week.points, week.capacity, week.utilisation, week.band, week.away,
        week.points if layer == BOOKED else None,
    )  # fmt: skip


def _added_up(rows: Sequence[HeatRow], edges: capacity.Bands) -> HeatRow:
    cells = []
    for column in zip(*(row.cells for row in rows), strict=True):
        first = column[0]
        points = sum(cell.points for cell in column)
        cases = sum(cell.cases or 0 for cell in column)
        known = [cell.capacity for cell in column if cell.capacity is not None]
        cells.append(
            _weighed(
                HeatCell(first.day, first.layer, cases, points, sum(known) if known else None, None, "", away=False,
                         booked=points if first.layer == BOOKED else None),
                edges,
            )
        )  # fmt: skip
    return HeatRow(TEAM, "Team", cells)


def _weighed(cell: HeatCell, edges: capacity.Bands) -> HeatCell:
    used = capacity.utilisation(cell.points, cell.capacity)
    return cell._replace(utilisation=used, band=capacity.band(used, edges))


def with_forecast(shown: HeatMap, found: Forecast) -> HeatMap:
    """Return the map with the weeks to come as they are likely to be, where the forecast has something to say."""
    outlooks = {**found.workers, TEAM: found.team}
    rows = [row._replace(cells=_likely(row.cells, outlooks.get(row.staff_id, ()), shown.edges)) for row in shown.rows]
    return shown._replace(rows=rows)


def _likely(cells: Sequence[HeatCell], outlooks: Sequence[Outlook], edges: capacity.Bands) -> list[HeatCell]:
    by_day = {outlook.day: outlook for outlook in outlooks if outlook.assumed is not None}
    return [_overlaid(cell, by_day.get(cell.day), edges) for cell in cells]


def _overlaid(cell: HeatCell, outlook: Outlook | None, edges: capacity.Bands) -> HeatCell:
    if outlook is None or outlook.assumed is None or cell.layer != BOOKED:
        return cell
    likely = cell._replace(
        layer=ASSUMED, cases=None, points=outlook.assumed, expected=outlook.expected, low=outlook.low, high=outlook.high
    )
    return _weighed(likely, edges)
