"""How much each further move is worth: the best plan found for rising numbers of moves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import NamedTuple

from domain.planning.rebalance.plan import Plan
from domain.planning.rebalance.problem import Problem
from domain.planning.rebalance.solver import rounds_for, solve

SHARE = 3  # each point goes on from the one before, with this share of a whole search's rounds


class CurvePoint(NamedTuple):
    """The best found with at most so many moves beyond those that must be made."""

    moves: int
    highest_tenths: int
    cost: int
    plan: Plan


def curve(
    problem: Problem,
    ks: Sequence[int] = (0, 2, 5, 10, 20),
    *,
    seed: int = 1,
    stop: Callable[[], bool] | None = None,
) -> tuple[CurvePoint, ...]:
    """Return the best plan found for each number of moves, fewest first; more moves never make a plan cost more."""
    rounds = rounds_for(problem) // SHARE
    found: list[CurvePoint] = []
    for moves in sorted(set(ks)):
        start = found[-1].plan if found else None
        plan = solve(replace(problem, most_moves=moves), start=start, seed=seed, stop=stop, rounds=rounds)
        found.append(CurvePoint(moves, plan.highest_tenths, plan.cost, plan))
    return tuple(found)
