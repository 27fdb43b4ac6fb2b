"""Sharing cases out: what a manager asks, and what may be wrong with the question."""

import subprocess
import sys
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.teams import team
from domain.core.errors import AlmonerError, BadInput
from domain.planning.rebalance import (
    COST_UNIT,
    Blocked,
    Carrier,
    CurvePoint,
    Item,
    Plan,
    Problem,
    curve,
    exact,
    fewest_moves,
    least_highest,
    problems,
    solve,
    why_not,
)
from tests.domain.planning.rebalancekit import item

FULL = 100_00
HUGHES, OKAFOR, PATEL = (Carrier(name, FULL, 60_00) for name in "HOP")


def keys(problem: Problem) -> list[str]:
    return [fault.key for fault in problems(problem)]


def two(moves: int | None) -> Problem:
    """A holds ten cases of 6 points, B eleven of 3; a full-time load is 30."""
    items = [item(f"a{n}", 600, "A", "AB") for n in range(10)] + [item(f"b{n}", 300, "B", "AB") for n in range(11)]
    return Problem((Carrier("A", 3000), Carrier("B", 3000)), tuple(items), most_moves=moves)


@pytest.mark.parametrize(("moves", "highest"), [(0, 2000), (1, 1800), (2, 1600), (None, 1600)])
def test_whoever_is_far_over_is_relieved_though_the_other_goes_over_too(moves: int | None, highest: int) -> None:
    plan = solve(two(moves))
    assert plan.highest_tenths == highest
    assert least_highest(two(moves)) <= highest


