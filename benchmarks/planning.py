"""Print what a plan costs and takes beside an exact solver: python -m benchmarks.planning [--seconds N] [--seeds N].

The solver (HiGHS) gets the same question, cold, with its own defaults: once for the time that our search took or a
little more, and once until it reaches our cost or the time limit. Its time is that of its run alone, without building
the programme.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import Any, NamedTuple

from benchmarks.teams import team
from domain.planning.rebalance import COST_UNIT, Plan, Problem, curve, exact, solve
from domain.planning.rebalance.model import SCALE, compiled

SIZES = ((10, 250, 25), (30, 500, 60), (200, 4_000, 400))
GENTLY = 0.05  # seconds the solver is given at least: less and it has nothing at all
CURVE = (0, 2, 5, 10, 20)


class Race(NamedTuple):
    """What the solver had at our time, at four times our time and in the end, and when it first had our cost."""

    at_ours: int | None
    at_four_times: int | None
    last: int | None
    level_after: float | None


def timed(call: Callable[[], Any], times: int = 3) -> tuple[float, Any]:
    """Return the median seconds of a call and what it returned."""
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        answer = call()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken), answer


def raced(problem: Problem, cost: int, ours: float, seconds: float) -> Race:
    """Let the solver work on a problem and note what it had when."""
    highs = exact.loaded()
    model = compiled(problem)
    asking = exact.question(model)
    solver = exact.asked(highs, asking, seconds, target=cost / SCALE)
    found: list[tuple[float, float]] = []
    solver.cbMipImprovingSolution += lambda event: found.append(
        (event.data_out.running_time, event.data_out.objective_function_value * SCALE)
    )
    start = time.perf_counter()
    solver.run()
    took = time.perf_counter() - start
    end = exact.placed(solver, asking, model)
    if end is not None:
        found.append((took, end.cost))

    def best_by(moment: float) -> int | None:
        return round(min((value for at, value in found if at <= moment), default=0)) or None

    level = next((at for at, value in sorted(found) if value <= cost + SCALE / 2), None)
    return Race(best_by(max(ours, GENTLY)), best_by(max(4 * ours, GENTLY)), best_by(took), level)


def points(cost: int | None) -> str:
    """Return a cost in points, or a dash."""
    return "-" if cost is None else f"{cost / COST_UNIT:,.1f}"


def placing(seeds: int, seconds: float) -> None:
    """Place new cases, held ones fixed: our time, cost and distance from the bound beside the solver's."""
    print(
        "New cases, held ones fixed. Times in ms; costs in weighed points; HiGHS 'level': when it first had our cost."
    )
    print(f"{'team':>14} {'seed':>4} {'ours ms':>8} {'cost':>9} {'bound':>9} {'gap %':>6}", end=" | ")
    print(f"{'HiGHS then':>10} {'at 4 x':>9} {'at last':>9} {'level ms':>9} {'times ours':>10}")
    for workers, cases, place in SIZES:
        for seed in range(seeds):
            problem = team(workers, cases, place, seed)
            took, plan = timed(lambda problem=problem: solve(problem))
            race = raced(problem, plan.cost, took, seconds)
            name = f"{workers} x {cases}"
            print(f"{name:>14} {seed:>4} {_ours(took, plan)} | {_theirs(race, took, seconds)}", flush=True)


def _ours(took: float, plan: Plan) -> str:
    gap = f"{plan.gap_percent or 0:6.2f}"
    return f"{took * 1000:8.1f} {points(plan.cost):>9} {points(plan.bound):>9} {gap}"


def _theirs(race: Race, ours: float, seconds: float) -> str:
    level = f">{seconds * 1000:8.0f}" if race.level_after is None else f"{race.level_after * 1000:9.0f}"
    held = f"{points(race.at_ours):>10} {points(race.at_four_times):>9} {points(race.last):>9}"
    return f"{held} {level} {(race.level_after or seconds) / ours:10.0f}"


def pinned_again(problem: Problem, plan: Plan, rng: Random) -> float:
    """Return the seconds to solve again after one case is pinned to somebody drawn at random."""
    item = rng.choice(problem.items)
    wish = replace(problem, pins={item.id: rng.choice(sorted(item.eligible))})
    return timed(lambda: solve(wish, start=plan))[0]


def again(seeds: int) -> None:
    """Solve again after a pin, beside the first solve."""
    print("\nSolving again after a pin (median of 15 pins), ms")
    print(f"{'team':>14} {'held cases':>12} {'first':>8} {'again':>8} {'ratio':>7}")
    for workers, cases, place in SIZES:
        for movable in (False, True):
            firsts, agains = [], []
            for seed in range(seeds):
                problem = team(workers, cases, place, seed, movable=movable)
                first, plan = timed(lambda problem=problem: solve(problem))
                rng = Random(seed)
                firsts.append(first)
                agains += [pinned_again(problem, plan, rng) for _ in range(15)]
            first, after = statistics.median(firsts) * 1000, statistics.median(agains) * 1000
            held = "may move" if movable else "stay"
            print(f"{f'{workers} x {cases}':>14} {held:>12} {first:8.2f} {after:8.3f} {after / first:7.3f}", flush=True)


def curves(seeds: int) -> None:
    """Draw the curve of moves against balance, all of it timed at once."""
    print(f"\nMoves against balance: highest utilisation % (gap to the bound %) with {CURVE} moves; ms for the curve")
    for workers, cases, place in SIZES:
        for seed in range(min(seeds, 3)):
            problem = team(workers, cases, place, seed, movable=True)
            took, found = timed(lambda problem=problem: curve(problem, CURVE), 1)
            shown = "  ".join(f"{p.highest_tenths / 10:5.1f} ({p.plan.gap_percent or 0:.2f})" for p in found)
            print(f"{f'{workers} x {cases}':>14} {seed:>4}  {shown}  {took * 1000:8.0f}", flush=True)


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=20, help="time limit of the solver")
    parser.add_argument("--seeds", type=int, default=5)
    asked = parser.parse_args()
    placing(asked.seeds, asked.seconds)
    again(asked.seeds)
    curves(asked.seeds)


if __name__ == "__main__":
    main()
