"""What no plan can be cheaper than, and the points that no plan can keep below 100 %.

For each threshold the points above it are at least what a maximum flow, free to split items, cannot route below it;
each threshold's least, weighed by its slope, adds up to a bound on the cost (one fractional sharing attains all of
them at once, so this is the bound of the linear relaxation).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from domain.rebalance.flow import Flow
from domain.rebalance.model import NOWHERE, SCALE, Model

FULL = 100


@dataclass(frozen=True, slots=True)
class Overs:
    """The least points above each threshold, in ten-thousandths, and the flows that say so."""

    masks: Sequence[int]  # the chances of each item as they were counted
    shares: tuple[int, ...]
    flows: tuple[Flow, ...]
    above: tuple[int, ...]  # of fixed load alone
    least: tuple[int, ...]

    def at(self, share: int) -> int:
        """Return the least points above a share of capacity that was counted."""
        return self.least[self.shares.index(share)]


def overs(model: Model, masks: Sequence[int], shares: tuple[int, ...]) -> Overs:
    """Count the least points above each of ``shares`` (rising) of every capacity; each flow goes on from the last."""
    flow = Flow([0] * len(model.team.carriers))
    for mask, points in zip(masks, model.points, strict=True):
        if mask:
            flow.add(mask, points)
    flows, least, above = [], [], []
    room = [0] * len(model.team.carriers)
    for share in shares:
        limits = [share * carrier.capacity for carrier in model.team.carriers]
        wider = [max(0, limit - fixed) for limit, fixed in zip(limits, model.team.fixed, strict=True)]
        flow.widen([new - had for new, had in zip(wider, room, strict=True)])
        room = wider
        above.append(sum(max(0, fixed - limit) for limit, fixed in zip(limits, model.team.fixed, strict=True)))
        least.append(above[-1] + flow.push())
        flows.append(flow)
        flow = flow.copy()
    return Overs(masks, shares, tuple(flows), tuple(above), tuple(least))


def recounted(old: Overs, model: Model, masks: Sequence[int]) -> Overs:
    """Count again after some items changed their chances: each old flow is repaired where they pass."""
    changed = [item for item, (was, now) in enumerate(zip(old.masks, masks, strict=True)) if was != now]
    flows, least = [], []
    for flow, above in zip(old.flows, old.above, strict=True):
        twin = flow.copy()
        for item in changed:
            if old.masks[item]:
                twin.take(old.masks[item], model.points[item])
            if masks[item]:
                twin.add(masks[item], model.points[item])
        least.append(above + twin.push())
        flows.append(twin)
    return Overs(masks, old.shares, tuple(flows), old.above, tuple(least))


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


def shares_of(model: Model) -> tuple[int, ...]:
    """Return the percentages at which points are counted: where the cost changes, and full."""
    return tuple(sorted({FULL} | {share for share, _ in model.team.bands}))


def cost_bound(model: Model, free: Overs, still: Overs | None, moves: int | None) -> int:
    """Return what no plan with at most ``moves`` moves costs less than, in ten-thousandths of a point.

    ``free`` counts with every move allowed, ``still`` with none. Undoing a plan's moves brings at most their points
    above any threshold, so what is above it is never less than ``still`` says less the heaviest ``moves`` items.
    """
    movable = sorted((points for points, home in zip(model.points, model.home, strict=True) if home >= 0), reverse=True)
    lifted = None if still is None or moves is None else sum(movable[:moves])
    total = 0
    for share, slope in model.team.bands:
        least = free.at(share)
        if still is not None and lifted is not None:
            least = max(least, still.at(share) - lifted)
        total += slope * least
    return total


def shortfall(free: Overs) -> int:
    """Return the points, in hundredths, that no sharing keeps at or below everybody's full capacity."""
    return free.at(FULL) // SCALE
