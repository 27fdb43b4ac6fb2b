"""Plans worked out on small teams: each situation with the moves that a person would expect."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from domain.core.enums import Role
from domain.core.errors import BadInput, Cancelled
from domain.planning.proposals import Cause
from storage.cases.steps import give
from storage.planning.solving import solved
from storage.records.database import Database
from tests.storage.planning.plankit import LEAVING, THREE, TODAY, Make, after, moved, planned
from tests.units import amend, every, put, record


def leaver(worker: str = "W1", on: date = LEAVING) -> dict[str, Any]:
    return {"leavers": [{"worker": worker, "on": on}]}


# situations ------------------------------------------------------------------------------------------------------


def test_a_leavers_cases_go_to_whoever_has_most_room(make: Make) -> None:
    database = make(THREE, {"C-1": ("W1", 30), "C-2": ("W2", 60), "C-3": ("W3", 40)})
    draft = planned(database, **leaver())
    assert moved(draft) == {"C-1": ("W1", "W3")}
    assert after(draft) == {"W1": None, "W2": 60, "W3": 70}
    move = draft.proposal().moves[0]
    assert (move.cause, move.starts, move.role, move.ends) == (Cause.LEAVES, LEAVING, Role.ALLOCATED, None)
    assert (move.to_before, move.to_after, move.runner_up) == (400, 700, "W2")
    assert draft.proposal().proven
    assert draft.proposal().day == LEAVING


def test_everybody_elses_cases_stay_unless_further_moves_are_asked_for(make: Make) -> None:
    cases = {"C-1": ("W1", 30), "C-2": ("W2", 60), "C-4": ("W2", 60), "C-3": ("W3", 40)}
    database = make(THREE, cases)
    assert set(moved(planned(database, **leaver()))) == {"C-1"}
    assert after(planned(database, **leaver())) == {"W1": None, "W2": 120, "W3": 70}
    further = planned(database, **leaver(), most_moves=1)
    assert after(further) == {"W1": None, "W2": 90, "W3": 100}, "a case of 60 goes on, and the leaver's comes in"
    assert [move.cause for move in further.proposal().moves] == [Cause.LEAVES, Cause.BALANCE]


def test_somebody_away_is_covered_and_gets_the_cases_back(make: Make) -> None:
    database = make(THREE, {"C-1": ("W1", 30), "C-2": ("W2", 60), "C-3": ("W3", 40)})
    absence = {"worker": "W1", "starts": "2026-12-01", "ends": "2027-02-26"}
    move = planned(database, absences=[absence]).proposal().moves[0]
    assert (move.cause, move.to, move.role) == (Cause.AWAY, "W3", Role.COVER)
    assert (move.starts, move.ends) == (date(2026, 12, 1), date(2027, 2, 27)), "cover ends the day after"
    for_good = planned(database, absences=[{**absence, "way": "transfer"}]).proposal().moves[0]
    assert (for_good.role, for_good.ends) == (Role.ALLOCATED, None)


def test_a_starter_with_a_ramp_takes_only_what_the_ramp_allows(make: Make) -> None:
    database = make({"W1": {}}, {"C-1": ("W1", 60), "C-2": ("W1", 50)})
    starter = {"id": "new-1", "grade": "children-sw", "on": "2027-01-04", "fte": 50}
    draft = planned(database, starters=[starter], most_moves=2)
    assert moved(draft) == {"C-2": ("W1", "new-1")}
    assert draft.proposal().moves[0].starts == date(2027, 1, 4)
    people = {one.worker: one for one in draft.proposal().people}
    assert (people["new-1"].capacity_after, people["new-1"].before, people["new-1"].after) == (5000, None, 1000)
    ramps = sorted(database.packs().ramps)
    ramped = planned(database, starters=[{**starter, "ramp": ramps[0]}], most_moves=2)
    assert next(p for p in ramped.proposal().people if p.worker == "new-1").capacity_after < 5000


def test_cases_to_come_are_placed_by_points_or_by_answers(make: Make) -> None:
    database = make(THREE, {"C-1": ("W1", 60), "C-2": ("W2", 50), "C-3": ("W3", 30)})
    arrivals = [
        {"id": "N-1", "pathway": "child_in_need", "points": 4000},
        {"id": "N-2", "pathway": "child_in_need", "answers": {"weight": "20"}},
    ]
    draft = planned(database, arrivals=arrivals)
    assert {case: to for case, (_, to) in moved(draft).items()} == {"N-1": "W3", "N-2": "W2"}
    assert {m.case: m.points for m in draft.proposal().moves} == {"N-1": 4000, "N-2": 2000}
    with pytest.raises(BadInput, match="N-3"):
        planned(database, arrivals=[{"id": "N-3", "pathway": "court", "answers": {"weight": "999"}}])


def test_a_team_merges_and_cases_pass_between_teams(make: Make) -> None:
    database = make({"W1": {}}, {"C-1": ("W1", 60), "C-2": ("W1", 60)})
    with database.unit("A. Hughes", TODAY) as unit:
        record(unit, "team", {"name": "South", "scheme": "plain"})
        record(unit, "team", {"name": "East", "scheme": "three-factor", "full_time_points": 10000})
        record(unit, "worker", {"staff_id": "S1", "name": "S", "team": "South", "grade": "children-sw"})
        case = {"reference": "S-1", "team": "South", "pathway": "child_in_need", "opened": "2026-03-02"}
        record(unit, "case", case)
        give(unit, "S-1", "S1", date(2026, 3, 16))
        unit.finish("Other teams")
    merged = planned(database, merges=["South"], most_moves=5)
    assert {who: to for _, (who, to) in moved(merged).items()} == {"W1": "S1"}
    with pytest.raises(BadInput, match="different schemes"):
        planned(database, merges=["East"])
    taken = planned(database, incoming=["S-1"])
    assert moved(taken) == {"S-1": ("S1", "W1")}
    given = planned(database, outgoing=["C-1"]).proposal()
    assert [(one.cases_before, one.cases_after, one.points_after) for one in given.people] == [(2, 1, 6000)]
    with pytest.raises(BadInput, match="S-1 is not with North"):
        planned(database, outgoing=["S-1"])


def test_bringing_everyone_within_a_target_takes_as_few_moves_as_proven(make: Make) -> None:
    cases = {"C-1": ("W1", 60), "C-2": ("W1", 40), "C-3": ("W1", 20), "C-4": ("W2", 60), "C-5": ("W3", 60)}
    draft = planned(make(THREE, cases), target=105)
    plan = draft.proposal()
    assert (len(plan.moves), plan.reached, plan.fewest) == (1, True, 1)
    assert plan.moves[0].from_ == "W1"


def test_a_target_nobody_can_reach_is_said_with_the_shortfall(make: Make) -> None:
    plan = planned(make({"W1": {}, "W2": {}}, {"C-1": ("W1", 150), "C-2": ("W2", 60)}), target=90).proposal()
    assert not plan.reached
    assert plan.fewest is None
    assert plan.shortfall == 1000, "210 points for 200"
    assert plan.shortfall_fte == 10
    assert any("C-1 is heavier than anybody's room" in note for note in plan.notes)


def test_what_nobody_holds_is_placed_too(make: Make) -> None:
    draft = planned(make(THREE, {"C-1": (None, 30), "C-2": ("W2", 60), "C-3": ("W3", 40)}))
    assert moved(draft) == {"C-1": (None, "W1")}
    assert draft.proposal().moves[0].cause is Cause.UNALLOCATED
    assert draft.proposal().moves[0].starts == TODAY


# siblings, policy, wishes ----------------------------------------------------------------------------------------


def test_siblings_go_together(make: Make) -> None:
    cases = {"C-1": ("W1", 30), "C-2": ("W1", 30), "C-3": ("W2", 40), "C-4": ("W3", 40)}
    database = make(THREE, cases, C_1={"sibling_group": "S"}, C_2={"sibling_group": "S"})
    to = {who for _, who in moved(planned(database, **leaver())).values()}
    assert len(to) == 1


def test_a_sibling_of_a_leaver_joins_the_one_who_stays(make: Make) -> None:
    cases = {"C-1": ("W1", 30), "C-2": ("W2", 60), "C-3": ("W3", 5)}
    database = make(THREE, cases, C_1={"sibling_group": "S"}, C_2={"sibling_group": "S"})
    assert moved(planned(database, **leaver())) == {"C-1": ("W1", "W2")}, "though W3 has more room"


def test_siblings_split_already_never_go_to_a_third(make: Make) -> None:
    cases = {"C-1": ("W1", 60), "C-2": ("W2", 60), "C-4": ("W1", 60)}
    database = make(THREE, cases, C_1={"sibling_group": "S"}, C_2={"sibling_group": "S"})
    assert moved(planned(database, most_moves=5)) == {"C-4": ("W1", "W3")}


def test_policy_decides_who_may_and_a_blocked_case_names_the_rule(make: Make) -> None:
    workers = {"W1": {}, "W2": {"grade": "non-registered"}, "W3": {"grade": "asye"}}
    database = make(workers, {"C-1": ("W1", 30)}, C_1={"pathway": "child_protection"})
    plan = planned(database, **leaver()).proposal()
    assert not plan.moves
    assert [(one.case, one.holder) for one in plan.blocked] == [("C-1", "W1")]
    said = " ".join(plan.blocked[0].reasons)
    assert "W2" in said
    assert "W3" in said


def test_a_conflict_and_a_language_are_kept_to(make: Make) -> None:
    workers = {"W1": {}, "W2": {}, "W3": {"specialisms": ["Urdu"]}}
    cases = {"C-1": ("W1", 30), "C-2": ("W1", 30), "C-3": ("W3", 60)}
    database = make(workers, cases, C_1={"must_have": ["urdu"]})
    with database.unit("A. Hughes", TODAY) as unit:
        conflict = {"case": "C-2", "worker": "W2", "why": "conflict_of_interest", "starts": "2026-01-01"}
        record(unit, "conflict", conflict)
        unit.finish("A conflict")
    assert moved(planned(database, **leaver())) == {"C-1": ("W1", "W3"), "C-2": ("W1", "W3")}


def test_pins_and_forbids_hold_and_contradictions_are_named(make: Make) -> None:
    database = make(THREE, {"C-1": ("W1", 30), "C-2": ("W2", 60), "C-3": ("W3", 40)})
    pinned = planned(database, **leaver(), pins=[{"case": "C-1", "worker": "W2"}])
    assert moved(pinned) == {"C-1": ("W1", "W2")}
    forbidden = planned(database, **leaver(), forbids=[{"case": "C-1", "worker": "W3"}])
    assert moved(forbidden) == {"C-1": ("W1", "W2")}
    none = [{"case": "C-1", "worker": worker} for worker in ("W2", "W3")]
    plan = planned(database, **leaver(), forbids=none).proposal()
    assert plan.blocked[0].reasons == ("Forbidden in this plan: W2, W3",)
    with pytest.raises(BadInput, match="who is gone by then"):
        planned(database, **leaver(), pins=[{"case": "C-1", "worker": "W1"}])


def test_a_pin_that_policy_forbids_is_refused_with_the_rule(make: Make) -> None:
    database = make({**THREE, "W4": {"grade": "non-registered"}}, {"C-1": ("W1", 30)}, C_1={"pathway": "court"})
    with pytest.raises(BadInput, match=r"C-1 is pinned to W4, who may not hold it: .*registered"):
        planned(database, **leaver(), pins=[{"case": "C-1", "worker": "W4"}])


def test_a_caution_is_kept_to_until_somebody_pins_the_case(make: Make) -> None:
    workers = {**THREE, "W3": {"leaves": "2026-12-31"}}
    cases = {"C-1": (None, 30), "C-2": ("W2", 60), "C-5": ("W2", 20), "C-4": ("W1", 60)}
    database = make(workers, cases)
    assert moved(planned(database, most_moves=0)) == {"C-1": (None, "W1")}, "W3 has room, but leaves soon"
    assert "a caution" in planned(database).why_not("C-1", "W3").reasons[0]
    pinned = planned(database, most_moves=0, pins=[{"case": "C-1", "worker": "W3"}])
    assert moved(pinned) == {"C-1": (None, "W3")}
    assert pinned.proposal().moves[0].cautions


def test_whoever_may_not_hold_a_case_gives_it_up(make: Make) -> None:
    database = make({"W1": {"grade": "non-registered"}, "W2": {}}, {"C-1": ("W1", 30)}, C_1={"pathway": "court"})
    move = planned(database).proposal().moves[0]
    assert (move.case, move.to, move.cause) == ("C-1", "W2", Cause.POLICY)
    assert move.against


AT_MOST_TWO = """
kind = "policies"
id = "own"
title = "Our own limits"
version = "1"

