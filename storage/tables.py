"""The only table classes: each takes its fields from the domain and adds what keeping them needs.

Natural keys are the foreign keys (``case`` holds a reference, ``worker`` a staff id, ``team`` a name), so a validated
set of fields is a row. Rows are made with ``model_validate`` only: a table class checks nothing when constructed.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from domain.cases import (
    AllocationFields,
    CaseFields,
    ConflictFields,
    CouncilDateFields,
    EventFields,
    PostponementFields,
    WeightingFields,
)
from domain.ids import ChangeReason, ConflictReason, Nation, Pathway, Role, SessionState, SubjectKind, WeighReason
from domain.overrides import OverrideFields
from domain.people import ReductionFields, TeamFields, WorkerEventFields, WorkerFields
from domain.plans import PlanFields
from domain.supervision import SessionFields
from domain.workload import ConcernFields, ExtraFields, UnplannedFields
from storage.columns import Facts, Moment, Words, choice, points_to

STRICT = {"sqlite_strict": True}


class Kept(SQLModel):
    """What every record carries besides its fields: identity, version, and who changed it last and when."""

    id: int | None = Field(default=None, primary_key=True)
    version: int = 1
    changed_by: str = ""
    changed_at: datetime | None = Field(default=None, sa_type=Moment)


class TeamRow(TeamFields, Kept, table=True):
    """A team."""

    __tablename__ = "team"
    __table_args__ = (STRICT,)
    name: str = Field(unique=True)
    nation: Nation = choice(Nation, default=Nation.ENGLAND)
    sort_key: str = Field(default="")


class WorkerRow(WorkerFields, Kept, table=True):
    """A worker."""

    __tablename__ = "worker"
    __table_args__ = (sa.Index("worker_team", "team"), sa.Index("worker_sort", "sort_key"), STRICT)
    staff_id: str = Field(unique=True)
    team: str = points_to("team.name")
    line_manager: str | None = points_to("worker.staff_id", default=None)
    supervisor: str | None = points_to("worker.staff_id", default=None)
    specialisms: tuple[str, ...] = Field(default=(), sa_type=Words)
    areas: tuple[str, ...] = Field(default=(), sa_type=Words)
    sort_key: str = Field(default="")


class ReductionRow(ReductionFields, Kept, table=True):
    """A dated loss of capacity."""

    __tablename__ = "reduction"
    __table_args__ = (sa.Index("reduction_worker", "worker", "starts"), STRICT)
    worker: str = points_to("worker.staff_id")


class CaseRow(CaseFields, Kept, table=True):
    """A case."""

    __tablename__ = "cases"
    __table_args__ = (
        sa.Index("case_team_open", "team", sqlite_where=sa.text("closed IS NULL")),
        sa.Index("case_sort", "sort_key"),
        sa.Index("case_siblings", "sibling_group", sqlite_where=sa.text("sibling_group <> ''")),
        STRICT,
    )
    reference: str = Field(unique=True)
    team: str = points_to("team.name")
    nation: Nation = choice(Nation, default=Nation.ENGLAND)
    pathways: tuple[Pathway, ...] = Field(sa_type=Words)
    factors: tuple[str, ...] = Field(default=(), sa_type=Words)
    must_have: tuple[str, ...] = Field(default=(), sa_type=Words)
    prefers: tuple[str, ...] = Field(default=(), sa_type=Words)
    sort_key: str = Field(default="")


class EventRow(EventFields, Kept, table=True):
    """A dated fact on a case."""

    __tablename__ = "event"
    __table_args__ = (sa.Index("event_case", "case", "on"), STRICT)
    case: str = points_to("cases.reference")
    details: dict[str, Any] = Field(default_factory=dict, sa_type=Facts)


class AllocationRow(AllocationFields, Kept, table=True):
    """A worker's dated role on a case."""

    __tablename__ = "allocation"
    __table_args__ = (
        sa.Index("allocation_worker", "worker", "role", "ends", "starts", "case"),
        sa.Index("allocation_case", "case", "role", "ends", "starts", "worker"),
        STRICT,
    )
    case: str = points_to("cases.reference")
    worker: str = points_to("worker.staff_id")
    role: Role = choice(Role, default=Role.ALLOCATED)
    reason: ChangeReason | None = choice(ChangeReason, default=None, nullable=True)
    overruled: tuple[str, ...] = Field(default=(), sa_type=Words)
    under: str | None = points_to("plan.name", default=None)