def test_the_part_time_worker_is_not_the_one_to_be_piled_up_on() -> None:
    people = (Carrier("NQ", 1800), Carrier("A", 3000), Carrier("B", 3000))
    anybody = frozenset({"NQ", "A", "B"})
    plan = solve(Problem(people, tuple(Item(f"c{n}", (f"c{n}",), 300, None, anybody) for n in range(39))))
    assert {who.id: plan.loads[who.id] * 100 // who.capacity for who in people} == {"NQ": 150, "A": 150, "B": 150}


def family(name: str, children: int, points: int, holder: str) -> Item:
    """Siblings who move together."""
    return Item(name, tuple(f"{name}{n}" for n in range(children)), points, holder, frozenset("AB"))


def test_a_limit_of_moves_counts_children_not_families() -> None:
    held = (*(family(f"f{n}", 3, 900, "A") for n in range(4)), family("one", 1, 300, "A"))
    people = (Carrier("A", 3000), Carrier("B", 3000))

    def most(moves: int) -> tuple[int, list[str]]:
        plan = solve(Problem(people, held, most_moves=moves))
        return plan.used, sorted(move.item for move in plan.moves)

    assert most(2) == (1, ["one"])
    assert most(3)[0] == 3
    assert most(5)[0] in (3, 4)
    assert most(6) == (6, ["f0", "f1"])


def test_points_cost_more_the_further_above_capacity_they_lie() -> None:
    def costs(points: int) -> float:
        return solve(Problem((Carrier("H", FULL, points),), ())).cost / COST_UNIT

    assert [costs(share * 100) for share in (80, 85, 90, 95, 100, 105, 110, 115)] == [0, 5, 10, 25, 40, 85, 130, 275]
    further = [
        costs(share * 100) - costs((share - 5) * 100) for share in range(120, 305, 5)
    ]  # what each 5 % more costs
    assert all(later >= sooner for sooner, later in pairwise(further))
    assert further[-1] > 1000 * further[0]  # nobody is piled up on for nothing, however far over they are


def test_a_new_case_goes_to_whoever_has_room_and_the_cost_is_what_cannot_be_avoided() -> None:
    busy = Carrier("H", FULL, 95_00)
    plan = solve(Problem((busy, OKAFOR), (item("R1", 15_00, None, "HO"),)))
    assert plan.assignment == {"R1": "O"}
    assert plan.loads == {"H": 95_00, "O": 75_00}
    assert plan.cost == plan.bound == 25 * COST_UNIT
    assert plan.proven
    assert plan.gap_percent == 0
    assert [move[:3] + move[4:] for move in plan.moves] == [("R1", None, "O", "H", (5 * 3 + 10 * 9 - 0) * COST_UNIT)]


def test_the_heavy_and_the_light_change_hands_where_one_alone_would_not_help() -> None:
    held = item("heavy", 30_00, "H", "HO"), item("light", 15_00, "O", "HO")
    plan = solve(Problem((Carrier("H", FULL, 65_00), Carrier("O", FULL, 65_00)), held))
    assert plan.assignment == {"heavy": "H", "light": "O"}  # 95 and 80 either way: nothing is gained, nothing moves
    full = Carrier("H", FULL, 75_00), Carrier("O", FULL, 55_00)
    assert solve(Problem(full, held)).assignment == {"heavy": "O", "light": "H"}


def test_cases_stay_where_they_are_while_everybody_is_comfortable() -> None:
    held = tuple(item(f"R{number}", 8_00, "H", "HO") for number in range(2))
    assert solve(Problem((HUGHES, Carrier("O", FULL, 0)), held)).moves == ()


def test_a_leaver_s_cases_all_go_and_count_against_no_limit() -> None:
    gone = tuple(item(f"R{number}", 10_00, "leaver", "HO") for number in range(4))
    plan = solve(Problem((HUGHES, OKAFOR), gone, most_moves=0))
    assert plan.used == 0
    assert sorted(plan.assignment.values()) == ["H", "H", "O", "O"]
    assert {move.from_ for move in plan.moves} == {"leaver"}


def test_what_policy_takes_from_its_holder_must_go() -> None:
    plan = solve(Problem((HUGHES, OKAFOR), (item("R1", 10_00, "H", "O"),), most_moves=0))
    assert plan.assignment == {"R1": "O"}
    assert plan.moves[0].saves == 0


def test_a_move_says_what_staying_would_cost_and_who_is_next() -> None:
    over, roomy, fuller = Carrier("H", FULL, 100_00), Carrier("O", FULL, 50_00), Carrier("P", FULL, 75_00)
    plan = solve(Problem((over, roomy, fuller), (item("R1", 10_00, "H", "HOP"),)))
    (move,) = plan.moves
    assert (move.from_, move.to, move.runner_up) == ("H", "O", "P")
    assert move.saves == 90 * COST_UNIT
    assert move.runner_up_costs == 5 * COST_UNIT


def test_what_nobody_may_hold_is_named_and_the_rest_is_planned() -> None:
    items = item("R1", 10_00, None, ""), item("R2", 10_00, None, "H"), item("R3", 5_00, None, "HO")
    problem = Problem((HUGHES, OKAFOR), items, forbids=frozenset({("R2", "H")}))
    plan = solve(problem)
    assert plan.blocked == (Blocked("R1", "nobody_eligible"), Blocked("R2", "all_forbidden"))
    assert set(plan.assignment) == {"R3"}
    assert keys(problem) == ["nobody_eligible", "all_forbidden"]
    assert not any(fault.stops for fault in problems(problem))


def test_points_that_fit_nowhere_are_the_shortfall() -> None:
    plan = solve(Problem((HUGHES, OKAFOR), tuple(item(f"R{number}", 25_00, None, "HO") for number in range(4))))
    assert plan.shortfall == 20_00


def test_once_a_pin_is_lifted_its_shortfall_is_gone() -> None:
    problem = Problem((HUGHES, Carrier("O", FULL, 0)), (item("R1", 50_00, None, "HO"),))
    pinned = solve(replace(problem, pins={"R1": "H"}), start=solve(problem))
    assert pinned.shortfall == 10_00
    lifted = solve(problem, start=pinned)
    assert (lifted.assignment, lifted.shortfall, lifted.cost) == ({"R1": "O"}, 0, 0)
    assert solve(replace(problem, pins={"R1": "O"}), start=lifted).proven


def test_somebody_who_cannot_take_on_anything_gets_nothing_and_has_no_share() -> None:
    ill = Carrier("H", 0, 0)
    plan = solve(Problem((ill, OKAFOR), (item("R1", 30_00, "H", "HO"),)))
    assert plan.assignment == {"R1": "O"}
    assert plan.highest_tenths == 900


def test_when_nobody_has_capacity_that_is_said_and_still_answered() -> None:
    problem = Problem((Carrier("H", 0),), (item("R1", 10_00, None, "H"),))
    assert keys(problem) == ["no_capacity", "too_heavy"]
    plan = solve(problem)
    assert (plan.assignment, plan.shortfall, plan.highest_tenths) == ({"R1": "H"}, 10_00, 0)


def test_a_case_heavier_than_anybody_s_room_is_said_and_goes_where_it_hurts_least() -> None:
    problem = Problem((HUGHES, Carrier("O", FULL, 50_00)), (item("R1", 70_00, None, "HO"),))
    assert keys(problem) == ["too_heavy"]
    assert solve(problem).assignment == {"R1": "O"}


def test_nobody_and_nothing_is_a_plan_too() -> None:
    plan = solve(Problem((), ()))
    assert (plan.assignment, plan.cost, plan.proven, plan.moves, plan.highest_tenths) == ({}, 0, True, (), 0)
    assert solve(Problem((), (item("R1", 1, "gone", ""),))).blocked == (Blocked("R1", "nobody_eligible"),)


def test_a_pin_and_a_forbid_are_kept_whatever_they_cost() -> None:
    items = item("R1", 30_00, None, "HOP"), item("R2", 30_00, None, "HOP")
    carriers = HUGHES, Carrier("O", FULL, 90_00), PATEL
    plan = solve(Problem(carriers, items, pins={"R1": "O"}, forbids=frozenset({("R2-case", "H")})))
    assert plan.assignment == {"R1": "O", "R2": "P"}


TWO = item("R1", 10_00, None, "HO"), Item("family", ("ada", "ben"), 20_00, "H", frozenset("HO"))
SOUND = Problem((HUGHES, OKAFOR), TWO)


@pytest.mark.parametrize(
    ("problem", "key", "words"),
    [
        (replace(SOUND, pins={"R1": "H"}, forbids=frozenset({("R1", "H")})), "pin_and_forbid", "R1"),
        (replace(SOUND, pins={"family": "H"}, forbids=frozenset({("ben", "H")})), "pin_and_forbid", "ben"),
        (replace(SOUND, pins={"ada": "H", "ben": "O"}), "two_pins", "family"),
        (replace(SOUND, carriers=(HUGHES, OKAFOR, PATEL), pins={"R1": "P"}), "pin_not_eligible", "policy"),
        (replace(SOUND, pins={"R9": "H"}), "unknown_item", "R9"),
        (replace(SOUND, forbids=frozenset({("R1", "Z")})), "unknown_carrier", "Z"),
        (replace(SOUND, carriers=(HUGHES,)), "unknown_carrier", "O"),
        (replace(SOUND, carriers=(HUGHES, Carrier("O", -1))), "negative_capacity", "O"),
        (replace(SOUND, carriers=(HUGHES, OKAFOR, HUGHES)), "carrier_twice", "H"),
        (replace(SOUND, items=(*TWO, item("R1", 1, None, "H"))), "item_twice", "R1"),
        (replace(SOUND, items=(*TWO, Item("R2", ("ada",), 1, None, frozenset("H")))), "case_twice", "R2"),
        (replace(SOUND, items=(item("R1", -1, None, "H"),)), "negative_points", "R1"),
        (replace(SOUND, most_moves=-1), "most_moves", "below"),
        (replace(SOUND, bands=((90, 1), (80, 1))), "bands", "rise"),
    ],
)
def test_what_cannot_be_meant_is_refused_by_name(problem: Problem, key: str, words: str) -> None:
    fault = next(fault for fault in problems(problem) if fault.key == key)
    assert fault.stops
    assert words in fault.words
    for start in (None, solve(SOUND)):
        with pytest.raises(BadInput) as refused:
            solve(problem, start=start)
        assert refused.value.field == key


def test_the_same_question_has_the_same_answer() -> None:
    problem = team(8, 120, 12, 3, movable=True)
    assert solve(problem).assignment == solve(problem).assignment
    assert solve(problem, seed=2, rounds=40).assignment == solve(problem, seed=2, rounds=40).assignment
    alike = replace(problem, items=tuple(replace(one) for one in problem.items))
    assert solve(alike).moves == solve(problem).moves


def test_a_search_that_is_stopped_returns_what_it_has() -> None:
    problem = team(10, 250, 25, 3)
    asked = []
    plan = solve(problem, stop=lambda: asked.append(1) is None)
    assert asked
    assert plan.bound < plan.cost
    assert len(plan.assignment) == len(problem.items)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000), st.floats(0.8, 1.05))
