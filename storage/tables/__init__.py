"""The only table classes: each takes its fields from the domain and adds what keeping them needs.

Natural keys are the foreign keys (``case`` holds a reference, ``worker`` a staff id, ``team`` a name), so a validated
set of fields is a row. Rows are made with ``model_validate`` only: a table class checks nothing when constructed.
"""

from __future__ import annotations

from storage.tables.base import STRICT, Kept
from storage.tables.casework import (
    AllocationRow,
    CaseRow,
    ConflictRow,
    CouncilDateRow,
    EventRow,
    OverrideRow,
    PlanRow,
    PostponementRow,
    WeightingRow,
)
from storage.tables.derived import CalendarEntryRow, CasePointsRow, ObligationRow, PackItemRow, SchemeKeptRow
from storage.tables.keeping import ChangeRow, ChangeSetRow, ImportRow, MetaRow
from storage.tables.people import ConcernRow, ExtraRow, ReductionRow, TeamRow, UnplannedRow, WorkerEventRow, WorkerRow
from storage.tables.sessions import (
    ActionRow,
    AgendaItemRow,
    AgreementRow,
    AmendmentRow,
    AttendanceRow,
    DecisionRow,
    DisagreementRow,
    DiscussionRow,
    DraftRow,
    RatingRow,
    SessionRow,
)

__all__ = [
    "RECORDS",
    "STRICT",
    "ActionRow",
    "AgendaItemRow",
    "AgreementRow",
    "AllocationRow",
    "AmendmentRow",
    "AttendanceRow",
    "CalendarEntryRow",
    "CasePointsRow",
    "CaseRow",
    "ChangeRow",
    "ChangeSetRow",
    "ConcernRow",
    "ConflictRow",
    "CouncilDateRow",
    "DecisionRow",
    "DisagreementRow",
    "DiscussionRow",
    "DraftRow",
    "EventRow",
    "ExtraRow",
    "ImportRow",
    "Kept",
    "MetaRow",
    "ObligationRow",
    "OverrideRow",
    "PackItemRow",
    "PlanRow",
    "PostponementRow",
    "RatingRow",
    "ReductionRow",
    "SchemeKeptRow",
    "SessionRow",
    "TeamRow",
    "UnplannedRow",
    "WeightingRow",
    "WorkerEventRow",
    "WorkerRow",
]

RECORDS: dict[str, type[Kept]] = {
    "team": TeamRow,
    "worker": WorkerRow,
    "reduction": ReductionRow,
    "case": CaseRow,
    "event": EventRow,
    "allocation": AllocationRow,
    "weighting": WeightingRow,
    "session": SessionRow,
    "worker-event": WorkerEventRow,
    "postponement": PostponementRow,
    "override": OverrideRow,
    "council-date": CouncilDateRow,
    "extra": ExtraRow,
    "unplanned": UnplannedRow,
    "concern": ConcernRow,
    "conflict": ConflictRow,
    "plan": PlanRow,
    "agreement": AgreementRow,
    "attendance": AttendanceRow,
    "discussion": DiscussionRow,
    "amendment": AmendmentRow,
    "rating": RatingRow,
    "decision": DecisionRow,
    "action": ActionRow,
    "agenda-item": AgendaItemRow,
    "disagreement": DisagreementRow,
}