class WeightingRow(WeightingFields, Kept, table=True):
    """A case's answers under a scheme, and what they came to."""

    __tablename__ = "weighting"
    __table_args__ = (sa.Index("weighting_case", "case", "on"), STRICT)
    case: str = points_to("cases.reference")
    answers: dict[str, Any] = Field(default_factory=dict, sa_type=Facts)
    why: WeighReason = choice(WeighReason, default=WeighReason.OTHER)
    scheme_version: str = ""
    points: int = 0


class SessionRow(SessionFields, Kept, table=True):
    """A supervision session."""

    __tablename__ = "session"
    __table_args__ = (sa.Index("session_worker", "worker", "state", "on"), STRICT)
    worker: str = points_to("worker.staff_id")
    supervisor: str = points_to("worker.staff_id")
    state: SessionState = choice(SessionState, default=SessionState.PLANNED)


class WorkerEventRow(WorkerEventFields, Kept, table=True):
    """A dated fact about a worker."""

    __tablename__ = "worker_event"
    __table_args__ = (sa.Index("worker_event_worker", "worker", "on"), STRICT)
    worker: str = points_to("worker.staff_id")
    details: dict[str, Any] = Field(default_factory=dict, sa_type=Facts)


class PostponementRow(PostponementFields, Kept, table=True):
    """A decision to do a due thing later."""

    __tablename__ = "postponement"
    __table_args__ = (sa.Index("postponement_case", "case", "rule", "cycle"), STRICT)
    case: str | None = points_to("cases.reference", default=None)
    worker: str | None = points_to("worker.staff_id", default=None)


class OverrideRow(OverrideFields, Kept, table=True):
    """One case's own interval for a local rule."""

    __tablename__ = "override"
    __table_args__ = (sa.Index("override_case", "case"), STRICT)
    case: str = points_to("cases.reference")
    unit: str = Field(sa_type=sa.Text)  # type: ignore[assignment]


class CouncilDateRow(CouncilDateFields, Kept, table=True):
    """A due date of the council's own."""

    __tablename__ = "council_date"
    __table_args__ = (sa.Index("council_date_case", "case", "kind", "due"), STRICT)
    case: str = points_to("cases.reference")


class ExtraRow(ExtraFields, Kept, table=True):
    """Work that is not cases and counts as load."""

    __tablename__ = "extra"
    __table_args__ = (sa.Index("extra_worker", "worker", "starts"), STRICT)
    worker: str = points_to("worker.staff_id")


class UnplannedRow(UnplannedFields, Kept, table=True):
    """Hours that no plan foresaw."""

    __tablename__ = "unplanned"
    __table_args__ = (sa.Index("unplanned_worker", "worker", "on"), STRICT)
    worker: str = points_to("worker.staff_id")
    case: str | None = points_to("cases.reference", default=None)


class ConcernRow(ConcernFields, Kept, table=True):
    """A workload concern."""

    __tablename__ = "concern"
    __table_args__ = (sa.Index("concern_worker", "worker", "raised_on"), STRICT)
    worker: str = points_to("worker.staff_id")


class ConflictRow(ConflictFields, Kept, table=True):
    """Why a worker must not hold a case."""

    __tablename__ = "conflict"
    __table_args__ = (sa.Index("conflict_case", "case"), STRICT)
    case: str = points_to("cases.reference")
    worker: str = points_to("worker.staff_id")
    why: ConflictReason = choice(ConflictReason)


class PlanRow(PlanFields, Kept, table=True):
    """A saved plan."""

    __tablename__ = "plan"
    __table_args__ = (sa.Index("plan_team", "team"), STRICT)
    name: str = Field(unique=True)
    team: str = points_to("team.name")
    scenario: dict[str, Any] = Field(default_factory=dict, sa_type=Facts)
    result: dict[str, Any] = Field(default_factory=dict, sa_type=Facts)


