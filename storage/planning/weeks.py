"""The weeks of a plan: who holds and who covers what from one change to the next, and what that makes of each load.

Who gets a case for good is worked out once, for the day on which all changes have happened. Until then some cases have
nobody there: their worker is away for a time, or has left before the next one comes. From one change to the next those
are given to somebody who is there, as cover, and stay with the same one as long as that goes.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import NamedTuple

from domain.core.enums import Role
from domain.load import capacity
from domain.planning import rebalance
from domain.planning.proposals import Cause, Move, Span, SpanLoad, Uncovered
from domain.planning.rebalance import Carrier, Item, Plan, Problem
from storage.planning.people import DayLine
from storage.planning.scenario_facts import Ground

Stop = Callable[[], bool]


class Turn(NamedTuple):
    """The time from one change to the next: its first day, its last (None: open), and everybody in it."""

    starts: date
    ends: date | None
    lines: Mapping[str, DayLine]


class _Need(NamedTuple):
    """An item of which some cases have nobody there, whose they are, and why."""

    item: Item
    cases: tuple[str, ...]
    owner: str
    cause: Cause


class _Run(NamedTuple):
    """A case covered from a turn on by somebody: their utilisation without it and with it."""

    turn: Turn
    need: _Need
    case: str
    who: str
    before: int | None
    after: int | None


class Cover(NamedTuple):
    """Cover found for one turn: the question put, and its answer."""

    turn: Turn
    problem: Problem
    plan: Plan
    needs: Mapping[str, _Need]


class Weeks(NamedTuple):
    """What covers what, and everybody's load from change to change."""

    covers: tuple[Move, ...]
    spans: tuple[Span, ...]
    found: tuple[Cover, ...]


def turns(boards: Mapping[date, Mapping[str, DayLine]]) -> list[Turn]:
    """Return the time from each day of ``boards`` to the next."""
    days = sorted(boards)
    ends = [later - timedelta(days=1) for _, later in pairwise(days)]
    return [Turn(day, end, boards[day]) for day, end in zip(days, [*ends, None], strict=True)]


def weeks(ground: Ground, moves: Sequence[Move], *, seed: int, stop: Stop) -> Weeks:
    """Return the cover that a plan with these moves needs, and everybody's load from change to change."""
    return _Weeks(ground, moves, seed, stop).weeks()


