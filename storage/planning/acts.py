"""What is done with plans: saved under a name, deleted, and applied as dated allocations in one step."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from domain.cases.cases import Allocation, AllocationFields, Case, CaseFields
from domain.core.enums import Role
from domain.core.errors import AlmonerError, BadInput
from domain.core.text import plural
from domain.people.people import Worker
from domain.planning.proposals import Cause
from domain.planning.saved_plan import PlanFields, SavedPlan
from storage.allocation.steps import hand_over
from storage.planning.who_goes import record_who_goes
from storage.records.unit import Done
from storage.tables import AllocationRow, CaseRow

if TYPE_CHECKING:
    from domain.planning.proposals import Move, Proposal
    from storage.records.unit import Unit


NAMED = ": record who it is, and say so when applying (--starter-is)"


class Applied(NamedTuple):
    """What was applied: the plan's name and the moves carried out."""

    name: str
    moves: tuple[Move, ...]


def save(unit: Unit, name: str, proposal: Proposal, *, note: str = "", replace: bool = False) -> Done[SavedPlan]:
    """Keep a plan under a name; one that was applied is never replaced, another only where ``replace`` says so."""
    kept = _save(unit, name, proposal, note=note, replace=replace)
    return Done(kept, unit.finish(f"Saved the plan {name}"))


def _save(unit: Unit, name: str, proposal: Proposal, *, note: str, replace: bool = False) -> SavedPlan:
    fields = PlanFields(
        name=name,
        note=note,
        team=proposal.scenario.team,
        scenario=proposal.scenario.model_dump(mode="json", exclude_defaults=True),
        result=proposal.model_dump(mode="json", exclude={"scenario"}),
        made_on=proposal.made_on,
    )
    kept = unit.find(SavedPlan, name)
    if kept is None:
        return unit.record(fields)
    if kept.applied_on is not None:
        raise BadInput(f"The plan {name!r} was applied; give this one another name.", field="name")
    if not replace:
        hint = "Give another name, or delete that one first."
        raise BadInput(f"There is a plan {name!r} already.", field="name", hint=hint)
    return unit.amend_by(SavedPlan, name, fields.model_dump(exclude={"name", "applied_on"}))


def drop(unit: Unit, name: str) -> Done[SavedPlan]:
    """Delete a saved plan; what was applied from it stays, and says so by the plan's name."""
    kept = unit.get(SavedPlan, name)
    unit.remove(SavedPlan, name)
    return Done(kept, unit.finish(f"Deleted the plan {name}"))


def apply(
    unit: Unit,
    proposal: Proposal,
    *,
    name: str,
    cases: Collection[str] | None = None,
    note: str = "",
    starters: Mapping[str, str] | None = None,
) -> Applied:
    """Carry out the moves of a plan, or those of ``cases``, as dated allocations, and record who goes or is away.

    ``starters`` says who somebody only thought of ("new-1") has become: a worker who is recorded by now. Raises
    BadInput naming all that no longer fits (a case closed, another holder, a hard rule); nothing is changed then.
    """
    kept = unit.find(SavedPlan, name)
    if kept is not None and kept.applied_on is not None:
        hint = "Work out a new one, or take it back with: almoner undo"
        raise BadInput(f"The plan {name!r} was applied on {kept.applied_on} already.", field="plan", hint=hint)
    moves = _by_those_who_came(_whole_families(proposal, cases), starters or {})
    if problems := list(_Applying(unit, name, note).carry_out(moves, proposal)):
        words = "The plan no longer fits, so nothing was changed: " + "; ".join(problems) + "."
        raise BadInput(words, field="plan", hint="Work it out afresh.")
    record_who_goes(unit, proposal, {move.from_ for move in moves}, name)
    if kept is None:
        _save(unit, name, proposal, note=note)
    with unit.amend(PlanFields, name) as plan:
        plan.applied_on = unit.today
    unit.finish(f"Applied the plan {name}: {plural(len(moves), 'move')}")
    return Applied(name, moves)