[[policies]]
id = "two-cases"
title = "Nobody holds more than two cases"
kind = "most_cases"
most = 2
hard = true
basis = "local"
"""


def test_a_hard_limit_on_heads_is_kept_though_points_would_allow_more(make: Make, tmp_path: Path) -> None:
    (tmp_path / "almoner.packs").mkdir()
    (tmp_path / "almoner.packs" / "own.toml").write_text(AT_MOST_TWO, encoding="utf-8")
    cases = {"C-1": ("W1", 5), "C-2": ("W1", 10), "C-3": ("W2", 60), "C-4": ("W3", 5), "C-5": ("W3", 5)}
    draft = planned(make(THREE, cases), **leaver())
    assert [(move.case, move.to) for move in draft.proposal().moves if move.to == "W3"] == []
    assert set(moved(draft)) == {"C-1"} or set(moved(draft)) == {"C-2"}, "W2 has one head left"
    blocked = draft.proposal().blocked
    assert len(blocked) == 1
    assert "Nobody holds more than two cases" in " ".join(blocked[0].reasons)
    assert "two cases" in draft.why_not(next(iter(moved(draft))), "W3").reasons[0]


# what else weighs ------------------------------------------------------------------------------------------------


def test_other_roles_and_extras_stay_and_count(make: Make) -> None:
    database = make(THREE, {"C-1": ("W1", 40), "C-2": ("W2", 40), "C-3": ("W3", 40)})
    with database.unit("A. Hughes", TODAY) as unit:
        give(unit, "C-2", "W3", date(2026, 4, 1), role=Role.CO_WORKER)
        record(unit, "extra", {"worker": "W2", "title": "Lead", "points": 3000, "starts": "2026-01-01"})
        unit.finish("More")
    draft = planned(database, **leaver())
    assert moved(draft) == {"C-1": ("W1", "W3")}, "20 of co-working are less than 30 of a lead role"
    assert after(draft) == {"W1": None, "W2": 70, "W3": 100}


def test_reductions_on_the_day_of_the_plan_count(make: Make) -> None:
    database = make(THREE, {"C-1": ("W1", 40), "C-2": ("W2", 50), "C-3": ("W3", 40)})
    with database.unit("A. Hughes", TODAY) as unit:
        less = {"worker": "W3", "percent": 50, "reason": "Phased return", "starts": "2026-12-01"}
        record(unit, "reduction", less)
        unit.finish("Less")
    assert moved(planned(database, **leaver())) == {"C-1": ("W1", "W2")}


def test_somebody_already_away_keeps_their_cases_and_is_named(make: Make) -> None:
    database = make(THREE, {"C-1": ("W1", 40), "C-2": ("W2", 50), "C-3": ("W3", 60)})
    with database.unit("A. Hughes", TODAY) as unit:
        record(unit, "reduction", {"worker": "W3", "percent": 100, "reason": "Sick", "starts": "2026-11-01"})
        unit.finish("Sick")
    draft = planned(database, **leaver())
    assert moved(draft) == {"C-1": ("W1", "W2")}
    assert any(note.startswith("W3 ") for note in draft.ground.notes)


def test_a_team_with_no_full_time_load_or_nobody_left_is_refused(make: Make) -> None:
    database = make({"W1": {}}, {"C-1": ("W1", 40)})
    with pytest.raises(BadInput, match="Nobody would be left"):
        planned(database, **leaver())
    with database.unit("A. Hughes", TODAY) as unit:
        record(unit, "team", {"name": "Open", "scheme": "three-factor"})
        record(unit, "worker", {"staff_id": "O1", "name": "O", "team": "Open", "grade": "children-sw"})
        unit.finish("No budget")
    with pytest.raises(BadInput, match="Nobody has said what a full-time worker of Open can carry"):
        planned(database, team="Open")


# the engine behind it --------------------------------------------------------------------------------------------


def test_why_not_somebody_else(make: Make) -> None:
    workers = {**THREE, "W4": {"grade": "non-registered"}}
    cases = {"C-1": ("W1", 50), "C-2": ("W2", 60), "C-3": ("W3", 40)}
    draft = planned(make(workers, cases, C_1={"pathway": "court"}), **leaver())
    assert draft.why_not("C-1", "W3").chosen
    # W2 would stand at 110 %: 10 points at 1, 10 at 3 and 10 at 9; W3 stands at 90 %: 10 points at 1.
    assert draft.why_not("C-1", "W2").costs == (130 - 10) * 10_000
    assert "registered" in " ".join(draft.why_not("C-1", "W4").reasons).lower()
    assert draft.why_not("C-1", "W1").reasons == ("Gone by then",)
    with pytest.raises(BadInput, match="C-9 is not part of this plan"):
        draft.why_not("C-9", "W2")


def test_more_moves_never_make_a_plan_cost_more(make: Make) -> None:
    cases = {f"C-{n}": ("W1" if n % 3 else "W2", (n * 5) % 30 // 5 * 5 + 5) for n in range(12)}
    draft = planned(make(THREE, cases), most_moves=3)
    costs = [point.cost for point in draft.proposal().curve]
    assert costs == sorted(costs, reverse=True)
    assert [point.moves for point in draft.proposal().curve] == [0, 2, 3, 5, 10, 20]
    for k in draft.ks:
        assert draft.plans[k].bound <= draft.plans[k].cost


def test_a_stopped_plan_is_no_plan(make: Make) -> None:
    database = make(THREE, {"C-1": ("W1", 30), "C-2": ("W2", 60)})
    found = planned(database, **leaver()).ground
    with pytest.raises(Cancelled):
        solved(found, stop=lambda: True)


def test_the_optional_solver_never_makes_a_plan_cost_more(make: Make) -> None:
    pytest.importorskip("highspy")
    cases = {f"C-{n}": ("W1", (5, 15, 25, 40, 10)[n % 5]) for n in range(9)}
    found = planned(make(THREE, cases), most_moves=3).ground
    plain, closed = solved(found), solved(found, solver=True)
    assert closed.plans[3].cost <= plain.plans[3].cost
    assert closed.plans[3].bound >= plain.plans[3].bound
    assert closed.proposal().solver


# what is booked, and who is not here yet -------------------------------------------------------------------------


def test_what_is_booked_to_somebody_is_not_placed_again_and_fills_them(make: Make) -> None:
    """C-9 is W3's from Monday: nobody else gets it, and W3 has that much less room for what a leaver hands over."""
    cases = {"C-1": ("W1", 30), "C-2": ("W2", 60), "C-3": ("W3", 40), "C-9": (None, 50)}
    database = make(THREE, cases)
    with database.unit("A. Hughes", TODAY) as unit:
        give(unit, "C-9", "W3", date(2026, 11, 23))
        unit.finish("Booked")
    draft = planned(database, **leaver(on=date(2026, 11, 20)))
    assert moved(draft) == {"C-1": ("W1", "W2")}
    assert after(draft) == {"W1": None, "W2": 90, "W3": 90}


