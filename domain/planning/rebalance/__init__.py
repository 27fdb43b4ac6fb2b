"""Sharing cases out fairly: a plan under a convex cost, its distance from the best, and the reasons for each move.

Standard library alone; the optional solver in ``exact`` is loaded only when it is asked for.
"""

from domain.planning.rebalance.curve import CurvePoint, curve
from domain.planning.rebalance.explain import WhyNot, fewest_moves, least_highest, why_not
from domain.planning.rebalance.plan import COST_UNIT, Blocked, Move, Plan
from domain.planning.rebalance.problem import DEFAULT_BANDS, Carrier, Item, Problem, ProblemFault, aimed, problems
from domain.planning.rebalance.solver import recosted, solve

__all__ = [
    "COST_UNIT",
    "DEFAULT_BANDS",
    "Blocked",
    "Carrier",
    "CurvePoint",
    "Item",
    "Move",
    "Plan",
    "Problem",
    "ProblemFault",
    "WhyNot",
    "aimed",
    "curve",
    "fewest_moves",
    "least_highest",
    "problems",
    "recosted",
    "solve",
    "why_not",
]
