"""Small random changes to a plan: kept when the plan then costs no more, undone when it costs more."""

from __future__ import annotations

from random import Random

from domain.planning.rebalance.passing import UNLIMITED, Goal, settle, spend
from domain.planning.rebalance.search import Sharing


def improve(sharing: Sharing, goal: Goal, rng: Random, rounds: int) -> None:
    """Disturb and settle up to ``rounds`` times; keep a plan of equal cost, undo one that costs more."""
    for number in range(rounds):
        if sharing.cost <= goal.floor or goal.stop():
            return
        mark, cost = len(sharing.log), sharing.cost
        if goal.limit == UNLIMITED:
            settle(sharing, kick(sharing, rng, UNLIMITED), goal, UNLIMITED)
        else:
            touched = _send_home(sharing, rng)
            if number % 2:
                touched |= kick(sharing, rng, goal.limit)
            settle(sharing, touched, goal, 0)
            spend(sharing, goal)
        if sharing.cost > cost:
            sharing.undo(mark)


def _send_home(sharing: Sharing, rng: Random) -> set[int]:
    """Take back a few of the moves that count, so that others may be made; return who was touched."""
    away = [item for item, home in enumerate(sharing.home) if 0 <= home != sharing.place[item]]
    touched: set[int] = set()
    for item in rng.sample(away, min(len(away), rng.choice((0, 1, 1, 2, 3, 4)))):
        touched |= {sharing.place[item], sharing.home[item]}
        sharing.put(item, sharing.home[item])
    return touched


def kick(sharing: Sharing, rng: Random, limit: int) -> set[int]:
    """Push an item on to somebody else, and what is then too much there a little further; return who was touched."""
    item = _one_to_push(sharing, rng)
    touched: set[int] = set()
    for _ in range(rng.choice((1, 2, 2, 3))):
        if item is None:
            break
        source = sharing.place[item]
        target = _one_to_take(sharing, item, rng, limit - sharing.away)
        if target is None:
            break
        sharing.put(item, target)
        touched |= {source, target}
        others = sorted(sharing.members[target] - {item})
        item = rng.choice(others) if others else None
    return touched


def _one_to_push(sharing: Sharing, rng: Random) -> int | None:
    """Return an item of somebody whose points cost more than another's would."""
    lowest = min(sharing.right, default=0)
    high = [who for who, level in enumerate(sharing.left) if level > lowest and sharing.members[who]]
    return rng.choice(sorted(sharing.members[rng.choice(high)])) if high else None


def _one_to_take(sharing: Sharing, item: int, rng: Random, spare: int) -> int | None:
    """Return the one of a few others, drawn at random, whom the item costs least."""
    source = sharing.place[item]
    may = [who for who in sharing.chances[item] if who != source and sharing.more_away(item, source, who) <= spare]
    if not may:
        return None
    weight, load, costs, curves = sharing.points[item], sharing.load, sharing.costs, sharing.curves
    drawn = rng.sample(may, min(3, len(may)))
    return min(drawn, key=lambda who: curves[who][load[who] + weight] - costs[who])