def test_somebody_who_starts_later_takes_nothing_before_they_are_here(make: Make) -> None:
    start = date(2027, 1, 4)
    cases = {"C-1": ("W1", 30), "C-2": ("W2", 60), "C-3": ("W3", 40)}
    database = make({**THREE, "W4": {"started": start}}, cases)
    early = planned(database, **leaver(on=LEAVING))
    assert moved(early) == {"C-1": ("W1", "W3")}
    later = planned(database, **leaver(on=start))
    assert moved(later) == {"C-1": ("W1", "W4")}
    assert later.proposal().moves[0].starts == start


def test_a_case_with_nobody_is_given_to_somebody_new_from_their_first_day(make: Make) -> None:
    start = date(2027, 1, 4)
    database = make({**THREE, "W4": {"started": start}}, {"C-2": ("W2", 60), "C-3": ("W3", 60), "C-1": ("W1", 5),
                                                         "C-9": (None, 50)})  # fmt: skip
    move = planned(database, **leaver("W1", start)).proposal().moves
    assert {(one.case, one.to, one.starts) for one in move if one.case == "C-9"} == {("C-9", "W4", start)}


def test_who_can_carry_nothing_soon_takes_no_case(make: Make) -> None:
    database = make(THREE, {"C-1": ("W1", 30), "C-2": ("W2", 60), "C-3": ("W3", 40)})
    with database.unit("A. Hughes", TODAY) as unit:
        record(unit, "reduction", {"worker": "W3", "percent": 100, "reason": "ill", "starts": "2026-12-21"})
        unit.finish("Away")
    draft = planned(database, **leaver())
    assert moved(draft) == {"C-1": ("W1", "W2")}
    assert any("W3 can carry nothing from" in note for note in draft.ground.notes)


