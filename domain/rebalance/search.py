"""The search for a cheap sharing: biggest first, then exchanges between two carriers, then kicks that are undone."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence

from domain.rebalance.model import NOWHERE, Model

UNLIMITED = 1 << 60


class Sharing:
    """Who has which item, with every carrier's load and cost kept up as items pass, and a log to undo by."""

    __slots__ = ("away", "chances", "cost", "costs", "curves", "home", "left", "limit", "load", "log", "members",
                 "model", "place", "points", "right")  # fmt: skip

    def __init__(self, model: Model, place: Sequence[int] | None = None) -> None:
        """Begin with everything unplaced, or where ``place`` has it and it may be."""
        self.model = model
        self.points, self.chances, self.home = model.points, model.chances, model.home
        self.curves = model.team.curves
        self.limit = UNLIMITED if model.problem.most_moves is None else model.problem.most_moves
        self.place = [NOWHERE] * len(self.points)
        self.load = list(model.team.fixed)
        self.members: list[set[int]] = [set() for _ in self.load]
        self.away = 0
        for item, carrier in enumerate(place or ()):
            if carrier in self.chances[item]:
                self.place[item] = carrier
                self.load[carrier] += self.points[item]
                self.members[carrier].add(item)
                self.away += 0 <= self.home[item] != carrier
        self.costs = [curve[load] for curve, load in zip(self.curves, self.load, strict=True)]
        self.cost = sum(self.costs)
        # How many thresholds lie below a load, and how many at it or below: the slopes down and up from there.
        self.left = [bisect_left(curve.breaks, load) for curve, load in zip(self.curves, self.load, strict=True)]
        self.right = [bisect_right(curve.breaks, load) for curve, load in zip(self.curves, self.load, strict=True)]
        self.log: list[tuple[int, int]] = []

    def put(self, item: int, carrier: int) -> None:
        """Let an item pass to a carrier, or to nobody."""
        old = self.place[item]
        self.log.append((item, old))
        self.place[item] = carrier
        home = self.home[item]
        if home >= 0:
            self.away += (old == home) - (carrier == home)
        if old >= 0:
            self.members[old].discard(item)
            self._reload(old, self.load[old] - self.points[item])
        if carrier >= 0:
            self.members[carrier].add(item)
            self._reload(carrier, self.load[carrier] + self.points[item])

    def _reload(self, carrier: int, load: int) -> None:
        curve = self.curves[carrier]
        self.load[carrier] = load
        cost = curve[load]
        self.cost += cost - self.costs[carrier]
        self.costs[carrier] = cost
        self.left[carrier] = bisect_left(curve.breaks, load)
        self.right[carrier] = bisect_right(curve.breaks, load)

    def undo(self, to: int) -> None:
        """Take back what was done since the log had ``to`` lines."""
        log = self.log
        while len(log) > to:
            item, carrier = log.pop()
            self.put(item, carrier)
            log.pop()

    def more_away(self, item: int, source: int, target: int) -> int:
        """Return by how many the moves that count change when an item passes."""
        home = self.home[item]
        return (home == source) - (home == target) if home >= 0 else 0


def fill(sharing: Sharing, items: Iterable[int]) -> None:
    """Place items, the heaviest first, each with whoever is then least full."""
    emptiness, points, load = sharing.model.team.emptiness, sharing.points, sharing.load
    for item in sorted(items, key=lambda item: (-points[item], item)):
        weight = points[item]
        sharing.put(item, min(sharing.chances[item], key=lambda who: ((load[who] + weight) * emptiness[who], who)))


def settle(sharing: Sharing, carriers: Iterable[int]) -> None:
    """Let items pass between these carriers and all others, one or one against another, while that is cheaper."""
    waiting = list(carriers)
    queued = set(waiting)
    while waiting:
        carrier = waiting.pop()
        queued.discard(carrier)
        while (found := best_passing(sharing, carrier)) is not None:
            item, other, source, target = found
            sharing.put(item, target)
            if other >= 0:
                sharing.put(other, source)
            partner = source if target == carrier else target
            if partner not in queued:
                queued.add(partner)
                waiting.append(partner)


Passing = tuple[int, int, int, int]


def best_passing(sharing: Sharing, carrier: int) -> Passing | None:
    """Return the passing that saves most between a carrier and any other: item, item back or -1, from, to."""
    saves, found = 0, None
    left, right = sharing.left, sharing.right
    down, up = left[carrier], right[carrier]
    for other, (its_down, its_up) in enumerate(zip(left, right, strict=True)):
        if its_up < down:
            source, target = carrier, other
        elif up < its_down:
            source, target = other, carrier
        else:
            continue
        better = exchange(sharing, source, target, saves)
        if better is not None:
            saves, item, back = better
            found = (item, back, source, target)
    return found


def exchange(sharing: Sharing, source: int, target: int, saves: int) -> tuple[int, int, int] | None:
    """Return what saves more than ``saves`` when an item goes from source to target, and perhaps one back."""
    chances, points = sharing.chances, sharing.points
    mine = [item for item in sharing.members[source] if target in chances[item]]
    if not mine:
        return None
    theirs = [item for item in sharing.members[target] if source in chances[item]]
    giving, taking = sharing.curves[source], sharing.curves[target]
    high, low = sharing.load[source], sharing.load[target]
    now = sharing.costs[source] + sharing.costs[target]
    spare = sharing.limit - sharing.away
    found = None
    for item in mine:
        weight = points[item]
        gain = now - giving[high - weight] - taking[low + weight]
        if gain > saves and sharing.more_away(item, source, target) <= spare:
            saves, found = gain, (gain, item, -1)
        for back in theirs:
            passing = weight - points[back]
            if passing > 0:
                gain = now - giving[high - passing] - taking[low + passing]
                if gain > saves and (
                    sharing.more_away(item, source, target) + sharing.more_away(back, target, source) <= spare
                ):
                    saves, found = gain, (gain, item, back)
    return found
