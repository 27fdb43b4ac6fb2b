"""Solving a scenario: how many changes of worker are worth making, and the best plan found for each number of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING

from domain.core.errors import Cancelled
from domain.load import capacity
from domain.planning import rebalance
from domain.planning.rebalance import COST_UNIT, Plan
from domain.planning.rebalance.exact import close_gap
from domain.planning.scenarios import Scenario
from storage.planning.caps import Caps
from storage.planning.plan import Draft
from storage.planning.scenario_facts import Ground, ground

if TYPE_CHECKING:
    from storage.records.database import Database

Stop = Callable[[], bool]

CURVE = (0, 2, 5, 10, 20)
UNASKED = 10  # how many children may change worker where nobody leaves or comes and no limit was given
MOST_TRIED = 40
SECONDS = 5.0
SEED = 1


def work_out(
    database: Database,
    scenario: Scenario,
    today: date,
    *,
    seed: int = SEED,
    solver: bool = False,
    stop: Stop | None = None,
    tell: Callable[[int, int], None] | None = None,
) -> Draft:
    """Solve a scenario for several numbers of further moves. Raises BadInput, or Cancelled when ``stop`` says so."""
    found = ground(database, scenario, today)
    return solved(found, seed=seed, solver=solver, stop=stop, tell=tell)


def solved(
    found: Ground,
    *,
    seed: int = SEED,
    solver: bool = False,
    stop: Stop | None = None,
    tell: Callable[[int, int], None] | None = None,
    earlier: Draft | None = None,
) -> Draft:
    """Solve what a ground asks; ``earlier`` plans of the same people and cases are where the search begins."""
    solving = _Solving(found, seed, solver, stop or (lambda: False), tell or (lambda _done, _total: None), earlier)
    return solving.draft()


class _Solving:
    """A draft being worked out."""

    def __init__(
        self,
        found: Ground,
        seed: int,
        solver: bool,
        stop: Stop,
        tell: Callable[[int, int], None],
        earlier: Draft | None,
    ) -> None:
        self.ground, self.seed, self.solver, self.stop, self.tell = found, seed, solver, stop, tell
        self.earlier = earlier
        self.plans: dict[int, Plan] = {}
        self.aimed: set[int] = set()  # the numbers of changes whose plan was made for the target
        self.caps = Caps(found)

    def draft(self) -> Draft:
        """Choose how many changes of worker, and work out the curve around that number."""
        scenario = self.ground.scenario
        fewest = None
        if scenario.target is not None:
            fewest = rebalance.fewest_moves(self.ground.problem(None), scenario.target * 10)
            chosen = self._within_target(scenario.target, fewest, scenario.most_moves)
        elif scenario.most_moves is not None:
            chosen = scenario.most_moves
        else:
            chosen = 0 if scenario.changes_who_is_there else self._worth_moving()
        ks = sorted({*CURVE, chosen})
        for done, k in enumerate(ks):
            self.tell(done, len(ks))
            self._plan(k, afresh=k == chosen and k not in self.aimed)
        if self.solver:
            self._close(chosen)
        self.tell(len(ks), len(ks))
        plans = {k: self.plans[k] for k in ks}
        return Draft(self.ground, self.seed, plans, chosen, fewest, self.solver, self.caps.kept_from)

    def _worth_moving(self) -> int:
        """Return how many changes of worker are worth their price; none while nobody is over, unless asked to even out.

        Continuity is worth something: a policy says how much a change of worker must save.
        """
        line = capacity.red_line(self.ground.edges)
        if not self.ground.scenario.even and line is not None and self._plan(0).highest_tenths <= line:
            return 0
        price = 0 if self.ground.scenario.even else self.ground.pool.policies.price * COST_UNIT
        plans = {k: self._plan(k) for k in range(UNASKED + 1)}
        return min(plans, key=lambda k: (plans[k].cost + price * plans[k].used, k))

    def _within_target(self, target: int, fewest: int | None, wanted: int | None) -> int:
        """Return the smallest number of changes found to bring everybody within the target, or the one nearest to it.

        It begins at the number proven to be the least, and looks for the target itself: what lies above it costs more
        than everything else. Where no number can be enough, the plan is the most even one with the most allowed.
        """
        most = MOST_TRIED if wanted is None else wanted
        for k in range(most + 1 if fewest is None else fewest, most + 1):
            plan = self._aimed(k, target)
            if plan.highest_tenths <= target * 10:
                self.plans[k] = plan
                self.aimed.add(k)
                return k
            if plan.used < k and plan.proven:  # more moves are of no use
                break
        tried = {k: self._plan(k) for k in sorted({*(k for k in CURVE if k <= most), most})}
        return min(tried, key=lambda k: (tried[k].highest_tenths, k))

    def _aimed(self, k: int, target: int) -> Plan:
        """Return a plan with at most so many changes that puts the target before everything, costed as any other."""
        if self.stop():
            raise Cancelled("Stopped as you asked; nothing was changed.")

        def aiming(kept_from: frozenset[tuple[str, str]]) -> Plan:
            problem = self.ground.problem(k, more_forbids=kept_from)
            found = rebalance.solve(rebalance.aimed(problem, target), seed=self.seed, stop=self.stop)
            return rebalance.recosted(problem, found)

        return self.caps.within(aiming(frozenset()), aiming)

    def _plan(self, k: int, *, afresh: bool = False) -> Plan:
        """Return a plan for a number of changes, which never costs more than with fewer."""
        if k in self.plans and not afresh:
            return self.plans[k]
        if self.stop():
            raise Cancelled("Stopped as you asked; nothing was changed.")
        found = [self.plans[k]] if k in self.plans else []
        if start := self._start(k):
            found.append(self._solve(k, start))
        if (not found or afresh) and not any(plan.proven for plan in found):
            found.append(self._solve(k))
        self.plans[k] = min(found, key=lambda plan: (len(plan.blocked), plan.cost))
        return self.plans[k]

    def _solve(self, k: int, start: Plan | None = None) -> Plan:
        def again(kept_from: frozenset[tuple[str, str]]) -> Plan:
            problem = self.ground.problem(k, more_forbids=kept_from)
            return rebalance.solve(problem, start=start, seed=self.seed, stop=self.stop)

        return self.caps.within(again(frozenset()), again)

    def _start(self, k: int) -> Plan | None:
        """Return where the search for a plan begins: the plan with fewer moves, or an earlier one."""
        fewer = max((other for other in self.plans if other < k), default=None)
        if fewer is not None:
            return self.plans[fewer]
        return self.earlier.plans.get(k) if self.earlier is not None else None

    def _close(self, k: int) -> None:
        """Let the optional solver close the gap of the plan chosen; it knows nothing of limits on heads."""
        if self.caps.kept_from:
            return
        self.plans[k] = close_gap(self.ground.problem(k), self.plans[k], SECONDS, self.stop)
