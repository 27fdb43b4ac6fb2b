"""The only table classes: each takes its fields from the domain and adds what keeping them needs.

Natural keys are the foreign keys (``case`` holds a reference, ``worker`` a staff id, ``team`` a name), so a validated
set of fields is a row. Rows are made with ``model_validate`` only: a table class checks nothing when constructed.
"""

from __future__ import annotations

from storage.tables.base import STRICT, Kept, table_of
from storage.tables.calendar import CalendarChoiceRow, CalendarExportRow, CalendarSettingsRow, FeedTokenRow, OutboxRow
from storage.tables.cases import (
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
from storage.tables.former_keys import FormerKeyRow
from storage.tables.learning import (
    ClosureRow,
    CpdClosingRow,
    CpdRow,
    EvidenceRow,
    ExtensionRow,
    LearningNeedRow,
    MilestoneRow,
    PlacementDayRow,
    ProgrammeRow,
    RegistrationRow,
    StageClosingRow,
)
from storage.tables.log import ChangeRow, ChangeSetRow, ImportRow, MetaRow
from storage.tables.not_the_same import NotTheSameRow
from storage.tables.people import (
    ConcernRow,
    ExtraRow,
    ReductionRow,
    TeamPeriodRow,
    TeamRow,
    UnplannedRow,
    WorkerEventRow,
    WorkerPeriodRow,
    WorkerRow,
)
from storage.tables.supervision import (
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
    "STRICT",
    "ActionRow",
    "AgendaItemRow",
    "AgreementRow",
    "AllocationRow",
    "AmendmentRow",
    "AttendanceRow",
    "CalendarChoiceRow",
    "CalendarEntryRow",
    "CalendarExportRow",
    "CalendarSettingsRow",
    "CasePointsRow",
    "CaseRow",
    "ChangeRow",
    "ChangeSetRow",
    "ClosureRow",
    "ConcernRow",
    "ConflictRow",
    "CouncilDateRow",
    "CpdClosingRow",
    "CpdRow",
    "DecisionRow",
    "DisagreementRow",
    "DiscussionRow",
    "DraftRow",
    "EventRow",
    "EvidenceRow",
    "ExtensionRow",
    "ExtraRow",
    "FeedTokenRow",
    "FormerKeyRow",
    "ImportRow",
    "Kept",
    "LearningNeedRow",
    "MetaRow",
    "MilestoneRow",
    "NotTheSameRow",
    "ObligationRow",
    "OutboxRow",
    "OverrideRow",
    "PackItemRow",
    "PlacementDayRow",
    "PlanRow",
    "PostponementRow",
    "ProgrammeRow",
    "RatingRow",
    "ReductionRow",
    "RegistrationRow",
    "SchemeKeptRow",
    "SessionRow",
    "StageClosingRow",
    "TeamPeriodRow",
    "TeamRow",
    "UnplannedRow",
    "WeightingRow",
    "WorkerEventRow",
    "WorkerPeriodRow",
    "WorkerRow",
    "table_of",
]
