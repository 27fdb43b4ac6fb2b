"""The same question to a mixed-integer solver (HiGHS): it closes a gap that the search leaves on a small team.

The solver is optional and loaded only here: `pip install "almoner[solver]"`. It counts in hundredths of a point; names
of people and cases never reach it.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from math import floor, gcd, inf, isfinite
from typing import Any

from domain.core.errors import AlmonerError
from domain.planning.rebalance.model import NOWHERE, SCALE, Model, compiled
from domain.planning.rebalance.plan import Plan
from domain.planning.rebalance.polish import polish
from domain.planning.rebalance.problem import Problem
from domain.planning.rebalance.search import Sharing
from domain.planning.rebalance.solver import planned

TINY = 1e-6  # what the solver's own tolerances may be out by, relative to the cost


@dataclass(slots=True)
class Question:
    """A mixed-integer programme, column by column.

    Yes-or-no columns say who has which item; then one column for each stretch of a carrier's load between thresholds,
    whose cost a point is the slope there. Rows: each item is had by one; each carrier's items and fixed load fill its
    stretches; the moves that count stay within their limit.
    """

    pairs: list[tuple[int, int]]
    costs: list[float] = field(default_factory=list)
    highest: list[float] = field(default_factory=list)
    whole: list[int] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)
    values: list[float] = field(default_factory=list)
    row_least: list[float] = field(default_factory=list)
    row_most: list[float] = field(default_factory=list)

    def column(self, cost: float, highest: float, whole: bool, entries: list[tuple[int, float]]) -> None:
        """Add one column from nothing up to ``highest``."""
        self.costs.append(cost)
        self.highest.append(highest)
        self.whole.append(int(whole))
        self.starts.append(len(self.rows))
        for row, value in entries:
            self.rows.append(row)
            self.values.append(value)


def close_gap(problem: Problem, plan: Plan, seconds: float = 5.0, stop: Callable[[], bool] | None = None) -> Plan:
    """Return the plan or a cheaper one, with the higher of both bounds; never more than about ``seconds`` are taken.

    Raises AlmonerError when the solver is not installed.
    """
    highs = loaded()
    if plan.proven:
        return plan
    model = compiled(problem, plan.work.model)
    asking = question(model)
    solver = asked(highs, asking, seconds, target=plan.bound / SCALE)
    _start(highs, solver, asking, plan.work.sharing.under(model))
    if stop is not None:
        solver.cbMipInterrupt += lambda event: event.interrupt(stop())
        solver.cbSimplexInterrupt += lambda event: event.interrupt(stop())
    solver.run()
    optimal = solver.getModelStatus() == highs.HighsModelStatus.kOptimal
    return _answer(solver, plan, placed(solver, asking, model), optimal)


def loaded() -> Any:
    """Return the solver's module; raises AlmonerError when there is none."""
    try:
        return importlib.import_module("highspy")
    except ImportError:
        raise AlmonerError(
            "The exact solver is not installed, so the gap stays as it is.",
            hint='Install it with: pip install "almoner[solver]"',
            title="No exact solver",
        ) from None


def question(model: Model) -> Question:
    """Return the programme whose best answer is the cheapest plan."""
    placeable = model.placeable()
    row_of = {item: row for row, item in enumerate(placeable)}
    limit_row = len(placeable) + len(model.team.carriers)
    asked_for = Question([(item, who) for item in placeable for who in sorted(model.chances[item])])
    for item, who in asked_for.pairs:
        entries = [(row_of[item], 1.0), (len(placeable) + who, model.points[item] / SCALE)]
        if model.problem.most_moves is not None and 0 <= model.home[item] != who:
            entries.append((limit_row, float(model.counts[item])))
        asked_for.column(0.0, 1.0, True, entries)
    for who in range(len(model.team.carriers)):
        for slope, length in _stretches(model, who):
            asked_for.column(slope, length, False, [(len(placeable) + who, -1.0)])
    fixed = [-load / SCALE for load in model.team.fixed]
    moves = model.problem.most_moves
    limits = [] if moves is None else [float(moves)]
    asked_for.row_least = [1.0] * len(placeable) + fixed + [-inf for _ in limits]
    asked_for.row_most = [1.0] * len(placeable) + fixed + limits
    return asked_for


def _stretches(model: Model, who: int) -> Iterator[tuple[float, float]]:
    """Yield the cost of a point and the length, in hundredths, of each stretch of load between thresholds."""
    slope, below = 0, 0
    for at, extra in zip(model.team.curves[who].breaks, model.team.curves[who].slopes, strict=True):
        yield float(slope), (at - below) / SCALE
        slope, below = slope + extra, at
    yield float(slope), inf


def asked(highs: Any, asked_for: Question, seconds: float, target: float = -inf) -> Any:
    """Return a solver that holds the programme, ready to run; it may stop once the cost is down to ``target``."""
    solver = highs.Highs()
    options = {"output_flag": False, "time_limit": float(seconds), "mip_rel_gap": 0.0, "mip_abs_gap": 1 / (2 * SCALE)}
    for name, value in options.items():
        solver.setOptionValue(name, value)
    if target > -inf:
        solver.setOptionValue("objective_target", target + 1 / (4 * SCALE))
    a = asked_for
    colwise, minimise = 1, 1
    solver.passModel(
        len(a.costs), len(a.row_least), len(a.rows), colwise, minimise, 0.0, a.costs, [0.0] * len(a.costs),
        a.highest, a.row_least, a.row_most, a.starts, a.rows, a.values, a.whole,
    )  # fmt: skip
    return solver


def _start(highs: Any, solver: Any, asking: Question, sharing: Sharing) -> None:
    """Tell the solver of the sharing that is already known."""
    values = [float(sharing.place[item] == who) for item, who in asking.pairs]
    for who, load in enumerate(sharing.load):
        left = load / SCALE
        for _, length in _stretches(sharing.model, who):
            values.append(min(left, length))
            left -= values[-1]
    solution = highs.HighsSolution()
    solution.col_value = values
    solver.setSolution(solution)


def _answer(solver: Any, plan: Plan, found: Sharing | None, optimal: bool) -> Plan:
    """Return the better of two plans, tidied, under the higher bound."""
    work = plan.work
    best = found if found is not None and found.cost < plan.cost else work.sharing
    bound = best.cost if optimal else max(plan.bound, _safe(solver.getInfo().mip_dual_bound, work.model))
    if best is found:
        polish(best, range(len(best.place)), lambda: False)
    return planned(best, work.free, work.still, bound)


def placed(solver: Any, asking: Question, model: Model) -> Sharing | None:
    """Return the sharing the solver came to; None when it has none that keeps to the limit."""
    place = [NOWHERE] * len(model.points)
    for (item, who), value in zip(asking.pairs, solver.getSolution().col_value, strict=False):
        if value > 0.5:
            place[item] = who
    sharing = Sharing(model, place)
    complete = all(sharing.place[item] >= 0 for item in model.placeable())
    limit = model.problem.most_moves
    return sharing if complete and (limit is None or sharing.away <= limit) else None


def _safe(dual: float, model: Model) -> int:
    """Return the solver's bound in ten-thousandths, less its tolerance, up to the next cost there can be."""
    if not isfinite(dual):
        return 0
    sure = floor((dual - TINY * max(1.0, abs(dual))) * SCALE)
    curves = model.team.curves
    grain = gcd(*model.points, *model.team.fixed, *(at for curve in curves for at in curve.breaks)) or 1
    return -(-sure // grain) * grain
