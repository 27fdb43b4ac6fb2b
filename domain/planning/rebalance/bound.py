"""What no plan can be cheaper than, and the points that no plan can keep below 100 %.

For each threshold the points above it are at least what a maximum flow, free to split items, cannot route below it;
each threshold's least, weighed by its slope, adds up to a bound on the cost (one fractional sharing attains all of
them at once, so this is the bound of the linear relaxation).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from domain.planning.rebalance.flow import Flow
from domain.planning.rebalance.model import NOWHERE, SCALE, Model

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

    ``free`` counts with every move allowed, ``still`` with none: where moves are limited, what is then above a
    threshold sinks by no more than so many moves take away. Below some threshold the first may say more, above it the
    second: each threshold is tried as the place to change over, and the highest bound holds.
    """
    bands, moves = model.team.bands, model.problem.most_moves
    counted = [slope * free[share].least for share, slope in bands]
    if still is None or moves is None:
        return sum(counted)
    held = _held(model)
    heaviest = sum(sorted((points for some in held.values() for points in some), reverse=True)[:moves])
    singly = [slope * (still[share].least - heaviest) for share, slope in bands]
    bounds = [sum(map(max, counted, singly))]
    above = {share: _above(model, held, share) for share, _ in bands}
    for change in range(len(bands)):
        upper = bands[change:]
        unmoved = sum(slope * (still[share].above + sum(above[share].values())) for share, slope in upper)
        taken = [gain for home in held for gain in _gains(held[home], [(above[s][home], slope) for s, slope in upper])]
        bounds.append(sum(counted[:change]) + unmoved - sum(sorted(taken, reverse=True)[:moves]))
    return max(bounds)


def _held(model: Model) -> dict[int, list[int]]:
    """Return the points of what each carrier may keep, the heaviest first."""
    held: dict[int, list[int]] = {}
    for item, home in enumerate(model.home):
        if home >= 0:
            held.setdefault(home, []).append(model.points[item])
    return {home: sorted(points, reverse=True) for home, points in held.items()}


def _above(model: Model, held: dict[int, list[int]], share: int) -> dict[int, int]:
    """Return how much of what each carrier holds is above a threshold, with nothing new."""
    found = {}
    for home, points in held.items():
        limit = share * model.team.carriers[home].capacity
        found[home] = min(sum(points), max(0, model.team.fixed[home] + sum(points) - limit))
    return found


def _gains(points: list[int], above: list[tuple[int, int]]) -> list[int]:
    """Return what one more item gone saves at most: no threshold loses more than was held above it."""
    gains, gone = [], 0
    for one in points:
        gain = sum(slope * (min(gone + one, over) - min(gone, over)) for over, slope in above)
        if not gain:
            break
        gains.append(gain)
        gone += one
    return gains


def shortfall(free: Overs) -> int:
    """Return the points, in hundredths, that no sharing keeps at or below everybody's full capacity."""
    return free[FULL].least // SCALE
