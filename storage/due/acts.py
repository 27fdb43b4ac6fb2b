"""What is done about due dates, beyond recording one thing."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from domain.due.overrides import Override, OverrideFields
from domain.due.records import Postponement, PostponementFields
from storage.records.unit import Done

if TYPE_CHECKING:
    from storage.due.due_list import DueLine
    from storage.due.overrides import OverrideLine
    from storage.records.unit import Unit


def postpone(unit: Unit, line: DueLine, to: date, reason: str) -> Done[Postponement]:
    """Plan a due thing for a later day, with a reason; its legal date stays."""
    case, worker = (line.subject, None) if line.subject_kind == "case" else (None, line.subject)
    kept = unit.record(
        PostponementFields(case=case, worker=worker, rule=line.series, cycle=line.cycle, to=to, reason=reason)
    )
    return Done(kept, unit.finish(f"Postponed {line.series} of {line.subject} to {to.isoformat()}"))


def decide_interval(unit: Unit, fields: OverrideFields, counting: OverrideLine | None) -> Done[Override]:
    """Give one case an interval of its own; the one ``counting`` until then ends as the new one begins."""
    if counting is not None:
        with unit.amend(OverrideFields, counting.id, counting.version) as before:
            before.ended_on = max(fields.decided_on, counting.decided_on)
    kept = unit.record(fields)
    return Done(kept, unit.finish(f"Decided an interval of its own for {kept.case}: {kept.interval.words}"))


def end_interval(unit: Unit, counting: OverrideLine, on: date) -> Done[Override]:
    """End the interval that one case had of its own."""
    kept = unit.amend_by(Override, counting.id, {"ended_on": on}, counting.version)
    return Done(kept, unit.finish(f"Ended the own interval of {kept.case}"))
