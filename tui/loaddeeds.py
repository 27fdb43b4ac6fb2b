"""What people do about a worker's load and capacity, each as one unit of work that says what it did."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from domain.dates import show_day
from domain.text import plural
from tui.deeds import Deed

if TYPE_CHECKING:
    from storage.unit import Unit


def reduce(unit: Unit, staff_id: str, values: Mapping[str, Any]) -> Deed:
    """Take some of a worker's capacity away for a while."""
    unit.record("reduction", {"worker": staff_id, **values})
    unit.finish(f"Reduced the capacity of {staff_id}")
    return Deed(f"{staff_id}: {values['percent']} % less from {show_day(values['starts'], unit.today)}.", unit.today)


def follow_ramp(unit: Unit, staff_id: str, name: str, start: date, note: str = "") -> Deed:
    """Record a ramp as the dated reductions it comes to, all of them or none; those over by now are left out."""
    from storage.ramps import follow

    steps = follow(unit, staff_id, name, start, note)
    unit.finish(f"Set a ramp for {staff_id}")
    last = steps[-1].ends
    until = f", a full load after {show_day(last, unit.today)}" if last else ""
    return Deed(f"{staff_id}: {unit.packs.ramp(name).title}, {plural(len(steps), 'step')}{until}.", unit.today)


def amend_reduction(unit: Unit, number: int, staff_id: str, changes: Mapping[str, Any], seen: int) -> Deed:
    """Change a reduction, mostly its end."""
    unit.amend("reduction", number, changes, seen)
    unit.finish(f"Changed a reduction of {staff_id}")
    return Deed(f"{staff_id}: the reduction is changed.", unit.today)


def add_extra(unit: Unit, staff_id: str, values: Mapping[str, Any]) -> Deed:
    """Give a worker a responsibility that counts as load beside cases."""
    kept = unit.record("extra", {"worker": staff_id, **values})
    unit.finish(f"Gave {staff_id} an extra responsibility")
    return Deed(f"{staff_id}: {kept.points / 100:g} points more from {show_day(kept.starts, unit.today)}.", unit.today)


def amend_extra(unit: Unit, number: int, staff_id: str, changes: Mapping[str, Any], seen: int) -> Deed:
    """Change an extra responsibility, mostly its end."""
    unit.amend("extra", number, changes, seen)
    unit.finish(f"Changed an extra responsibility of {staff_id}")
    return Deed(f"{staff_id}: the extra responsibility is changed.", unit.today)


def log_unplanned(unit: Unit, staff_id: str, values: Mapping[str, Any]) -> Deed:
    """Log hours that no plan foresaw."""
    kept = unit.record("unplanned", {"worker": staff_id, **values})
    unit.finish(f"Logged unplanned hours of {staff_id}")
    return Deed(f"{staff_id}: {kept.hours / 100:g} h unplanned on {show_day(kept.on, unit.today)}.", kept.on)


def amend_unplanned(unit: Unit, number: int, staff_id: str, changes: Mapping[str, Any], seen: int) -> Deed:
    """Put logged hours right."""
    unit.amend("unplanned", number, changes, seen)
    unit.finish(f"Changed unplanned hours of {staff_id}")
    return Deed(f"{staff_id}: the unplanned hours are changed.", unit.today)


def raise_concern(unit: Unit, staff_id: str, values: Mapping[str, Any]) -> Deed:
    """Raise a concern about a worker's load; with a plan in it, it is answered at once."""
    kept = unit.record("concern", {"worker": staff_id, **values})
    unit.finish(f"{'Answered' if kept.answered_on else 'Raised'} a workload concern about {staff_id}")
    return Deed(_concern(unit, kept), unit.today)


def amend_concern(unit: Unit, number: int, staff_id: str, changes: Mapping[str, Any], seen: int) -> Deed:
    """Answer a workload concern, move its review, or close it."""
    kept = unit.amend("concern", number, changes, seen)
    unit.finish(f"Changed a workload concern about {staff_id}")
    return Deed(_concern(unit, kept), unit.today)


def _concern(unit: Unit, kept: Any) -> str:
    if kept.closed_on:
        return f"{kept.worker}: the workload concern is closed."
    if not kept.answered_on:
        return f"{kept.worker}: the workload concern stays open until somebody answers it."
    review = f" It is looked at again on {show_day(kept.review_on, unit.today)}." if kept.review_on else ""
    return f"{kept.worker}: the workload concern is answered.{review}"
