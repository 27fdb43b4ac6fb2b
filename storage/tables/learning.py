"""Learning and programmes: needs, evidence, registrations, placements."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlmodel import Field

from domain.core.enums import DayKind, LearningOutcome, LearningSource, Priority
from domain.learning.programmes import (
    ClosureFields,
    ExtensionFields,
    MilestoneFields,
    PlacementDayFields,
    ProgrammeFields,
    StageClosingFields,
)
from domain.learning.records import CpdClosingFields, CpdFields, EvidenceFields, LearningNeedFields, RegistrationFields
from storage.tables.base import STRICT, Kept
from storage.tables.columns import Facts, Numbers, Words, belongs_to, choice, points_to


class LearningNeedRow(LearningNeedFields, Kept, table=True):
    """A learning need."""

    __tablename__ = "learning_need"
    __table_args__ = (sa.Index("learning_need_worker", "worker", sqlite_where=sa.text("ended_on IS NULL")), STRICT)
    worker: str = points_to("worker.staff_id")
    session: int | None = belongs_to("session.id", default=None)
    source: LearningSource = choice(LearningSource, default=LearningSource.SUPERVISION)
    priority: Priority = choice(Priority, default=Priority.MEDIUM)
    outcome: LearningOutcome | None = choice(LearningOutcome, default=None, nullable=True)
    domains: tuple[str, ...] = Field(default=(), sa_type=Words)


class EvidenceRow(EvidenceFields, Kept, table=True):
    """Evidence."""

    __tablename__ = "evidence"
    __table_args__ = (sa.Index("evidence_worker", "worker", "on"), STRICT)
    worker: str = points_to("worker.staff_id")
    need: int | None = belongs_to("learning_need.id", default=None)
    programme: int | None = belongs_to("programme.id", default=None)
    domains: tuple[str, ...] = Field(default=(), sa_type=Words)


class CpdRow(CpdFields, Kept, table=True):
    """A piece of continuing professional development."""

    __tablename__ = "cpd"
    __table_args__ = (sa.Index("cpd_worker", "worker", "on"), STRICT)
    worker: str = points_to("worker.staff_id")
    session: int | None = belongs_to("session.id", default=None)
    need: int | None = belongs_to("learning_need.id", default=None)


class CpdClosingRow(CpdClosingFields, Kept, table=True):
    """The closing of a registration year."""

    __tablename__ = "cpd_closing"
    __table_args__ = (sa.UniqueConstraint("worker", "year"), STRICT)
    worker: str = points_to("worker.staff_id")


class RegistrationRow(RegistrationFields, Kept, table=True):
    """A registration, warrant, check or currency."""

    __tablename__ = "registration"
    __table_args__ = (sa.Index("registration_worker", "worker", "kind", "granted"), STRICT)
    worker: str = points_to("worker.staff_id")


class ProgrammeRow(ProgrammeFields, Kept, table=True):
    """One learner's programme."""

    __tablename__ = "programme"
    __table_args__ = (sa.Index("programme_worker", "worker", "starts"), STRICT)
    worker: str = points_to("worker.staff_id")
    educator: str | None = points_to("worker.staff_id", default=None)
    on_site: str | None = points_to("worker.staff_id", default=None)
    pattern: tuple[int, ...] = Field(default=(), sa_type=Numbers)
    settings: dict[str, Any] = Field(default_factory=dict, sa_type=Facts)


class MilestoneRow(MilestoneFields, Kept, table=True):
    """A stage or part of a programme that was reached."""

    __tablename__ = "milestone"
    __table_args__ = (sa.Index("milestone_programme", "programme", "on"), STRICT)
    programme: int = belongs_to("programme.id")


class PlacementDayRow(PlacementDayFields, Kept, table=True):
    """One day of a placement."""

    __tablename__ = "placement_day"
    __table_args__ = (sa.UniqueConstraint("programme", "on"), STRICT)
    programme: int = belongs_to("programme.id")
    kind: DayKind = choice(DayKind, default=DayKind.ATTENDED)


class ClosureRow(ClosureFields, Kept, table=True):
    """Days on which a placement rests."""

    __tablename__ = "closure"
    __table_args__ = (sa.Index("closure_programme", "programme", "starts"), STRICT)
    programme: int = belongs_to("programme.id")


class StageClosingRow(StageClosingFields, Kept, table=True):
    """The closing of a stage of a programme."""

    __tablename__ = "stage_closing"
    __table_args__ = (sa.UniqueConstraint("programme", "stage"), STRICT)
    programme: int = belongs_to("programme.id")


class ExtensionRow(ExtensionFields, Kept, table=True):
    """The extension of a placement."""

    __tablename__ = "extension"
    __table_args__ = (sa.Index("extension_programme", "programme", "on"), STRICT)
    programme: int = belongs_to("programme.id")