def test_a_plan_never_costs_more_than_leaving_everything_as_it_is(seed: int, full: float) -> None:
    problem = team(6, 60, 0, seed, movable=True, full=full)
    held = replace(problem, pins={one.id: one.holder for one in problem.items if one.holder})
    assert solve(problem, rounds=5).cost <= solve(held).cost


def test_a_plan_made_elsewhere_can_be_gone_on_from() -> None:
    problem = team(10, 250, 25, 0)
    plan = solve(problem)
    fewer = replace(problem, items=problem.items[2:])
    again = solve(fewer, start=plan)
    assert again.proven
    assert again.cost <= plan.cost
    stayed = [name for name, who in again.assignment.items() if plan.assignment[name] == who]
    assert len(stayed) > len(fewer.items) / 2


def test_families_stay_together_and_what_is_preferred_decides_between_equals() -> None:
    items = tuple(replace(item(f"R{number}", 10_00, None, "HO"), bonus={"O": 5}) for number in range(2))
    carriers = Carrier("H", FULL, 30_00), Carrier("O", FULL, 30_00)
    assert set(solve(Problem(carriers, items)).assignment.values()) == {"O"}


def test_the_curve_shows_what_each_further_move_brings() -> None:
    held = tuple(item(f"R{number}", 10_00, "H", "HO") for number in range(4))
    problem = Problem((Carrier("H", FULL, 80_00), Carrier("O", FULL, 40_00)), held)
    points = curve(problem, (2, 0, 4))
    assert all(isinstance(point, CurvePoint) for point in points)
    assert [(point.moves, point.highest_tenths, point.plan.used) for point in points] == [
        (0, 1200, 0),
        (2, 1000, 2),
        (4, 800, 4),
    ]