class _Weeks:
    """The turns of one plan being gone through."""

    def __init__(self, ground: Ground, moves: Sequence[Move], seed: int, stop: Stop) -> None:
        self.ground, self.moves, self.seed, self.stop = ground, moves, seed, stop
        self.to = {move.case: move for move in moves}
        self.holding: dict[str, str] = {}  # who covers a case in the turn before
        self.history: list[tuple[Turn, Mapping[str, str]]] = []
        self.runs: list[_Run] = []

    def weeks(self) -> Weeks:
        """Go through them."""
        spans, found = [], []
        for turn in turns(self.ground.boards):
            points = self.loads(turn)
            cover = self._cover(turn, points)
            found += [cover] if cover.problem.items else []
            spans.append(self._span(turn, cover, points))
        return Weeks(tuple(self._moves()), tuple(spans), tuple(found))

    # who needs cover --------------------------------------------------------------------------------------------

    def _needs(self, turn: Turn) -> Iterator[_Need]:
        for item in self.ground.pool.items:
            waiting: dict[tuple[str, Cause], list[str]] = defaultdict(list)
            for case in item.cases:
                if (why := self._nobody_there(case, turn)) is not None:
                    waiting[why].append(case)
            for (owner, cause), cases in waiting.items():
                yield _Need(item, tuple(cases), owner, cause)

    def _nobody_there(self, case: str, turn: Turn) -> tuple[str, Cause] | None:
        """Return whose a case is that nobody there holds, and why; None where somebody does, or never did."""
        held, move, away = self.ground.cases[case].holder, self.to.get(case), self.ground.scenario.away
        if move is not None and move.starts <= turn.starts:
            return (move.to, Cause.AWAY) if away(move.to, turn.starts) else None
        if held is None or held not in self.ground.people:
            return None
        if away(held, turn.starts):
            return held, Cause.AWAY
        gone = self.ground.people[held].gone
        if move is None or gone is None or gone > turn.starts:
            return None
        return held, Cause.AWAY if self.ground.scenario.absence(held) else Cause.LEAVES

    # cover ------------------------------------------------------------------------------------------------------

    def _cover(self, turn: Turn, loads: Counter[str]) -> Cover:
        """Find cover, and add what it weighs to the ``loads``."""
        needs = {f"{need.item.id}/{need.owner}": need for need in self._needs(turn)}
        carriers = tuple(
            Carrier(who, line.capacity, loads[who])
            for who, line in turn.lines.items()
            if line.there and line.capacity and who in self.ground.takers
        )
        there = frozenset(carrier.id for carrier in carriers)
        items = tuple(self._item(name, need, there) for name, need in needs.items())
        problem = Problem(carriers, items, most_moves=0, pins=self._pins(items), forbids=self._forbids(items, there))
        plan = rebalance.solve(problem, seed=self.seed, stop=self.stop)
        self._take(turn, needs, plan, loads)
        return Cover(turn, problem, plan, needs)

    def _item(self, name: str, need: _Need, there: frozenset[str]) -> Item:
        """Return what is to be covered, as one; who covered it before keeps it while they may."""
        before = {self.holding.get(case) for case in need.cases}
        holder = before.pop() if len(before) == 1 else None
        may = self.ground.pool.may_cover(need.item, there - {need.owner}, holder)
        points = sum(self.ground.covering(case) for case in need.cases)
        return Item(name, need.cases, points, holder, may, {w: p for w, p in need.item.bonus.items() if w in may})

    def _pins(self, items: Sequence[Item]) -> dict[str, str]:
        pins = {pair.case: pair.worker for pair in self.ground.scenario.pins}
        return {case: pins[case] for item in items for case in item.cases if pins.get(case) in item.eligible}

    def _forbids(self, items: Sequence[Item], there: frozenset[str]) -> frozenset[tuple[str, str]]:
        cases = {case for item in items for case in item.cases}
        forbids = self.ground.scenario.forbids
        return frozenset((pair.case, pair.worker) for pair in forbids if pair.case in cases and pair.worker in there)

    def _take(self, turn: Turn, needs: Mapping[str, _Need], plan: Plan, loads: Counter[str]) -> None:
        """Note who covers what in this turn, and what it does to their load."""
        self.holding, before = {}, self.holding
        self.history.append((turn, self.holding))
        for name, need in sorted(needs.items()):
            who = plan.assignment.get(name)
            if who is not None:
                self._covered(turn, need, who, before, loads)

    def _covered(self, turn: Turn, need: _Need, who: str, before: Mapping[str, str], loads: Counter[str]) -> None:
        for case in need.cases:
            at = self._used(turn, who, loads[who])
            loads[who] += self.ground.covering(case)
            self.holding[case] = who
            if before.get(case) != who:
                self.runs.append(_Run(turn, need, case, who, at, self._used(turn, who, loads[who])))

    # loads ------------------------------------------------------------------------------------------------------

    def loads(self, turn: Turn) -> Counter[str]:
        """Return everybody's points in a turn, without cover: as recorded, and with the moves made by then."""
        points = Counter({who: line.points for who, line in turn.lines.items()})
        for move in self.moves:
            if move.starts <= turn.starts and (move.ends is None or turn.starts < move.ends):
                points[move.to] += self.ground.carrying(move.case, move.role)
                if move.role is Role.ALLOCATED and move.from_ and move.from_ in turn.lines:
                    points[move.from_] -= self.ground.carrying(move.case, Role.ALLOCATED)
        return points

    def _used(self, turn: Turn, who: str, points: int) -> int | None:
        return capacity.utilisation(points, turn.lines[who].capacity)

    def _span(self, turn: Turn, cover: Cover, points: Counter[str]) -> Span:
        cases = Counter({who: line.cases for who, line in turn.lines.items()})
        for move in self.moves:
            if move.starts <= turn.starts and move.role is Role.ALLOCATED:
                cases[move.to] += 1
                if move.from_ and move.from_ in turn.lines:
                    cases[move.from_] -= 1
        people = tuple(self._load(turn, one, cases[one], points[one]) for one in turn.lines)
        return Span(
            starts=turn.starts, ends=turn.ends, people=people,
            nobody=tuple(sorted(self._with_nobody(turn))),
            uncovered=tuple(self._uncovered(cover)),
        )  # fmt: skip

    def _load(self, turn: Turn, who: str, cases: int, points: int) -> SpanLoad:
        line = turn.lines[who]
        used = capacity.utilisation(points, line.capacity) if line.there else None
        return SpanLoad(
            worker=who, cases=cases, points=points, capacity=line.capacity if line.there else None, used=used,
            band=capacity.band(used, self.ground.edges), covers=sum(w == who for w in self.holding.values()),
            there=line.there,
        )  # fmt: skip

    def _with_nobody(self, turn: Turn) -> Iterator[str]:
        """Yield the cases that nobody is allocated in a turn: not given yet, or their worker has left."""
        scenario = self.ground.scenario
        elsewhere = {*scenario.outgoing, *(new.id for new in scenario.arrivals)}
        for case, one in self.ground.cases.items():
            move = self.to.get(case)
            given = move is not None and move.role is Role.ALLOCATED and move.starts <= turn.starts
            if not given and case not in elsewhere and self._left(one.holder, turn.starts):
                yield case

    def _left(self, holder: str | None, day: date) -> bool:
        """Whether a case's worker has gone for good by a day, or there never was one."""
        if holder is None:
            return True
        person = self.ground.people.get(holder)
        gone = person is not None and person.gone is not None and person.gone <= day
        return gone and self.ground.scenario.absence(holder) is None

    def _uncovered(self, cover: Cover) -> Iterator[Uncovered]:
        for blocked in cover.plan.blocked:
            need = cover.needs[blocked.item]
            for case in need.cases:
                yield Uncovered(case=case, worker=need.owner)

    # moves ------------------------------------------------------------------------------------------------------

    def _moves(self) -> Iterator[Move]:
        """Yield the cover as moves: each from its first day until somebody else, or the worker, has the case."""
        for turn, need, case, who, before, after in self.runs:
            yield Move(
                case=case, from_=need.owner, to=who, cause=need.cause, role=Role.COVER, starts=turn.starts,
                ends=self._ends(case, who, turn), points=self.ground.covering(case), to_before=before, to_after=after,
                together=tuple(other for other in need.cases if other != case), goes=self._goes(need, turn),
                pinned=(case, who) in self.ground.pinned,
                cautions=self.ground.pool.policies.cautions(case, who),
            )  # fmt: skip

    def _goes(self, need: _Need, turn: Turn) -> date:
        """Return the day from which the worker of a case is not there."""
        absence, person = self.ground.scenario.absence(need.owner), self.ground.people[need.owner]
        return absence.starts if absence else person.left or person.gone or turn.starts

    def _ends(self, case: str, who: str, first: Turn) -> date | None:
        """Return the day on which cover that began in a turn is over."""
        later = [(turn.starts, coverers) for turn, coverers in self.history if turn.starts > first.starts]
        return next((day for day, coverers in later if coverers.get(case) != who), None)
