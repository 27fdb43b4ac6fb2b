"""What is done about allocation: a case is given to a worker."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from domain.cases.cases import Allocation
from domain.core.enums import ChangeReason, Role
from storage.allocation.steps import hand_over
from storage.records.derivation import Followed

if TYPE_CHECKING:
    from storage.records.unit import Unit


class Allocated(NamedTuple):
    """The allocations that were made, that of the case first, then of its siblings; and what followed."""

    kept: Sequence[Allocation]
    followed: Followed

    @property
    def cases(self) -> str:
        """The cases in a sentence, by reference."""
        return " and ".join(one.case for one in self.kept)


def allocate(
    unit: Unit,
    case: str,
    worker: str,
    on: date,
    *,
    role: Role = Role.ALLOCATED,
    reason: ChangeReason | None = None,
    note: str = "",
    approved_by: str = "",
    together: bool = False,
) -> Allocated:
    """Give a case to a worker from a day on, with its siblings' cases where they go ``together``.

    A caution needs a ``note``, a hard rule who it is ``approved_by``: the approver that the policy names. Raises
    BadInput naming the field and the rule; nothing is changed then.
    """
    kept = hand_over(
        unit, case, worker, on, role=role, reason=reason, note=note, approved_by=approved_by, together=together
    )
    cases = " and ".join(one.case for one in kept)
    return Allocated(kept, unit.finish(f"Allocated {cases} to {worker}"))