@pytest.mark.parametrize(("target", "fewest"), [(1200, 0), (1199, 1), (1000, 2), (900, 3), (800, 4), (799, None)])
def test_so_many_moves_are_needed_at_least(target: int, fewest: int | None) -> None:
    held = tuple(item(f"R{number}", 10_00, "H", "HO") for number in range(4))
    assert fewest_moves(Problem((Carrier("H", FULL, 80_00), Carrier("O", FULL, 40_00)), held), target) == fewest


def test_why_not_somebody_else() -> None:
    problem = Problem((HUGHES, Carrier("O", FULL, 80_00), PATEL), (item("R1", 10_00, "P", "HOP"),), most_moves=0)
    plan = solve(problem)
    assert plan.assignment == {"R1": "P"}
    assert why_not(problem, plan, "R1", "O") == (None, True, "no_moves_left", None)
    free = replace(problem, most_moves=None)
    answer = why_not(free, solve(free), "R1-case", "O")
    assert (answer.costs, answer.blocked) == (10 * COST_UNIT, False)
    assert isinstance(answer.plan, Plan)
    assert why_not(replace(free, pins={"R1": "H"}), plan, "R1", "O").reason == "pinned"
    assert why_not(replace(free, forbids=frozenset({("R1", "O")})), plan, "R1", "O").reason == "forbidden"
    assert why_not(free, plan, "R1", "nobody").reason == "not_eligible"
    assert why_not(free, plan, "R9", "O").reason == "unknown"


def test_without_the_exact_solver_one_is_told_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "highspy", None)
    with pytest.raises(AlmonerError) as refused:
        exact.close_gap(SOUND, solve(SOUND))
    assert 'pip install "almoner[solver]"' in refused.value.hint


def test_the_exact_solver_stops_when_told_and_keeps_the_plan() -> None:
    problem = team(30, 60, 60, 0)
    plan = solve(problem, rounds=3)
    stopped = exact.close_gap(problem, plan, seconds=20, stop=lambda: True)
    assert stopped.cost <= plan.cost
    assert stopped.bound >= plan.bound


def test_planning_loads_nothing_but_the_standard_library() -> None:
    code = "import sys, domain.planning.rebalance; print(*{name.split('.')[0] for name in sys.modules})"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"pydantic", "highspy", "numpy", "dateutil"} & set(run.stdout.split())
