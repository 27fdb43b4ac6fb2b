"""Who has what while a plan is being sought: kept up item by item, and taken back just as easily."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable, Sequence

from domain.planning.rebalance.model import NOWHERE, Model


class Sharing:
    """Who has which item, with every carrier's load and cost kept up as items pass, and a log to undo by.

    ``loose`` are the members who would leave no home; ``away`` counts the changes of worker: the cases that left a
    holder who may keep them; ``worth`` adds up the bonus. ``left`` and
    ``right`` tell how many thresholds lie below a carrier's load, and at it or below: the slopes down and up.
    """

    __slots__ = ("away", "chances", "cost", "costs", "counts", "curves", "home", "left", "load", "log", "loose",
                 "members", "model", "place", "points", "right", "worth")  # fmt: skip

    def __init__(self, model: Model, place: Sequence[int] = ()) -> None:
        """Begin with everything unplaced, or where ``place`` has it and it may be."""
        self.see(model)
        self.place = [NOWHERE] * len(self.points)
        self.load = list(model.team.fixed)
        self.members: list[set[int]] = [set() for _ in self.load]
        self.loose: list[set[int]] = [set() for _ in self.load]
        self.away = self.worth = 0
        for item, carrier in enumerate(place):
            if carrier in self.chances[item]:
                self.place[item] = carrier
                self.load[carrier] += self.points[item]
                self.members[carrier].add(item)
                if self.home[item] != carrier:
                    self.loose[carrier].add(item)
                self.away += (0 <= self.home[item] != carrier) * self.counts[item]
                self.worth += model.soft[item].get(carrier, 0)
        loads = list(zip(self.curves, self.load, strict=True))
        self.costs = [curve[load] for curve, load in loads]
        self.cost = sum(self.costs)
        self.left = [bisect_left(curve.breaks, load) for curve, load in loads]
        self.right = [bisect_right(curve.breaks, load) for curve, load in loads]
        self.log: list[tuple[int, int]] = []

    def see(self, model: Model) -> None:
        """Keep the model's own lists at hand."""
        self.model = model
        self.points, self.chances, self.home, self.curves = model.points, model.chances, model.home, model.team.curves
        self.counts = model.counts

    def under(self, model: Model, changed: Iterable[int] = ()) -> Sharing:
        """Return the same sharing, to go on with under a model where only some items' chances changed."""
        twin = Sharing.__new__(Sharing)
        twin.see(model)
        twin.place, twin.load, twin.members = self.place.copy(), self.load.copy(), [had.copy() for had in self.members]
        twin.costs, twin.left, twin.right = self.costs.copy(), self.left.copy(), self.right.copy()
        twin.cost, twin.away, twin.worth, twin.log = self.cost, self.away, self.worth, []
        twin.loose = [had.copy() for had in self.loose]
        for item in changed:
            at, home, old = self.place[item], model.home[item], self.home[item]
            if at >= 0:
                (twin.loose[at].discard if home == at else twin.loose[at].add)(item)
                twin.away += ((0 <= home != at) - (0 <= old != at)) * self.counts[item]
        return twin

    def put(self, item: int, carrier: int) -> None:
        """Let an item pass to a carrier, or to nobody."""
        old = self.place[item]
        self.log.append((item, old))
        self.place[item] = carrier
        home = self.home[item]
        if home >= 0:
            self.away += ((0 <= carrier != home) - (0 <= old != home)) * self.counts[item]
        bonus = self.model.soft[item]
        if bonus:
            self.worth += bonus.get(carrier, 0) - bonus.get(old, 0)
        if old >= 0:
            self.members[old].discard(item)
            self.loose[old].discard(item)
            self._reload(old, self.load[old] - self.points[item])
        if carrier >= 0:
            self.members[carrier].add(item)
            if carrier != home:
                self.loose[carrier].add(item)
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
        """Return how many more changes of worker it makes when an item passes."""
        home = self.home[item]
        return ((home == source) - (home == target)) * self.counts[item] if home >= 0 else 0

    def extra_cost(self, item: int, carrier: int) -> int:
        """Return what the sharing would cost more with an item at another carrier."""
        here, weight = self.place[item], self.points[item]
        if here == carrier:
            return 0
        taking = self.curves[carrier][self.load[carrier] + weight] - self.costs[carrier]
        return taking + self.curves[here][self.load[here] - weight] - self.costs[here]


def fill(sharing: Sharing, items: Iterable[int]) -> None:
    """Place items, the heaviest first, each with whoever is then least full."""
    emptiness, points, load, chances = sharing.model.team.emptiness, sharing.points, sharing.load, sharing.chances
    fullness = sorted((held * emptiness[who], who) for who, held in enumerate(load))
    for item in sorted(items, key=lambda item: (-points[item], item)):
        weight, may = points[item], chances[item]
        least, best = float("inf"), NOWHERE
        for full, who in fullness:
            if full >= least:
                break
            if who in may and (then := (load[who] + weight) * emptiness[who]) < least:
                least, best = then, who
        fullness.remove((load[best] * emptiness[best], best))
        sharing.put(item, best)
        insort(fullness, (load[best] * emptiness[best], best))
