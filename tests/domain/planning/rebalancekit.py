"""Small teams to share cases among, every sharing there is tried out, and the cost counted in the plainest way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import product

from hypothesis import strategies as st

from domain.planning.rebalance import Carrier, Item, Plan, Problem

Sharing = dict[str, str]


def item(name: str, points: int, holder: str | None, eligible: str, **bonus: int) -> Item:
    """An item of one case; the letters of ``eligible`` are the workers who may have it."""
    return Item(name, (f"{name}-case",), points, holder, frozenset(eligible), bonus)


@st.composite
def small_problems(draw: st.DrawFn, most_items: int = 6, *, wishes: bool = True) -> Problem:
    """Up to four workers and a few items, some held, some pinned or forbidden, perhaps with a limit of moves."""
    names = "ABCD"[: draw(st.integers(1, 4))]
    loads = st.integers(0, 40).map(lambda points: points * 25)
    carriers = tuple(Carrier(name, draw(st.sampled_from((0, 500, 1000, 1333))), draw(loads)) for name in names)
    items = []
    for number in range(draw(st.integers(0, most_items))):
        eligible = draw(st.sets(st.sampled_from(names)))
        holder = draw(st.sampled_from((None, *names)))
        bonus = draw(st.dictionaries(st.sampled_from(names), st.integers(-3, 3), max_size=2))
        one = item(f"I{number}", draw(loads), holder, "".join(eligible), **bonus)
        items.append(replace(one, changes=draw(st.sampled_from((None, None, 2, 3)))))
    pins, forbids = draw(_wishes(items)) if wishes else ({}, frozenset())
    return Problem(
        carriers,
        tuple(items),
        most_moves=draw(st.sampled_from((None, None, 0, 1, 2, 3, 4))),
        pins=pins,
        forbids=forbids,
    )


@st.composite
def _wishes(draw: st.DrawFn, items: list[Item]) -> tuple[dict[str, str], frozenset[tuple[str, str]]]:
    pins, forbids = {}, set()
    for one in items:
        wish = draw(st.sampled_from(("none", "none", "none", "pin", "forbid")))
        if one.eligible and wish != "none":
            who = draw(st.sampled_from(sorted(one.eligible)))
            if wish == "pin":
                pins[one.id] = who
            else:
                forbids.add((one.id, who))
    return pins, frozenset(forbids)


def chances(problem: Problem, one: Item) -> list[str]:
    """Who may have an item, by policy and by hand."""
    pinned = problem.pins.get(one.id)
    return [
        who
        for who in sorted(one.eligible)
        if (one.id, who) not in problem.forbids and (pinned is None or who == pinned)
    ]


def every_sharing(problem: Problem) -> Iterator[Sharing]:
    """Every way to place what can be placed, within the limit of moves."""
    placeable = [one for one in problem.items if chances(problem, one)]
    for choice in product(*(chances(problem, one) for one in placeable)):
        sharing = {one.id: who for one, who in zip(placeable, choice, strict=True)}
        if problem.most_moves is None or moved(problem, sharing) <= problem.most_moves:
            yield sharing


def moved(problem: Problem, sharing: Sharing) -> int:
    """How many cases leave a holder who may keep them."""
    return sum(
        one.counts
        for one in problem.items
        if one.id in sharing and one.holder in chances(problem, one) and sharing[one.id] != one.holder
    )


def loads(problem: Problem, sharing: Sharing) -> dict[str, int]:
    """Everybody's load, in hundredths."""
    held = {carrier.id: carrier.fixed for carrier in problem.carriers}
    for one in problem.items:
        if one.id in sharing:
            held[sharing[one.id]] += one.points
    return held


def over(problem: Problem, sharing: Sharing, percent: int) -> int:
    """The points above a share of capacity, in ten-thousandths."""
    held = loads(problem, sharing)
    return sum(max(0, held[who.id] * 100 - percent * who.capacity) for who in problem.carriers)


def cost(problem: Problem, sharing: Sharing) -> int:
    """What a sharing costs, in ten-thousandths of a point weighed by its band."""
    return sum(slope * over(problem, sharing, percent) for percent, slope in problem.bands)


def best(problem: Problem) -> int:
    """The least that any sharing costs."""
    return min(cost(problem, sharing) for sharing in every_sharing(problem))


def worth(problem: Problem, sharing: Sharing) -> int:
    """What is preferred about a sharing."""
    return sum(one.bonus.get(sharing[one.id], 0) for one in problem.items if one.id in sharing)


def keeps_every_rule(problem: Problem, plan: Plan) -> None:
    """Fail unless a plan is allowed and counts itself right."""
    assert set(plan.assignment) | {blocked.item for blocked in plan.blocked} == {one.id for one in problem.items}
    for one in problem.items:
        assert (one.id in plan.assignment) == bool(chances(problem, one))
        assert plan.assignment.get(one.id) in [*chances(problem, one), None]
    assert plan.used == moved(problem, dict(plan.assignment))
    assert problem.most_moves is None or plan.used <= problem.most_moves
    assert plan.loads == loads(problem, dict(plan.assignment))
    assert plan.cost == cost(problem, dict(plan.assignment))
