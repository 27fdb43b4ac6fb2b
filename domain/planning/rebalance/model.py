"""A problem made ready for counting: numbers for names, sets for eligibility, the cost of any load at hand.

Loads are kept in ten-thousandths of a point, so that a percentage of a capacity is always a whole number; so is cost.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from domain.core.errors import BadInput
from domain.planning.rebalance.problem import (
    Carrier,
    Item,
    Problem,
    ProblemFault,
    limit_faults,
    names,
    shape_faults,
    wish_faults,
)

SCALE = 100
NOWHERE = -1


class Curve(dict[int, int]):
    """What any load costs one carrier; worked out once for each load that is asked for."""

    __slots__ = ("breaks", "slopes")

    def __init__(self, capacity: int, bands: tuple[tuple[int, int], ...]) -> None:
        super().__init__()
        self.breaks = [percent * capacity for percent, _ in bands]
        self.slopes = [slope for _, slope in bands]

    def __missing__(self, load: int) -> int:
        reached = bisect_left(self.breaks, load)
        cost = sum(slope * (load - at) for at, slope in zip(self.breaks[:reached], self.slopes, strict=False))
        self[load] = cost
        return cost


@dataclass(frozen=True, slots=True)
class Team:
    """The carriers as numbers; shared by all models of the same people."""

    carriers: tuple[Carrier, ...]
    bands: tuple[tuple[int, int], ...]
    places: Mapping[str, int]
    fixed: tuple[int, ...]
    curves: tuple[Curve, ...]
    emptiness: tuple[float, ...]  # one over the capacity; large for nobody's

    @classmethod
    def of(cls, problem: Problem) -> Team:
        """Return the carriers of a problem as numbers."""
        carriers = problem.carriers
        return cls(
            carriers,
            problem.bands,
            {carrier.id: at for at, carrier in enumerate(carriers)},
            tuple(carrier.fixed * SCALE for carrier in carriers),
            tuple(Curve(carrier.capacity, problem.bands) for carrier in carriers),
            tuple(1 / carrier.capacity if carrier.capacity else 1e9 for carrier in carriers),
        )


@dataclass(frozen=True, slots=True)
class Model:
    """The items as numbers: who may have each (a set, and the same as bits), and where each may stay.

    ``home`` is NOWHERE for an item that must be placed; ``chances`` stays empty for an item nobody may have.
    """

    problem: Problem
    team: Team
    names: Mapping[str, int]
    points: list[int]
    allowed: list[frozenset[int]]  # by policy alone
    chances: list[frozenset[int]]  # by policy, pins and forbids
    masks: list[int]  # the chances as bits
    home: list[int]
    counts: list[int]  # how many changes of worker each is
    soft: list[Mapping[int, int]]  # bonus by carrier
    held: bool  # whether anything has a holder who may keep it, as policy goes
    wished: frozenset[int] = frozenset()  # the items that are pinned or forbidden to somebody

    def placeable(self) -> list[int]:
        """Return the items that somebody may have."""
        return [item for item, chances in enumerate(self.chances) if chances]

    def holder(self, item: int) -> int:
        """Return who has the item now, may they keep it or not; NOWHERE when that is nobody of this team."""
        return self.team.places.get(self.problem.items[item].holder or "", NOWHERE)


def compiled(problem: Problem, earlier: Model | None = None) -> Model:
    """Return the model of a problem, built upon an ``earlier`` one where people and items are the same.

    Raises BadInput, naming the first fault, when the problem cannot be meant.
    """
    if earlier is None or not _same_ground(problem, earlier.problem):
        earlier = _from_scratch(problem)
    return _wished(earlier, problem)


def _same_ground(problem: Problem, other: Problem) -> bool:
    return problem.carriers == other.carriers and problem.items == other.items and problem.bands == other.bands


def _from_scratch(problem: Problem) -> Model:
    refuse(shape_faults(problem))
    team = Team.of(problem)
    known: dict[frozenset[str], frozenset[int]] = {}
    allowed = [_numbers(item.eligible, team, known) for item in problem.items]
    masks: dict[frozenset[int], int] = {}
    home = [_home(item, team) for item in problem.items]
    return Model(
        replace(problem, pins={}, forbids=frozenset()),
        team,
        names(problem.items),
        [item.points * SCALE for item in problem.items],
        allowed,
        allowed,
        [masks[chances] if chances in masks else masks.setdefault(chances, bits(chances)) for chances in allowed],
        home,
        [item.counts for item in problem.items],
        [
            {team.places[who]: worth for who, worth in item.bonus.items() if who in team.places}
            for item in problem.items
        ],
        any(holder != NOWHERE for holder in home),
    )


def _numbers(eligible: frozenset[str], team: Team, known: dict[frozenset[str], frozenset[int]]) -> frozenset[int]:
    if eligible not in known:
        known[eligible] = frozenset(map(team.places.__getitem__, eligible))
    return known[eligible]


def _home(item: Item, team: Team) -> int:
    return team.places[item.holder] if item.holder in item.eligible else NOWHERE


def bits(numbers: Iterable[int]) -> int:
    """Return a set of small numbers as the bits of one."""
    return sum(map((1).__lshift__, numbers))


def refuse(faults: Iterable[ProblemFault]) -> None:
    """Raise BadInput for the first of the faults, if there is one."""
    for fault in faults:
        raise BadInput(fault.words, field=fault.key, hint="Nothing was planned.")


def _wished(model: Model, problem: Problem) -> Model:
    """Return the model under the pins and forbids of ``problem``; what is touched by neither set is shared."""
    old = model.problem
    refuse(limit_faults(problem))
    if problem.pins == old.pins and problem.forbids == old.forbids:
        return replace(model, problem=problem)
    refuse(wish_faults(problem, model.names, model.team.places))
    wishes = _by_item(problem, model)
    chances, masks, home = list(model.chances), list(model.masks), list(model.home)
    for item in model.wished | wishes.keys():
        pinned, forbidden = wishes.get(item, (NOWHERE, frozenset()))
        left = model.allowed[item] - forbidden if forbidden else model.allowed[item]
        left = left if pinned == NOWHERE else left & {pinned}
        if left != chances[item]:
            chances[item] = left
            masks[item] = bits(left)
            holder = _home(problem.items[item], model.team)
            home[item] = holder if holder in left else NOWHERE
    wished = frozenset(wishes)
    return replace(model, problem=problem, chances=chances, masks=masks, home=home, wished=wished)


def _by_item(problem: Problem, model: Model) -> dict[int, tuple[int, frozenset[int]]]:
    places = model.team.places
    forbidden: dict[int, set[int]] = {}
    for name, carrier in problem.forbids:
        forbidden.setdefault(model.names[name], set()).add(places[carrier])
    pinned = {model.names[name]: places[carrier] for name, carrier in problem.pins.items()}
    return {
        item: (pinned.get(item, NOWHERE), frozenset(forbidden.get(item, ())))
        for item in pinned.keys() | forbidden.keys()
    }
