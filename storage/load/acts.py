"""What is done about load and capacity, beyond recording one thing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from domain.load.records import Reduction
from domain.people.people import Team
from storage.load.steps import record_ramp
from storage.records.acts import Changed

if TYPE_CHECKING:
    from storage.records.unit import Unit


class Ramped(NamedTuple):
    """A ramp that was recorded: what it is called, and the reductions that it comes to."""

    title: str
    steps: Sequence[Reduction]


def follow_ramp(unit: Unit, worker: str, name: str, start: date, note: str = "") -> Ramped:
    """Record the reductions that a ramp comes to from ``start``, all or none; those over by now are left out.

    Raises NotFound for a ramp that no pack knows, BadInput when it would be over.
    """
    steps = record_ramp(unit, worker, name, start, note)
    unit.finish(f"Set a ramp for {worker}")
    return Ramped(unit.packs.ramp(name).title, steps)


def calibrate(unit: Unit, team: str, full_time_points: int) -> Changed[Team]:
    """Set a team's full-time points, in hundredths."""
    kept = unit.amend_by(Team, team, {"full_time_points": full_time_points})
    words = f"Calibrated {team}: a full-time load of {full_time_points / 100:g} points"
    return Changed(kept, ("full_time_points",), (), unit.finish(words))
