"""What people do with programmes, each as one unit of work that says what it did."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from domain.dates import show_day
from domain.text import plural
from tui.deeds import Deed

if TYPE_CHECKING:
    from storage.unit import Unit
    from tui.widgets.weekregister import Mark


def begin_programme(unit: Unit, values: Mapping[str, Any]) -> Deed:
    """Begin a learner's programme."""
    kept = unit.record("programme", {name: value for name, value in values.items() if value not in (None, "")})
    unit.finish(f"Began programme {kept.id} of {kept.worker}")
    return Deed(f"{kept.worker}: programme {kept.id} begins on {show_day(kept.starts, unit.today)}.", kept.starts)


def reach(unit: Unit, programme: int, title: str, values: Mapping[str, Any]) -> Deed:
    """Record that a stage was reached, a part handed in or a step of the concerns procedure taken."""
    kept = unit.record("milestone", {"programme": programme, **values})
    unit.finish(f"Recorded {kept.kind.replace('_', ' ')} in programme {programme}")
    return Deed(f"Recorded: {title.lower()}, {show_day(kept.on, unit.today)}.", kept.on)


def show_evidence(unit: Unit, programme: int, worker: str, values: Mapping[str, Any]) -> Deed:
    """Keep a piece of evidence of a programme."""
    kept = unit.record("evidence", {"programme": programme, "worker": worker, **values})
    unit.finish(f"Kept evidence {kept.id} of {worker}")
    return Deed(f"Kept as evidence: {kept.title}.", kept.on)


def close_days(unit: Unit, programme: int, values: Mapping[str, Any]) -> Deed:
    """Let a placement rest for some days."""
    kept = unit.record("closure", {"programme": programme, **values})
    unit.finish(f"Closed days of programme {programme}")
    said = f"Closed from {show_day(kept.starts, unit.today)} to {show_day(kept.ends, unit.today)}: {kept.why}."
    return Deed(said, kept.starts)


def save_days(unit: Unit, programme: int, marks: Mapping[date, Mark | None]) -> Deed:
    """Keep the days of a register that were marked, all of them or none."""
    kept = {line.on: line for line in unit.all("placement-day", programme=programme)}
    for day, mark in sorted(marks.items()):
        there = kept.get(day)
        if mark is None:
            if there is not None:
                unit.remove("placement-day", there.id)
        elif there is None:
            unit.record("placement-day", {"programme": programme, "on": day, "kind": mark.kind, "part": mark.part})
        else:
            changes: dict[str, Any] = {"kind": mark.kind, "part": mark.part}
            unit.amend("placement-day", there.id, {**changes, "hours": None} if there.part != mark.part else changes)
    unit.finish(f"Filled in {plural(len(marks), 'day')} of programme {programme}")
    return Deed(f"Saved {plural(len(marks), 'day')}. Press u to take that back.", unit.today)
