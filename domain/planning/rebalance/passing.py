"""Passing items between two carriers, one or one against another, wherever that makes a sharing cheaper.

Cost is convex: only an item that goes to somebody whose next point costs less than the giver's last can help.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable
from typing import NamedTuple

from domain.planning.rebalance.search import Sharing

UNLIMITED = 1 << 60
FEW = 24  # pairs of items up to which trying them all is the quickest


class Passing(NamedTuple):
    """One item from a carrier to another, and perhaps one back (or -1)."""

    saves: int
    item: int
    back: int
    source: int
    target: int

    def do(self, sharing: Sharing) -> None:
        """Let it happen."""
        sharing.put(self.item, self.target)
        if self.back >= 0:
            sharing.put(self.back, self.source)


class Goal(NamedTuple):
    """How far to search: down to a cost, within a number of moves that count, and until told to stop."""

    floor: int
    limit: int
    stop: Callable[[], bool]


def settle(sharing: Sharing, carriers: Iterable[int], goal: Goal, spare: int) -> None:
    """Let items pass between these carriers and all others while that is cheaper.

    No passing may add more than ``spare`` to the moves that count.
    """
    waiting = list(carriers)
    queued = set(waiting)
    while waiting and sharing.cost > goal.floor and not goal.stop():
        carrier = waiting.pop()
        queued.discard(carrier)
        while (found := _best_with(sharing, carrier, spare)) is not None:
            found.do(sharing)
            partner = found.source if found.target == carrier else found.target
            if partner not in queued:
                queued.add(partner)
                waiting.append(partner)


def _best_with(sharing: Sharing, carrier: int, spare: int) -> Passing | None:
    """Return the passing between a carrier and any other that saves most."""
    found, saves = None, 0
    left, right = sharing.left, sharing.right
    down, up = left[carrier], right[carrier]
    for other, its_up in enumerate(right):
        if its_up < down:
            better = exchange(sharing, carrier, other, saves, spare)
        elif up < left[other]:
            better = exchange(sharing, other, carrier, saves, spare)
        else:
            continue
        if better is not None:
            found, saves = better, better.saves
    return found


def exchange(sharing: Sharing, source: int, target: int, saves: int, spare: int) -> Passing | None:
    """Return the passing from source to target that saves most, when that is more than ``saves``.

    Without a move to spare only those pass that leave no home.
    """
    members = sharing.members if spare else sharing.loose
    give, back = members[source], members[target]
    if not give:
        return None
    chances = sharing.chances
    if len(give) * len(back) <= FEW:
        mine = [item for item in give if target in chances[item]]
        theirs = [item for item in back if source in chances[item]] if mine else []
        return _tried(sharing, source, target, saves, spare, mine, theirs)
    wanted, most = _ideal(sharing, source, target)
    if most <= saves:
        return None
    mine = [item for item in give if target in chances[item]]
    theirs = [item for item in back if source in chances[item]] if mine else []
    return _matched(sharing, source, target, saves, spare, mine, theirs, wanted, most)


def _tried(
    sharing: Sharing, source: int, target: int, saves: int, spare: int, mine: list[int], theirs: list[int]
) -> Passing | None:
    """Try every item alone and against every one back."""
    points, more_away = sharing.points, sharing.more_away
    giving, taking = sharing.curves[source], sharing.curves[target]
    high, low = sharing.load[source], sharing.load[target]
    now = sharing.costs[source] + sharing.costs[target]
    found = None
    for item in mine:
        weight = points[item]
        gain = now - giving[high - weight] - taking[low + weight]
        if gain > saves and more_away(item, source, target) <= spare:
            saves, found = gain, (item, -1)
        for back in theirs:
            passing = weight - points[back]
            if passing > 0:
                gain = now - giving[high - passing] - taking[low + passing]
                if gain > saves and more_away(item, source, target) + more_away(back, target, source) <= spare:
                    saves, found = gain, (item, back)
    return Passing(saves, *found, source, target) if found else None


def _matched(
    sharing: Sharing,
    source: int,
    target: int,
    saves: int,
    spare: int,
    mine: list[int],
    theirs: list[int],
    wanted: int,
    most: int,
) -> Passing | None:
    """Try every item alone and against the two backs nearest to what had best pass, until no more can be saved."""
    points, more_away = sharing.points, sharing.more_away
    giving, taking = sharing.curves[source], sharing.curves[target]
    high, low = sharing.load[source], sharing.load[target]
    now = sharing.costs[source] + sharing.costs[target]
    backs = _by_moves(sharing, source, target, theirs)
    found = None
    for item in mine:
        weight = points[item]
        left = spare - more_away(item, source, target)
        for back in (-1, *_nearest(backs, left, weight - wanted)):
            passing = weight - points[back] if back >= 0 else weight
            if passing > 0 and (back >= 0 or left >= 0):
                gain = now - giving[high - passing] - taking[low + passing]
                if gain > saves:
                    saves, found = gain, (item, back)
        if saves == most:
            break
    return Passing(saves, *found, source, target) if found else None


def _ideal(sharing: Sharing, source: int, target: int) -> tuple[int, int]:
    """Return how many points had best pass if they could be cut to measure, and what that would save."""
    giving, taking = sharing.curves[source], sharing.curves[target]
    high, low = sharing.load[source], sharing.load[target]
    now = sharing.costs[source] + sharing.costs[target]
    amounts = [high - at for at in giving.breaks if at < high]
    amounts += [at - low for at in taking.breaks if low < at <= low + high]
    wanted, most = 0, 0
    for amount in amounts:
        gain = now - giving[high - amount] - taking[low + amount]
        if gain > most:
            wanted, most = amount, gain
    return wanted, most


Backs = dict[int, list[tuple[int, int]]]


def _by_moves(sharing: Sharing, source: int, target: int, items: list[int]) -> Backs:
    """Return items by weight, for each number of changes of worker that their coming back adds or takes away."""
    lists: Backs = {}
    for item in items:
        lists.setdefault(sharing.more_away(item, target, source), []).append((sharing.points[item], item))
    for one in lists.values():
        one.sort()
    return lists


def _nearest(backs: Backs, spare: int, weight: int) -> list[int]:
    """Return the items next to a weight, above and below, among those that ``spare`` moves allow."""
    found = []
    for more, one in backs.items():
        if more <= spare:
            at = bisect_left(one, (weight, -1))
            found += [item for _, item in one[max(0, at - 1) : at + 1]]
    return found


def spend(sharing: Sharing, goal: Goal) -> None:
    """Make the moves that save most, up to the limit, the rest settling after each.

    What saves most for each change of worker goes first; or, where large families then find no room within the limit,
    what saves most at all: whichever ends better.
    """
    mark = len(sharing.log)
    _spend(sharing, goal, by_change=True)
    if max(sharing.counts, default=1) == 1 or goal.limit == UNLIMITED or goal.stop():
        return
    cost, moves = sharing.cost, [(item, sharing.place[item]) for item, _ in sharing.log[mark:]]
    sharing.undo(mark)
    _spend(sharing, goal, by_change=False)
    if sharing.cost >= cost:
        sharing.undo(mark)
        for item, carrier in moves:
            sharing.put(item, carrier)


def _spend(sharing: Sharing, goal: Goal, *, by_change: bool) -> None:
    while sharing.away < goal.limit and sharing.cost > goal.floor and not goal.stop():
        found = _best_move(sharing, goal.limit - sharing.away, by_change=by_change)
        if found is None:
            break
        found.do(sharing)
        settle(sharing, {found.source, found.target}, goal, 0)


def _best_move(sharing: Sharing, spare: int, *, by_change: bool) -> Passing | None:
    """Return what saves most, for each change of worker or in all: one item, or two that change places."""
    found, rate = None, 0
    left, right = sharing.left, sharing.right
    most_at_once = min(spare, max(2, max(sharing.counts, default=1)))
    for most, source in sorted(_reliefs(sharing), reverse=True):
        if most <= rate:
            break
        hopes = _hopes(sharing, source)
        for target, level in enumerate(right):
            if level >= left[source]:
                continue
            for changes in range(1, most_at_once + 1) if by_change else (most_at_once,):
                counted = changes if by_change else 1
                if hopes[level] <= rate * counted:
                    break
                better = exchange(sharing, source, target, rate * counted, changes)
                if better is not None:
                    found, rate = better, better.saves // counted
    return found


def _reliefs(sharing: Sharing) -> list[tuple[int, int]]:
    """Return for each carrier with items the most that passing one of them on could ever save."""
    points = sharing.points
    return [
        (sharing.costs[who] - sharing.curves[who][sharing.load[who] - max(map(points.__getitem__, items))], who)
        for who, items in enumerate(sharing.members)
        if items
    ]


def _hopes(sharing: Sharing, source: int) -> list[int]:
    """Return the most that one item from a carrier could save, by how many thresholds its taker is already above."""
    curve, high, cost = sharing.curves[source], sharing.load[source], sharing.costs[source]
    heaviest = max(map(sharing.points.__getitem__, sharing.members[source]))
    amounts = [min(heaviest, high - at) for at in curve.breaks if at < high]
    slopes = [sum(curve.slopes[:level]) for level in range(len(curve.slopes) + 1)]
    return [max((cost - curve[high - much] - slope * much for much in amounts), default=0) for slope in slopes]
