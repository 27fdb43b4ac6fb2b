"""Checks of reductions, other work, concerns and weighings against other records and the packs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.cases.cases import Case
from domain.core.dates import show_day
from domain.core.errors import BadInput
from domain.load.capacity import Less
from domain.load.records import (
    Concern,
    ConcernFields,
    Extra,
    ExtraFields,
    Reduction,
    ReductionFields,
    Unplanned,
    UnplannedFields,
    Weighting,
    WeightingFields,
)
from domain.people.people import Worker
from storage.load.posts import contract_hours
from storage.people.periods import while_here
from storage.records.checking import not_ahead, one_of, there, there_if_named

if TYPE_CHECKING:
    from storage.records.unit import Unit


def of_reduction(unit: Unit, fields: ReductionFields, before: Reduction | None) -> None:
    """Refuse a reason that no pack knows, a percentage that it does not allow, and days when the worker is not here."""
    there(unit, Worker, fields.worker, "worker")
    one_of(fields.kind, unit.packs.reasons, "kind", "reason for carrying less", "reduction-reason")
    _most(unit, fields)
    while_here(unit, "reduction", fields, before)


def _most(unit: Unit, fields: ReductionFields) -> None:
    """Refuse more than the reason allows, and hours that are all of the contract: that is an absence, in percent."""
    field: str = "percent"
    percent: float | None = fields.percent
    if fields.hours is not None:
        field, contract = "hours", contract_hours(unit.reader, [fields.worker])(fields.worker, fields.starts)
        if fields.hours >= contract:
            words = f"the contract is {contract / 100:g} h a week on {show_day(fields.starts)}."
            raise BadInput(words, field=field, where=field, hint="For all of it, give percent = 100 and no hours.")
        percent = Less.of(None, fields.hours, contract).percent
    if refusal := unit.packs.reasons[fields.kind].refusal(percent or 0):
        raise BadInput(f"{refusal}.", field=field, where=field, hint="See: almoner list reduction-reason")


def of_extra(unit: Unit, fields: ExtraFields, before: Extra | None) -> None:
    """Refuse a worker there is not, or not then."""
    there(unit, Worker, fields.worker, "worker")
    while_here(unit, "extra", fields, before)


def of_unplanned(unit: Unit, fields: UnplannedFields, _before: Unplanned | None) -> None:
    """Refuse a worker or case there is not, and a day to come."""
    there(unit, Worker, fields.worker, "worker")
    there_if_named(unit, Case, fields.case, "case")
    not_ahead(fields.on, unit.today, "on")


def of_concern(unit: Unit, fields: ConcernFields, _before: Concern | None) -> None:
    """Refuse a worker there is not, and days to come."""
    there(unit, Worker, fields.worker, "worker")
    not_ahead(fields.raised_on, unit.today, "raised_on")
    not_ahead(fields.answered_on, unit.today, "answered_on")
    not_ahead(fields.closed_on, unit.today, "closed_on")


def of_weighting(unit: Unit, fields: WeightingFields, _before: Weighting | None) -> None:
    """Refuse a scheme that no pack knows, days to come, an agreement before the weighing, and an unexplained uplift."""
    there(unit, Case, fields.case, "case")
    one_of(fields.scheme, unit.packs.schemes, "scheme", "weighting scheme", "scheme")
    agreed = {"agreed_worker": fields.agreed_worker, "agreed_supervisor": fields.agreed_supervisor}
    for field, day in {"on": fields.on, **agreed}.items():
        not_ahead(day, unit.today, field)
        if day is not None and day < fields.on:
            raise BadInput(f"{field}: nobody agrees to a weighing before it is made.", field=field)
    if fields.uplift and not fields.uplift_reason:
        raise BadInput("say why points were added or taken by hand.", field="uplift_reason", where="uplift_reason")
