"""Steps that acts of several subjects take with load; each checks and writes, and leaves finishing to the act."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from domain.load.records import Reduction, ReductionFields
from domain.load.reductions import dated

if TYPE_CHECKING:
    from storage.records.unit import Unit


def record_ramp(unit: Unit, worker: str, name: str, start: date, note: str = "") -> Sequence[Reduction]:
    """Record the reductions that a ramp comes to from ``start``; those over by now are left out.

    Raises NotFound for a ramp that no pack knows, BadInput when it would be over.
    """
    ramp = unit.packs.ramp(name)
    reason = unit.packs.reasons[ramp.reason].title
    return [
        unit.record(
            ReductionFields(
                worker=worker,
                kind=ramp.reason,
                reason=reason,
                percent=step.percent,
                starts=step.starts,
                ends=step.ends,
                note=note,
            )
        )
        for step in dated(ramp, start, unit.today)
    ]
