"""What is done with plans, each as one read or one unit of work; and scenarios put together from their parts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any

from domain.text import plural

if TYPE_CHECKING:
    import sqlite3

    from domain.proposals import Move, Proposal
    from domain.scenarios import Scenario
    from storage.plans import Draft, WhyNotThem
    from storage.savedplans import Saved
    from storage.unit import Unit


def scenario_of(parts: dict[str, Any]) -> Scenario:
    """Return the scenario of some parts; raises BadInput naming the part at fault."""
    from pydantic import ValidationError

    from domain.errors import BadInput
    from domain.scenarios import Scenario

    try:
        return Scenario.model_validate({name: value for name, value in parts.items() if value is not None})
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        words = str(first["msg"]).removeprefix("Value error, ")
        raise BadInput(f"{words}.", field=str(first["loc"][0]) if first["loc"] else "") from None


def parts_before(scenario: Scenario) -> dict[str, Any]:
    """Return the parts of a scenario that say something."""
    return {name: value for name in type(scenario).model_fields if (value := getattr(scenario, name)) not in (None, ())}


def a_team(conn: sqlite3.Connection, wanted: str) -> str:
    """Return the team to plan for: the one on show, or the first; empty when there is none."""
    from storage import views

    there = [one.name for one in views.teams(conn)]
    return wanted if wanted in there else next(iter(there), "")


def whys(draft: Draft, move: Move, further: int | None) -> list[WhyNotThem]:
    """Return for everybody else why a case is not with them."""
    people = [one for one in draft.ground.people if one not in (move.to, move.from_)]
    return [draft.why_not(move.case, worker, further) for worker in people]


def read_saved(conn: sqlite3.Connection, name: str) -> Saved | None:
    """Return a saved plan, or None when there is none of that name any more."""
    from storage.savedplans import saved, saved_plans

    return saved(conn, name) if name in {one.name for one in saved_plans(conn)} else None


def a_free_name(plan: Proposal, today: date) -> Callable[[sqlite3.Connection], str]:
    """Return what finds a name for a plan that nobody named."""

    def read(conn: sqlite3.Connection) -> str:
        from storage.savedplans import free_name

        return free_name(conn, plan.scenario.team, today)

    return read


def save_plan(unit: Unit, name: str, note: str, plan: Proposal, *, replace: bool) -> None:
    """Keep a plan under a name."""
    from storage.savedplans import save

    save(unit, name, plan, note=note, replace=replace)
    unit.finish(f"Saved the plan {name}")


def apply_plan(unit: Unit, name: str, plan: Proposal, cases: frozenset[str] | None) -> int:
    """Carry out a plan, or the moves of some cases, and return how many that were."""
    from storage.savedplans import apply

    done = apply(unit, plan, name=name, cases=cases)
    unit.finish(f"Applied the plan {name}: {plural(len(done.moves), 'move')}")
    return len(done.moves)


def drop_plan(unit: Unit, name: str) -> None:
    """Delete a saved plan."""
    from storage.savedplans import drop

    drop(unit, name)
    unit.finish(f"Deleted the plan {name}")
