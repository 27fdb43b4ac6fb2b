"""Streaks over the red line, and the concerns that stay open until somebody answers them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from domain.core.text import initials
from storage.due.due_list import due
from storage.home.needs_you import Need, Who, needs_you, with_concerns
from storage.load.history.concerns import History, history, open_concerns
from storage.load.worker_load import team_board
from storage.records.database import Database
from tests.conftest import TODAY
from tests.units import amend, every, record

MONDAY = date(2026, 11, 16)  # of the present week
HEAVY = {"complexity": "3", "risk": "3", "travel": "3"}


def mondays_ago(weeks: int) -> date:
    return MONDAY - timedelta(weeks=weeks)


def heavy_from(database: Database, first: date, until: date | None = None) -> None:
    """Give Okafor, who can carry 10 points here, two cases of 9 points from ``first`` up to ``until``."""
    with database.unit("A. Hughes", TODAY) as unit:
        amend(unit, "team", "North", {"full_time_points": 10_00}, since=date(2025, 1, 1))
        number = len(every(unit, "case"))
        for n in (number, number + 1):
            case = {"reference": f"C-3{n}", "team": "North", "pathway": "looked_after", "opened": "2026-01-01"}
            record(unit, "case", case)
            record(
                unit, "weighting", {"case": f"C-3{n}", "scheme": "three-factor", "on": "2026-01-02", "answers": HEAVY}
            )
            given = {"case": f"C-3{n}", "worker": "W2", "role": "co_worker", "starts": first, "ends": until}
            record(unit, "allocation", given)
        unit.finish("Too much")


@pytest.fixture
def light(team: Database) -> Database:
    """Okafor without the one case of the small team."""
    with team.unit("A. Hughes", TODAY) as unit:
        amend(unit, "case", "C-1001", {"closed": "2026-04-01", "close_reason": "Home"})
        unit.finish("Light")
    return team


def read(database: Database) -> History:
    return history(database.reader(), "North", TODAY)


def raise_one(database: Database, **given: Any) -> Any:
    with database.unit("A. Hughes", TODAY) as unit:
        kept = record(unit, "concern", {"worker": "W2", "why": "Too much", **given})
        unit.finish("A concern")
    return kept


ANSWER = {"answered_on": "2026-11-18", "answered_by": "Hughes, Ann", "plan": "Two cases move"}


@pytest.mark.parametrize(("weeks", "is_streak"), [(3, False), (4, True), (5, True)])
def test_a_streak_begins_with_the_fourth_week(light: Database, weeks: int, is_streak: bool) -> None:
    """Half of 18 points is 9 of 10 for a co-worker: two pairs make 18 of 10, week after week, the present one too."""
    for _ in range(2):
        heavy_from(light, mondays_ago(weeks - 1))
    found = read(light)
    assert found.streaks["W2"] == weeks
    assert found.is_streak("W2") is is_streak
    assert bool(found.concerns) is is_streak


def test_a_week_below_the_line_breaks_it(light: Database) -> None:
    for _ in range(2):
        heavy_from(light, mondays_ago(5), mondays_ago(2))
        heavy_from(light, mondays_ago(1))
    found = read(light)
    assert found.streaks["W2"] == 2, "this week and the one before"
    assert not found.concerns


def test_the_teams_own_number_of_weeks_comes_first(light: Database) -> None:
    for _ in range(2):
        heavy_from(light, mondays_ago(1))
    assert not read(light).concerns
    with light.unit("A. Hughes", TODAY) as unit:
        amend(unit, "team", "North", {"red_weeks": 2})
        unit.finish("Sooner")
    (line,) = read(light).concerns
    assert (line.weeks, line.raised_on, line.running) == (2, MONDAY, True)


def test_the_concern_stays_open_when_the_load_has_fallen(light: Database) -> None:
    for _ in range(2):
        heavy_from(light, mondays_ago(9), mondays_ago(4))
    (line,) = read(light).concerns
    assert (line.worker, line.state, line.weeks, line.running) == ("W2", "unanswered", 5, False)
    assert (line.began, line.raised_on, line.last) == (mondays_ago(9), mondays_ago(6), mondays_ago(5))
    (need,) = with_concerns([], [line], TODAY)
    assert need.text == "Okafor was above 110 % for 5 weeks to Mon 12 Oct, no answer"


def test_an_answer_that_began_with_the_streak_closes_it(light: Database) -> None:
    for _ in range(2):
        heavy_from(light, mondays_ago(9), mondays_ago(4))
    raise_one(light, raised_on=mondays_ago(6), **ANSWER, review_on="2026-12-02")
    (line,) = read(light).concerns
    assert (line.state, line.review_on) == ("answered", date(2026, 12, 2))
    assert with_concerns([], [line], TODAY) == []


def test_an_answer_to_an_earlier_streak_is_no_answer_to_this_one(light: Database) -> None:
    for _ in range(2):
        heavy_from(light, mondays_ago(4))
    raise_one(light, raised_on=mondays_ago(5), **ANSWER, closed_on="2026-11-18")
    (line,) = read(light).concerns
    assert (line.id, line.state, line.weeks) == (None, "unanswered", 5)


def test_a_concern_raised_by_hand_waits_for_its_answer(light: Database) -> None:
    raise_one(light, raised_on="2026-11-16")
    (line,) = read(light).concerns
    assert (line.state, line.weeks) == ("unanswered", 0)
    (need,) = with_concerns([], [line], TODAY)
    assert (need.state, need.area, need.filter) == ("over", "worker", "W2")
    assert need.text == "Okafor: workload concern of Mon 16 Nov, no answer"


def test_a_concern_that_is_closed_is_open_no_more(light: Database) -> None:
    raise_one(light, raised_on="2026-11-16", **ANSWER, closed_on="2026-11-19")
    assert not open_concerns(light.reader(), "North", TODAY)


def test_a_review_day_that_has_passed_is_late(light: Database) -> None:
    raise_one(light, raised_on="2026-11-10", **ANSWER, review_on="2026-11-18")
    (line,) = read(light).concerns
    assert line.state == "review"
    (need,) = with_concerns([], [line], TODAY)
    assert (need.state, need.text) == ("late", "Okafor: workload concern to be looked at again, 2 days late")


def test_the_review_is_an_obligation_until_the_concern_is_closed(light: Database) -> None:
    kept = raise_one(light, raised_on="2026-11-10", **ANSWER, review_on="2026-12-02")

    def reviews() -> list[Any]:
        return [d.legal_due for d in due(light.reader(), today=TODAY, worker="W2") if d.series == "concern_review"]

    assert reviews() == [date(2026, 12, 2)]
    with light.unit("A. Hughes", TODAY) as unit:
        amend(unit, "concern", kept.id, {"review_on": date(2026, 12, 9)})
        unit.finish("Later")
    assert reviews() == [date(2026, 12, 9)]
    with light.unit("A. Hughes", TODAY) as unit:
        amend(unit, "concern", kept.id, {"closed_on": TODAY})
        unit.finish("Closed")
    assert reviews() == []


def test_needs_say_each_worker_over_the_line_once(light: Database) -> None:
    for _ in range(2):
        heavy_from(light, mondays_ago(4))
    needs = needs_you(light.reader(), "North", TODAY)
    assert [need.text for need in needs if need.state == "over"] == ["Okafor at 180 %"]
    assert [need.said(initials) for need in needs if need.state == "over"] == ["CO at 180 %"]
    merged = with_concerns(needs, read(light).concerns, TODAY)
    assert [need.text for need in merged if need.state == "over"] == ["Okafor above 110 % for 5 weeks, no answer"]
    assert [need.said(initials) for need in merged if need.state == "over"] == ["CO above 110 % for 5 weeks, no answer"]


def test_a_line_hides_the_worker_and_no_other_word() -> None:
    need = Need("over", (Who("Case, Ann"), ": no capacity today, 1 Case allocated"), "worker", "W9")
    assert need.text == "Case: no capacity today, 1 Case allocated"
    assert need.said(initials) == "AC: no capacity today, 1 Case allocated"


def test_today_in_the_history_is_the_board(light: Database) -> None:
    heavy_from(light, mondays_ago(2))
    (okafor,) = team_board(light.reader(), "North", TODAY, "W2")
    assert read(light).weeks["W2"][-1].utilisation == okafor.utilisation


def test_who_has_left_is_nobodys_concern_any_more(light: Database) -> None:
    for _ in range(2):
        heavy_from(light, mondays_ago(9), mondays_ago(4))
    with light.unit("A. Hughes", TODAY) as unit:
        amend(unit, "worker", "W2", {"leaves": "2026-11-13"})
        unit.finish("Gone")
    assert not read(light).concerns


@pytest.mark.parametrize("asked", [*(MONDAY + timedelta(days=n) for n in range(7)), MONDAY + timedelta(days=17)])
def test_the_day_it_was_raised_does_not_wander_with_the_day_of_asking(light: Database, asked: date) -> None:
    for _ in range(2):
        heavy_from(light, mondays_ago(4) + timedelta(days=1))  # a Tuesday: the first Monday over it is the next
    (line,) = history(light.reader(), "North", asked).concerns
    assert (line.began, line.raised_on) == (mondays_ago(3), MONDAY)


@pytest.mark.parametrize(("asked", "running"), [(MONDAY, True), (TODAY, False), (MONDAY + timedelta(days=9), False)])
def test_a_load_that_falls_in_the_week_it_was_raised_leaves_it_raised(
    light: Database, asked: date, running: bool
) -> None:
    for _ in range(2):
        heavy_from(light, mondays_ago(3), MONDAY + timedelta(days=2))
    (line,) = history(light.reader(), "North", asked).concerns
    assert (line.raised_on, line.running) == (MONDAY, running)
