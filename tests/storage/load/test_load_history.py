"""Load week by week: a team worked out by hand, the present as on the board, and what is booked."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.cases.steps import give
from storage.load.day_loads import Tenure, loads_on
from storage.load.history.load_history import team_ahead, team_weeks, week_starts
from storage.load.history.load_weeks import heat_map, week_days
from storage.load.worker_load import team_board
from storage.records.database import Database
from tests.clocks import CLOCK
from tests.conftest import TODAY
from tests.units import amend, record

HEAVY = {"complexity": "3", "risk": "3", "travel": "3"}
LIGHT = {"complexity": "1", "risk": "1", "travel": "1"}


def case(unit: Any, reference: str, opened: str, **more: Any) -> None:
    record(unit, "case", {"reference": reference, "team": "North", "pathway": "looked_after", "opened": opened, **more})


def weigh(unit: Any, reference: str, on: str, answers: dict[str, str]) -> None:
    record(unit, "weighting", {"case": reference, "scheme": "three-factor", "on": on, "answers": answers})


@pytest.fixture
def busy(team: Database) -> Database:
    """Okafor: C-2 from 2 Nov, re-weighed from 3 to 9 points on 11 Nov; C-3 until it closed on 10 Nov; then ill."""
    with team.unit("A. Hughes", TODAY) as unit:
        amend(unit, "case", "C-1001", {"closed": "2026-10-01", "close_reason": "Home"})
        case(unit, "C-2", "2026-10-30")
        weigh(unit, "C-2", "2026-11-03", LIGHT)
        weigh(unit, "C-2", "2026-11-11", HEAVY)
        give(unit, "C-2", "W2", date(2026, 11, 2))
        case(unit, "C-3", "2026-09-01")
        weigh(unit, "C-3", "2026-09-02", HEAVY)
        give(unit, "C-3", "W2", date(2026, 10, 28))
        amend(unit, "case", "C-3", {"closed": "2026-11-10", "close_reason": "Ended"})
        record(unit, "reduction", {"worker": "W2", "percent": 50, "reason": "Phased return", "starts": "2026-11-16"})
        unit.finish("A few weeks' work")
    return team


def points(weeks: dict[str, list[Any]], worker: str) -> list[tuple[str, int, int, int | None]]:
    return [(w.day.isoformat(), w.cases, w.points, w.utilisation) for w in weeks[worker]]


def test_weeks_are_mondays_with_the_present_one_among_them() -> None:
    assert week_starts(TODAY, 1, 1) == [date(2026, 11, 9), date(2026, 11, 16), date(2026, 11, 23)]
    assert week_starts(date(2026, 11, 16), 0) == [date(2026, 11, 16)]


def test_the_weeks_of_a_team_worked_out_by_hand(busy: Database) -> None:
    found = team_weeks(busy.reader(), "North", TODAY, back=4)
    assert points(found, "W2") == [
        ("2026-10-19", 0, 0, 0),
        ("2026-10-26", 0, 0, 0),  # C-3 came on the Wednesday
        ("2026-11-02", 2, 1200, 120),  # C-3 of 9, and C-2 as it was first weighed the day after
        ("2026-11-09", 2, 1200, 120),
        ("2026-11-20", 1, 900, 180),  # today: C-3 closed, C-2 re-weighed, half the capacity
    ]
    assert points(found, "W3") == [(day, 0, 0, 0) for day, *_ in points(found, "W2")]


def test_a_joint_share_counts_as_the_scheme_says(busy: Database) -> None:
    from domain.core.enums import Role

    with busy.unit("A. Hughes", TODAY) as unit:
        give(unit, "C-2", "W3", date(2026, 11, 9), role=Role.CO_WORKER)
        unit.finish("Two on it")
    share = busy.packs().scheme("three-factor").shares[Role.CO_WORKER]
    weeks = team_weeks(busy.reader(), None, TODAY, back=2, worker="W3")
    assert [(w.cases, w.points) for w in weeks["W3"]] == [(0, 0), (0, 3 * share), (0, 9 * share)]


def test_today_is_what_the_board_says(busy: Database) -> None:
    weeks = team_weeks(busy.reader(), "North", TODAY)
    board = team_board(busy.reader(), "North", TODAY)
    assert board
    for line in board:
        now = weeks[line.staff_id][-1]
        same = ("cases", "points", "capacity", "utilisation", "band", "stable", "extra", "today_hours")
        assert now.day == TODAY
        assert [getattr(now, name) for name in same] == [getattr(line, name) for name in same]


def test_before_the_first_day_and_after_the_last_nobody_can_carry_anything(team: Database) -> None:
    with team.unit("A. Hughes", TODAY) as unit:
        record(
            unit,
            "worker",
            {"staff_id": "W4", "name": "New, Ann", "team": "North", "grade": "children-sw", "started": "2026-11-10"},
        )
        amend(unit, "worker", "W3", {"leaves": "2026-11-11"})
        amend(unit, "worker", "W2", {"leaves": "2026-12-05"})
        unit.finish("Coming and going")
    weeks = team_weeks(team.reader(), "North", TODAY, back=2)
    assert [(w.capacity, w.away) for w in weeks["W4"]] == [(0, True), (0, True), (10_000, False)]
    assert [(w.capacity, w.away) for w in weeks["W3"]] == [(6_000, False), (6_000, False), (0, True)]
    ahead = team_ahead(team.reader(), "North", TODAY, ahead=3)
    assert [(w.day.day, w.capacity, w.away) for w in ahead["W2"]] == [
        (23, 10_000, False), (30, 10_000, False), (7, 0, True),
    ]  # fmt: skip
    assert ahead["W2"][-1].cases == 1, "the case stays with whoever left until somebody takes it over"
    assert "W3" not in ahead


def test_leave_within_the_week_marks_it(team: Database) -> None:
    with team.unit("A. Hughes", TODAY) as unit:
        leave = {"worker": "W2", "percent": 100, "reason": "Fortnight off", "kind": "annual_leave"}
        record(unit, "reduction", {**leave, "starts": "2026-12-02", "ends": "2026-12-04"})
        record(unit, "reduction", {**leave, "starts": "2026-12-12", "ends": "2026-12-13"})
        duty = {"worker": "W3", "percent": 20, "reason": "Duty", "kind": "duty"}
        record(unit, "reduction", {**duty, "starts": "2026-11-30", "ends": "2026-12-04"})
        record(unit, "reduction", {**duty, "starts": "2026-12-07"})
        unit.finish("Leave and duty")
    ahead = team_ahead(team.reader(), "North", TODAY, ahead=3)
    assert [w.away for w in ahead["W2"]] == [False, True, False], "a weekend off is no week away"
    assert [w.capacity for w in ahead["W2"]] == [10_000, 10_000, 10_000], "leave takes no capacity away"
    assert [w.away for w in ahead["W3"]] == [False, True, False], "a day of duty each week is no week of duty"
    assert [w.capacity for w in ahead["W3"]] == [6_000, 4_800, 4_800]


def test_extra_work_counts_from_its_first_day_to_its_last(team: Database) -> None:
    with team.unit("A. Hughes", TODAY) as unit:
        lead = {"worker": "W3", "title": "Lead for court work", "points": 700}
        record(unit, "extra", {**lead, "starts": "2026-11-10", "ends": "2026-11-30"})
        unit.finish("A lead role")
    past, ahead = (read(team.reader(), "North", TODAY, 2)["W3"] for read in (team_weeks, team_ahead))
    assert [(w.day.day, w.points) for w in [*past, *ahead]] == [(2, 0), (9, 0), (20, 700), (23, 700), (30, 700)]


def test_a_dormant_case_weighs_less_from_the_day_it_went_quiet(busy: Database) -> None:
    with busy.engine().begin() as connection:
        connection.exec_driver_sql(
            "UPDATE case_points SET dormant_from = '2026-11-06', dormant_points = 100 WHERE \"case\" = 'C-2'"
        )
    found = team_weeks(busy.reader(), "North", TODAY, back=2)["W2"]
    assert [w.points for w in found] == [1200, 1000, 100], "3 and 9, then 1 and 9, then 1 alone"
    board = team_board(busy.reader(), "North", TODAY, "W2")
    assert [line.points for line in board] == [100]


def test_what_is_booked_changes_the_weeks_to_come(busy: Database) -> None:
    from domain.core.enums import ChangeReason

    with busy.unit("A. Hughes", TODAY) as unit:
        give(unit, "C-2", "W3", date(2026, 11, 30), reason=ChangeReason.MANAGE)
        unit.finish("Moves at the month's end")
    ahead = team_ahead(busy.reader(), "North", TODAY, ahead=2)
    assert [w.points for w in ahead["W2"]] == [900, 0]
    assert [w.points for w in ahead["W3"]] == [0, 900]


def test_the_demonstration_agrees_with_its_board(tmp_path_factory: pytest.TempPathFactory) -> None:
    from storage.demo.make import make
    from storage.opening import open_database

    path = tmp_path_factory.mktemp("demo") / "demo.db"
    make(path, "team", 1, CLOCK)
    with open_database(path, CLOCK) as database:
        weeks = team_weeks(database.reader(), None, TODAY)
        for line in team_board(database.reader(), None, TODAY):
            now = weeks[line.staff_id][-1]
            assert (now.cases, now.points, now.utilisation) == (line.cases, line.points, line.utilisation)


# the sweep itself --------------------------------------------------------------------------------------------------

FIRST = date(2026, 1, 5)
DAYS = [(FIRST + timedelta(weeks=n)).isoformat() for n in range(8)]
some_day = st.integers(-20, 70).map(lambda n: (FIRST + timedelta(days=n)).isoformat())
spans = st.lists(
    st.builds(
        lambda worker, case, a, b: Tenure(worker, "allocated_worker", case, min(a, b), max(a, b)),
        st.sampled_from(["W1", "W2"]),
        st.sampled_from(["C1", "C2", "C3"]),
        some_day,
        st.one_of(some_day, st.just("9999-12-31")),
    ),
    max_size=8,
)
steps = st.dictionaries(
    st.sampled_from(["C1", "C2", "C3"]),
    st.lists(st.tuples(some_day, st.integers(0, 900)), min_size=1, max_size=4, unique_by=lambda s: s[0]).map(sorted),
)


def plainly(day: str, spans: list[Tenure], steps: dict[str, list[tuple[str, int]]]) -> dict[str, tuple[int, int]]:
    """What each carried on a day, added up span by span."""
    found: dict[str, tuple[int, int]] = {}
    for span in spans:
        if span.starts <= day and (span.ends is None or day < span.ends):
            known = steps.get(span.case, [("", 0)])
            weight = next((p for on, p in reversed(known) if on <= day), known[0][1])
            cases, points = found.get(span.worker, (0, 0))
            found[span.worker] = cases + 1, points + weight
    return found


@given(spans, steps)
def test_the_sweep_gives_what_adding_up_day_by_day_gives(
    spans: list[Tenure], steps: dict[str, list[tuple[str, int]]]
) -> None:
    swept = loads_on(DAYS, spans, steps)
    for at, day in enumerate(DAYS):
        by_hand = plainly(day, spans, steps)
        found = {worker: (cases[at], points[at]) for (worker, _), (cases, points) in swept.items() if cases[at]}
        assert found == by_hand


@given(spans, steps, st.randoms(use_true_random=False), some_day)
def test_the_order_of_rows_and_where_they_are_cut_change_nothing(
    spans: list[Tenure], steps: dict[str, list[tuple[str, int]]], rng: Any, cut: str
) -> None:
    parts = []
    for span in spans:
        if span.ends is not None and span.starts < cut < span.ends:
            parts += [span._replace(ends=cut), span._replace(starts=cut)]
        else:
            parts.append(span)
    rng.shuffle(parts)
    assert loads_on(DAYS, parts, steps) == loads_on(DAYS, spans, steps)


def test_who_is_not_in_the_team_is_not_called_away(busy: Database) -> None:
    with busy.unit("A. Hughes", TODAY) as unit:
        record(unit, "team", {"name": "South", "scheme": "three-factor"})
        someone = {"grade": "children-sw", "team": "North"}
        record(unit, "worker", {"staff_id": "W5", "name": "Starts, Later", "started": "2026-11-30", **someone})
        record(unit, "worker", {"staff_id": "W6", "name": "Leaves, Soon", "leaves": "2026-11-24", **someone})
        record(unit, "worker", {"staff_id": "W7", "name": "Moves, Here", **someone})
        record(unit, "worker-period", {"worker": "W7", "team": "South", "until": "2026-11-29"})
        record(unit, "worker", {"staff_id": "W8", "name": "Moves, Away", **someone})
        record(unit, "worker-period", {"worker": "W8", "team": "South", "from": "2026-11-30"})
        unit.finish("Some come and go")
    shown = heat_map(busy.reader(), "North", TODAY, back=1, ahead=2)
    found = {row.staff_id: [cell.presence for cell in row.cells] for row in shown.rows}
    assert found["W5"] == found["W7"] == ["not_yet", "not_yet", "not_yet", "here"]
    assert found["W6"] == found["W8"] == ["here", "here", "here", "gone"]
    assert found["W2"] == found[""] == ["here"] * 4
    outside = [cell for row in shown.rows for cell in row.cells if cell.presence != "here"]
    assert not any(cell.away or cell.capacity for cell in outside)


def test_who_left_and_still_holds_cases_is_gone_in_every_week(busy: Database) -> None:
    with busy.unit("A. Hughes", TODAY) as unit:
        amend(unit, "worker", "W2", {"leaves": "2026-11-18"})
        unit.finish("Left")
    shown = heat_map(busy.reader(), "North", TODAY, back=0, ahead=1)
    row = next(row for row in shown.rows if row.staff_id == "W2")
    assert [cell.presence for cell in row.cells] == ["gone", "gone"]
    assert row.cells[0].points


def test_today_stands_for_its_week_only_where_the_period_holds_it() -> None:
    tuesday, monday = date(2026, 12, 1), date(2026, 11, 30)
    assert week_days(monday, monday, tuesday) == [monday]
    assert week_days(monday, tuesday, tuesday) == [tuesday]
    assert week_days(tuesday, tuesday, tuesday) == [tuesday]
    assert week_days(date(2026, 11, 23), date(2026, 12, 7), tuesday) == [date(2026, 11, 23), tuesday, date(2026, 12, 7)]
    assert week_days(date(2026, 12, 2), date(2026, 12, 7), tuesday) == [monday, date(2026, 12, 7)]
