"""Contracts and reductions in hours a week: exact, dated, and in place of FTE and per cent; worked out by hand."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from domain.core.errors import BadInput
from domain.load.capacity import Contract
from domain.people.people import Worker
from domain.supervision.sessions import AgreementFields
from storage.allocation.policy_facts import workers as candidates
from storage.home.needs_you import needs_you
from storage.home.worker_page import worker_file
from storage.load.calibration import calibrate
from storage.load.posts import Posts
from storage.load.worker_load import team_board
from storage.records import acts
from storage.records.database import Database
from storage.records.undo import undo
from storage.rules.kept_packs import Packs
from storage.supervision.acts.agreements import make
from tests.conftest import TODAY
from tests.units import amend, change, get, keep

DAY = timedelta(days=1)
MONDAY = date(2027, 1, 4)


@pytest.fixture
def north(team: Database) -> Database:
    """North at 100 points and 37 h; Okafor (W2) works 30 of them."""
    with team.unit("A. Hughes", TODAY) as unit:
        amend(unit, "team", "North", {"full_time_points": 100_00, "full_time_hours": 37_00}, since=date(2025, 1, 1))
        amend(unit, "worker", "W2", {"hours": 30_00}, since=date(2025, 1, 1))
        unit.finish("Thirty hours")
    return team


def hours(database: Database, since: date | None = None, **changes: Any) -> None:
    with database.unit("A. Hughes", TODAY) as unit:
        acts.amend(unit, Worker, "W2", changes, since=since)


def less(database: Database, **given: Any) -> Any:
    return keep(database, "reduction", worker="W2", reason="Practice educator", starts="2026-09-01", **given)


def line(database: Database, day: date = TODAY) -> Any:
    return next(one for one in team_board(database.reader(), None, day, today=TODAY) if one.staff_id == "W2")


def test_thirty_of_37_hours_are_81_08_of_100_points(north: Database) -> None:
    """100 x 30 / 37 = 81.081; an FTE of 0.81 would have given 81."""
    found = line(north)
    assert (found.capacity, found.contract_hours, found.today_hours, found.fte) == (81_08, 30_00, 30_00, 81)


def test_1_8_hours_less_leave_exactly_28_2(north: Database) -> None:
    """100 x 28.2 / 37 = 76.216; 1.8 of 30 is 6 %."""
    less(north, hours=1_80)
    found = line(north)
    assert (found.capacity, found.contract_hours, found.today_hours) == (76_22, 30_00, 28_20)
    file = worker_file(north.reader(), "W2", TODAY)
    assert file is not None
    assert [(one.label, one.points, one.hours) for one in file.capacity.lines] == [
        ("Full-time load", 100_00, 37_00),
        ("Works 30 of 37 h a week", -18_92, -7_00),
        ("Practice educator, 1.8 h a week (6 %)", -4_86, -1_80),
    ]
    assert [one.less.words for one in file.reductions] == ["1.8 h a week (6 %)"]


def test_hours_change_from_a_day_as_fte_does_and_each_takes_the_others_place(north: Database) -> None:
    hours(north, since=MONDAY, fte=60)
    hours(north, since=MONDAY + 7 * DAY, hours=28_00)
    hours(north, since=MONDAY + 14 * DAY, hours=26_50)
    days = [TODAY, MONDAY - DAY, MONDAY, MONDAY + 6 * DAY, MONDAY + 7 * DAY, MONDAY + 13 * DAY, MONDAY + 14 * DAY]
    contracts = [30_00, 30_00, 22_20, 22_20, 28_00, 28_00, 26_50]
    assert [line(north, day).contract_hours for day in days] == contracts
    assert [line(north, day).fte for day in days] == [81, 81, 60, 60, 76, 76, 72]
    for day, held in zip(days, [(None, 30_00)] * 2 + [(60, None)] * 2 + [(None, 28_00)] * 2, strict=False):
        with north.unit("A. Hughes", day) as unit:
            found = get(unit, "worker", "W2")
            assert (found.fte, found.hours) == held, f"a typed read is of the unit's day: {day}"


def test_what_was_in_hours_stays_so_before_the_day(north: Database) -> None:
    hours(north, fte=80)
    assert [line(north, day).contract_hours for day in (TODAY - DAY, TODAY)] == [30_00, 29_60]
    hours(north, hours=20_00)
    hours(north, since=TODAY - 7 * DAY, hours=25_00)
    days = (TODAY - 8 * DAY, TODAY - 7 * DAY, TODAY - DAY, TODAY)
    assert [line(north, day).contract_hours for day in days] == [30_00, 25_00, 25_00, 20_00]


def test_undo_takes_both_back(north: Database) -> None:
    hours(north, fte=60)
    with north.unit("A. Hughes", TODAY) as unit:
        undo(unit)
    assert [line(north, day).contract_hours for day in (TODAY - DAY, TODAY)] == [30_00, 30_00]


def test_a_period_in_hours_stands_in_place_of_the_records_fte_and_beside_no_other(team: Database) -> None:
    keep(team, "worker-period", worker="W2", **{"from": "2027-01-04", "until": "2027-03-31"}, hours=18_50)
    assert [line(team, day).fte for day in (MONDAY - DAY, MONDAY, date(2027, 4, 1))] == [100, 50, 100]
    post = Posts(team.reader(), ["W2"]).of("W2")(MONDAY)
    assert (post.fte, post.hours) == (None, 18_50)
    with pytest.raises(BadInput, match="already"):
        keep(team, "worker-period", worker="W2", **{"from": "2027-03-31"}, fte=80)
    (number,) = team.reader().values("SELECT id FROM worker_period")
    change(team, "worker-period", number, fte=80)
    assert line(team, MONDAY).fte == 80


def test_the_fte_shown_follows_the_teams_week(north: Database) -> None:
    with north.unit("A. Hughes", TODAY) as unit:
        amend(unit, "team", "North", {"full_time_hours": 40_00}, since=MONDAY)
        unit.finish("A longer week")
    assert [line(north, day).fte for day in (TODAY, MONDAY)] == [81, 75]
    assert [line(north, day).capacity for day in (TODAY, MONDAY)] == [81_08, 75_00]
    fte = "SELECT fte FROM worker_on(:day) w WHERE w.staff_id = 'W2'"
    assert [north.reader().value(fte, day=day) for day in (TODAY, MONDAY)] == [81, 75]


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({}, "give the share of contract hours, or hours a week"),
        ({"percent": 5, "hours": 1_80}, "not both"),
        ({"hours": 30_00}, "the contract is 30 h a week"),
        ({"hours": 1_52, "kind": "lead_role"}, "5.1 is more than the 5 %"),
    ],
)
def test_a_reduction_is_said_once_and_within_the_contract_and_its_reason(
    north: Database, given: dict[str, Any], why: str
) -> None:
    with pytest.raises(BadInput, match=why):
        less(north, **given)


def test_no_hours_at_all_are_no_reduction(north: Database) -> None:
    with pytest.raises(BadInput) as refused:
        less(north, hours=0)
    assert refused.value.field == "hours"


def test_the_most_a_reason_allows_is_allowed_in_hours(north: Database) -> None:
    assert less(north, hours=1_50, kind="lead_role").hours == 1_50


def test_a_worker_has_one_contract(north: Database) -> None:
    with pytest.raises(BadInput, match="not both"):
        hours(north, fte=80, hours=30_00)
    with pytest.raises(BadInput, match="give the share of full time, or hours"):
        hours(north, hours="")
    made = keep(north, "worker", staff_id="W9", name="New, One", team="North", grade="children-sw")
    assert (made.fte, made.hours) == (100, None), "full time where nothing is said"


def test_a_reduction_changes_from_percent_to_hours(north: Database) -> None:
    kept = less(north, percent=10)
    changed = change(north, "reduction", kept.id, hours=1_80)
    assert (changed.percent, changed.hours) == (None, 1_80)


def test_hours_that_come_to_all_of_it_mean_somebody_is_away(north: Database) -> None:
    less(north, hours=15_00)
    keep(north, "reduction", worker="W2", reason="Course", starts="2026-09-01", percent=50)
    conn = north.reader()
    (found,) = candidates(conn, Packs(conn), TODAY, worker="W2")
    assert found.away
    assert line(north).capacity == 0


def test_what_lapses_is_said_in_hours(north: Database) -> None:
    less(north, hours=1_80, ends="2026-11-25")
    conn = north.reader()
    said = [need.told() for need in needs_you(conn, None, TODAY, team_board(conn, None, TODAY))]
    assert any("1.8 h a week (6 %) less, Practice educator" in one for one in said)


def test_calibration_counts_the_hours(north: Database) -> None:
    """C-1001 weighs what it weighs: its points are to be all of 28.2 of 37 hours."""
    less(north, hours=1_80)
    found = calibrate(north.reader(), "North", TODAY)
    points = line(north).points
    assert found.proposed == round(points * 37_00 / 28_20)


def test_shorter_sessions_are_agreed_by_what_the_hours_come_to(north: Database) -> None:
    hours(north, hours=33_30)
    terms = {"worker": "W2", "supervisor": "W1", "standard": "part-time-four-weekly", "starts": TODAY}
    with north.unit("A. Hughes", TODAY) as unit:
        standard = unit.packs.standard("part-time-four-weekly")
        made = make(unit, AgreementFields.model_validate(terms)).record
        assert made.minutes == standard.minutes_for(Contract.of(90)) != standard.minutes
