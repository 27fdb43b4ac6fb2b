"""Load by worker and week as it is looked at: what was, what is, what is booked, and what is likely to come of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple

from domain.load import capacity
from storage.database.connection import Connection
from storage.load.day_loads import WEEK, DayLoad, day_loads
from storage.load.history.load_history import week_starts
from storage.load.posts import bands, members, team_scheme
from storage.load.worker_load import unallocated
from storage.rules.kept_packs import Packs

if TYPE_CHECKING:
    from domain.load.forecast import Forecast, Outlook

BACK, AHEAD = 8, 12
LONGEST_PERIOD = 530  # weeks that are shown at once: ten years
PAST, TODAY, BOOKED, ASSUMED = "past", "today", "booked", "assumed"
LAYERS = {
    PAST: "as it was",
    TODAY: "today",
    BOOKED: "booked: what has a date",
    ASSUMED: "forecast: booked, with likely ends (expected) and new work (assumed)",
}
HERE, NOT_YET, GONE = "here", "not_yet", "gone"  # whether somebody is in the team in a week
TEAM = ""  # the staff id of the line that adds up the team


class HeatCell(NamedTuple):
    """A worker's week: points and capacity in hundredths, utilisation in tenths of a percent; None: cannot be said.

    For a forecast, ``points`` is what is likely, ``low`` to ``high`` the band of 80 in 100, ``booked`` and ``expected``
    the layers below. ``cases`` are counted, never forecast. ``away``: off on some day of it, or on duty; who is not in
    the team that week is not away: ``presence`` says that they are not here yet, or gone.
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
    presence: str = HERE


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


def heat_map(conn: Connection, team: str, today: date, back: int = BACK, ahead: int = AHEAD) -> HeatMap:
    """Return a team's weeks as far as records say; workers who carried nothing and could carry nothing are left out."""
    days = week_starts(today, back, ahead)
    days[back] = today  # stands for its week's Monday
    return map_of(conn, team, today, days)


def map_of(conn: Connection, team: str, today: date, days: Sequence[date]) -> HeatMap:
    """Return a team's load on any days, given in order: whoever was or will be in it on one of them has a row."""
    lying = unallocated(conn, team, today)
    return _rows_of(conn, team, today, days)._replace(lying=(lying.cases, lying.points))


def _rows_of(conn: Connection, team: str, today: date, days: Sequence[date]) -> HeatMap:
    packs = Packs(conn)
    weeks = day_loads(conn, members(conn, team, days[0], days[-1]), days, today, packs)
    names = conn.lookup("SELECT staff_id, name FROM worker WHERE staff_id IN :who ORDER BY sort_key", who=list(weeks))
    return put_together(team, names, weeks, bands(team_scheme(conn, packs, team, today)), today)


def week_days(first: date, last: date, today: date) -> list[date]:
    """Return a day for each week from one day to another: its Monday, or today where the period holds it."""
    monday = first - timedelta(days=first.weekday())
    mondays = [monday + WEEK * n for n in range((last - monday).days // 7 + 1)]
    return [today if one <= today < one + WEEK and first <= today <= last else one for one in mondays]


def worker_weeks(shown: HeatMap, today: date) -> tuple[int, int]:
    """Return how many worker-weeks up to today were over the red line, and how many there were with any capacity."""
    cells = [cell for row in shown.rows if row.staff_id for cell in row.cells if cell.day <= today and cell.capacity]
    return sum(cell.band == capacity.OVER for cell in cells), len(cells)


def over_in_year(conn: Connection, team: str, today: date, worker: str | None = None) -> tuple[int, int]:
    """Return the same of the 52 weeks up to today: of all who were in the team meanwhile, or of one of them."""
    year = _rows_of(conn, team, today, [*week_starts(today, 51)[:-1], today])
    rows = [row for row in year.rows if worker in (None, row.staff_id)]
    return worker_weeks(year._replace(rows=rows), today)


def put_together(
    team: str,
    names: Mapping[str, str],
    weeks: Mapping[str, Sequence[DayLoad]],
    edges: capacity.Bands,
    today: date,
) -> HeatMap:
    """Return the map of weeks that were read; ``names`` give the order."""
    rows = []
    for staff_id, name in names.items():
        cells = [_cell(in_team(week, team), today, there) for week, there in _present(weeks.get(staff_id, ()), team)]
        if any(cell.points or cell.capacity for cell in cells):
            rows.append(HeatRow(staff_id, name, cells))
    days = [cell.day for cell in rows[0].cells] if rows else []
    return HeatMap(team, days, [*rows, _added_up(rows, edges)] if rows else [], edges)


def _present(weeks: Sequence[DayLoad], team: str) -> Iterator[tuple[DayLoad, str]]:
    """Yield each week with whether somebody is in the team then: who is in it later is not here yet."""
    later = max((week.day for week in weeks if week.here and week.team == team), default=date.min)
    for week in weeks:
        here = week.here and week.team == team
        yield week, HERE if here else NOT_YET if week.day < later or not (week.left or week.here) else GONE


def in_team(week: DayLoad, team: str) -> DayLoad:
    """Return a day as the team counts it: somebody who is in another one by then carries nothing for this one."""
    if week.team == team:
        return week
    return week._replace(cases=0, points=0, capacity=0, utilisation=None, band="")


def _cell(week: DayLoad, today: date, presence: str) -> HeatCell:
    layer = PAST if week.day < today else TODAY if week.day == today else BOOKED
    return HeatCell(
        week.day, layer, week.cases, week.points, week.capacity, week.utilisation, week.band,
        week.away and presence == HERE, week.points if layer == BOOKED else None, presence=presence,
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
