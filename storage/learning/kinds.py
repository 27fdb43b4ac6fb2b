"""The kinds of record about learning: needs, evidence, development, registrations, and programmes."""

from __future__ import annotations

from domain.learning.programmes import (
    Closure,
    ClosureFields,
    Extension,
    ExtensionFields,
    Milestone,
    MilestoneFields,
    PlacementDay,
    PlacementDayFields,
    Programme,
    ProgrammeFields,
    StageClosing,
    StageClosingFields,
)
from domain.learning.records import (
    Cpd,
    CpdClosing,
    CpdClosingFields,
    CpdFields,
    Evidence,
    EvidenceFields,
    LearningNeed,
    LearningNeedFields,
    Registration,
    RegistrationFields,
)
from storage.learning.checks import of_cpd_closing, of_learning, of_registration
from storage.learning.programme_checks import (
    of_closure,
    of_day,
    of_evidence,
    of_extension,
    of_milestone,
    of_programme,
    of_stage_closing,
)
from storage.records.kind import ByHand, Kind, touch, touch_nothing
from storage.tables import (
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

_worker, _programme = touch("workers", "worker"), touch("programmes", "programme")

KINDS = (
    Kind("learning-need", LearningNeedFields, LearningNeed, LearningNeedRow, touches=_worker, check=of_learning),
    Kind("evidence", EvidenceFields, Evidence, EvidenceRow, touches=touch_nothing, check=of_evidence),
    Kind("cpd", CpdFields, Cpd, CpdRow, touches=_worker, check=of_learning),
    Kind(
        "cpd-closing",
        CpdClosingFields,
        CpdClosing,
        CpdClosingRow,
        touches=_worker,
        check=of_cpd_closing,
        by_hand=ByHand(removable=True),
    ),
    Kind("registration", RegistrationFields, Registration, RegistrationRow, touches=_worker, check=of_registration),
    Kind("programme", ProgrammeFields, Programme, ProgrammeRow, touches=_worker, check=of_programme),
    Kind("milestone", MilestoneFields, Milestone, MilestoneRow, touches=_programme, check=of_milestone),
    Kind(
        "placement-day",
        PlacementDayFields,
        PlacementDay,
        PlacementDayRow,
        touches=_programme,
        check=of_day,
        by_hand=ByHand(removable=True),
    ),
    Kind("closure", ClosureFields, Closure, ClosureRow, touches=_programme, check=of_closure),
    Kind(
        "stage-closing",
        StageClosingFields,
        StageClosing,
        StageClosingRow,
        touches=_programme,
        check=of_stage_closing,
        by_hand=ByHand(removable=True),
    ),
    Kind(
        "extension",
        ExtensionFields,
        Extension,
        ExtensionRow,
        touches=_programme,
        check=of_extension,
        by_hand=ByHand(removable=True),
    ),
)
