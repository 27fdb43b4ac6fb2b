"""Checks of teams, workers and what happened to workers against other records and the packs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.core.errors import BadInput
from domain.load.scoring import no_points
from domain.people.dated import TeamPeriod, TeamPeriodFields, WorkerPeriod, WorkerPeriodFields
from domain.people.people import Team, TeamFields, Worker, WorkerEvent, WorkerEventFields, WorkerFields
from storage.people.dated_facts import refuse_overlap
from storage.people.periods import refuse_stranding
from storage.records.checking import not_ahead, one_of, there, there_if_named
from storage.records.keys.following import refuse_leading

if TYPE_CHECKING:
    from storage.records.unit import Unit


def of_team(unit: Unit, fields: TeamFields, before: Team | None) -> None:
    """Refuse a weighting scheme that no pack knows, or that has no points, and a name that leads to another team."""
    if before is None:
        refuse_leading(unit, "team", fields.name, "name")
    _of_scheme(unit, fields.scheme)


def _of_scheme(unit: Unit, name: str) -> None:
    one_of(name, unit.packs.schemes, "scheme", "weighting scheme", "scheme")
    scheme = unit.packs.scheme(name)
    if not scheme.factors:
        raise no_points(scheme.item)


def of_team_period(unit: Unit, fields: TeamPeriodFields, before: TeamPeriod | None) -> None:
    """Refuse a team or scheme there is not, and days for which another period says the same already."""
    there(unit, Team, fields.team, "team")
    if fields.scheme is not None:
        _of_scheme(unit, fields.scheme)
    refuse_overlap(unit, fields.team, fields, before)


def of_worker_period(unit: Unit, fields: WorkerPeriodFields, before: WorkerPeriod | None) -> None:
    """Refuse people, a team or a grade that do not exist, and days for which another period says the same already."""
    there(unit, Worker, fields.worker, "worker")
    there_if_named(unit, Team, fields.team, "team")
    if fields.grade is not None:
        one_of(fields.grade, unit.packs.grades, "grade", "grade", "grade")
    for name in ("supervisor", "line_manager"):
        other = getattr(fields, name)
        there_if_named(unit, Worker, other, name)
        if other == fields.worker:
            raise BadInput("Nobody supervises or manages themselves.", field=name, where=f"worker-period, {name}")
    refuse_overlap(unit, fields.worker, fields, before)


def of_worker(unit: Unit, fields: WorkerFields, before: Worker | None) -> None:
    """Refuse a team, grade, supervisor or line manager that does not exist, and days that leave records outside."""
    there(unit, Team, fields.team, "team")
    if before is None:
        refuse_leading(unit, "worker", fields.staff_id, "staff_id")
    one_of(fields.grade, unit.packs.grades, "grade", "grade", "grade")
    there_if_named(unit, Worker, fields.supervisor, "supervisor")
    there_if_named(unit, Worker, fields.line_manager, "line_manager")
    refuse_stranding(unit, fields, before)


def of_worker_event(unit: Unit, fields: WorkerEventFields, _before: WorkerEvent | None) -> None:
    """Refuse a kind that is not an event about a worker, and a day to come."""
    there(unit, Worker, fields.worker, "worker")
    known = [name for name, kind in unit.packs.event_kinds.items() if kind.applies_to == "worker"]
    one_of(fields.kind, known, "kind", "kind of event about a worker", "event-kind")
    not_ahead(fields.on, unit.today, "on")
