"""What is done with supervision agreements: draw up, sign (each for themselves), change, hand over."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from domain.core.dates import show_day
from domain.core.enums import SessionState, SupervisionKind
from domain.core.errors import BadInput
from domain.people.people import WorkerFields
from domain.supervision.sessions import Agreement, AgreementFields, Session, SessionFields
from storage.load.posts import contract_on
from storage.people.acting import acting
from storage.records.kind import Data
from storage.records.unit import Done
from storage.supervision.agreement_terms import SIGNATURES, review_day, revised
from storage.tables import SessionRow

if TYPE_CHECKING:
    from storage.records.unit import Unit


def make(unit: Unit, fields: AgreementFields) -> Done[Agreement]:
    """Draw up an agreement; minutes and review day, where not given, follow from the standard and the rule."""
    kept = _make(unit, fields)
    return Done(kept, unit.finish(f"Drew up agreement {kept.id} of {kept.worker}"))


def _make(unit: Unit, fields: AgreementFields) -> Agreement:
    changes: dict[str, object] = {}
    if "minutes" not in fields.model_fields_set and fields.standard in unit.packs.standards:
        contract = contract_on(unit.reader, fields.worker, max(fields.starts, unit.today))
        changes["minutes"] = unit.packs.standard(fields.standard).minutes_for(contract)
    if fields.review_on is None:
        changes["review_on"] = review_day(unit, fields.starts)
    return unit.record(fields.model_copy(update=changes))


def sign(unit: Unit, number: int, on: date | None = None, seen: int | None = None) -> Done[Agreement]:
    """Sign an agreement as whoever is acting, who must be one of the two; nobody signs for the other.

    An agreement due for review is reviewed by signing it again, which sets the next review day.
    """
    found = unit.get(Agreement, number)
    who = _signing(unit, found)
    side, on = "worker" if who == found.worker else "supervisor", on or unit.today
    signed = getattr(found, f"signed_{side}")
    changes: dict[str, object] = {f"signed_{side}": on, f"signed_{side}_by": who}
    due_again = found.review_on is not None and found.review_on <= unit.today
    if signed is not None and not due_again:
        raise BadInput(f"{who} signed it on {show_day(signed)} already.", field="who")
    if signed is not None and found.signed_on is not None:
        changes = {**SIGNATURES, **changes}
    kept = unit.amend_by(Agreement, number, changes, seen)
    if kept.signed_on is not None and kept.review_on is not None and kept.review_on <= kept.signed_on:
        kept = unit.amend_by(Agreement, number, {"review_on": review_day(unit, kept.signed_on)})
    return Done(kept, unit.finish(f"Signed agreement {number}"))


def _signing(unit: Unit, found: Agreement) -> str:
    who = acting(unit.reader, unit.actor)
    if who is None:
        hint = "Say who signs: --as STAFF_ID, or choose it under 7. Each signs for themselves."
        raise BadInput(f"{unit.actor!r} is not a worker here, so cannot sign.", field="--as", hint=hint)
    if who not in (found.worker, found.supervisor):
        raise BadInput(
            f"{who} is neither the supervisee nor the supervisor of this agreement.",
            field="who",
            hint=f"{found.worker} and {found.supervisor} sign it, each for themselves.",
        )
    return who


def revise(unit: Unit, number: int, changes: Data, seen: int | None = None) -> Done[Agreement]:
    """Change what was agreed; both have to sign it again."""
    kept = revised(unit, unit.get(Agreement, number), changes, seen)
    return Done(kept, unit.finish(f"Changed agreement {number} of {kept.worker}"))


def change_supervisor(unit: Unit, number: int, supervisor: str, on: date) -> Done[Agreement]:
    """End an agreement the day before ``on`` and draw up the same with another supervisor, to be signed anew.

    The new supervisor takes over the sessions booked from that day on.
    """
    found = unit.get(Agreement, number)
    if supervisor == found.supervisor:
        raise BadInput(f"{supervisor} supervises {found.worker} already.", field="supervisor")
    if on <= found.starts:
        raise BadInput(f"The agreement starts on {show_day(found.starts)}: give a later day.", field="on")
    with unit.amend(AgreementFields, number) as before:
        before.ends = on - timedelta(days=1)
    terms = found.model_dump(exclude={"id", "ends", "review_on", *SIGNATURES})
    kept = _make(unit, AgreementFields.model_validate({**terms, "supervisor": supervisor, "starts": on}))
    _take_over(unit, found, supervisor, on)
    if found.kind is SupervisionKind.LINE:
        with unit.amend(WorkerFields, found.worker) as worker:
            worker.supervisor = supervisor
    return Done(kept, unit.finish(f"{kept.worker} is supervised by {supervisor}"))


def _take_over(unit: Unit, found: Agreement, supervisor: str, on: date) -> None:
    of_pair = (SessionRow.worker == found.worker, SessionRow.supervisor == found.supervisor)
    for one in unit.all(Session, *of_pair, SessionRow.state == SessionState.PLANNED, SessionRow.on >= on):
        if one.kind is found.kind:
            with unit.amend(SessionFields, one.id) as session:
                session.supervisor, session.proposed_by = supervisor, None
