"""Who is here, and in which team, on the first and the last day of it."""

from __future__ import annotations

from datetime import date, timedelta

from storage.load.history.load_weeks import map_of
from storage.load.posts import Posts, Stay, members, staff_ids
from storage.records.database import Database
from tests.conftest import TODAY
from tests.units import amend, put

DAY = timedelta(days=1)
FIRST, LAST = date(2026, 3, 2), date(2026, 11, 16)


def test_both_days_of_a_stay_are_part_of_it() -> None:
    stay = Stay("W2", FIRST, LAST)
    assert [stay.covers(day) for day in (FIRST - DAY, FIRST, LAST, LAST + DAY)] == [False, True, True, False]
    assert Stay("W2", None, None).covers(date(1990, 1, 1))


def test_who_was_in_the_team_until_the_first_day_of_a_map_has_a_row_in_it(team: Database) -> None:
    put(team, ("team", {"name": "South", "full_time_points": 100_00}))
    with team.unit("A. Hughes", TODAY) as unit:
        amend(unit, "worker", "W2", {"team": "South"}, since=LAST + DAY)
        unit.finish("Moved")
    conn = team.reader()
    assert "W2" in members(conn, "North", LAST, LAST + 7 * DAY)
    assert "W2" not in members(conn, "North", LAST + DAY, LAST + 7 * DAY)
    assert "W2" in members(conn, "South", LAST, LAST + DAY)
    assert [staff_ids(conn, "North", day, "W2") for day in (LAST, LAST + DAY)] == [["W2"], []]
    assert [Posts(conn, ["W2"]).of("W2")(day).team for day in (LAST, LAST + DAY)] == ["North", "South"]
    (row,) = (row for row in map_of(conn, "North", TODAY, [LAST, LAST + 7 * DAY]).rows if row.staff_id == "W2")
    assert [bool(cell.capacity) for cell in row.cells] == [True, False]
