"""From a problem to a plan, from nothing or from an earlier plan."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from domain.rebalance.bound import Overs, cost_bound, frozen, overs, recounted, shares_of, shortfall
from domain.rebalance.kicks import improve
from domain.rebalance.model import NOWHERE, Model, compiled
from domain.rebalance.plan import Plan, Work, plan_of
from domain.rebalance.problem import Problem
from domain.rebalance.search import Sharing, fill, settle


def solve(
    problem: Problem,
    *,
    start: Plan | None = None,
    seed: int = 1,
    stop: Callable[[], bool] | None = None,
    rounds: int | None = None,
) -> Plan:
    """Return the cheapest plan the search finds, with its distance from the best.

    The same problem, start and seed give the same plan. ``stop`` is asked often; once it says yes, the best so far
    is returned. ``rounds`` is how often the search disturbs a plan that is not yet proven best. Raises BadInput when
    the problem cannot be meant (see ``problems``).
    """
    work = start.work if start else None
    model = compiled(problem, work.model if work else None)
    sharing = _begun(model, start)
    settle(sharing, range(len(sharing.load)))
    free, still = counted(model, work)
    bound = cost_bound(model, free, still, problem.most_moves)
    if rounds is None:
        rounds = 20 if start else 400
    improve(sharing, bound, Random(seed), rounds, stop or _never)  # noqa: S311 (a search, not a secret)
    return plan_of(sharing, free, still, bound, shortfall(free))


def _never() -> bool:
    return False


def counted(model: Model, work: Work | None) -> tuple[Overs, Overs | None]:
    """Return the least points above each threshold with every move allowed, and with none where moves are limited."""
    still = None
    limited = model.problem.most_moves is not None and any(home != NOWHERE for home in model.home)
    if work is None or work.model.team is not model.team:
        free = overs(model, model.masks, shares_of(model))
        if limited:
            still = overs(model, frozen(model), shares_of(model))
        return free, still
    free = recounted(work.free, model, model.masks)
    if limited:
        masks = frozen(model)
        still = recounted(work.still, model, masks) if work.still else overs(model, masks, shares_of(model))
    return free, still


def _begun(model: Model, start: Plan | None) -> Sharing:
    """Return everything where it was planned or is held, the rest placed one by one."""
    place = _planned(model, start) if start else model.home
    sharing = Sharing(model, place)
    for item, home in enumerate(model.home):
        if home >= 0 and (sharing.place[item] < 0 or sharing.away > sharing.limit) and sharing.place[item] != home:
            sharing.put(item, home)
    fill(sharing, [item for item in model.placeable() if sharing.place[item] < 0])
    return sharing


def _planned(model: Model, start: Plan) -> list[int]:
    if model.names is start.work.model.names:
        return list(start.work.place)
    return [model.team.places.get(start.assignment.get(item.id, ""), NOWHERE) for item in model.problem.items]
