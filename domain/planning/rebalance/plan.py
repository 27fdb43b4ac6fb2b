"""A plan: who gets what, what it costs, how far that is from the best there can be, and why each item passes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from domain.planning.rebalance.bound import Overs
from domain.planning.rebalance.model import NOWHERE, SCALE, Model
from domain.planning.rebalance.search import Sharing

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
    """What a later solve goes on from; nothing in it is changed any more.

    What ``free`` says is so of this sharing's model. ``still`` may have been counted for an earlier one where every pin
    and forbid since has only narrowed the choice; None where it would have to be counted anew.
    """

    sharing: Sharing
    free: Overs
    still: Overs | None
    bound: int

    @property
    def model(self) -> Model:
        """Return the model the plan was made for."""
        return self.sharing.model


@dataclass(frozen=True, eq=False)
class Plan:
    """Who gets each item. Blocked items are in nobody's load and in no bound.

    ``cost`` and ``bound`` are in ten-thousandths of a point weighed by its band (see COST_UNIT). The bound is on the
    plans with the same pins, forbids and limit of moves. ``shortfall`` counts the points, in hundredths, that no
    sharing keeps at or below 100 % of everybody's capacity, whatever may move.
    """

    cost: int
    bound: int
    shortfall: int
    work: Work = field(repr=False)

    @property
    def proven(self) -> bool:
        """Whether no other plan under the same limits costs less."""
        return self.cost <= self.bound

    @property
    def gap_percent(self) -> float | None:
        """How much more than the bound it costs; None when the bound is nothing and the cost is not."""
        if self.cost <= self.bound:
            return 0.0
        return (self.cost - self.bound) / self.bound * 100 if self.bound else None

    @cached_property
    def assignment(self) -> Mapping[str, str]:
        """Who gets each item."""
        carriers, items = self.work.model.team.carriers, self.work.model.problem.items
        placed = zip(items, self.work.sharing.place, strict=True)
        return {item.id: carriers[who].id for item, who in placed if who >= 0}

    @cached_property
    def loads(self) -> Mapping[str, int]:
        """Each carrier's load, in hundredths of a point."""
        carriers = self.work.model.team.carriers
        return {who.id: load // SCALE for who, load in zip(carriers, self.work.sharing.load, strict=True)}

    @cached_property
    def blocked(self) -> tuple[Blocked, ...]:
        """The items that nobody can be given."""
        model = self.work.model
        return tuple(
            Blocked(model.problem.items[item].id, "all_forbidden" if model.allowed[item] else "nobody_eligible")
            for item, chances in enumerate(model.chances)
            if not chances
        )

    @property
    def used(self) -> int:
        """How many held items leave a holder who may keep them."""
        return self.work.sharing.away

    @property
    def highest_tenths(self) -> int:
        """The highest utilisation, in tenths of a percent; people without any capacity have none."""
        full = [(self.loads[who.id], who.capacity) for who in self.work.model.team.carriers if who.capacity]
        return max(((2 * load * 1000 + capacity) // (2 * capacity) for load, capacity in full), default=0)

    @cached_property
    def moves(self) -> tuple[Move, ...]:
        """Every item that passes on, what saves most first."""
        sharing, model = self.work.sharing, self.work.model
        passing = [item for item, who in enumerate(sharing.place) if who >= 0 and who != model.holder(item)]
        return tuple(sorted((_move(sharing, item) for item in passing), key=lambda move: (-move.saves, move.item)))


def _move(sharing: Sharing, item: int) -> Move:
    model, carriers, here = sharing.model, sharing.model.team.carriers, sharing.place[item]
    others = {who: sharing.extra_cost(item, who) for who in sharing.chances[item] if who != here}
    saves = others.pop(sharing.home[item], 0)
    next_best = min(others, key=lambda who: (others[who], who), default=NOWHERE)
    named = model.problem.items[item]
    if next_best == NOWHERE:
        return Move(named.id, named.holder, carriers[here].id, saves, None, None)
    return Move(named.id, named.holder, carriers[here].id, saves, carriers[next_best].id, others[next_best])