def test_a_case_whose_booked_end_nobody_follows_is_given_from_that_day(make: Make) -> None:
    """C-3 stands with W3 until 4 December: the move begins then, so that it can be applied."""
    free = date(2026, 12, 4)
    database = make(THREE, {"C-2": ("W2", 60), "C-3": ("W3", 40)})
    with database.unit("A. Hughes", TODAY) as unit:
        (held,) = (one for one in every(unit, "allocation") if one.case == "C-3")
        amend(unit, "allocation", held.id, {"ends": free})
        unit.finish("Booked")
    draft = planned(database, on=LEAVING)
    (move,) = draft.proposal().moves
    assert (move.case, move.from_, move.starts) == ("C-3", None, free)


# what will be otherwise in the weeks ahead ---------------------------------------------------------------------------


@pytest.fixture
def moving(make: Make) -> Callable[..., Database]:
    """Three workers, of whom one is in another team from a day on (``back``: until then)."""

    def made(workers: Mapping[str, Any], cases: Mapping[str, Any], *period: Mapping[str, Any]) -> Database:
        database = make(workers, cases)
        put(database, ("team", {"name": "South", "scheme": "plain"}))
        put(database, *(("worker-period", one) for one in period))
        return database

    return made


TO_SOUTH = {"worker": "W3", "team": "South", "from": "2027-01-18"}


