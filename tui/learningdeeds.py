"""What people do about learning, each as one unit of work that says what it did."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from domain.dates import show_day
from domain.ids import LearningOutcome
from domain.text import plural
from tui.deeds import Deed

if TYPE_CHECKING:
    from storage.unit import Unit

Values = Mapping[str, Any]


def raise_need(unit: Unit, values: Values) -> Deed:
    """Raise a learning need."""
    kept = unit.record("learning-need", {"raised_on": unit.today, "raised_by": unit.actor, **values})
    unit.finish(f"Raised a learning need of {kept.worker}")
    by = f", by {show_day(kept.due, unit.today)}" if kept.due else ", no date yet"
    return Deed(f"{kept.worker}: {kept.title}{by}.", unit.today)


def amend_need(unit: Unit, number: int, changes: Values, seen: int) -> Deed:
    """Change a learning need: how and by when it is met, its priority, its capabilities."""
    kept = unit.amend("learning-need", number, changes, seen)
    unit.finish(f"Changed a learning need of {kept.worker}")
    return Deed(f"{kept.worker}: {kept.title} is changed.", unit.today)


def approve_need(unit: Unit, number: int) -> Deed:
    """Approve what was planned for a need, and what it costs."""
    kept = unit.amend("learning-need", number, {"approved_on": unit.today, "approved_by": unit.actor})
    unit.finish(f"Approved a learning need of {kept.worker}")
    return Deed(f"{kept.worker}: {kept.title} is approved.", unit.today)


def end_need(unit: Unit, number: int, outcome: LearningOutcome, why: str = "") -> Deed:
    """End a need: met, changed or dropped, the last two with a reason."""
    kept = unit.amend("learning-need", number, {"ended_on": unit.today, "outcome": outcome, "why": why})
    unit.finish(f"Ended a learning need of {kept.worker}: {outcome.value}")
    return Deed(f"{kept.worker}: {kept.title}: {outcome.value}. Press u to take that back.", unit.today)


def plan_together(unit: Unit, numbers: Sequence[int], values: Values) -> Deed:
    """Plan one thing for several needs at once: the way, the day, the plan; cost is for each."""
    for number in numbers:
        unit.amend("learning-need", number, {name: value for name, value in values.items() if value not in ("", None)})
    unit.finish(f"Planned one {values['method'].replace('_', ' ')} for {plural(len(numbers), 'learning need')}")
    by = f" by {show_day(values['due'], unit.today)}" if values.get("due") else ""
    return Deed(f"One {values['method'].replace('_', ' ')} for {plural(len(numbers), 'need')}{by}.", unit.today)


def add_evidence(unit: Unit, values: Values) -> Deed:
    """Keep something that shows a capability."""
    kept = unit.record("evidence", values)
    unit.finish(f"Added evidence of {kept.worker}")
    return Deed(f"{kept.worker}: {kept.title}, {show_day(kept.on, unit.today)}.", kept.on)


def add_cpd(unit: Unit, values: Values) -> Deed:
    """Keep a piece of professional development."""
    kept = unit.record("cpd", values)
    unit.finish(f"Added professional development of {kept.worker}")
    return Deed(f"{kept.worker}: {kept.title}, {show_day(kept.on, unit.today)}.", kept.on)


def amend_cpd(unit: Unit, number: int, changes: Values, seen: int | None = None) -> Deed:
    """Change a piece of professional development: what was learnt, or when it was handed in."""
    kept = unit.amend("cpd", number, changes, seen)
    unit.finish(f"Changed professional development of {kept.worker}")
    handed = f" Handed in {show_day(kept.submitted_on, unit.today)}." if changes.get("submitted_on") else ""
    return Deed(f"{kept.worker}: {kept.title} is changed.{handed}", unit.today)


def record_holding(unit: Unit, values: Values, title: str) -> Deed:
    """Record a registration, warrant or check, or the renewal of one."""
    kept = unit.record("registration", values)
    unit.finish(f"Recorded a registration of {kept.worker}")
    until = f", until {show_day(kept.expires, unit.today)}" if kept.expires else ""
    return Deed(f"{kept.worker}: {title} from {show_day(kept.granted, unit.today)}{until}.", kept.granted)


def record_training(unit: Unit, values: Values, topic: str, title: str) -> Deed:
    """Record that somebody had a training."""
    kept = unit.record("worker-event", {**values, "kind": "training_completed", "details": {"topic": topic}})
    unit.finish(f"Recorded training of {kept.worker}")
    return Deed(f"{kept.worker}: {title}, {show_day(kept.on, unit.today)}.", kept.on)


def amend_holding(unit: Unit, record: tuple[str, int], changes: Values, seen: int, title: str) -> Deed:
    """Put right what was recorded of a registration or a training, or end it."""
    kept = unit.amend(*record, changes, seen)
    unit.finish(f"Changed a registration or training of {kept.worker}")
    ended = f" ended {show_day(changes['ended_on'], unit.today)}" if changes.get("ended_on") else " is changed"
    return Deed(f"{kept.worker}: {title}{ended}.", unit.today)
