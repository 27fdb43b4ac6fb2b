"""What people do with actions and decisions, each as one unit of work that says what it did."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from domain.dates import show_day
from storage import actions
from storage.actions import ACTION, DECISION
from tui.deeds import Deed

if TYPE_CHECKING:
    from storage.unit import Unit


def set_action(unit: Unit, values: Mapping[str, Any]) -> Deed:
    """Set an action; on screen it always has somebody who does it and a day."""
    kept = unit.record(ACTION, {**values, "set_on": unit.today})
    unit.finish(f"Set action {kept.id}")
    return Deed(f"Action {kept.id} is set, due {show_day(kept.due, unit.today)}.", unit.today)


def amend(unit: Unit, kind: str, number: int, changes: Mapping[str, Any], seen: int) -> Deed:
    """Change an action or a decision."""
    unit.amend(kind, number, changes, seen)
    unit.finish(f"Changed {kind} {number}")
    return Deed(f"{kind.capitalize()} {number} is changed.", unit.today)


def complete(unit: Unit, kind: str, number: int, values: Mapping[str, Any], seen: int) -> Deed:
    """Record how and when an action was done, or what came of a decision."""
    if kind == DECISION:
        actions.follow(unit, number, values["on"], values["how"], seen)
        return Deed(f"Decision {number} is followed up. Press u to take that back.", values["on"])
    actions.complete(unit, number, values["on"], values["how"], seen)
    return Deed(f"Action {number} is done. Press u to take that back.", values["on"])


def carry(unit: Unit, number: int, due: date | None, what: str) -> Deed:
    """Carry an action forward to a later day, worded anew where that helps."""
    new = actions.carry(unit, number, due, {"what": what})
    return Deed(f"Action {number} goes on as action {new.id}, due {show_day(new.due, unit.today)}.", unit.today)


def drop(unit: Unit, number: int, why: str, seen: int) -> Deed:
    """Drop an action with its reason."""
    actions.drop(unit, number, why, seen=seen)
    return Deed(f"Action {number} is dropped. Press u to take that back.", unit.today)
