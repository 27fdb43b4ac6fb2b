"""Checks of postponements, intervals of a case's own and councils' dates against other records and the packs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.cases.cases import Case
from domain.core.errors import BadInput
from domain.due.overrides import Override, OverrideFields, allowed
from domain.due.records import CouncilDate, CouncilDateFields, Postponement, PostponementFields
from domain.people.people import Worker
from storage.records.checking import not_ahead, one_of, there, there_if_named

if TYPE_CHECKING:
    from storage.records.unit import Unit


def of_postponement(unit: Unit, fields: PostponementFields, _before: Postponement | None) -> None:
    """Refuse a rule that no pack knows, and a day that has passed."""
    there_if_named(unit, Case, fields.case, "case")
    there_if_named(unit, Worker, fields.worker, "worker")
    one_of(fields.rule, unit.packs.rule_ids, "rule", "rule", "rule")
    if fields.to < unit.today:
        raise BadInput("a thing cannot be put off to a day that has passed.", field="to", where="to")


def of_override(unit: Unit, fields: OverrideFields, _before: Override | None) -> None:
    """Refuse an interval that the law does not allow."""
    there(unit, Case, fields.case, "case")
    one_of(fields.rule, unit.packs.rule_ids, "rule", "rule", "rule")
    not_ahead(fields.decided_on, unit.today, "decided_on")
    named = [r for r in unit.packs.rulebook.all_rules.values() if r.active and fields.rule in (r.id, r.series)]
    refusals = [allowed(rule, fields) for rule in named]
    # Of rules that take turns one may allow it where another does not; the engine keeps each within its own limit.
    if refusals and (why := refusals[-1]) and all(refusals):
        raise why


def of_council_date(unit: Unit, fields: CouncilDateFields, _before: CouncilDate | None) -> None:
    """Refuse a case there is not."""
    there(unit, Case, fields.case, "case")