class ChangeSetRow(SQLModel, table=True):
    """One finished piece of work: who, when, what in a few words; ``chain`` binds it to the one before.

    ``undoes`` names the set that this one took back.
    """

    __tablename__ = "change_set"
    __table_args__ = (STRICT,)
    id: int | None = Field(default=None, primary_key=True)
    actor: str
    at: datetime = Field(sa_type=Moment)
    what: str
    undoes: int | None = None
    lines: int
    commitment: str
    chain: str


class ChangeRow(SQLModel, table=True):
    """One record changed: ``before`` and ``after`` as JSON (either may be empty), with the salt of its commitment.

    Erasing a person empties before, after and salt; the commitment stays, so the chain still verifies.
    """

    __tablename__ = "change"
    __table_args__ = (
        sa.Index("change_record", "record", "key"),
        sa.Index("change_in_set", "change_set"),
        STRICT,
    )
    id: int | None = Field(default=None, primary_key=True)
    change_set: int = Field(foreign_key="change_set.id")
    record: str
    key: int
    before: str | None = None
    after: str | None = None
    salt: str | None = None
    commitment: str


class ObligationRow(SQLModel, table=True):
    """An open obligation, derived: never typed in, and rebuilt from the events at any time."""

    __tablename__ = "obligation"
    __table_args__ = (
        sa.UniqueConstraint("subject", "subject_kind", "series", "cycle"),
        sa.Index("obligation_due", "legal_due"),
        STRICT,
    )
    id: str = Field(primary_key=True)
    subject_kind: SubjectKind = choice(SubjectKind)
    subject: str
    series: str
    rule: str
    cycle: int
    legal_due: date | None = None
    plan_by: date | None = None
    opens: date | None = None
    anchor_event: str
    anchor_on: date | None = None


class CasePointsRow(SQLModel, table=True):
    """What a case weighs today under its team's scheme, in hundredths; ``assumed`` while nobody has weighed it.

    ``stale`` where its answers no longer fit the scheme in force; from ``dormant_from`` on it counts
    ``dormant_points``.
    """

    __tablename__ = "case_points"
    __table_args__ = (STRICT,)
    case: str = Field(
        primary_key=True,
        sa_column_args=[sa.ForeignKey("cases.reference", onupdate="CASCADE", ondelete="CASCADE")],
    )
    scheme: str
    points: int
    assumed: bool
    stale: bool = False
    last_on: date | None = None
    dormant_from: date | None = None
    dormant_points: int = 0


class SchemeKeptRow(SQLModel, table=True):
    """A version of a weighting scheme that was once in force, so that old history can be shown under it."""

    __tablename__ = "scheme_kept"
    __table_args__ = (STRICT,)
    id: str = Field(primary_key=True)
    version: str = Field(primary_key=True)
    data: dict[str, Any] = Field(sa_type=Facts)


class PackItemRow(SQLModel, table=True):
    """One thing a pack in force says (a rule, a scheme, a grade, an event kind), so that readers need no packs."""

    __tablename__ = "pack_item"
    __table_args__ = (STRICT,)
    kind: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    place: int
    data: dict[str, Any] = Field(sa_type=Facts)


class CalendarEntryRow(SQLModel, table=True):
    """What a calendar last said about one thing: its digest, sequence and change time, so that bytes stay stable."""

    __tablename__ = "calendar_entry"
    __table_args__ = (STRICT,)
    recipient: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    digest: str
    sequence: int = 0
    created_at: datetime = Field(sa_type=Moment)
    changed_at: datetime = Field(sa_type=Moment)
    gone_at: datetime | None = Field(default=None, sa_type=Moment)


class ImportRow(SQLModel, table=True):
    """An import that went in: when, by whom, from what kind of source."""

    __tablename__ = "import_run"
    __table_args__ = (STRICT,)
    id: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(sa_type=Moment)
    on: date
    actor: str
    source: str
    summary: dict[str, Any] = Field(default_factory=dict, sa_type=Facts)


class MetaRow(SQLModel, table=True):
    """Facts about this database: its namespace for calendar identities, the digest of the packs in force."""

    __tablename__ = "meta"
    __table_args__ = (STRICT,)
    key: str = Field(primary_key=True)
    value: str


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
}
