"""What no plan can be cheaper than, and the points that no plan can keep below 100 %.

For each threshold the points above it are at least what a maximum flow, free to split items, cannot route below it;
each threshold's least, weighed by its slope, adds up to a bound on the cost (one fractional sharing attains all of
them at once, so this is the bound of the linear relaxation).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
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
    if still is None or moves is None:
        return sum(slope * free[share].least for share, slope in bands)
    bands = tuple((share, slope) for share, slope in bands if still[share].least)  # where all fits, none costs
    counted = [slope * free[share].least for share, slope in bands]
    parts = held(model)
    heaviest = sum(sorted((points for some in parts.values() for points in some), reverse=True)[:moves])
    singly = [slope * (still[share].least - heaviest) for share, slope in bands]
    bounds = [sum(map(max, counted, singly))]
    kept = _kept(model)
    above = {share: _above(model, kept, share) for share, _ in bands}
    for change in range(len(bands)):
        upper = bands[change:]
        unmoved = sum(slope * (still[share].above + sum(above[share].values())) for share, slope in upper)
        over = {home: [(above[share][home], slope) for share, slope in upper] for home in parts}
        taken = [gain for home, mine in parts.items() for gain in _gains(mine, over[home])]
        bounds.append(sum(counted[:change]) + unmoved - sum(sorted(taken, reverse=True)[:moves]))
    return max(bounds)


def _kept(model: Model) -> dict[int, int]:
    """Return the points of all that each carrier may keep."""
    found: dict[int, int] = {}
    for points, home in zip(model.points, model.home, strict=True):
        if home >= 0:
            found[home] = found.get(home, 0) + points
    return found


def held(model: Model, items: Iterable[int] | None = None) -> dict[int, list[int]]:
    """Return what of some items, or of all, each carrier may keep, in parts, the heaviest first.

    There is one part for each change of worker: an item of three siblings is three parts of a third each, rounded up. A
    limit of changes that is spent on parts, as if they could pass singly, takes away no less than on whole items.
    """
    found: dict[int, list[int]] = {}
    for item in range(len(model.points)) if items is None else items:
        counts, home = model.counts[item], model.home[item]
        if home >= 0:
            found.setdefault(home, []).extend([-(-model.points[item] // counts)] * counts)
    return {home: sorted(parts, reverse=True) for home, parts in found.items()}


def _above(model: Model, kept: dict[int, int], share: int) -> dict[int, int]:
    """Return how much of what each carrier holds is above a threshold, with nothing new."""
    found = {}
    for home, points in kept.items():
        limit = share * model.team.carriers[home].capacity
        found[home] = min(points, max(0, model.team.fixed[home] + points - limit))
    return found


def _gains(points: list[int], above: list[tuple[int, int]]) -> list[int]:
    """Return what one more part gone saves at most: no threshold loses more than was held above it."""
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
