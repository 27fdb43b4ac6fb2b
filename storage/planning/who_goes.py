"""What a plan was made for, recorded with it: who leaves when, and who is away."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from domain.load.records import Reduction, ReductionFields
from domain.people.people import Worker, WorkerFields
from storage.tables import ReductionRow

if TYPE_CHECKING:
    from domain.planning.proposals import Proposal
    from domain.planning.scenarios import Absence
    from storage.records.unit import Unit

WHOLE = 100  # percent
AWAY = "special_leave"  # the reason under which an absence is recorded that the plan alone knows of


def record_who_goes(unit: Unit, proposal: Proposal, whose: Collection[str | None], name: str) -> None:
    """Record the leaving days and absences that the plan was made for, of those whose cases move."""
    for leaver in proposal.scenario.leavers:
        kept = unit.get(Worker, leaver.worker)
        if leaver.worker in whose and (kept.leaves is None or kept.leaves > leaver.on):
            with unit.amend(WorkerFields, leaver.worker) as worker:
                worker.leaves = leaver.on
    for absence in proposal.scenario.absences:
        if absence.worker in whose and not _known_away(unit, absence):
            unit.record(
                ReductionFields(
                    worker=absence.worker,
                    percent=WHOLE,
                    kind=AWAY,
                    reason=f"Away; plan {name}",
                    starts=absence.starts,
                    ends=absence.ends,
                )
            )


def _known_away(unit: Unit, absence: Absence) -> bool:
    """Whether it is on record that somebody carries nothing for the whole of an absence."""
    return any(
        one.percent == WHOLE
        and one.starts <= absence.starts
        and (one.ends is None or (absence.ends is not None and one.ends >= absence.ends))
        for one in unit.all(Reduction, ReductionRow.worker == absence.worker)
    )
