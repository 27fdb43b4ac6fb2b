"""The steps of a ramp as dated reductions, recorded together."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from storage.unit import Unit


def follow(unit: Unit, worker: str, name: str, start: date, note: str = "") -> Sequence[Any]:
    """Record the reductions that a ramp comes to from ``start``, and return them; those over by now are left out.

    Raises NotFound for a ramp that no pack knows, BadInput when it would be over.
    """
    from domain.reductions import dated

    ramp = unit.packs.ramp(name)
    given = {"worker": worker, "kind": ramp.reason, "reason": unit.packs.reasons[ramp.reason].title, "note": note}
    return [
        unit.record("reduction", {**given, "percent": step.percent, "starts": step.starts, "ends": step.ends})
        for step in dated(ramp, start, unit.today)
    ]