def test_who_moves_to_another_team_takes_no_case_while_somebody_else_may(moving: Callable[..., Database]) -> None:
    cases = {"C-1": (None, 10), "C-2": ("W1", 30), "C-3": ("W2", 40)}
    assert moved(planned(moving(THREE, cases, TO_SOUTH), most_moves=0)) == {"C-1": (None, "W1")}, "W3 has most room"


def test_who_moves_and_alone_may_take_a_case_takes_it_with_the_caution(moving: Callable[..., Database]) -> None:
    database = moving({"W3": {}}, {"C-1": (None, 10)}, TO_SOUTH)
    (move,) = planned(database, most_moves=0).proposal().moves
    assert (move.to, move.cautions) == ("W3", ("Moves to South on Mon 18 Jan 2027",))


def test_who_leaves_after_the_weeks_of_the_policy_takes_none_either(make: Make) -> None:
    workers = {**THREE, "W3": {"leaves": "2027-01-15"}}  # eight weeks: the policy says six
    database = make(workers, {"C-1": (None, 10), "C-2": ("W1", 30), "C-3": ("W2", 40)})
    assert moved(planned(database, most_moves=0)) == {"C-1": (None, "W1")}


def test_a_move_between_teams_that_merge_is_none(moving: Callable[..., Database]) -> None:
    database = moving(THREE, {"C-1": (None, 10), "C-2": ("W1", 30), "C-3": ("W2", 40)}, TO_SOUTH)
    (move,) = planned(database, most_moves=0, merges=["South"]).proposal().moves
    assert (move.to, move.cautions) == ("W3", ())


