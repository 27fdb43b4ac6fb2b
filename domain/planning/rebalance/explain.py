"""Why not somebody else, how few moves could ever be enough, and how low the highest load could ever be."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

from domain.planning.rebalance.bound import frozen, held, least_above
from domain.planning.rebalance.model import Model, compiled
from domain.planning.rebalance.plan import Plan
from domain.planning.rebalance.problem import Item, Problem
from domain.planning.rebalance.solver import solve


class WhyNot(NamedTuple):
    """What a plan would cost more, the rest arranged anew, if an item went to somebody else.

    ``blocked`` when that is not to be had, and ``reason`` says why: ``not_eligible`` (policy), ``forbidden``,
    ``pinned`` (elsewhere), ``no_moves_left`` (the limit of moves) or ``unknown``. ``costs`` below nothing means that
    the search has thereby found a cheaper plan, which is ``plan``.
    """

    costs: int | None
    blocked: bool
    reason: str = ""
    plan: Plan | None = None


def why_not(problem: Problem, plan: Plan, item: str, carrier: str, *, stop: Callable[[], bool] | None = None) -> WhyNot:
    """Return what giving ``item`` to ``carrier`` would cost, by pinning it and solving again from the plan."""
    known = next((known for known in problem.items if item == known.id or item in known.cases), None)
    reason = _barred(problem, known, carrier) if known else "unknown"
    if known is None or reason:
        return WhyNot(None, blocked=True, reason=reason)
    limit = problem.most_moves
    if limit is not None and _would_count(problem, known, carrier):
        limit -= known.counts  # a pinned item is no longer counted, but this one is meant as one of the moves
        if limit < 0:
            return WhyNot(None, blocked=True, reason="no_moves_left")
    pins = {**problem.pins, known.id: carrier}
    pinned = solve(replace(problem, pins=pins, most_moves=limit), start=plan, stop=stop)
    return WhyNot(pinned.cost - plan.cost, blocked=False, plan=pinned)


def _would_count(problem: Problem, item: Item, carrier: str) -> bool:
    ids = {item.id, *item.cases}
    may_stay = item.holder in item.eligible and not any((name, item.holder) in problem.forbids for name in ids)
    return may_stay and carrier != item.holder and ids.isdisjoint(problem.pins)


def _barred(problem: Problem, item: Item, carrier: str) -> str:
    ids = {item.id, *item.cases}
    if carrier not in item.eligible:
        return "not_eligible"
    if any((name, carrier) in problem.forbids for name in ids):
        return "forbidden"
    return "pinned" if any(problem.pins.get(name, carrier) != carrier for name in ids) else ""


def fewest_moves(problem: Problem, target_tenths: int) -> int | None:
    """Return a number of changes of worker below which no plan brings everybody to ``target_tenths`` of a percent.

    Siblings count each; what must move in any case does not. People without any capacity have no percentage and are
    left out of it. None when no number is enough.
    """
    return _fewest(compiled(problem), target_tenths)


def least_highest(problem: Problem) -> int:
    """Return the percentage, in tenths, below which no plan within the limit of moves brings the highest load."""
    model, most = compiled(problem), problem.most_moves
    low, high = -1, 0
    while not _may_do(model, high, most):
        low, high = high, high * 2 or 10
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if _may_do(model, middle, most) else (middle, high)
    return high


def _may_do(model: Model, tenths: int, most: int | None) -> bool:
    fewest = _fewest(model, tenths)
    return fewest is not None and (most is None or fewest <= most)


def _fewest(model: Model, tenths: int) -> int | None:
    limits = _limits(model, tenths)
    if least_above(model, model.masks, limits):
        return None
    parts = held(model, [item for item, chances in enumerate(model.chances) if len(chances) > 1])
    stuck = _stuck(model, limits)
    one_by_one = sum(_must_leave(over, parts.get(who, [])) for who, over in stuck.items())
    heaviest = sorted((points for some in parts.values() for points in some), reverse=True)
    return max(one_by_one, _must_leave(least_above(model, frozen(model), limits), heaviest))


def _limits(model: Model, tenths: int) -> list[int]:
    """Return each one's most points, in ten-thousandths; whoever has no capacity may hold anything."""
    everything = sum(model.points) + sum(model.team.fixed)
    return [one.capacity * tenths // 10 if one.capacity else everything for one in model.team.carriers]


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
