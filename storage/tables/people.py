"""Teams and workers, and what takes or adds to what they carry."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlmodel import Field

from domain.core.enums import Nation
from domain.load.records import ConcernFields, ExtraFields, ReductionFields, UnplannedFields
from domain.people.dated import TeamPeriodFields, WorkerPeriodFields
from domain.people.people import TeamFields, WorkerEventFields, WorkerFields
from storage.tables.base import STRICT, Kept
from storage.tables.columns import Facts, Words, choice, points_to


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


class WorkerEventRow(WorkerEventFields, Kept, table=True):
    """A dated fact about a worker."""

    __tablename__ = "worker_event"
    __table_args__ = (sa.Index("worker_event_worker", "worker", "on"), STRICT)
    worker: str = points_to("worker.staff_id")
    details: dict[str, Any] = Field(default_factory=dict, sa_type=Facts)


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


class WorkerPeriodRow(WorkerPeriodFields, Kept, table=True):  # type: ignore[misc]  # the plugin's model_construct
    """What is true of a worker for a time."""

    __tablename__ = "worker_period"
    __table_args__ = (sa.Index("worker_period_worker", "worker", "starts"), STRICT)
    worker: str = points_to("worker.staff_id")
    team: str | None = points_to("team.name", default=None)
    supervisor: str | None = points_to("worker.staff_id", default=None)
    line_manager: str | None = points_to("worker.staff_id", default=None)
    without: tuple[str, ...] = Field(default=(), sa_type=Words)


class TeamPeriodRow(TeamPeriodFields, Kept, table=True):  # type: ignore[misc]  # the plugin's model_construct
    """What is true of a team for a time."""

    __tablename__ = "team_period"
    __table_args__ = (sa.Index("team_period_team", "team", "starts"), STRICT)
    team: str = points_to("team.name")
    without: tuple[str, ...] = Field(default=(), sa_type=Words)