def test_who_joins_later_takes_nothing_before_they_are_here(moving: Callable[..., Database]) -> None:
    here_before = {**TO_SOUTH, "from": None, "until": "2026-12-06"}
    database = moving(THREE, {"C-1": ("W1", 30), "C-2": ("W2", 60)}, here_before)
    assert "W3" not in planned(database, most_moves=0).ground.people
    early = date(2026, 12, 1)
    workers = [{"worker": "W1", "on": early}]
    cover, move = planned(database, on=LEAVING, leavers=workers, most_moves=0).proposal().moves
    assert (move.to, move.starts, move.goes) == ("W3", date(2026, 12, 7), early), "not before they are here"
    assert (cover.to, cover.role, cover.starts, cover.ends) == ("W2", Role.COVER, early, date(2026, 12, 7))
    cases = planned(database, on=LEAVING, most_moves=1, pins=[{"case": "C-2", "worker": "W3"}]).proposal().moves
    assert [(one.to, one.starts >= date(2026, 12, 7)) for one in cases] == [("W3", True)]


def test_leave_of_some_days_rules_nobody_out_of_what_they_hold(make: Make) -> None:
    database = make(THREE, {"C-1": ("W1", 30), "C-2": ("W2", 30), "C-3": ("W3", 30)})
    put(database, ("reduction", {"worker": "W3", "percent": 100, "reason": "Leave", "kind": "annual_leave",
                                 "starts": "2026-12-07", "ends": "2026-12-11"}))  # fmt: skip
    assert moved(planned(database, most_moves=0)) == {}


