"""What is to be shared out, to whom, under which limits; and what is wrong with that, in words.

Points and capacities are integer hundredths of a point throughout.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple

# From this percentage of each one's own capacity on, a point costs this much more: it costs 1 above 80 %, 3 above
# 90 %, 9 above 100 %, 29 above 110 %, and half as much again with every further step. So the worst-off are relieved
# first, and nobody is ever piled up on for nothing. Our own judgement: no source gives such a figure.
_STEPS = (*range(115, 200, 5), *range(200, 300, 10), *range(300, 601, 50))


def _rising(bands: tuple[tuple[int, int], ...]) -> tuple[tuple[int, int], ...]:
    slope = sum(more for _, more in bands)
    for percent in _STEPS:
        bands = (*bands, (percent, slope // 2))
        slope += slope // 2
    return bands


DEFAULT_BANDS = _rising(((80, 1), (90, 2), (100, 6), (110, 20)))


@dataclass(frozen=True, slots=True)
class Carrier:
    """A worker: what they can carry, and the part of their load that cannot move."""

    id: str
    capacity: int
    fixed: int = 0


@dataclass(frozen=True, slots=True)
class Item:
    """Cases that go together: ``holder`` has them now (None: they must be placed), ``eligible`` may take them.

    A holder outside ``eligible`` must give the item up. ``changes`` is how many children or adults get another worker
    when it passes on from its holder: every case, unless only some of them are with the holder. ``bonus`` prefers
    carriers among plans of equal cost and equally many moves (continuity, travel); it never makes a plan cost more.
    """

    id: str
    cases: tuple[str, ...]
    points: int
    holder: str | None
    eligible: frozenset[str]
    bonus: Mapping[str, int] = field(default_factory=dict)
    changes: int | None = None

    @property
    def counts(self) -> int:
        """How many changes of worker it is when the item passes on."""
        return len(self.cases) if self.changes is None else self.changes


@dataclass(frozen=True, slots=True)
class Problem:
    """One question: share ``items`` among ``carriers``.

    ``most_moves`` limits how many cases leave a holder who may keep them, siblings counted each; what must move in any
    case does not count. ``pins`` and ``forbids`` name an item by its own id or by that of one of its cases. ``bands``
    are pairs of a percentage of capacity and the extra cost of a point above it, lowest first.
    """

    carriers: tuple[Carrier, ...]
    items: tuple[Item, ...]
    bands: tuple[tuple[int, int], ...] = DEFAULT_BANDS
    most_moves: int | None = None
    pins: Mapping[str, str] = field(default_factory=dict)
    forbids: frozenset[tuple[str, str]] = frozenset()


AIM = 10**12  # so much more a point above a target costs, that no other point matters beside it


def aimed(problem: Problem, target: int) -> Problem:
    """Return the problem with a target, in percent of capacity, put before everything else."""
    bands = {**dict(problem.bands), target: dict(problem.bands).get(target, 0) + AIM}
    return replace(problem, bands=tuple(sorted(bands.items())))


class ProblemFault(NamedTuple):
    """One thing that is wrong or worth knowing; nothing can be solved while a fault ``stops``."""

    key: str
    words: str
    item: str | None = None
    carrier: str | None = None
    stops: bool = True


def problems(problem: Problem) -> list[ProblemFault]:
    """Return everything wrong with a problem, what stops it first; then what a person should know of it."""
    found = list(shape_faults(problem))
    if not found:
        found += wish_faults(problem, names(problem.items), {carrier.id for carrier in problem.carriers})
    return found or list(_notices(problem))


def names(items: tuple[Item, ...]) -> dict[str, int]:
    """Return the place of every item under its own id and under those of its cases."""
    places = {case: at for at, item in enumerate(items) for case in item.cases}
    return places | {item.id: at for at, item in enumerate(items)}


def shape_faults(problem: Problem) -> Iterator[ProblemFault]:
    """Yield what is wrong with carriers, items, bands and the limit."""
    yield from limit_faults(problem)
    known = set()
    for carrier in problem.carriers:
        if carrier.id in known:
            yield ProblemFault("carrier_twice", f"{carrier.id} is listed twice among the workers.", carrier=carrier.id)
        if carrier.capacity < 0 or carrier.fixed < 0:
            words = f"{carrier.id} has a capacity or a fixed load below nothing."
            yield ProblemFault("negative_capacity", words, carrier=carrier.id)
        known.add(carrier.id)
    yield from _item_faults(problem.items, known)


def limit_faults(problem: Problem) -> Iterator[ProblemFault]:
    """Yield what is wrong with the bands and the limit."""
    shares = [at for at, _ in problem.bands]
    if shares != sorted(set(shares)) or any(at < 0 or slope <= 0 for at, slope in problem.bands):
        yield ProblemFault("bands", "Bands rise from one percentage to the next, and each adds to the cost of a point.")
    if problem.most_moves is not None and problem.most_moves < 0:
        yield ProblemFault("most_moves", "The number of moves allowed cannot be below nothing.")


def _item_faults(items: tuple[Item, ...], known: set[str]) -> Iterator[ProblemFault]:
    seen: set[str] = set()
    cases: set[str] = set()
    for item in items:
        if item.id in seen:
            yield ProblemFault("item_twice", f"{item.id} is listed twice.", item.id)
        if not cases.isdisjoint(item.cases):
            yield ProblemFault("case_twice", f"A case of {item.id} is also part of another item.", item.id)
        if item.points < 0:
            yield ProblemFault("negative_points", f"{item.id} has points below nothing.", item.id)
        if item.counts < 1:
            yield ProblemFault("no_changes", f"{item.id} passes on as nobody's change of worker.", item.id)
        if not item.eligible <= known:
            stray = min(item.eligible - known)
            yield ProblemFault(
                "unknown_carrier", f"{item.id} may go to {stray}, who is not among the workers.", item.id, stray
            )
        seen.add(item.id)
        cases.update(item.cases)


def wish_faults(problem: Problem, places: Mapping[str, int], known: Container[str]) -> Iterator[ProblemFault]:
    """Yield pins and forbids that name nobody, or that contradict policy, each other or themselves."""
    pinned: dict[int, str] = {}
    for name, carrier in problem.pins.items():
        yield from _wish_names(name, carrier, places, known)
        if name in places and carrier in known:
            yield from _pin_faults(problem.items[places[name]], carrier, pinned.setdefault(places[name], carrier))
    for name, carrier in sorted(problem.forbids):
        yield from _wish_names(name, carrier, places, known)
        if pinned.get(places.get(name, -1)) == carrier:
            words = f"{name} is both pinned to {carrier} and forbidden to them: take one of the two back."
            yield ProblemFault("pin_and_forbid", words, name, carrier)


def _wish_names(name: str, carrier: str, places: Mapping[str, int], known: Container[str]) -> Iterator[ProblemFault]:
    if name not in places:
        yield ProblemFault(
            "unknown_item", f"{name} is pinned or forbidden, but is not part of this plan.", name, carrier
        )
    if carrier not in known:
        yield ProblemFault(
            "unknown_carrier", f"{name} is pinned or forbidden to {carrier}, who is not here.", name, carrier
        )


def _pin_faults(item: Item, carrier: str, already: str) -> Iterator[ProblemFault]:
    if already != carrier:
        words = f"{item.id} is pinned to {already} and to {carrier}: cases that go together have one holder."
        yield ProblemFault("two_pins", words, item.id, carrier)
    if carrier not in item.eligible:
        words = f"{item.id} is pinned to {carrier}, whom policy does not let hold it."
        yield ProblemFault("pin_not_eligible", words, item.id, carrier)


def _notices(problem: Problem) -> Iterator[ProblemFault]:
    capacities = {carrier.id: carrier for carrier in problem.carriers}
    if problem.items and not any(carrier.capacity for carrier in problem.carriers):
        yield ProblemFault("no_capacity", "Nobody here has any capacity, so every point is over.", stops=False)
    places = names(problem.items)
    forbidden: dict[int, set[str]] = {}
    for name, carrier in problem.forbids:
        forbidden.setdefault(places[name], set()).add(carrier)
    for at, item in enumerate(problem.items):
        left = item.eligible - forbidden.get(at, set())
        if not item.eligible:
            yield ProblemFault("nobody_eligible", f"Policy lets nobody here hold {item.id}.", item.id, stops=False)
        elif not left:
            words = f"Everybody who may hold {item.id} has been forbidden it."
            yield ProblemFault("all_forbidden", words, item.id, stops=False)
        elif item.points > max(capacities[who].capacity - capacities[who].fixed for who in left):
            words = f"{item.id} is heavier than the room of anybody who may hold it, even with no other case."
            yield ProblemFault("too_heavy", words, item.id, stops=False)
