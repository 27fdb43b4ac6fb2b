"""Scenarios put together from their parts and taken apart again; and what a plan says about everybody else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from domain.core.errors import BadInput
from storage.people import teams

if TYPE_CHECKING:
    from domain.planning.proposals import Move
    from domain.planning.scenarios import Scenario
    from storage.database.connection import Connection
    from storage.planning.plan import Draft, WhyNotThem


def scenario_of(parts: dict[str, Any]) -> Scenario:
    """Return the scenario of some parts; raises BadInput naming the part at fault."""
    from pydantic import ValidationError

    from domain.core.refusals.field_faults import faults
    from domain.planning.scenarios import Scenario

    try:
        return Scenario.model_validate({name: value for name, value in parts.items() if value is not None})
    except ValidationError as error:
        first = faults(error)[0]
        raise BadInput(f"{first.words}.", field=first.field.partition(".")[0]) from None


def parts_before(scenario: Scenario) -> dict[str, Any]:
    """Return the parts of a scenario that say something."""
    return {name: value for name in type(scenario).model_fields if (value := getattr(scenario, name)) not in (None, ())}


def a_team(conn: Connection, wanted: str) -> str:
    """Return the team to plan for: the one on show, or the first; empty when there is none."""
    there = teams.team_names(conn)
    return wanted if wanted in there else next(iter(there), "")


def whys(draft: Draft, move: Move, further: int | None) -> list[WhyNotThem]:
    """Return for everybody else why a case is not with them: those who may, the cheapest first, then the others."""
    people = [one for one in draft.ground.people if one not in (move.to, move.from_)]
    found = [draft.why_not(move.case, worker, further) for worker in people]
    return sorted(found, key=lambda one: (bool(one.reasons), one.costs or 0))
