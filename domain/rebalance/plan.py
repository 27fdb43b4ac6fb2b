"""A plan: who gets what, what it costs, how far that is from the best there can be, and why each item passes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from domain.rebalance.bound import Overs
from domain.rebalance.model import NOWHERE, SCALE, Model
from domain.rebalance.search import Sharing

COST_UNIT = 10_000  # costs are kept in ten-thousandths; a cost over this is in points weighed by their band


class Blocked(NamedTuple):
    """An item nobody can be given, and why: ``nobody_eligible`` by policy, or ``all_forbidden`` by hand."""

    item: str
    reason: str


class Move(NamedTuple):
    """One item passing on. Amounts are in the unit of the cost, all else as planned.

    ``saves`` is what leaving it with its holder would cost more; 0 where it cannot stay. ``runner_up`` is the next
    best carrier (nobody: None), and ``runner_up_costs`` what choosing them would cost more.
    """

    item: str
    from_: str | None
    to: str
    saves: int
    runner_up: str | None
    runner_up_costs: int | None


@dataclass(frozen=True, slots=True)
class Work:
    """What a later solve goes on from."""

    model: Model
    place: tuple[int, ...]
    free: Overs
    still: Overs | None


@dataclass(frozen=True)
class Plan:
    """Who gets each item. Blocked items are in nobody's load and in no bound.

    ``cost`` and ``bound`` are in ten-thousandths of a point weighed by its band (see COST_UNIT); ``gap_percent`` is
    how far above the bound the cost may be from the best, None when the bound is nothing. ``shortfall`` and
    ``loads`` are hundredths of a point; ``used`` counts the moves that were not forced.
    """

    assignment: Mapping[str, str]
    cost: int
    bound: int
    shortfall: int
    blocked: tuple[Blocked, ...]
    loads: Mapping[str, int]
    used: int
    work: Work = field(repr=False, compare=False)

    @property
    def proven(self) -> bool:
        """Whether no other plan under the same limits costs less."""
        return self.cost <= self.bound

    @property
    def gap_percent(self) -> float | None:
        """How much dearer than the bound it is; None when the bound is nothing and the cost is not."""
        if self.cost <= self.bound:
            return 0.0
        return (self.cost - self.bound) / self.bound * 100 if self.bound else None

    @property
    def highest_tenths(self) -> int:
        """The highest utilisation, in tenths of a percent; people without any capacity have none."""
        full = [(self.loads[who.id], who.capacity) for who in self.work.model.team.carriers if who.capacity]
        return max(((2 * load * 1000 + capacity) // (2 * capacity) for load, capacity in full), default=0)

    @cached_property
    def moves(self) -> tuple[Move, ...]:
        """Every item that passes on, what saves most first."""
        sharing = Sharing(self.work.model, self.work.place)
        found = [_move(sharing, item) for item in range(len(sharing.place)) if _passes(self.work.model, sharing, item)]
        return tuple(sorted(found, key=lambda move: (-move.saves, move.item)))


def plan_of(sharing: Sharing, free: Overs, still: Overs | None, bound: int, shortfall: int) -> Plan:
    """Return the plan that a sharing amounts to."""
    model = sharing.model
    carriers, items = model.team.carriers, model.problem.items
    return Plan(
        {item.id: carriers[who].id for item, who in zip(items, sharing.place, strict=True) if who >= 0},
        sharing.cost,
        min(bound, sharing.cost),
        shortfall,
        tuple(_blocked(model, at) for at, who in enumerate(sharing.place) if who < 0),
        {carrier.id: load // SCALE for carrier, load in zip(carriers, sharing.load, strict=True)},
        sharing.away,
        Work(model, tuple(sharing.place), free, still),
    )


def _blocked(model: Model, item: int) -> Blocked:
    return Blocked(model.problem.items[item].id, "all_forbidden" if model.allowed[item] else "nobody_eligible")


def _passes(model: Model, sharing: Sharing, item: int) -> bool:
    return sharing.place[item] >= 0 and sharing.place[item] != model.holder(item)


def _move(sharing: Sharing, item: int) -> Move:
    model, carriers, here = sharing.model, sharing.model.team.carriers, sharing.place[item]
    home = sharing.home[item]
    others = {who: _instead(sharing, item, who) for who in sharing.chances[item] if who != here}
    saves = others.pop(home, 0) if home >= 0 else 0
    next_best = min(others, key=lambda who: (others[who], who), default=NOWHERE)
    named = model.problem.items[item]
    if next_best == NOWHERE:
        return Move(named.id, named.holder, carriers[here].id, saves, None, None)
    return Move(named.id, named.holder, carriers[here].id, saves, carriers[next_best].id, others[next_best])


def _instead(sharing: Sharing, item: int, who: int) -> int:
    """Return what a plan would cost more with the item somewhere else and all the rest as it is."""
    here, weight = sharing.place[item], sharing.points[item]
    leaving = sharing.costs[here] - sharing.curves[here][sharing.load[here] - weight]
    return sharing.curves[who][sharing.load[who] + weight] - sharing.costs[who] - leaving
