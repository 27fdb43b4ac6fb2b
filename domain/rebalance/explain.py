"""Why not somebody else, and how few moves could ever be enough."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

from domain.rebalance.bound import frozen, least_above
from domain.rebalance.model import Model, compiled
from domain.rebalance.plan import Plan
from domain.rebalance.problem import Problem
from domain.rebalance.solving import solve


class WhyNot(NamedTuple):
    """What a plan would cost more, the rest arranged anew, if an item went to somebody else.

    ``blocked`` when policy, a pin or a forbid does not let it; ``reason`` then says which. ``costs`` below nothing
    means that the search has thereby found a cheaper plan, which is ``plan``.
    """

    costs: int | None
    blocked: bool
    reason: str = ""
    plan: Plan | None = None


def why_not(problem: Problem, plan: Plan, item: str, carrier: str, *, stop: Callable[[], bool] | None = None) -> WhyNot:
    """Return what giving ``item`` to ``carrier`` would cost, by pinning it and solving again from the plan."""
    reason = _barred(problem, item, carrier)
    if reason:
        return WhyNot(None, blocked=True, reason=reason)
    pinned = solve(replace(problem, pins={**problem.pins, item: carrier}), start=plan, stop=stop)
    return WhyNot(pinned.cost - plan.cost, blocked=False, plan=pinned)


def _barred(problem: Problem, item: str, carrier: str) -> str:
    known = next((known for known in problem.items if item == known.id or item in known.cases), None)
    if known is None:
        return "unknown_item"
    if carrier not in known.eligible:
        return "not_eligible"
    ids = {known.id, *known.cases}
    if any(name in ids and who == carrier for name, who in problem.forbids):
        return "forbidden"
    return "pinned" if any(problem.pins.get(name, carrier) != carrier for name in ids) else ""


def fewest_moves(problem: Problem, target_tenths: int) -> int | None:
    """Return a number of moves below which no plan brings everybody to ``target_tenths`` of a percent or lower.

    Moves that must be made in any case are not counted. None when no number of moves is enough.
    """
    model = compiled(problem)
    limits = [carrier.capacity * target_tenths // 10 for carrier in model.team.carriers]
    if least_above(model, model.masks, limits):
        return None
    movable = [(model.points[item], home) for item, home in enumerate(model.home) if len(model.chances[item]) > 1]
    held = sorted(((points, home) for points, home in movable if home >= 0), reverse=True)
    stuck = _stuck(model, limits)
    one_by_one = sum(_must_leave(over, [points for points, home in held if home == who]) for who, over in stuck.items())
    together = _must_leave(least_above(model, frozen(model), limits), [points for points, _ in held])
    return max(one_by_one, together)


def _stuck(model: Model, limits: list[int]) -> dict[int, int]:
    """Return by how much each carrier is above the limit with all they may keep and nothing new."""
    loads = list(model.team.fixed)
    for points, home in zip(model.points, model.home, strict=True):
        if home >= 0:
            loads[home] += points
    return {who: load - limit for who, (load, limit) in enumerate(zip(loads, limits, strict=True)) if load > limit}


def _must_leave(over: int, heaviest_first: list[int]) -> int:
    """Return how many must at least leave to take so many points away."""
    gone = 0
    for count, points in enumerate(heaviest_first):
        if gone >= over:
            return count
        gone += points
    return len(heaviest_first)
