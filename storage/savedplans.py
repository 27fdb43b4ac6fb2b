"""Plans kept: saved by name, listed, set beside each other, and applied as dated allocations in one step."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterable
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from domain.errors import AlmonerError, BadInput, NotFound

if TYPE_CHECKING:
    from domain.proposals import Move, Proposal
    from domain.scenarios import Scenario
    from storage.unit import Unit


class SavedLine(NamedTuple):
    """A saved plan in a list; utilisations in tenths of a percent."""

    name: str
    team: str
    made_on: date
    applied_on: date | None
    made_by: str
    scenario: dict[str, Any]
    moves: int
    blocked: int
    highest: int | None
    cost: int
    proven: bool
    gap_percent: float | None
    note: str


class Saved(NamedTuple):
    """A saved plan in full."""

    name: str
    proposal: Proposal
    made_on: date
    applied_on: date | None
    note: str


class Side(NamedTuple):
    """What one of two plans does to one case or worker (None: nothing)."""

    key: str
    one: Any
    other: Any


class Comparison(NamedTuple):
    """Two plans beside each other: the figures, the cases they give to different people, and everybody's load."""

    figures: tuple[Side, ...]
    cases: tuple[Side, ...]
    people: tuple[Side, ...]


class Applied(NamedTuple):
    """What was applied: the plan's name and the moves carried out."""

    name: str
    moves: tuple[Move, ...]


_LIST = """
SELECT name, team, made_on, applied_on, changed_by, scenario, result, note FROM plan
WHERE (:team IS NULL OR team = :team) AND (:name IS NULL OR name = :name) ORDER BY made_on DESC, id DESC
"""


def saved_plans(conn: sqlite3.Connection, team: str | None = None) -> list[SavedLine]:
    """Return the saved plans of a team, or all, newest first."""
    return [_line(row) for row in conn.execute(_LIST, {"team": team, "name": None}).fetchall()]


def _line(row: tuple[Any, ...]) -> SavedLine:
    name, team, made_on, applied_on, made_by, scenario, result, note = row
    said = json.loads(result)
    used = [p["after"] for p in said.get("people", ()) if p.get("after") is not None and not p.get("gone")]
    return SavedLine(
        name,
        team,
        date.fromisoformat(made_on),
        None if applied_on is None else date.fromisoformat(applied_on),
        made_by,
        json.loads(scenario),
        len(said.get("moves", ())),
        len(said.get("blocked", ())),
        max(used, default=None),
        said.get("cost", 0),
        bool(said.get("proven")),
        said.get("gap_percent"),
        note,
    )


def saved(conn: sqlite3.Connection, name: str) -> Saved:
    """Return a saved plan; raises NotFound, or BadInput where what was kept cannot be read as a plan any more."""
    from pydantic import ValidationError

    from domain.proposals import Proposal

    row = conn.execute(_LIST, {"team": None, "name": name}).fetchone()
    if row is None:
        raise NotFound(f"There is no plan {name!r}.", field="plan", hint="See: almoner plan --list")
    _, _, made_on, applied_on, _, scenario, result, note = row
    try:
        proposal = Proposal.model_validate({**json.loads(result), "scenario": json.loads(scenario)})
    except ValidationError:
        raise BadInput(
            f"The plan {name!r} was not made by this program.", field="plan", hint="Make it afresh."
        ) from None
    applied = None if applied_on is None else date.fromisoformat(applied_on)
    return Saved(name, proposal, date.fromisoformat(made_on), applied, note)


def free_name(conn: sqlite3.Connection, team: str, today: date) -> str:
    """Return a name for a plan nobody named: the team, the day, and a number where there are, or were, several."""
    query = "SELECT name FROM plan UNION SELECT under FROM allocation WHERE under IS NOT NULL"
    taken = {name for (name,) in conn.execute(query)}
    stem = f"{team.partition(':')[0]} {today.isoformat()}"
    return next(name for name in (stem, *(f"{stem} ({n})" for n in range(2, 10_000))) if name not in taken)


# keeping ---------------------------------------------------------------------------------------------------------


def save(unit: Unit, name: str, proposal: Proposal, *, note: str = "", replace: bool = False) -> Any:
    """Keep a plan under a name; the unit is left to its owner to finish. One that was applied is never replaced."""
    values = {"note": note, **_values(proposal)}
    kept = unit.find("plan", name)
    if kept is None:
        return unit.record("plan", {"name": name, **values})
    if kept.applied_on is not None:
        raise BadInput(f"The plan {name!r} was applied; give this one another name.", field="name")
    if not replace:
        raise BadInput(
            f"There is a plan {name!r} already.", field="name", hint="Give another name, or delete that one first."
        )
    return unit.amend("plan", name, values)


def _values(proposal: Proposal) -> dict[str, Any]:
    return {
        "team": proposal.scenario.team,
        "scenario": proposal.scenario.model_dump(mode="json", exclude_defaults=True),
        "result": proposal.model_dump(mode="json", exclude={"scenario"}),
        "made_on": proposal.made_on,
    }


