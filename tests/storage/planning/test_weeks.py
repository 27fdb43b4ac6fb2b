"""Plans over time: who covers what until when, what the board then says, and what applying a plan records."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from domain.core.enums import Role
from domain.core.errors import BadInput
from domain.planning.proposals import Cause, Move, Proposal, Span
from storage.allocation.candidates import offer
from storage.load.worker_load import team_board
from storage.planning.acts import apply
from storage.records.database import Database
from storage.records.undo import undo
from tests.storage.planning.plankit import THREE, TODAY, Make, after, planned
from tests.units import every as every_in
from tests.units import put

DAY = timedelta(days=1)
AWAY = {"worker": "W1", "starts": "2026-12-01", "ends": "2026-12-14"}
BACK = date(2026, 12, 15)
SIX = {f"C-{n}": ("W1", 10) for n in range(1, 7)}


def applied(database: Database, plan: Proposal, **options: Any) -> None:
    with database.unit("A. Hughes", TODAY) as unit:
        apply(unit, plan, name="The plan", **options)


def every(database: Database, kind: str) -> list[Any]:
    with database.unit("A. Hughes", TODAY) as unit:
        return every_in(unit, kind)


def of(plan: Proposal, worker: str) -> list[Move]:
    return [move for move in plan.moves if move.to == worker]


def used(span: Span) -> dict[str, int | None]:
    return {one.worker: one.used for one in span.people}


def test_whoever_is_back_by_then_takes_a_share_of_a_later_leavers_cases(make: Make) -> None:
    held = {"C-1": ("W1", 40)} | {f"C-{n}": ("W2", 10) for n in range(2, 8)} | {"C-9": ("W3", 40)}
    database = make(THREE, held)
    leaves = {"worker": "W2", "on": "2027-01-31"}
    plan = planned(database, absences=[AWAY], leavers=[leaves]).proposal()
    assert plan.day == date(2027, 1, 31)
    assert (len(of(plan, "W1")), len([m for m in of(plan, "W3") if m.role is Role.ALLOCATED])) == (3, 3)
    (cover,) = [move for move in plan.moves if move.role is Role.COVER]
    assert (cover.case, cover.starts, cover.ends) == ("C-1", date(2026, 12, 1), BACK)


def test_cover_passes_to_somebody_else_when_the_one_who_covers_leaves(make: Make) -> None:
    database = make(THREE, {"C-1": ("W1", 30), "C-2": ("W3", 50)})
    absence = {**AWAY, "ends": "2027-02-26"}
    plan = planned(database, absences=[absence], leavers=[{"worker": "W2", "on": "2027-01-10"}]).proposal()
    assert [(m.to, m.starts, m.ends) for m in plan.moves if m.case == "C-1"] == [
        ("W3", date(2026, 12, 1), date(2027, 2, 27))
    ], "whoever leaves meanwhile is not asked at all"


def test_until_a_newcomer_is_there_the_cases_of_somebody_who_left_are_covered_and_named(make: Make) -> None:
    database = make({"W1": {}, "W2": {}}, {"C-1": ("W1", 60), "C-2": ("W2", 60)})
    starter = {"id": "new-1", "grade": "children-sw", "on": "2027-03-08"}
    plan = planned(database, leavers=[{"worker": "W1", "on": "2027-01-31"}], starters=[starter]).proposal()
    cover, lasting = plan.moves
    assert (lasting.to, lasting.starts, lasting.role) == ("new-1", date(2027, 3, 8), Role.ALLOCATED)
    assert (cover.to, cover.starts, cover.ends) == ("W2", date(2027, 1, 31), date(2027, 3, 8))
    assert (cover.role, cover.cause, cover.goes) == (Role.COVER, Cause.LEAVES, date(2027, 1, 31))
    assert [(span.starts, span.nobody) for span in plan.spans] == [
        (TODAY, ()), (date(2027, 1, 31), ("C-1",)), (date(2027, 3, 8), ())
    ]  # fmt: skip


def test_a_plan_says_on_each_later_day_what_the_board_says_once_it_is_applied(make: Make) -> None:
    database = make(THREE, {**SIX, "C-7": ("W2", 60), "C-8": ("W3", 40)})
    leaves = {"worker": "W2", "on": "2027-01-10"}
    plan = planned(database, absences=[AWAY], leavers=[leaves]).proposal()
    assert used(plan.spans[1])["W3"] == 700, "covering counts half: six cases of 10 are 30 points"
    applied(database, plan)
    for span in plan.spans:
        for day in (span.starts, span.starts + DAY):
            board = {one.staff_id: one for one in team_board(database.reader(), "North", day, today=TODAY)}
            for one in span.people:
                if one.there:
                    line = board[one.worker]
                    told = (one.worker, one.used, one.points, one.cases)
                    assert told == (one.worker, line.utilisation, line.points, line.cases), day


def test_applying_records_the_absence_and_the_leaving_day_in_one_step(make: Make) -> None:
    database = make(THREE, {**SIX, "C-7": ("W2", 60), "C-8": ("W3", 40)})
    before = every(database, "reduction"), every(database, "worker")
    leaves = {"worker": "W3", "on": "2027-01-10"}
    applied(database, planned(database, absences=[AWAY], leavers=[leaves]).proposal())
    (away,) = every(database, "reduction")
    assert (away.worker, away.percent, away.starts, away.ends) == ("W1", 100, date(2026, 12, 1), date(2026, 12, 14))
    assert {one.staff_id: one.leaves for one in every(database, "worker")}["W3"] == date(2027, 1, 10)
    ranked = [taker.worker.staff_id for taker in offer(database.reader(), "C-8", date(2026, 12, 2)).takers]
    assert ranked[0] == "W2", "somebody away does not rank first"
    with database.unit("A. Hughes", TODAY) as unit:
        undo(unit)
    assert (every(database, "reduction"), [one.leaves for one in every(database, "worker")]) == (
        before[0], [one.leaves for one in before[1]]
    )  # fmt: skip


def test_an_absence_that_is_on_record_is_not_recorded_twice(make: Make) -> None:
    database = make(THREE, SIX)
    put(database, ("reduction", {"worker": "W1", "percent": 100, "reason": "Operation", "kind": "sickness",
                                 "starts": "2026-11-28", "ends": "2026-12-14"}))  # fmt: skip
    applied(database, planned(database, absences=[AWAY]).proposal())
    assert [one.reason for one in every(database, "reduction")] == ["Operation"]


def test_somebody_who_left_holds_nothing_until_the_newcomer_comes(make: Make) -> None:
    database = make({"W1": {}, "W2": {}, "W3": {"started": "2027-03-08"}}, {"C-1": ("W1", 60), "C-2": ("W2", 60)})
    plan = planned(database, on=date(2027, 3, 8), leavers=[{"worker": "W1", "on": "2027-01-31"}]).proposal()
    applied(database, plan)
    held = [one for one in every(database, "allocation") if one.case == "C-1"]
    assert [(one.worker, one.role, one.starts, one.ends) for one in held] == [
        ("W1", Role.ALLOCATED, date(2026, 3, 16), date(2027, 1, 31)),
        ("W2", Role.COVER, date(2027, 1, 31), date(2027, 3, 8)),
        ("W3", Role.ALLOCATED, date(2027, 3, 8), None),
    ]


def test_a_plan_for_somebody_only_thought_of_is_applied_once_they_are_recorded(make: Make) -> None:
    database = make({"W1": {}, "W2": {}}, {"C-1": ("W1", 60), "C-2": ("W2", 60)})
    starter = {"id": "new-1", "grade": "children-sw", "on": "2027-03-08"}
    plan = planned(database, leavers=[{"worker": "W1", "on": "2027-03-08"}], starters=[starter]).proposal()
    with pytest.raises(BadInput, match="new-1 is not recorded yet: record who it is"):
        applied(database, plan)
    put(database, ("worker", {"staff_id": "W9", "name": "Nine, Test", "team": "North", "grade": "children-sw",
                              "started": "2027-03-08"}))  # fmt: skip
    applied(database, plan, starters={"new-1": "W9"})
    assert [one.worker for one in every(database, "allocation") if one.starts == date(2027, 3, 8)] == ["W9"]


def test_nothing_moves_while_nobody_is_over_unless_it_is_asked_for(make: Make) -> None:
    held = {f"C-{n}": ("W1", 20) for n in range(5)} | {"C-9": ("W2", 10)}
    database = make({"W1": {}, "W2": {}}, held)
    assert planned(database).proposal().moves == ()
    assert after(planned(database, even=True)) == {"W1": 80, "W2": 30}


def test_a_change_of_worker_is_proposed_only_where_it_is_worth_it(make: Make) -> None:
    held = {f"C-{n}": ("W1", 20) for n in range(5)} | {"D-1": ("W1", 15), "C-9": ("W2", 10)}
    database = make({"W1": {}, "W2": {}}, held)
    plan = planned(database).proposal()
    assert (plan.children, after(planned(database))) == (1, {"W1": 95, "W2": 30}), "no more than needed"


def test_a_target_is_looked_for_itself(make: Make) -> None:
    held = {f"C-{n}": ("W1", 20) for n in range(10)} | {f"D-{n}": ("W2", 10) for n in range(11)}
    database = make({"W1": {}, "W2": {}}, held)
    assert after(planned(database, target=160)) == {"W1": 160, "W2": 150}
    assert len(planned(database, target=160).proposal().moves) == 2
    plan = planned(database, target=105).proposal()
    assert (plan.reached, plan.fewest, plan.highest) == (False, None, 1600)


def test_the_newly_qualified_get_no_more_than_their_rule_says_while_others_may(make: Make) -> None:
    held = {f"C-{n:02}": ("W1", 5) for n in range(1, 15)} | {"D-1": ("W3", 60)}
    database = make({"W1": {}, "W2": {"grade": "asye"}, "W3": {}}, held)
    plan = planned(database, leavers=[{"worker": "W1", "on": "2026-12-18"}]).proposal()
    assert (len(of(plan, "W2")), len(of(plan, "W3"))) == (12, 2)


def test_why_somebody_does_not_cover_is_answered_for_that_time(make: Make) -> None:
    database = make(THREE, {"C-1": ("W1", 40), "C-2": ("W2", 60), "C-4": ("W2", 40), "C-3": ("W3", 40)})
    draft = planned(database, absences=[AWAY])
    found = {worker: draft.why_not("C-1", worker) for worker in ("W1", "W2", "W3")}
    assert found["W1"].reasons == ("Not there in that time",)
    assert found["W3"].chosen
    assert (found["W2"].reasons, (found["W2"].costs or 0) > 0) == ((), True), "20 points on top of 100"