@pytest.mark.parametrize(("leaves", "left"), [("2026-11-19", date(2026, 11, 19)), ("2026-11-20", None)])
def test_who_had_left_is_told_apart_from_who_leaves_today(make: Make, leaves: str, left: date | None) -> None:
    database = make(THREE, {"C-1": ("W1", 30)})
    with database.unit("A. Hughes", TODAY) as unit:
        amend(unit, "worker", "W1", {"leaves": leaves})
        unit.finish("Leaves")
    plan = planned(database, most_moves=0).proposal()
    (move,) = plan.moves
    assert (move.cause, move.starts, move.goes) == ("leaves", TODAY, left or TODAY)
    assert [one.left for one in plan.people if one.worker == "W1"] == [left]


def test_cover_up_to_the_last_day_there_is_has_no_end(make: Make) -> None:
    last = date(2199, 12, 31)
    absent = [{"worker": "W1", "starts": last, "ends": last, "way": "cover"}]
    (move,) = planned(make(THREE, {"C-1": ("W1", 30)}), absences=absent).proposal().moves
    assert (move.role, move.ends) == (Role.COVER, None)


def test_who_is_in_another_team_by_the_day_of_the_plan_is_named_with_the_cases_held(
    moving: Callable[..., Database],
) -> None:
    database = moving(THREE, {"C-1": ("W3", 30), "C-2": ("W2", 40)}, TO_SOUTH)
    (note,) = planned(database, on=date(2027, 1, 18)).proposal().notes
    assert note == "W3 is in South by then; the cases held (1) are not in this plan."
