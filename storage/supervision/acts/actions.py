"""What is done with actions and decisions: complete, carry forward, drop, follow up."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from domain.core.errors import BadInput
from domain.supervision.actions import CARRIED
from domain.supervision.discussions import Action, ActionFields, Decision
from storage.records.unit import Done

if TYPE_CHECKING:
    from storage.records.unit import Unit


def complete(unit: Unit, number: int, on: date, how: str, seen: int | None = None) -> Done[Action]:
    """Record that an action was done: when and how. Raises BadInput where it ended already."""
    _still_open(unit, number)
    if not how.strip():
        raise BadInput("Say how it was done.", field="how")
    kept = unit.amend_by(Action, number, {"done_on": on, "how": how}, seen)
    return Done(kept, unit.finish(f"Completed action {number}"))


def carry(
    unit: Unit,
    number: int,
    due: date | None,
    *,
    what: str = "",
    why: str = "",
    session: int | None = None,
    on: date | None = None,
) -> Done[Action]:
    """Set an action again for a later day, from today or ``on``; the old one ends as carried forward.

    Returns the new one. ``what`` and ``why`` are other words this time, ``session`` the one in which that is agreed.
    """
    old = _still_open(unit, number)
    if due is None:
        raise BadInput("An action carried forward needs a new day.", field="due")
    new = unit.record(
        ActionFields(
            case=old.case,
            owner=old.owner,
            who=old.who,
            what=what or old.what,
            why=why or old.why,
            session=session,
            set_on=on or unit.today,
            due=due,
            carries=number,
        )
    )
    with unit.amend(ActionFields, number) as action:
        action.dropped_on, action.dropped_why = unit.today, f"{CARRIED} as action {new.id}"
    return Done(new, unit.finish(f"Carried action {number} forward"))


def drop(unit: Unit, number: int, why: str, on: date | None = None, seen: int | None = None) -> Done[Action]:
    """Record that an action is no longer to be done, and why."""
    _still_open(unit, number)
    if not why.strip():
        raise BadInput("Say why it is no longer to be done.", field="dropped_why")
    if why.startswith(CARRIED):
        raise BadInput("Carry it forward instead, with a new day.", field="dropped_why")
    kept = unit.amend_by(Action, number, {"dropped_on": on or unit.today, "dropped_why": why}, seen)
    return Done(kept, unit.finish(f"Dropped action {number}"))


def follow(unit: Unit, number: int, on: date, outcome: str, seen: int | None = None) -> Done[Decision]:
    """Record that a decision was followed up: when, and what came of it."""
    if unit.get(Decision, number).followed_on:
        raise BadInput("That decision was followed up already.", field="decision", hint="Take it back with u first.")
    if not outcome.strip():
        raise BadInput("Say what came of it.", field="outcome")
    kept = unit.amend_by(Decision, number, {"followed_on": on, "outcome": outcome}, seen)
    return Done(kept, unit.finish(f"Followed up decision {number}"))


def _still_open(unit: Unit, number: int) -> Action:
    action = unit.get(Action, number)
    if action.done_on or action.dropped_on:
        word = "done" if action.done_on else "carried forward" if action.dropped_why.startswith(CARRIED) else "dropped"
        raise BadInput(f"That action is {word} already.", field="action", hint="Take it back with u first.")
    return action
