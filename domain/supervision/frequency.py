"""How often somebody is supervised: the stretches of a frequency standard, as plain values without validation."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

from domain.core.intervals import Interval

UNITS = ("days", "weeks", "months")


class Phase(NamedTuple):
    """How often up to the end of a stretch counted from the first day; the last phase has no end."""

    every: Interval
    until: Interval | None = None


class Cadence(NamedTuple):
    """A frequency standard as dates are counted from it.

    ``placement_days`` says that sessions are counted in placement days: ``phases`` are then only how often to book.
    """

    phases: tuple[Phase, ...]
    placement_days: int | None = None

    def every(self, on: date, began: date | None) -> Interval:
        """Return how often on that day, for somebody whose work or programme began on ``began``."""
        if began is not None:
            for phase in self.phases[:-1]:
                assert phase.until is not None
                if on < phase.until.after(began):
                    return phase.every
        return self.phases[-1].every

    @property
    def single(self) -> Interval | None:
        """The one interval that dates can be counted by; None for phases, and for what placement days count."""
        return self.phases[0].every if len(self.phases) == 1 and self.placement_days is None else None


def stretch(data: Mapping[str, Any]) -> Interval:
    """Return a stretch of time written as ``{weeks: 4}``."""
    unit = next(unit for unit in UNITS if data.get(unit) is not None)
    return Interval(unit, int(data[unit]))


def cadence(item: Mapping[str, Any]) -> Cadence:
    """Return the cadence of a standard as the database keeps it (see Standard.as_item)."""
    phases = tuple(
        Phase(stretch(phase["every"]), stretch(phase["until"]) if phase.get("until") else None)
        for phase in item.get("phases", ())
    )
    return Cadence(phases or (Phase(stretch(item["every"])),), item.get("placement_days"))
