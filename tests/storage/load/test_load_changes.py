"""How a load came to differ: each kind of change counted once, and nothing left over."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.core.enums import ChangeReason, Role
from storage.cases.steps import give
from storage.load.day_loads import DayLoad
from storage.load.history.load_changes import FEW_HEAVY, MANY_LIGHT, PARTS, LoadChange, load_changes, spread
from storage.load.history.load_history import team_weeks
from storage.load.history.load_weeks import ASSUMED, BOOKED, PAST, TEAM, heat_map, put_together, with_forecast
from storage.load.history.load_weeks import TODAY as NOW
from storage.load.worker_load import team_board
from storage.records.database import Database
from tests.conftest import TODAY
from tests.units import amend, record

HEAVY = {"complexity": "3", "risk": "3", "travel": "3"}
LIGHT = {"complexity": "1", "risk": "1", "travel": "1"}
BEFORE, SINCE, LATER = "2026-10-01", date(2026, 10, 23), date(2026, 11, 5)


def case(unit: Any, reference: str, weight: dict[str, str], opened: str = BEFORE, **more: Any) -> None:
    record(unit, "case", {"reference": reference, "team": "North", "pathway": "looked_after", "opened": opened, **more})
    record(unit, "weighting", {"case": reference, "scheme": "three-factor", "on": opened, "answers": weight})


@pytest.fixture
def changed(team: Database) -> Database:
    """Okafor: K kept and weighed again, C closed, P passed to Begum, N new; Begum also joins Okafor on K."""
    with team.unit("A. Hughes", TODAY) as unit:
        amend(unit, "case", "C-1001", {"closed": "2026-10-02", "close_reason": "Home"})
        case(unit, "K", LIGHT)
        case(unit, "C", HEAVY)
        case(unit, "P", LIGHT)
        case(unit, "N", HEAVY, opened="2026-11-02")
        for reference in "KCP":
            give(unit, reference, "W2", date.fromisoformat(BEFORE))
        give(unit, "N", "W2", LATER)
        give(unit, "P", "W3", LATER, reason=ChangeReason.MANAGE)
        amend(unit, "case", "C", {"closed": "2026-11-09", "close_reason": "Ended"})
        record(unit, "weighting", {"case": "K", "scheme": "three-factor", "on": LATER, "answers": HEAVY})
        unit.finish("A month's changes")
    return team


def parts(change: LoadChange) -> dict[str, int]:
    return {part: points for part, points in change.parts if points}


def test_each_change_is_told_once(changed: Database) -> None:
    okafor, begum, whole = sorted(
        (one for one in load_changes(changed.reader(), "North", TODAY) if one.worker != "W1"),
        key=lambda one: (not one.worker, one.worker),
    )
    assert (okafor.since, okafor.before, okafor.after) == (SINCE, 1500, 1800)
    assert parts(okafor) == {"new": 900, "closed": -900, "passed_on": -300, "reweighted": 600}
    assert (begum.before, parts(begum), begum.after) == (0, {"taken_over": 300}, 300)
    assert (whole.before, parts(whole), whole.after) == (
        1500, {"new": 900, "taken_over": 300, "closed": -900, "passed_on": -300, "reweighted": 600}, 2100,
    )  # fmt: skip


def test_a_case_taken_over_and_weighed_again_is_both(changed: Database) -> None:
    with changed.unit("A. Hughes", TODAY) as unit:
        record(unit, "weighting", {"case": "P", "scheme": "three-factor", "on": TODAY, "answers": HEAVY})
        unit.finish("Weighed again by the one who took it")
    begum = next(one for one in load_changes(changed.reader(), "North", TODAY) if one.worker == "W3")
    assert parts(begum) == {"taken_over": 300, "reweighted": 600}


def test_what_is_not_cases_and_what_capacity_did_are_told_too(changed: Database) -> None:
    with changed.unit("A. Hughes", TODAY) as unit:
        record(unit, "extra", {"worker": "W3", "title": "Court lead", "points": 500, "starts": "2026-11-01"})
        record(unit, "reduction", {"worker": "W3", "percent": 50, "reason": "Phased return", "starts": "2026-11-01"})
        give(unit, "K", "W3", LATER, role=Role.CO_WORKER)
        unit.finish("Beside cases")
    begum = next(one for one in load_changes(changed.reader(), "North", TODAY) if one.worker == "W3")
    assert parts(begum)["other"] == 500
    assert (begum.capacity_before, begum.capacity_after) == (6000, 3000)
    assert "taken_over" in parts(begum), "a share of a colleague's case is no new case"


def test_the_load_now_is_the_boards_and_then_the_history_of_that_day(changed: Database) -> None:
    board = {line.staff_id: line for line in team_board(changed.reader(), "North", TODAY)}
    for change in load_changes(changed.reader(), "North", TODAY):
        if change.worker:
            line = board[change.worker]
            assert (change.after, change.capacity_after, change.utilisation_after) == (
                line.points, line.capacity, line.utilisation,
            )  # fmt: skip


def test_every_line_adds_up(changed: Database) -> None:
    lines = load_changes(changed.reader(), "North", TODAY)
    for line in lines:
        assert line.before + sum(points for _, points in line.parts) == line.after
    for field in ("before", *PARTS, "after"):
        assert sum(getattr(line, field) for line in lines[:-1]) == getattr(lines[-1], field)


def test_a_team_of_nobody_has_no_lines(database: Database) -> None:
    with database.unit("A. Hughes", TODAY) as unit:
        record(unit, "team", {"name": "Empty"})
        unit.finish("A team")
    assert load_changes(database.reader(), "Empty", TODAY) == []
    assert heat_map(database.reader(), "Empty", TODAY).rows == []


# count beside weight ---------------------------------------------------------------------------------------------


def test_few_heavy_and_many_light_loads_are_named(changed: Database) -> None:
    line = next(one for one in team_board(changed.reader(), "North", TODAY) if one.staff_id == "W2")
    rows = [(4, 4000), (8, 4000), (10, 4000), (10, 5000), (16, 4000)]
    board = [line._replace(staff_id=str(n), cases=c, points=p) for n, (c, p) in enumerate(rows)]
    assert [(one.mean, one.shape) for one in spread(board)] == [
        (1000, FEW_HEAVY), (500, ""), (400, ""), (500, ""), (250, MANY_LIGHT),
    ]  # fmt: skip
    assert spread([line._replace(cases=0)]) == []


def test_hours_worked_count_in(changed: Database) -> None:
    line = next(one for one in team_board(changed.reader(), "North", TODAY) if one.staff_id == "W2")
    full = line._replace(cases=10, points=5000)
    half = line._replace(staff_id="W9", cases=5, points=2500, fte=50)
    assert {one.shape for one in spread([full, half])} == {""}, "half the cases for half the hours is the same load"


# the map -----------------------------------------------------------------------------------------------------------


def test_the_map_runs_from_eight_weeks_back_to_twelve_ahead(changed: Database) -> None:
    shown = heat_map(changed.reader(), "North", TODAY)
    assert len(shown.days) == 8 + 1 + 12
    assert [cell.layer for cell in shown.rows[0].cells] == [PAST] * 8 + [NOW] + [BOOKED] * 12
    assert [row.staff_id for row in shown.rows] == ["W3", "W2", TEAM], "the manager carries nothing"
    weeks = team_weeks(changed.reader(), "North", TODAY, back=8)
    assert [cell.utilisation for cell in shown.rows[1].cells[:9]] == [week.utilisation for week in weeks["W2"]]


@given(st.lists(st.tuples(st.integers(0, 9000), st.integers(0, 9000)), min_size=1, max_size=5))
def test_the_teams_line_is_the_sum_of_the_others(loads: list[tuple[int, int]]) -> None:
    beside = {"away": False, "here": True, "off": False, "stable": 0, "extra": 0, "contract_hours": 0, "today_hours": 0}
    past = {
        str(n): [DayLoad(TODAY, "North", 3, points, can, None, "", **beside)] for n, (points, can) in enumerate(loads)
    }
    shown = put_together("North", dict.fromkeys(past, "A"), past, [(None, "room")], TODAY)
    if shown.rows:
        whole = shown.rows[-1].cells[0]
        assert (whole.points, whole.capacity) == (sum(p for p, _ in loads), sum(c for _, c in loads))


def test_a_forecast_changes_the_weeks_to_come_and_no_other(changed: Database) -> None:
    from domain.load.forecast import Forecast, Outlook
    from domain.load.rates import Arrivals

    shown = heat_map(changed.reader(), "North", TODAY, back=1, ahead=2)
    first, second = shown.days[-2:]
    outlooks = (
        Outlook(first, 10_000, 1800, 1500, 2000, 1200, 2600),
        Outlook(second, 10_000, 1800, None, None, None, None),
    )
    found = with_forecast(shown, Forecast({"W2": outlooks}, (), (), Arrivals(0, ()), ()))
    before, after = shown.rows[1].cells, found.rows[1].cells
    assert list(after[:2]) == list(before[:2])
    likely = after[2]
    assert (likely.layer, likely.points, likely.utilisation, likely.booked, likely.expected, likely.low) == (
        ASSUMED, 2000, 200, 1800, 1500, 1200,
    )  # fmt: skip
    assert after[3] == before[3], "where nothing more can be said, what is booked stands"


# who joins the team and who leaves it --------------------------------------------------------------------------------

JOINED = date(2026, 11, 10)


@pytest.fixture
def apart(changed: Database) -> Database:
    """Begum in South until she joined North, with P; since then she was given N2."""
    with changed.unit("A. Hughes", TODAY) as unit:
        record(unit, "team", {"name": "South", "service": "children"})
        amend(unit, "worker", "W3", {"team": "South"}, since=date(2026, 10, 1))
        amend(unit, "worker", "W3", {"team": "North"}, since=JOINED)
        case(unit, "N2", HEAVY, opened="2026-11-12")
        give(unit, "N2", "W3", date(2026, 11, 12))
        unit.finish("She joined")
    return changed


def line(database: Database, worker: str, team: str = "North") -> LoadChange:
    return next(one for one in load_changes(database.reader(), team, TODAY, SINCE) if one.worker == worker)


def test_who_joined_was_not_in_the_team_before(apart: Database) -> None:
    begum, whole = line(apart, "W3"), line(apart, "")
    assert (begum.before, begum.capacity_before or 0, begum.after) == (0, 0, 1200)
    assert parts(begum) == {"moved": 300, "new": 900}
    assert whole.before == 1500
    assert whole.before + sum(points for _, points in whole.parts) == whole.after


def test_who_left_the_team_takes_along_what_they_held(changed: Database) -> None:
    with changed.unit("A. Hughes", TODAY) as unit:
        record(unit, "team", {"name": "South", "service": "children"})
        amend(unit, "worker", "W2", {"team": "South"}, since=JOINED)
        unit.finish("He left")
    gone, come = line(changed, "W2"), line(changed, "W2", "South")
    assert (gone.before, gone.after) == (1500, 0)
    assert parts(gone) == {"new": 900, "closed": -900, "passed_on": -300, "reweighted": 600, "moved": -1800}
    assert (come.before, parts(come), come.after) == (0, {"moved": 1800}, 1800)
