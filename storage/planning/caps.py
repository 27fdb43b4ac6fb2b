"""Hard limits on how many cases somebody holds, kept to by a plan.

The search weighs points, not heads: where its plan gives somebody more cases than a hard rule lets them have, the
cases that somebody else takes most cheaply are kept from them and the search goes on. What it proves of the plan
without the limit holds with it too: a limit never makes a plan cheaper.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from domain.planning.rebalance import Item, Move, Plan

if TYPE_CHECKING:
    from storage.planning.scenario_facts import Ground

Pair = tuple[str, str]
Solve = Callable[[frozenset[Pair]], Plan]

MOST_ROUNDS = 40


class Caps:
    """The limits of one ground; ``kept_from`` remembers which item was kept from whom, and by which rule."""

    def __init__(self, ground: Ground) -> None:
        self._pool = ground.pool
        self._items = {item.id: item for item in ground.pool.items}
        self.kept_from: dict[Pair, str] = {}

    def within(self, plan: Plan, solve: Solve) -> Plan:
        """Return ``plan``, or one that keeps to the limits, its bound that of the plan without them."""
        if not self._pool.policies.limits_heads:
            return plan
        bound, forbidden = plan.bound, frozenset(self.kept_from)
        if forbidden:
            plan = solve(forbidden)
        for _ in range(MOST_ROUNDS):
            over = self._over(plan)
            if not over:
                break
            self.kept_from |= over
            forbidden |= over.keys()
            plan = solve(forbidden)
        return replace(plan, bound=min(bound, plan.cost))

    def _over(self, plan: Plan) -> dict[Pair, str]:
        """Return what is to be kept from those who would hold too many: the cheapest to give to somebody else."""
        counts: Counter[str] = Counter()
        for item, worker in plan.assignment.items():
            counts[worker] += len(self._items[item].cases)
        found: dict[Pair, str] = {}
        for move in sorted(plan.moves, key=_dearest_last):
            limit = self._limit(self._items[move.item], move)
            if limit is not None and counts[move.to] > limit[0]:
                found[move.item, move.to] = limit[1]
                counts[move.to] -= len(self._items[move.item].cases)
        return found

    def _limit(self, item: Item, move: Move) -> tuple[int, str] | None:
        limits = [self._pool.policies.most_cases(case, move.to) for case in item.cases]
        return min((limit for limit in limits if limit is not None), default=None)


def _dearest_last(move: Move) -> tuple[bool, int]:
    return move.runner_up is None, move.runner_up_costs or 0
