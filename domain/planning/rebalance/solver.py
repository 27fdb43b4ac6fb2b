"""From a problem to a plan, from nothing or from an earlier plan."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from domain.planning.rebalance.bound import Overs, cost_bound, frozen, overs, recounted, shortfall
from domain.planning.rebalance.kicks import improve
from domain.planning.rebalance.model import NOWHERE, Model, compiled
from domain.planning.rebalance.passing import UNLIMITED, Goal, settle, spend
from domain.planning.rebalance.plan import Plan, Work
from domain.planning.rebalance.polish import polish
from domain.planning.rebalance.problem import Problem
from domain.planning.rebalance.search import Sharing, fill

MOST_ROUNDS, ROUNDS_AGAIN = 400, 8
WORK = 16_000_000  # what the rounds of one search amount to, in items times carriers
SMALL = 200  # items times carriers: so few are searched from nothing at every pin and nobody waits


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
    is returned. ``rounds`` is how often the search disturbs a plan that is not yet proven best. From ``start`` only
    what changed is repaired; where so little is shared out that it takes no time, the plan never costs more than one
    found from nothing. Raises BadInput when the problem cannot be meant (see ``problems``).
    """
    rng = Random(seed)  # noqa: S311 (a search, not a secret)
    model = compiled(problem, start.work.model if start else None)
    if start is None or model.names is not start.work.model.names:
        return _afresh(model, start, rng, stop or _never, rounds_for(model.problem) if rounds is None else rounds)
    again = _again(model, start, rng, stop or _never, ROUNDS_AGAIN if rounds is None else rounds)
    if rounds is None and not again.proven and len(problem.items) * len(problem.carriers) <= SMALL:
        afresh = _afresh(model, None, Random(seed), stop or _never, rounds_for(problem))  # noqa: S311
        return afresh if afresh.cost < again.cost else again
    return again


def _never() -> bool:
    return False