def drop(unit: Unit, name: str) -> None:
    """Delete a saved plan; what was applied from it stays, and says so by the plan's name."""
    unit.get("plan", name)
    unit.remove("plan", name)


# two beside each other -------------------------------------------------------------------------------------------


def compare(one: Proposal, other: Proposal) -> Comparison:
    """Return where two plans differ."""
    figures = ("highest", "cost", "bound", "shortfall")
    to = [{move.case: move.to for move in plan.moves} for plan in (one, other)]
    used = [{person.worker: person.after for person in plan.people} for plan in (one, other)]
    return Comparison(
        (
            Side("moves", len(one.moves), len(other.moves)),
            *(Side(name, getattr(one, name), getattr(other, name)) for name in figures),
            Side("blocked", len(one.blocked), len(other.blocked)),
        ),
        tuple(side for side in _sides(to) if side.one != side.other),
        tuple(_sides(used)),
    )


def _sides(both: list[dict[str, Any]]) -> Iterable[Side]:
    for key in dict.fromkeys((*both[0], *both[1])):
        yield Side(key, both[0].get(key), both[1].get(key))


def again(old: Scenario, pins: Collection[tuple[str, str]], forbids: Collection[tuple[str, str]]) -> Scenario:
    """Return a scenario with more pins and forbids; a new wish about a case takes the place of an old one."""
    from domain.scenarios import Scenario, pairs

    pinned = {case for case, _ in pins}
    kept_pins = [(p.case, p.worker) for p in old.pins if p.case not in pinned and (p.case, p.worker) not in forbids]
    kept_forbids = [(p.case, p.worker) for p in old.forbids if (p.case, p.worker) not in pins]
    wishes = {"pins": pairs([*kept_pins, *pins]), "forbids": pairs([*kept_forbids, *forbids])}
    return Scenario.model_validate({**dict(old), **wishes})


# applying --------------------------------------------------------------------------------------------------------


def apply(
    unit: Unit, proposal: Proposal, *, name: str, cases: Collection[str] | None = None, note: str = ""
) -> Applied:
    """Carry out the moves of a plan, or those of ``cases``, as dated allocations; the unit is left to its owner.

    Raises BadInput naming everything that no longer fits (a case closed, another holder, a hard rule); nothing is
    changed then.
    """
    kept = unit.find("plan", name)
    if kept is not None and kept.applied_on is not None:
        raise BadInput(
            f"The plan {name!r} was applied on {kept.applied_on} already.",
            field="plan",
            hint="Work out a new one, or take it back with: almoner undo",
        )
    moves = _whole_families(proposal, cases)
    problems = [*_Applying(unit, name, note).carry_out(moves, proposal)]
    if problems:
        raise BadInput(
            "The plan no longer fits, so nothing was changed: " + "; ".join(problems) + ".",
            field="plan",
            hint="Work it out afresh.",
        )
    if kept is None:
        save(unit, name, proposal, note=note)
    unit.amend("plan", name, {"applied_on": unit.today})
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


class _Applying:
    """Moves being carried out; what does not fit is collected."""

    def __init__(self, unit: Unit, name: str, note: str) -> None:
        self.unit, self.name, self.note = unit, name, note or f"Plan: {name}"
        self.done: set[str] = set()

    def carry_out(self, moves: Iterable[Move], proposal: Proposal) -> Iterable[str]:
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
                    self.unit.amend("case", move.case, {"team": proposal.scenario.team})
            except AlmonerError as error:
                yield error.message.rstrip(".")

    def _misfit(self, move: Move, starts: date) -> str:
        case, worker = self.unit.find("case", move.case), self.unit.find("worker", move.to)
        if case is None:
            return f"{move.case} is not recorded yet"
        if case.closed is not None:
            return f"{move.case} closed on {case.closed}"
        if worker is None:
            return f"{move.to} is not recorded yet"
        if worker.started is not None and worker.started > starts:
            return f"{move.to} starts on {worker.started} only"
        if move.case in self.done:
            return ""
        held = [a for a in self.unit.all("allocation", case=move.case, role="allocated_worker") if a.holds(starts)]
        holder = held[-1].worker if held else None
        return (
            ""
            if holder == move.from_
            else f"{move.case} is with {holder or 'nobody'} now, not {move.from_ or 'nobody'}"
        )

    def _give(self, move: Move, starts: date) -> None:
        from domain.ids import Role
        from storage.allocating import allocate

        if move.case in self.done:
            return
        together = move.role is Role.ALLOCATED and self._alone_in_the_family(move)
        given = allocate(
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
        self.done |= {one.case for one in given}
        if move.ends is not None:
            for one in given:
                self.unit.amend("allocation", one.id, {"ends": move.ends})

    def _alone_in_the_family(self, move: Move) -> bool:
        """Whether the siblings that move with it are all there are, so that they can go in one."""
        if not move.together:
            return False
        case = self.unit.get("case", move.case)
        family = {one.reference for one in self.unit.all("case", sibling_group=case.sibling_group) if not one.closed}
        return family <= {move.case, *move.together}