def _whole_families(proposal: Proposal, cases: Collection[str] | None) -> tuple[Move, ...]:
    """Return the moves chosen; raises BadInput for a case that does not move, or whose siblings were left out."""
    if cases is not None and (unknown := sorted(set(cases) - {move.case for move in proposal.moves})):
        raise BadInput(f"{unknown[0]} does not move in this plan.", field="only")
    moves = proposal.chosen(cases)
    if not moves:
        raise BadInput("There is no move to apply.", field="plan")
    chosen, moving = {move.case for move in moves}, {move.case for move in proposal.moves}
    for move in moves:
        if left := sorted(set(move.together) & moving - chosen):
            raise BadInput(f"{move.case} moves together with {left[0]}: take both, or neither.", field="only")
    return moves


def _by_those_who_came(moves: tuple[Move, ...], starters: Mapping[str, str]) -> tuple[Move, ...]:
    return tuple(move.model_copy(update={"to": starters[move.to]}) if move.to in starters else move for move in moves)


class _Applying:
    """Moves being carried out; what does not fit is collected."""

    def __init__(self, unit: Unit, name: str, note: str) -> None:
        self.unit, self.name, self.note = unit, name, note or f"Plan: {name}"
        self.done: set[tuple[str, str, date]] = set()  # the case, who has it now, and from when

    def carry_out(self, moves: Collection[Move], proposal: Proposal) -> Iterator[str]:
        """Carry the moves out, yielding the words of each that no longer fits."""
        incoming = set(proposal.scenario.incoming)
        for move in moves:
            starts = max(move.starts, self.unit.today)
            if fault := self._misfit(move, starts):
                yield fault
                continue
            try:
                self._give(move, starts)
                if move.case in incoming:
                    with self.unit.amend(CaseFields, move.case) as case:
                        case.team = proposal.scenario.team
            except AlmonerError as error:
                yield (error.within_words if isinstance(error, BadInput) else error.message).rstrip(".")

    def _misfit(self, move: Move, starts: date) -> str:
        case, worker = self.unit.find(Case, move.case), self.unit.find(Worker, move.to)
        if case is None:
            return f"{move.case} is not recorded yet"
        if case.closed is not None:
            return f"{move.case} closed on {case.closed}"
        if worker is None:
            return f"{move.to} is not recorded yet" + (NAMED if move.to.startswith("new-") else "")
        if worker.started is not None and worker.started > starts:
            return f"{move.to} starts on {worker.started} only"
        holder = self._holder(move.case, starts)
        if (move.case, move.to, starts) in self.done or holder == move.from_:
            return ""
        return f"{move.case} is with {holder or 'nobody'} now, not {move.from_ or 'nobody'}"

    def _holder(self, case: str, on: date) -> str | None:
        of_case = (AllocationRow.case == case, AllocationRow.role == Role.ALLOCATED)
        held = [one for one in self.unit.all(Allocation, *of_case) if one.holds(on)]
        return held[-1].worker if held else None

    def _give(self, move: Move, starts: date) -> None:
        if (move.case, move.to, starts) in self.done:
            return
        together = move.role is Role.ALLOCATED and self._alone_in_the_family(move)
        given = hand_over(
            self.unit,
            move.case,
            move.to,
            starts,
            role=move.role,
            reason=move.reason,
            note=self.note,
            together=together,
            under=self.name,
        )
        self.done |= {(one.case, move.to, starts) for one in given}
        for one in given:
            self._end_with_leaving(move, one.case, starts)
        if move.ends is not None:
            for one in given:
                with self.unit.amend(AllocationFields, one.id) as allocation:
                    allocation.ends = move.ends

    def _end_with_leaving(self, move: Move, case: str, starts: date) -> None:
        """End the allocation of somebody who leaves before the next one comes on the day they leave."""
        if (
            move.cause is not Cause.LEAVES
            or move.goes is None
            or move.goes >= starts
            or move.role is not Role.ALLOCATED
        ):
            return
        for held in self.unit.all(Allocation, AllocationRow.case == case, AllocationRow.worker == move.from_):
            if held.role is Role.ALLOCATED and held.ends == starts:
                with self.unit.amend(AllocationFields, held.id) as allocation:
                    allocation.ends = max(move.goes, held.starts)

    def _alone_in_the_family(self, move: Move) -> bool:
        """Whether the siblings that move with it are all there are, so that they can go in one."""
        if not move.together:
            return False
        group = self.unit.get(Case, move.case).sibling_group
        family = {one.reference for one in self.unit.all(Case, CaseRow.sibling_group == group) if not one.closed}
        return family <= {move.case, *move.together}
