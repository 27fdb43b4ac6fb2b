"""What no plan can be cheaper than, and the points that no plan can keep below 100 %.

For each threshold the points above it are at least what a maximum flow, free to split items, cannot route below it;
each threshold's least, weighed by its slope, adds up to a bound on the cost (one fractional sharing attains all of
them at once, so this is the bound of the linear relaxation).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from domain.rebalance.flow import Flow
from domain.rebalance.model import NOWHERE, SCALE, Model

FULL = 100


@dataclass(frozen=True, slots=True)
class Over:
    """The least points above one threshold, in ten-thousandths, and the flow that says so."""

    share: int
    limits: Sequence[int]  # the threshold of each carrier
    masks: Sequence[int]  # the chances of each item as they were counted
    flow: Flow
    above: int  # of fixed load alone
    least: int


Overs = dict[int, Over]


def overs(model: Model, masks: Sequence[int]) -> Overs:
    """Count the least points above every threshold, lowest first; each flow goes on from the one before."""
    fixed = model.team.fixed
    flow = Flow([0] * len(fixed))
    for mask, points in zip(masks, model.points, strict=True):
        if mask:
            flow.add(mask, points)
    found: Overs = {}
    room = [0] * len(fixed)
    for share in sorted({FULL} | {share for share, _ in model.team.bands}):
        if found:
            flow = flow.copy()
        limits = [share * carrier.capacity for carrier in model.team.carriers]
        wider = [max(0, limit - load) for limit, load in zip(limits, fixed, strict=True)]
        flow.widen([new - had for new, had in zip(wider, room, strict=True)])
        room = wider
        above = sum(max(0, load - limit) for limit, load in zip(limits, fixed, strict=True))
        found[share] = Over(share, limits, masks, flow, above, above + flow.push())
    return found


def recounted(old: Overs, model: Model, masks: Sequence[int], loads: Sequence[int] | None = None) -> Overs:
    """Count again after some items changed their chances: each old flow is repaired where they pass.

    Where the choice has only narrowed, a threshold above which ``loads`` hold no more than was counted is as it was.
    """
    found = dict(old)
    for share, over in old.items():
        if (
            loads is None
            or sum(load - at for load, at in zip(loads, over.limits, strict=True) if load > at) > over.least
        ):
            found[share] = _recounted(over, model, masks)
    return found


def _recounted(over: Over, model: Model, masks: Sequence[int]) -> Over:
    flow = over.flow.copy()
    for item, (was, now) in enumerate(zip(over.masks, masks, strict=True)):
        if was != now:
            if was:
                flow.take(was, model.points[item])
            if now:
                flow.add(now, model.points[item])
    return replace(over, masks=masks, flow=flow, least=over.above + flow.push())


def least_above(model: Model, masks: Sequence[int], limits: Sequence[int]) -> int:
    """Return the least points, in ten-thousandths, that any sharing leaves above each carrier's own limit."""
    fixed = model.team.fixed
    flow = Flow([max(0, limit - load) for limit, load in zip(limits, fixed, strict=True)])
    for mask, points in zip(masks, model.points, strict=True):
        if mask:
            flow.add(mask, points)
    return flow.push() + sum(max(0, load - limit) for limit, load in zip(limits, fixed, strict=True))


def frozen(model: Model) -> list[int]:
    """Return the chances of each item, as bits, when nothing may leave a holder who may keep it."""
    return [mask if home == NOWHERE else 1 << home for mask, home in zip(model.masks, model.home, strict=True)]


def cost_bound(model: Model, free: Overs, still: Overs | None) -> int:
    """Return what no plan within the limit of moves costs less than, in ten-thousandths of a point.

    ``free`` counts with every move allowed. ``still`` counts with none: where moves are limited, what is then above a
    threshold can sink by no more than so many moves take away.
    """
    total = 0
    for share, slope in model.team.bands:
        least = free[share].least
        if still is not None and model.problem.most_moves is not None:
            least = max(least, still[share].least - _lifted(model, still, share, model.problem.most_moves))
        total += slope * least
    return total


def _lifted(model: Model, still: Overs, share: int, moves: int) -> int:
    """Return the most that so many moves can take away of what is above a threshold when nothing moves.

    A move takes away no more than its own points. Nor does it take more than what its holder's own load is above the
    threshold, but for making room there for items that must be placed and found none.
    """
    held: dict[int, list[int]] = {}
    for item, home in enumerate(model.home):
        if home >= 0:
            held.setdefault(home, []).append(model.points[item])
    taken: list[int] = []
    above = 0
    for home, points in held.items():
        carrier = model.team.carriers[home]
        over = min(sum(points), max(0, model.team.fixed[home] + sum(points) - share * carrier.capacity))
        above += over
        for one in sorted(points, reverse=True):
            taken.append(min(one, over))
            over -= taken[-1]
    fixed = still[share].above
    unplaced = still[share].least - fixed - above
    heaviest = sorted((points for some in held.values() for points in some), reverse=True)
    return min(sum(heaviest[:moves]), sum(sorted(taken, reverse=True)[:moves]) + max(0, unplaced))


def shortfall(free: Overs) -> int:
    """Return the points, in hundredths, that no sharing keeps at or below everybody's full capacity."""
    return free[FULL].least // SCALE
