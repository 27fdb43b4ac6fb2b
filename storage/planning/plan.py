"""A plan worked out: the scenario solved, and every move, worker and doubt put so that a person can judge it.

Nothing is written here; see storage/planning/saved_plans.py for keeping and applying a plan.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import NamedTuple

from domain.core.dates import LATEST
from domain.core.enums import Role
from domain.core.errors import BadInput
from domain.core.hundredths import whole_percent
from domain.load import capacity
from domain.planning import rebalance
from domain.planning.proposals import Balance, Cause, Move, Point, Proposal, Stuck
from domain.planning.rebalance import Item, Plan
from domain.planning.scenarios import Way
from storage.planning.caps import Heads
from storage.planning.items import words_by_rule
from storage.planning.load import OpenCase
from storage.planning.people import Person
from storage.planning.scenario_facts import Ground, takes_part
from storage.planning.weeks import Cover, weeks

ROOM = "room"
MOST_REASONS = 3  # named of those for which somebody with room takes nothing


class WhyNotThem(NamedTuple):
    """Why a case is not with a worker: the words of what rules them out, or what it would cost (hundredths)."""

    case: str
    worker: str
    reasons: tuple[str, ...]
    costs: int | None
    chosen: bool = False


@dataclass
class Draft:
    """A scenario with its plans, one for each number of further moves; the one ``chosen`` is shown first."""

    ground: Ground
    seed: int
    plans: dict[int, Plan]
    chosen: int
    fewest: int | None = None
    solver: bool = False
    kept_from: dict[tuple[str, str], str] = field(default_factory=dict)
    _shown: dict[int, Proposal] = field(default_factory=dict)
    _covers: dict[int, tuple[Cover, ...]] = field(default_factory=dict)

    @property
    def ks(self) -> list[int]:
        """The numbers of further moves there are plans for."""
        return sorted(self.plans)

    def proposal(self, further: int | None = None) -> Proposal:
        """Return the plan with at most so many further moves, in words and figures."""
        wanted = self.chosen if further is None else further
        if wanted not in self._shown:
            telling = _Telling(self, wanted)
            self._shown[wanted] = telling.proposal()
            self._covers[wanted] = telling.covers
        return self._shown[wanted]

    def highest(self, further: int) -> int:
        """Return the highest utilisation under one of the plans."""
        return self.plans[further].highest_tenths

    def _cover_of(self, case: str, further: int | None) -> Cover | None:
        """Return the first cover found for a case that nobody gets for good; None where it has none."""
        wanted = self.chosen if further is None else further
        if any(m.case == case and m.role is Role.ALLOCATED for m in self.proposal(wanted).moves):
            return None
        return next((one for one in self._covers[wanted] if any(case in n.cases for n in one.needs.values())), None)

    def why_not(self, case: str, worker: str, further: int | None = None) -> WhyNotThem:
        """Say why a case is not with a worker in the plan chosen: a rule, or what it would cost."""
        plan, item = self.plans[self.chosen if further is None else further], self.ground.pool.item_of(case)
        if item is None:
            raise BadInput(f"{case} is not part of this plan.", field="case")
        person = self.ground.people.get(worker)
        if person is None:
            raise BadInput(f"{worker} is not part of this plan.", field="worker")
        if (cover := self._cover_of(case, further)) is not None:
            return _why_not_cover(self.ground, cover, case, worker)
        if plan.assignment.get(item.id) == worker:
            return WhyNotThem(case, worker, (), None, chosen=True)
        if not takes_part(person):
            return WhyNotThem(case, worker, (person.stays_out or "Gone by then",), None)
        if against := self.ground.pool.ruled_out.get((item.id, worker)):
            return WhyNotThem(case, worker, against, None)
        if (item.id, worker) in self.kept_from:
            return WhyNotThem(case, worker, (self.kept_from[item.id, worker],), None)
        found = rebalance.why_not(
            self.ground.problem(self.chosen if further is None else further), plan, item.id, worker
        )
        return WhyNotThem(case, worker, ("Forbidden in this plan",) if found.blocked else (), found.costs)


def _why_not_cover(ground: Ground, cover: Cover, case: str, worker: str) -> WhyNotThem:
    """Say why somebody does not cover a case: a rule, that they are not there, or what it would cost."""
    name = next(name for name, need in cover.needs.items() if case in need.cases)
    if cover.plan.assignment.get(name) == worker:
        return WhyNotThem(case, worker, (), None, chosen=True)
    need = cover.needs[name]
    if worker not in (carrier.id for carrier in cover.problem.carriers) or worker == need.owner:
        return WhyNotThem(case, worker, ("Not there in that time",), None)
    against = ground.pool.ruled_out.get((need.item.id, worker), ())
    found = rebalance.why_not(cover.problem, cover.plan, name, worker)
    reasons = against or (("Forbidden in this plan",) if found.blocked else ())
    return WhyNotThem(case, worker, reasons if found.blocked else (), found.costs)


def choices_for(draft: Draft, move: Move, further: int | None) -> list[tuple[str, int | None]]:
    """Return who may have the case of a move, and their load with it in tenths of a percent, the least first."""
    pool, proposal = draft.ground.pool, draft.proposal(further)
    item = pool.item_of(move.case)
    if item is None:
        return []
    may = pool.may[item.id] if move.role is Role.ALLOCATED else pool.may_cover(item, draft.ground.takers, move.to)
    found = []
    for one in proposal.people:
        if one.worker in may and one.worker != (move.from_ if move.role is Role.COVER else None):
            adds = 0 if one.worker == move.to else move.points
            found.append((one.worker, capacity.utilisation(one.points_after + adds, one.capacity_after)))
    return sorted(found, key=lambda one: (one[1] is None, one[1] or 0))


class _Telling:
    """A plan being put so that a person can judge it."""

    def __init__(self, draft: Draft, further: int) -> None:
        self.draft, self.further = draft, further
        self.ground, self.plan = draft.ground, draft.plans[further]
        self.loads = {one.id: one.points for one in self.ground.people.values()}
        self.items = {item.id: item for item in self.ground.pool.items}
        self.heads = Heads(self.ground, self.plan)
        self.covers: tuple[Cover, ...] = ()
        self.taken = {move.item for move in self.plan.moves}
        for case in self.ground.scenario.outgoing:
            one = self.ground.cases[case]
            if one.holder in self.loads:
                self.loads[one.holder] -= capacity.share(one.points, self.ground.shares[Role.ALLOCATED])

    def proposal(self) -> Proposal:
        """Put it together."""
        found, plan = self.ground, self.plan
        lasting = tuple(self._moves())
        over_time = weeks(found, lasting, seed=self.draft.seed, stop=lambda: False)
        self.covers = over_time.found
        moves = (*over_time.covers, *lasting)
        return Proposal(
            scenario=found.scenario,
            made_on=found.today,
            day=found.day,
            seed=self.draft.seed,
            scheme=found.scheme,
            scheme_version=found.scheme_version,
            moves=moves,
            people=tuple(self._balance(one, lasting) for one in found.people.values()),
            cost=plan.cost,
            bound=plan.bound,
            gap_percent=plan.gap_percent,
            proven=plan.proven,
            shortfall=plan.shortfall,
            full_time=found.full_time,
            blocked=tuple(self._stuck()),
            curve=tuple(self._point(k) for k in self.draft.ks),
            further=self.further,
            target=found.scenario.target,
            fewest=self.draft.fewest,
            notes=(*found.notes, *self._too_heavy(), *self._room_in_vain(lasting)),
            solver=self.draft.solver,
            least=rebalance.least_highest(found.problem(self.further)),
            spans=over_time.spans,
        )

    def _point(self, k: int) -> Point:
        plan = self.draft.plans[k]
        moved = sum(self.items[m.item].holder is not None for m in plan.moves)
        return Point(moves=k, highest=self.draft.highest(k), cost=plan.cost, total=moved)

    # moves -------------------------------------------------------------------------------------------------------

    def _moves(self) -> list[Move]:
        said = {move.item: move for move in self.plan.moves}
        found: list[Move] = []
        for item in sorted(self.ground.pool.items, key=self._order):
            to = self.plan.assignment.get(item.id)
            if to is not None:
                engine = said.get(item.id)
                passing = [case for case in item.cases if self.ground.cases[case].holder != to]
                found += [self._move(item, case, to, engine) for case in passing]
        return found

    def _order(self, item: Item) -> tuple[bool, int, str]:
        """Sort what must move before what may, the heaviest first."""
        holder = self.ground.people.get(item.holder or "")
        stays = holder is not None and takes_part(holder) and item.id not in self.ground.pool.policy
        return stays, -item.points, item.id

    def _move(self, item: Item, case: str, to: str, engine: rebalance.Move | None) -> Move:
        found = self.ground
        one, cause = found.cases[case], self._cause(item, case)
        starts, ends, role = self._dates(one, to, cause)
        points = self._points(item, case)
        before = self._used(one.holder), self._used(to)
        if one.holder in self.loads:
            self.loads[one.holder] -= points
        self.loads[to] += points
        return Move(
            case=case,
            from_=one.holder,
            to=to,
            cause=cause,
            points=points,
            starts=starts,
            ends=ends,
            role=role,
            from_before=before[0],
            from_after=self._used(one.holder),
            to_before=before[1],
            to_after=self._used(to),
            runner_up=engine.runner_up if engine else None,
            costs_more=engine.runner_up_costs if engine else None,
            together=tuple(other for other in item.cases if other != case),
            goes=self._goes(one.holder),
            cautions=(*found.pool.policies.cautions(case, to), *self._over_limit(item, to)),
            against=found.pool.policy.get(item.id, ()),
            pinned=(case, to) in found.pinned,
        )

    def _over_limit(self, item: Item, to: str) -> Iterator[str]:
        """Yield the words of the limits on cases that somebody is over with what the plan gives them."""
        if self.ground.pool.policies.limits_heads and item.id in self.taken:
            yield from dict.fromkeys(limit.words for limit in self.heads.broken(item, to))

    def _goes(self, worker: str | None) -> date | None:
        """Return the day on which a holder goes: in the past for one who had left before the plan was made."""
        person = self.ground.people.get(worker or "")
        return None if person is None else person.left or person.gone

    def _points(self, item: Item, case: str) -> int:
        """Return what a case adds to a load: its own part of the item's points."""
        if len(item.cases) == 1:
            return item.points
        whole = sum(self.ground.cases[one].points for one in item.cases)
        return item.points * self.ground.cases[case].points // whole if whole else 0

    def _cause(self, item: Item, case: str) -> Cause:
        scenario, one = self.ground.scenario, self.ground.cases[case]
        if case in scenario.incoming or any(case == new.id for new in scenario.arrivals):
            return Cause.ARRIVES
        if one.holder is None:
            return Cause.SIBLINGS if item.holder is not None else Cause.UNALLOCATED
        person = self.ground.people.get(one.holder)
        if person is not None and person.gone:
            return Cause.AWAY if scenario.absence(one.holder) else Cause.LEAVES
        if item.id in self.ground.pool.policy:
            return Cause.POLICY
        pinned = any(pair.case in item.cases for pair in scenario.pins)
        return Cause.PINNED if pinned else Cause.BALANCE

    def _dates(self, one: OpenCase, to: str, cause: Cause) -> tuple[date, date | None, Role]:
        """Return from when to when, and as what, the case is given: cover ends when the absence does."""
        found, holder = self.ground, one.holder
        taker = found.people[to]
        begins = taker.starts or max(taker.begins or found.today, found.today)
        if holder is None and one.free_from is not None:
            begins = max(begins, one.free_from)
        if cause is Cause.UNALLOCATED:
            return self._once_back(to, begins), None, Role.ALLOCATED
        person = found.people.get(holder or "")
        day = person.gone if person is not None and person.gone else found.day
        absence = found.scenario.absence(holder or "")
        if cause is Cause.AWAY and absence is not None and absence.way is Way.COVER:
            ends = None if absence.ends in (None, LATEST) else absence.ends + timedelta(days=1)
            return self._once_back(to, max(day, begins)), ends, Role.COVER
        return self._once_back(to, max(day, begins)), None, Role.ALLOCATED

    def _once_back(self, worker: str, day: date) -> date:
        """Return the day from which somebody can take a case who is away for a time."""
        absence = self.ground.scenario.absence(worker)
        return absence.back if absence and absence.back and self.ground.scenario.away(worker, day) else day

    def _used(self, worker: str | None) -> int | None:
        person = self.ground.people.get(worker or "")
        if person is None:
            return None
        return capacity.utilisation(self.loads[person.id], person.room or person.capacity)

    # people and doubts -------------------------------------------------------------------------------------------

    def _balance(self, one: Person, moves: Collection[Move]) -> Balance:
        lasting = [move for move in moves if move.role is Role.ALLOCATED]
        gave, took = sum(m.from_ == one.id for m in lasting), sum(m.to == one.id for m in lasting)
        before = capacity.utilisation(one.points, one.capacity)
        after = None if one.gone else capacity.utilisation(self.loads[one.id], one.room)
        return Balance(
            worker=one.id,
            name=one.name,
            grade=one.grade,
            cases_before=one.cases,
            cases_after=one.cases - gave + took - self._handed_over(one.id),
            points_before=one.points,
            points_after=self.loads[one.id],
            capacity_before=one.capacity,
            capacity_after=one.room,
            before=before,
            after=after,
            band_before=capacity.band(before, self.ground.edges),
            band_after=capacity.band(after, self.ground.edges),
            gone=one.gone,
            left=one.left,
            starts=one.starts,
        )

    def _handed_over(self, worker: str) -> int:
        return sum(self.ground.cases[case].holder == worker for case in self.ground.scenario.outgoing)

    def _stuck(self) -> list[Stuck]:
        found, forbids = [], self.ground.scenario.forbids
        people = [one.id for one in self.ground.people.values() if takes_part(one)]
        for blocked in self.plan.blocked:
            item = self.items[blocked.item]
            reasons = words_by_rule(self.ground.pool.ruled_out, item.id, people)
            wished = [pair.worker for pair in forbids if pair.case in item.cases]
            if wished:
                reasons = (*reasons, f"Forbidden in this plan: {', '.join(wished)}")
            kept = [f"{words}: {who}" for (one, who), words in self.draft.kept_from.items() if one == item.id]
            reasons = (*reasons, *kept)
            found += [Stuck(case=case, holder=self.ground.cases[case].holder, reasons=reasons) for case in item.cases]
        return found

    def _too_heavy(self) -> list[str]:
        """Name the cases to be placed that are heavier than anybody's room, so that whoever takes one goes over."""
        room = {one.id: one.room - one.fixed for one in self.ground.people.values() if takes_part(one)}
        found = []
        for item in self.ground.pool.items:
            most = max((room[who] for who in item.eligible), default=None)
            if most is not None and item.points > most:
                found.append(f"{item.id} is heavier than anybody's room even without another case: they go over 100 %.")
        return found

    def _room_in_vain(self, moves: Collection[Move]) -> Iterator[str]:
        """Say who has room and gets none of what moves, because the rules let them have none of it."""
        cases = {move.case for move in moves}
        moving = [item for item in self.items.values() if not cases.isdisjoint(item.cases)]
        for one in self.ground.people.values():
            against = [self.ground.pool.ruled_out.get((item.id, one.id)) for item in moving if item.holder != one.id]
            if takes_part(one) and self._is_roomy(one) and against and all(against):
                said = Counter(words for found in against for words in found or ())
                used = f"{whole_percent(self._used(one.id) or 0)} %"
                listed = "; ".join(words for words, _ in said.most_common(MOST_REASONS))
                yield f"{one.id} has room ({used}) but may take none of these: {listed}."

    def _is_roomy(self, one: Person) -> bool:
        return capacity.band(self._used(one.id), self.ground.edges) == ROOM
