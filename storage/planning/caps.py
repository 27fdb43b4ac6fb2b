"""Limits on how many cases somebody holds or newly takes, kept to by a plan.

The search weighs points, not heads: where its plan gives somebody more cases than a rule lets them have, the cases that
somebody else takes most cheaply are kept from them and the search goes on. A hard limit holds always; a soft one while
somebody else may take the case and keeps to theirs. What is proven of the plan without limits holds with them too: a
limit never makes a plan cheaper.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from domain.load.capacity import red_line
from domain.planning.rebalance import Item, Move, Plan

if TYPE_CHECKING:
    from storage.planning.policy import Limit
    from storage.planning.scenario_facts import Ground

Pair = tuple[str, str]
Solve = Callable[[frozenset[Pair]], Plan]

MOST_ROUNDS = 40


class Heads:
    """How many cases everybody holds under a plan, and how many of them are newly taken."""

    def __init__(self, ground: Ground, plan: Plan) -> None:
        self.ground, self.plan = ground, plan
        self.items = {item.id: item for item in ground.pool.items}
        self.held: Counter[str] = Counter()
        self.taken: Counter[str] = Counter()
        for item, worker in plan.assignment.items():
            self.held[worker] += len(self.items[item].cases)
        for move in plan.moves:
            self.taken[move.to] += self.items[move.item].counts

    def broken(self, item: Item, worker: str, more: int = 0) -> Iterator[Limit]:
        """Yield the limits that somebody is over who has an item, or would be with so many ``more`` cases."""
        for case in item.cases:
            for limit in self.ground.pool.policies.limits(case, worker):
                if (self.taken if limit.new else self.held)[worker] + more > limit.most:
                    yield limit

    def keep_from(self, item: Item, worker: str) -> None:
        """Count an item as somebody else's."""
        self.held[worker] -= len(item.cases)
        self.taken[worker] -= item.counts

    def elsewhere(self, item: Item, worker: str, kept_from: frozenset[Pair]) -> bool:
        """Whether somebody else may take an item who keeps to every limit with it, and below the red line."""
        return any(
            (item.id, who) not in kept_from
            and self._has_room(item, who)
            and not any(True for _ in self.broken(item, who, len(item.cases)))
            for who in item.eligible - {worker}
        )

    def _has_room(self, item: Item, worker: str) -> bool:
        line, room = red_line(self.ground.edges), self.ground.people[worker].room
        return line is None or (self.plan.loads[worker] + item.points) * 1000 <= line * room


class Caps:
    """The limits of one ground; ``kept_from`` remembers which item was kept from whom, and by which rule."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self.kept_from: dict[Pair, str] = {}

    def within(self, plan: Plan, solve: Solve) -> Plan:
        """Return ``plan``, or one that keeps to the limits, its bound that of the plan without them."""
        if not self._ground.pool.policies.limits_heads:
            return plan
        bound, forbidden = plan.bound, frozenset(self.kept_from)
        if forbidden:
            plan = solve(forbidden)
        for _ in range(MOST_ROUNDS):
            over = self._over(plan, forbidden)
            if not over:
                break
            self.kept_from |= over
            forbidden |= over.keys()
            plan = solve(forbidden)
        return replace(plan, bound=min(bound, plan.cost))

    def _over(self, plan: Plan, forbidden: frozenset[Pair]) -> dict[Pair, str]:
        """Return what is to be kept from those who would hold too many: the cheapest to give to somebody else."""
        heads = Heads(self._ground, plan)
        found: dict[Pair, str] = {}
        for move in sorted(plan.moves, key=_dearest_last):
            item = heads.items[move.item]
            for limit in heads.broken(item, move.to):
                if limit.hard or heads.elsewhere(item, move.to, forbidden | found.keys()):
                    found[item.id, move.to] = limit.words
                    heads.keep_from(item, move.to)
                    break
        return found


def _dearest_last(move: Move) -> tuple[bool, int]:
    return move.runner_up is None, move.runner_up_costs or 0