def rounds_for(problem: Problem) -> int:
    """Return how often a search from nothing disturbs a plan that is not yet proven best."""
    return min(MOST_ROUNDS, 8 + WORK // (1 + len(problem.items) * len(problem.carriers)))


def _afresh(model: Model, start: Plan | None, rng: Random, stop: Callable[[], bool], rounds: int) -> Plan:
    """Solve a problem that nothing is known of but, perhaps, where things were in another plan."""
    sharing = Sharing(model, _planned(model, start) if start else model.home)
    _complete(sharing)
    free, still, bound = _counted(model)
    _search(sharing, range(len(sharing.load)), bound, rng, stop, rounds)
    polish(sharing, range(len(sharing.place)), stop)
    return planned(sharing, free, still, bound)


def _again(model: Model, start: Plan, rng: Random, stop: Callable[[], bool], rounds: int) -> Plan:
    """Solve for the same people and items under other wishes: repair what they touch, and count again if need be."""
    work = start.work
    changed = _changed(model, work.model)
    sharing = work.sharing.under(model, changed)
    touched = _repaired(sharing, changed)
    # While choice only narrows, nothing gets cheaper than the old bound, and the old cost is as good as before.
    fewer = all(_narrowed(model.chances[item], work.model.chances[item]) for item in changed)
    narrower = fewer and _limit_holds(model, work.model, changed)
    sure = cost_bound(model, work.free, None) if fewer else 0
    floor = max(sure, start.cost if narrower else 0)
    _search(sharing, touched, floor, rng, stop, 0)
    # What is handed on always fits the plan it is of: where choice only narrowed, most need no counting.
    free = recounted(work.free, model, model.masks, sharing.load if fewer else None)
    if sharing.cost <= floor:
        polish(sharing, _disturbed(sharing, changed), stop)
        return planned(sharing, free, work.still if narrower else None, work.bound if narrower else sure)
    still = None
    if _limited(model):
        loads = sharing.load if narrower else None
        still = recounted(work.still, model, frozen(model), loads) if work.still else overs(model, frozen(model))
    bound = max(cost_bound(model, free, still), work.bound if narrower else 0)
    _search(sharing, touched, max(floor, bound), rng, stop, rounds)
    polish(sharing, _disturbed(sharing, changed), stop)
    return planned(sharing, free, still, bound)


def _disturbed(sharing: Sharing, changed: list[int]) -> set[int]:
    return {item for item, _ in sharing.log}.union(changed)


def _limited(model: Model) -> bool:
    return model.held and model.problem.most_moves is not None


def _search(
    sharing: Sharing, carriers: set[int] | range, floor: int, rng: Random, stop: Callable[[], bool], rounds: int
) -> None:
    """Bring the cost down to ``floor``: first what takes no move, then one telling move after the other."""
    most = sharing.model.problem.most_moves
    goal = Goal(floor, UNLIMITED if most is None else most, stop)
    if sharing.model.held:
        settle(sharing, carriers, goal, 0)
        spend(sharing, goal)
    if goal.limit == UNLIMITED:
        settle(sharing, carriers, goal, UNLIMITED)
    improve(sharing, goal, rng, rounds)


def _planned(model: Model, start: Plan) -> list[int]:
    return [model.team.places.get(start.assignment.get(item.id, ""), NOWHERE) for item in model.problem.items]


def _complete(sharing: Sharing) -> None:
    """Send home what is unplaced, or away beyond the limit, and place the rest."""
    limit = sharing.model.problem.most_moves
    for item, home in enumerate(sharing.home):
        if home >= 0 and sharing.place[item] < 0:
            sharing.put(item, home)
    if limit is not None and sharing.away > limit:
        _come_home(sharing, limit)
    fill(sharing, [item for item in sharing.model.placeable() if sharing.place[item] < 0])


def _come_home(sharing: Sharing, limit: int) -> set[int]:
    """Take back the moves that save least until no more than ``limit`` are left; return who was touched."""
    touched: set[int] = set()
    away = {item for item, home in enumerate(sharing.home) if 0 <= home != sharing.place[item]}
    while sharing.away > limit:
        item = min(away, key=lambda item: (sharing.extra_cost(item, sharing.home[item]) / sharing.counts[item], item))
        touched |= {sharing.place[item], sharing.home[item]}
        sharing.put(item, sharing.home[item])
        away.discard(item)
    return touched


def _repaired(sharing: Sharing, changed: list[int]) -> set[int]:
    """Move what may no longer be where it was; return whose items may now pass differently."""
    touched: set[int] = set()
    for item in changed:
        touched.add(sharing.place[item])
        if sharing.place[item] not in sharing.chances[item]:
            sharing.put(item, _cheapest(sharing, item))
            touched.add(sharing.place[item])
    limit = sharing.model.problem.most_moves
    if limit is not None and sharing.away > limit:
        touched |= _come_home(sharing, limit)
    return touched - {NOWHERE}


def _changed(model: Model, old: Model) -> list[int]:
    wished = sorted(model.wished | old.wished)
    return [item for item in wished if model.chances[item] is not old.chances[item]]


def _cheapest(sharing: Sharing, item: int) -> int:
    """Return who takes an item at the least cost; NOWHERE when nobody may."""
    weight, load, costs, curves = sharing.points[item], sharing.load, sharing.costs, sharing.curves
    emptiness = sharing.model.team.emptiness
    return min(
        sharing.chances[item],
        key=lambda who: (curves[who][load[who] + weight] - costs[who], (load[who] + weight) * emptiness[who], who),
        default=NOWHERE,
    )


def _narrowed(now: frozenset[int], was: frozenset[int]) -> bool:
    """Return whether an item's chances are some of what they were; one that nobody may have weighs on nobody."""
    return bool(now) and now <= was


def _limit_holds(model: Model, old: Model, changed: list[int]) -> bool:
    """Return whether moves are limited no less than before, and none that counted counts no more."""
    limit, before = model.problem.most_moves, old.problem.most_moves
    if before is None:
        return True
    return limit is not None and limit <= before and all(model.home[item] == old.home[item] for item in changed)


def recosted(problem: Problem, plan: Plan) -> Plan:
    """Return a plan made under other bands as one of this problem: the same sharing, with its cost and its bound."""
    model = compiled(problem)
    return planned(Sharing(model, plan.work.sharing.place), *_counted(model))


def _counted(model: Model) -> tuple[Overs, Overs | None, int]:
    """Count the least points above every threshold, with every move and with none, and the bound they amount to."""
    free = overs(model, model.masks)
    still = overs(model, frozen(model)) if _limited(model) else None
    return free, still, cost_bound(model, free, still)


def planned(sharing: Sharing, free: Overs, still: Overs | None, bound: int) -> Plan:
    """Return the plan that a sharing amounts to; a bound beyond its cost is what the best of it can be."""
    return Plan(sharing.cost, min(bound, sharing.cost), shortfall(free), Work(sharing, free, still, bound))
