"""Steps that acts of several subjects take with cases; each checks and writes, and leaves finishing to the act."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from domain.cases.cases import Allocation, AllocationFields
from domain.core.enums import ChangeReason, Role
from domain.core.errors import BadInput
from storage.tables import AllocationRow

if TYPE_CHECKING:
    from storage.records.unit import Unit


def give(
    unit: Unit,
    case: str,
    worker: str,
    on: date,
    *,
    role: Role = Role.ALLOCATED,
    reason: ChangeReason | None = None,
    note: str = "",
    overruled: tuple[str, ...] = (),
    approved_by: str = "",
    under: str | None = None,
) -> Allocation:
    """Give ``case`` to ``worker`` from ``on``; the allocated worker before, if any, ends that day.

    ``overruled`` are the policy rules that stood against it, ``approved_by`` who approved that, ``under`` the plan it
    came from. Raises BadInput where somebody holds the case and no reason for the change is given.
    """
    if role is Role.ALLOCATED:
        _end_allocated(unit, case, worker, on, reason)
    return unit.record(
        AllocationFields(
            case=case,
            worker=worker,
            role=role,
            starts=on,
            reason=reason,
            note=note,
            overruled=overruled,
            approved_by=approved_by,
            under=under,
        )
    )


def _end_allocated(unit: Unit, case: str, worker: str, on: date, reason: ChangeReason | None) -> None:
    for held in unit.all(Allocation, AllocationRow.case == case, AllocationRow.role == Role.ALLOCATED):
        if held.ends is not None:
            continue
        if held.worker == worker:
            raise BadInput(f"{worker} already holds {case}.", field="worker")
        if reason is None:
            raise BadInput(
                f"{case} is held by {held.worker}: say why the worker changes.",
                field="reason",
                hint="One of " + ", ".join(ChangeReason) + ".",
            )
        if on < held.starts:
            raise BadInput(f"{held.worker} took {case} on {held.starts}: give a later day.", field="starts")
        with unit.amend(AllocationFields, held.id) as allocation:
            allocation.ends = on


def let_go(unit: Unit, case: str, on: date) -> tuple[int, ...]:
    """End on a day whatever allocation of a case stands then or is still to come, and return their numbers."""
    held = [one for one in unit.all(Allocation, AllocationRow.case == case) if one.ends is None or one.ends > on]
    ended = {one.id: max(on, one.starts) for one in held if one.has_days}
    for number, ends in ended.items():
        with unit.amend(AllocationFields, number) as allocation:
            allocation.ends = ends
    return tuple(ended)
