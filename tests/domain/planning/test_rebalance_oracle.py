"""Plans against every sharing there is, and against an independent solver."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.teams import team
from domain.planning.rebalance import Carrier, Problem, curve, exact, fewest_moves, least_highest, solve, why_not
from tests.domain.planning.rebalancekit import (
    best,
    chances,
    cost,
    every_sharing,
    item,
    keeps_every_rule,
    loads,
    moved,
    over,
    small_problems,
    worth,
)

MANY = settings(max_examples=60, deadline=None)
SOME = settings(max_examples=30, deadline=None)


@MANY
@given(small_problems())
def test_a_plan_keeps_every_rule_and_its_bound_never_exceeds_the_best_there_is(problem: Problem) -> None:
    plan = solve(problem)
    keeps_every_rule(problem, plan)
    least = best(problem)
    assert plan.bound <= least <= plan.cost
    assert plan.shortfall * 100 <= min(over(problem, sharing, 100) for sharing in every_sharing(problem))


@MANY
@given(small_problems(most_items=5))
def test_on_a_handful_of_cases_the_search_finds_the_best(problem: Problem) -> None:
    assert solve(problem).cost == best(problem)


@MANY
@given(small_problems(most_items=4, wishes=False))
def test_among_the_cheapest_a_plan_has_few_moves_and_then_what_is_preferred(problem: Problem) -> None:
    plan = solve(problem)
    cheapest = [sharing for sharing in every_sharing(problem) if cost(problem, sharing) == plan.cost]
    assert moved(problem, dict(plan.assignment)) <= 1 + min(moved(problem, sharing) for sharing in cheapest)
    alike = [sharing for sharing in cheapest if moved(problem, sharing) <= plan.used]
    one_step = [s for s in alike if sum(s[name] != who for name, who in plan.assignment.items()) == 1]
    assert all(worth(problem, dict(plan.assignment)) >= worth(problem, sharing) for sharing in one_step)


@MANY
@given(small_problems(), st.data())
def test_solving_again_after_a_wish_keeps_every_rule_too(problem: Problem, data: st.DataObject) -> None:
    plan = solve(problem)
    for _ in range(3):
        changed = data.draw(changes(problem))
        again = solve(changed, start=plan)
        keeps_every_rule(changed, again)
        assert again.bound <= best(changed) <= again.cost
        problem, plan = changed, again


@MANY
@given(small_problems(most_items=5), st.data())
def test_solving_again_after_any_change_says_what_solving_afresh_says(problem: Problem, data: st.DataObject) -> None:
    plan = solve(problem)
    for _ in range(4):
        problem = data.draw(changes(problem))
        plan, afresh = solve(problem, start=plan), solve(problem)
        assert (plan.shortfall, plan.cost, plan.blocked) == (afresh.shortfall, afresh.cost, afresh.blocked)
        assert plan.bound <= best(problem)


@st.composite
def changes(draw: st.DrawFn, problem: Problem) -> Problem:
    """The same problem with one wish more, one less, none at all, or another limit."""
    kind = draw(st.sampled_from(("pin", "forbid", "lift", "free", "limit")))
    if kind == "lift" and problem.pins:
        lifted = draw(st.sampled_from(sorted(problem.pins)))
        return replace(problem, pins={name: who for name, who in problem.pins.items() if name != lifted})
    if kind == "lift" and problem.forbids:
        return replace(problem, forbids=problem.forbids - {draw(st.sampled_from(sorted(problem.forbids)))})
    free = [one for one in problem.items if chances(problem, one) and one.id not in problem.pins]
    if kind == "free" or (not free and kind != "limit"):
        return replace(problem, pins={}, forbids=frozenset())
    if kind == "limit":
        return replace(problem, most_moves=draw(st.sampled_from((None, 0, 1, 3))))
    one = draw(st.sampled_from(free))
    who = draw(st.sampled_from(chances(problem, one)))
    if kind == "pin":
        return replace(problem, pins={**problem.pins, one.id: who})
    return replace(problem, forbids=problem.forbids | {(one.id, who)})


@SOME
@given(small_problems(most_items=5), st.data())
def test_why_not_never_promises_less_than_it_would_cost(problem: Problem, data: st.DataObject) -> None:
    plan = solve(problem)
    held = [one for one in problem.items if one.eligible]
    if not held:
        return
    one = data.draw(st.sampled_from(held))
    who = data.draw(st.sampled_from(sorted(one.eligible)))
    answer = why_not(problem, plan, one.id, who)
    assert answer.blocked == (not any(s.get(one.id) == who for s in every_sharing(problem)))
    if answer.costs is not None:
        least = min(cost(problem, sharing) for sharing in every_sharing(problem) if sharing[one.id] == who)
        assert plan.cost + answer.costs >= least
        assert (answer.costs == 0) or plan.assignment[one.id] != who


@SOME
@given(small_problems(most_items=5, wishes=False))
def test_each_point_of_the_curve_is_a_plan_within_its_moves_and_none_costs_more(problem: Problem) -> None:
    points = curve(problem, (3, 0, 1))
    assert [point.moves for point in points] == [0, 1, 3]
    for point in points:
        limited = replace(problem, most_moves=point.moves)
        keeps_every_rule(limited, point.plan)
        assert point.plan.bound <= best(limited) <= point.cost
    assert [point.cost for point in points] == sorted((point.cost for point in points), reverse=True)


@SOME
@given(small_problems(most_items=5), st.sampled_from((700, 900, 1000, 1200)))
def test_fewer_moves_than_said_never_bring_everybody_under_a_share(problem: Problem, target: int) -> None:
    said = fewest_moves(problem, target)
    free = replace(problem, most_moves=None)
    enough = [moved(problem, sharing) for sharing in every_sharing(free) if under(free, sharing, target)]
    if said is None:
        assert not enough
    else:
        assert all(count >= said for count in enough)


def under(problem: Problem, sharing: dict[str, str], tenths: int) -> bool:
    held = loads(problem, sharing)
    return all(held[who.id] * 1000 <= tenths * who.capacity for who in problem.carriers)


@settings(max_examples=40, deadline=None)
@given(small_problems())
def test_the_exact_solver_agrees_with_every_sharing_there_is(problem: Problem) -> None:
    plan = exact.close_gap(problem, solve(problem, rounds=0), seconds=10)
    keeps_every_rule(problem, plan)
    assert plan.proven
    assert plan.cost == plan.bound == best(problem)


@pytest.mark.parametrize("seed", range(4))
def test_on_a_team_of_ten_the_search_is_as_cheap_as_the_exact_solver(seed: int) -> None:
    problem = team(10, 250, 25, seed)
    plan = solve(problem)
    closed = exact.close_gap(problem, plan, seconds=5)
    assert plan.bound <= closed.bound <= closed.cost <= plan.cost
    assert plan.cost <= closed.cost * 1.005


@pytest.mark.parametrize("seed", range(3))
def test_few_moves_bring_as_much_as_the_exact_solver_finds_for_them(seed: int) -> None:
    problem = replace(team(6, 60, 6, seed, movable=True), most_moves=3)
    plan = solve(problem)
    closed = exact.close_gap(problem, plan, seconds=3)
    assert plan.bound <= closed.bound <= closed.cost
    assert plan.cost <= closed.cost * 1.02


@MANY
@given(small_problems())
def test_no_sharing_brings_the_highest_load_below_what_is_said_to_be_the_least(problem: Problem) -> None:
    least = least_highest(problem)
    for sharing in every_sharing(problem):
        held = loads(problem, sharing)
        highest = max((held[who.id] * 1000 / who.capacity for who in problem.carriers if who.capacity), default=0)
        assert highest > least - 1


def test_the_least_highest_load_is_found_where_it_can_be_reached() -> None:
    held = tuple(item(f"a{n}", 500, "A", "AB") for n in range(6))
    people = (Carrier("A", 2000), Carrier("B", 1000))
    reached = {moves: least_highest(Problem(people, held, most_moves=moves)) for moves in (0, 1, 2, None)}
    assert reached == {0: 1500, 1: 1250, 2: 1000, None: 1000}
