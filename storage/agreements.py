"""What people do with supervision agreements: sign them, each for themselves, renew them, change the supervisor."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from domain.dates import show_day
from domain.errors import BadInput
from domain.workdays import add_months

if TYPE_CHECKING:
    from domain.supervision import Agreement
    from storage.unit import Unit

REVIEW = "sup_agreement_review"
_YEAR = 12
_SIGNATURES: dict[str, Any] = {
    "signed_worker": None,
    "signed_worker_by": "",
    "signed_supervisor": None,
    "signed_supervisor_by": "",
}


def make(unit: Unit, data: Mapping[str, Any]) -> Agreement:
    """Keep a new agreement; length and day of review follow from the standard and the rule where none is given."""
    given = {name: value for name, value in data.items() if value is not None}
    if "minutes" not in given and "standard" in given and given["standard"] in unit.packs.standards:
        worker = unit.find("worker", given.get("worker", ""))
        given["minutes"] = unit.packs.standard(given["standard"]).minutes_for(worker.fte if worker else 100)
    kept: Agreement = unit.record("agreement", given)
    if kept.review_on is None:
        kept = unit.amend("agreement", kept.id, {"review_on": _review(unit, kept.starts)})
    return kept


def _review(unit: Unit, since: date) -> date:
    """A year on, or as the rule in force says."""
    rule = unit.packs.rulebook.rule(REVIEW)
    if rule is not None and rule.first is not None and not rule.first.unset and rule.first.unit != "working_days":
        return rule.first.after(since)
    return add_months(since, _YEAR)


def sign(unit: Unit, number: int, who: str, on: date | None = None, seen: int | None = None) -> Agreement:
    """Sign an agreement as ``who`` (a staff id), who must be one of the two; nobody signs for the other.

    Signing again once its review is due is how it is looked at again: the day of review moves on.
    """
    found: Agreement = unit.get("agreement", number)
    side = {found.worker: "worker", found.supervisor: "supervisor"}.get(who)
    on = on or unit.today
    if side is None:
        raise BadInput(
            f"{who} is neither the supervisee nor the supervisor of this agreement.",
            field="who",
            hint=f"{found.worker} and {found.supervisor} sign it, each for themselves.",
        )
    signed = getattr(found, f"signed_{side}")
    changes: dict[str, Any] = {f"signed_{side}": on, f"signed_{side}_by": who}
    if signed is not None and not _due_again(found, unit.today):
        raise BadInput(f"{who} signed it on {show_day(signed)} already.", field="who")
    if signed is not None and found.signed_on is not None:
        changes = {**_SIGNATURES, **changes}
    kept: Agreement = unit.amend("agreement", number, changes, seen)
    if kept.signed_on is not None and kept.review_on is not None and kept.review_on <= kept.signed_on:
        kept = unit.amend("agreement", number, {"review_on": _review(unit, kept.signed_on)})
    return kept


def _due_again(found: Agreement, today: date) -> bool:
    return found.review_on is not None and found.review_on <= today


def revise(unit: Unit, number: int, changes: Mapping[str, Any], seen: int | None = None) -> Agreement:
    """Change what was agreed: what is changed is signed again by both."""
    found: Agreement = unit.get("agreement", number)
    same = all(getattr(found, name) == value for name, value in changes.items() if name != "ends")
    kept: Agreement = unit.amend("agreement", number, {**({} if same else _SIGNATURES), **changes}, seen)
    return kept


def change_supervisor(unit: Unit, number: int, supervisor: str, on: date) -> Agreement:
    """End an agreement the day before ``on`` and draw up the same with another supervisor, to be signed anew.

    What is still booked with the supervisor before from that day on is taken over by the new one.
    """
    found: Agreement = unit.get("agreement", number)
    if supervisor == found.supervisor:
        raise BadInput(f"supervisor: {supervisor} supervises {found.worker} already.", field="supervisor")
    if on <= found.starts:
        raise BadInput(f"on: the agreement starts on {show_day(found.starts)}: give a later day.", field="on")
    unit.amend("agreement", number, {"ends": on - timedelta(days=1)})
    terms = found.model_dump(exclude={"id", "ends", "review_on", *_SIGNATURES})
    kept = make(unit, {**terms, "supervisor": supervisor, "starts": on})
    for session in unit.all("session", worker=found.worker, supervisor=found.supervisor, state="planned"):
        if session.on >= on and session.kind is found.kind:
            unit.amend("session", session.id, {"supervisor": supervisor, "proposed_by": None})
    if found.kind == "line":
        unit.amend("worker", found.worker, {"supervisor": supervisor})
    return kept
