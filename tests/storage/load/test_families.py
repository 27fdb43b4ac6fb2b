"""Families beside children, and what is with agency workers: by the day, each family and case once."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from storage.cases.steps import give
from storage.load.worker_load import TeamSum, team_board, team_sum
from storage.records.database import Database
from tests.conftest import TODAY
from tests.units import amend, case, put

DAY = timedelta(days=1)
BEGUN = date(2026, 10, 5)


@pytest.fixture
def north(team: Database) -> Database:
    """Okafor (W2) holds C-1001 and two of the three of S-1; Begum (W3) the third, and one of a group alone."""
    put(
        team,
        *(case(f"C-{n}", sibling_group=group) for n, group in ((11, "S-1"), (12, "S-1"), (13, "S-1"), (14, "S-2"))),
    )
    with team.unit("A. Hughes", TODAY) as unit:
        for reference, worker in (("C-11", "W2"), ("C-12", "W2"), ("C-13", "W3"), ("C-14", "W3")):
            give(unit, reference, worker, BEGUN)
        unit.finish("Given")
    return team


def sum_on(database: Database, day: date = TODAY) -> TeamSum:
    conn = database.reader()
    return team_sum(conn, team_board(conn, "North", day, today=TODAY), day)


def families(database: Database, day: date) -> dict[str, int]:
    """How many families each worker is allocated to on a day."""
    return {one.staff_id: one.families for one in team_board(database.reader(), None, day, today=TODAY) if one.families}


def test_a_sibling_group_is_one_family_and_a_case_without_one_is_one(north: Database) -> None:
    assert families(north, TODAY) == {"W2": 2, "W3": 2}
    assert [(one.cases, one.families) for one in team_board(north.reader(), "North", TODAY)] == [(2, 2), (0, 0), (3, 2)]


def test_a_family_that_two_hold_counts_once_in_the_sum(north: Database) -> None:
    found = sum_on(north)
    assert (found.workers, found.cases, found.families) == (3, 5, 3)


def test_they_are_counted_by_the_day(north: Database) -> None:
    with north.unit("A. Hughes", TODAY) as unit:
        amend(unit, "case", "C-11", {"closed": TODAY, "close_reason": "Done"})
        amend(unit, "case", "C-12", {"closed": TODAY, "close_reason": "Done"})
        unit.finish("Closed")
    days = (BEGUN - DAY, BEGUN, TODAY - DAY, TODAY, TODAY + DAY)
    assert [families(north, day).get("W2") for day in days] == [1, 2, 2, 1, 1]


def test_co_working_is_no_family_of_ones_own(north: Database) -> None:
    put(north, ("allocation", {"case": "C-14", "worker": "W2", "role": "co_worker", "starts": BEGUN}))
    assert families(north, TODAY)["W2"] == 2


def test_the_agencys_share_is_of_the_day(north: Database) -> None:
    with north.unit("A. Hughes", TODAY) as unit:
        amend(unit, "worker", "W2", {"fte": 60, "agency": True})
        unit.finish("From an agency since today")
    yesterday, today = sum_on(north, TODAY - DAY), sum_on(north)
    assert (yesterday.agency_workers, yesterday.agency_fte, yesterday.agency_cases) == (0, 0, 0)
    assert (today.agency_workers, today.agency_fte, today.agency_cases) == (1, 60, 3)
    assert yesterday.fte - today.fte == 40


def test_who_left_holding_cases_is_no_worker_any_more_and_the_cases_count(north: Database) -> None:
    with north.unit("A. Hughes", TODAY) as unit:
        amend(unit, "worker", "W3", {"agency": True}, since=BEGUN)
        amend(unit, "worker", "W3", {"leaves": TODAY - DAY})
        unit.finish("Left")
    found = sum_on(north)
    assert (found.workers, found.agency_workers, found.agency_fte) == (2, 0, 0)
    assert (found.cases, found.agency_cases) == (5, 2)
