"""Somebody who moves team, or whose supervisor or grade changes, is read as it stands on the day that is asked for."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from storage.cases.case_page import find
from storage.opening import lists, open_database
from storage.people.acting import above
from storage.people.staff import colleague, names_in, staff, team_of
from storage.people.teams import teams
from storage.records import listing
from storage.records.database import Database
from tests.clocks import clock_on
from tests.conftest import TODAY
from tests.units import change_from, keep, put, worker

MONDAY = date(2026, 11, 23)
SUNDAY = MONDAY - timedelta(days=1)


@pytest.fixture
def moving(team: Database) -> Database:
    """Okafor moves from North to South in Wales next Monday, where Lowe supervises and manages."""
    put(team, ("team", {"name": "South", "nation": "wales"}), worker("W8", team="South", name="Lowe, Sam"))
    change_from(
        team, MONDAY, "worker", "W2", team="South", supervisor="W8", line_manager="W8", grade="children-advanced-sw"
    )
    return team


def listed(database: Database, kind: str, day: date, **by: str) -> set[object]:
    rows = listing.records(database.reader(), kind, lists()[kind], day, **by)  # type: ignore[arg-type]
    return {row.get("staff_id", row.get("id")) for row in rows}


@pytest.mark.parametrize(("day", "there"), [(TODAY, "North"), (SUNDAY, "North"), (MONDAY, "South")])
def test_who_moves_is_in_the_old_team_up_to_the_day_before(moving: Database, day: date, there: str) -> None:
    conn = moving.reader()
    found = {one: {w.staff_id for w in staff(conn, day, one)} for one in ("North", "South")}
    assert [one for one, who in found.items() if "W2" in who] == [there]
    assert team_of(conn, "W2", day) == there
    assert [w.team for w in staff(conn, day) if w.staff_id == "W2"] == [there]
    known = colleague(conn, "W2", day)
    assert known is not None
    assert known.team == there
    assert ("W2" in names_in(conn, ["South"], day)) is (there == "South")
    assert [hit.detail for hit in find(conn, "okafor", day)] == [there]
    counts = {line.name: line.workers for line in teams(conn, day)}
    assert counts == ({"North": 3, "South": 1} if there == "North" else {"North": 2, "South": 2})


def test_those_above_are_those_of_the_day(moving: Database) -> None:
    assert above(moving.reader(), "W2", SUNDAY) == {"W1"}
    assert above(moving.reader(), "W2", MONDAY) == {"W8"}


def test_lists_choose_and_show_by_the_day(moving: Database) -> None:
    number = keep(moving, "worker-event", worker="W2", kind="asye_started", on="2026-09-01").id
    assert "W2" in listed(moving, "worker", SUNDAY, team="North")
    assert "W2" not in listed(moving, "worker", MONDAY, team="North")
    assert listed(moving, "worker", MONDAY, team="South") == {"W2", "W8"}
    assert "W2" in listed(moving, "worker", SUNDAY, worker="W1")
    assert listed(moving, "worker", MONDAY, worker="W8") == {"W2", "W8"}
    assert number in listed(moving, "worker-event", SUNDAY, team="North")
    assert number in listed(moving, "worker-event", MONDAY, team="South")
    assert number not in listed(moving, "worker-event", MONDAY, team="North")


def test_a_record_is_shown_as_it_stands_or_as_it_is_itself(moving: Database) -> None:
    conn, of = moving.reader(), lists()["worker"]
    then, own = listing.record(conn, of, "W2", MONDAY), listing.record(conn, of, "W2", MONDAY, own=True)
    assert then is not None
    assert own is not None
    assert list(then) == list(own)
    assert (then["team"], then["supervisor"], then["grade"]) == ("South", "W8", "children-advanced-sw")
    assert (own["team"], own["supervisor"], own["grade"]) == ("North", "W1", "children-sw")
    assert listing.record(conn, of, "W2", SUNDAY) == own


def test_periods_come_in_order_and_say_what_there_was_none_of(moving: Database) -> None:
    keep(moving, "worker-period", worker="W2", **{"from": "2025-01-01", "until": "2025-06-30"}, without=["supervisor"])
    assert listing.periods(moving.reader(), lists()["worker"], "W2") == [
        {"from": date(2025, 1, 1), "until": date(2025, 6, 30), "supervisor": None},
        {
            "from": MONDAY,
            "until": None,
            "grade": "children-advanced-sw",
            "team": "South",
            "supervisor": "W8",
            "line_manager": "W8",
        },
    ]


def test_a_teams_facts_of_a_day_are_listed(team: Database) -> None:
    change_from(team, MONDAY, "team", "North", full_time_points=12_000)
    of = lists()["team"]
    points = [(listing.record(team.reader(), of, "North", day) or {})["full_time_points"] for day in (SUNDAY, MONDAY)]
    assert points == [10_000, 12_000]
    assert listing.periods(team.reader(), of, "North") == [{"from": MONDAY, "until": None, "full_time_points": 12_000}]


def due_of(database: Database) -> set[str]:
    return set(database.reader().values("SELECT rule FROM obligation WHERE subject = 'W2'"))


def test_what_is_due_follows_on_the_day_when_the_file_is_opened_or_written(moving: Database) -> None:
    before, graded = due_of(moving), []
    for day in (SUNDAY, MONDAY, SUNDAY):
        with open_database(moving.path, clock_on(day)) as database:
            (subject,) = database.subjects.workers(database.reader(), ["W2"])
            graded.append((subject.nation.value, subject.attributes["grade"]))
            assert (due_of(database) == before) is (day == SUNDAY)
            assert database.differences() == []
    assert graded == [("england", "children-sw"), ("wales", "children-advanced-sw"), ("england", "children-sw")]


def test_a_program_that_stays_open_over_the_day_follows_with_the_next_change(moving: Database) -> None:
    before = due_of(moving)
    moving.clock = clock_on(MONDAY)
    keep(moving, "case", reference="C-9", team="North", pathway="child_in_need", opened="2026-09-01")
    assert due_of(moving) != before
    assert moving.differences() == []
