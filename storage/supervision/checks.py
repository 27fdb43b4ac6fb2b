"""Checks of agreements, sessions and what they leave against other records and the packs."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from domain.cases.cases import Case
from domain.core.dates import show_day
from domain.core.enums import SessionState, SupervisionKind
from domain.core.errors import BadInput, NotFound
from domain.people.people import Worker
from domain.supervision.discussions import Disagreement, DisagreementFields
from domain.supervision.sessions import Agreement, AgreementFields, Session, SessionFields
from storage.people.periods import while_here
from storage.records.checking import not_ahead, one_of, there, there_if_named
from storage.supervision.diary import clash
from storage.supervision.ladders import known_ladder
from storage.tables import AgreementRow

if TYPE_CHECKING:
    from storage.records.unit import Unit

_WHEN = ("on", "start", "minutes", "supervisor", "worker", "state")
_ON_TOP = (SupervisionKind.GROUP, SupervisionKind.JOINT, SupervisionKind.AD_HOC)


# agreements ----------------------------------------------------------------------------------------------------------


def of_agreement(unit: Unit, fields: AgreementFields, before: Agreement | None) -> None:
    """Refuse an unknown standard, days when one of the two is not here, and another such agreement at the same time."""
    there(unit, Worker, fields.worker, "worker")
    there(unit, Worker, fields.supervisor, "supervisor")
    not_ahead(fields.signed_worker, unit.today, "signed_worker")
    not_ahead(fields.signed_supervisor, unit.today, "signed_supervisor")
    one_of(fields.standard, unit.packs.standards, "standard", "supervision standard", "standard")
    while_here(unit, "agreement", fields, before)
    if fields.kind not in _ON_TOP:  # group agreements may be many
        _one_of_its_kind(unit, fields, before)


def _one_of_its_kind(unit: Unit, fields: AgreementFields, before: Agreement | None) -> None:
    for other in unit.all(Agreement, AgreementRow.worker == fields.worker):
        mine = before is not None and other.id == before.id
        if not mine and other.kind is fields.kind and _both_stand(fields, other):
            raise BadInput(
                f"{fields.worker} has such an agreement with {other.supervisor} from {show_day(other.starts)}.",
                field="starts",
                where="starts",
                hint="End that one first: give it a last day before this one starts.",
            )


def _both_stand(fields: AgreementFields, other: Agreement) -> bool:
    return (fields.ends is None or other.starts <= fields.ends) and (other.ends is None or fields.starts <= other.ends)


# sessions ------------------------------------------------------------------------------------------------------------


def of_session(unit: Unit, fields: SessionFields, before: Session | None) -> None:
    """Refuse days to come, an unknown reason, a session before the agreement, and two at the same time."""
    worker = there(unit, Worker, fields.worker, "worker")
    there(unit, Worker, fields.supervisor, "supervisor")
    for field in ("held_on", "recorded_on", "agreed_worker", "agreed_supervisor"):
        not_ahead(getattr(fields, field), unit.today, field)
    there_if_named(unit, Worker, fields.proposed_by, "proposed_by")
    there_if_named(unit, Worker, fields.cover_for, "cover_for")
    if fields.reason_code is not None:
        one_of(fields.reason_code, unit.packs.missed_reasons, "reason_code", "reason", "missed-reason")
    if worker.started is not None and fields.on < worker.started:
        raise BadInput(f"{worker.staff_id} started on {show_day(worker.started)}.", field="on", where="on")
    if before is not None and all(getattr(fields, name) == getattr(before, name) for name in _WHEN):
        return
    if not fields.elsewhere:
        _not_before_the_agreement(unit, fields, before)
    if fields.state is SessionState.PLANNED:
        _not_at_once(unit, fields, before)


def _not_at_once(unit: Unit, fields: SessionFields, before: Session | None) -> None:
    own = before.id if before is not None else 0
    for who in (fields.supervisor, fields.worker):
        if taken := clash(unit.reader, (who,), fields.on, fields.start, fields.minutes, own):
            raise BadInput(
                f"{who} {taken}.", field="on", where="on", hint="Choose another day or time, or move that one first."
            )


def _not_before_the_agreement(unit: Unit, fields: SessionFields, before: Session | None) -> None:
    """Refuse a day before the pair's first agreement; a session whose day does not change is not checked again."""
    if fields.kind in _ON_TOP or (before is not None and before.on == fields.on):
        return
    query = "SELECT min(starts) FROM agreement WHERE worker = :worker AND supervisor = :supervisor"
    first = unit.reader.value(query, worker=fields.worker, supervisor=fields.supervisor)
    if first is not None and fields.on < (starts := date.fromisoformat(first)):
        raise BadInput(
            f"{show_day(fields.on)} lies before the agreement of {fields.worker} and {fields.supervisor}"
            f" ({show_day(starts)}).",
            field="on",
            where="on",
            hint="Let the agreement start earlier, or record the session as unplanned (ad_hoc).",
        )


# what a session leaves behind ----------------------------------------------------------------------------------------

_NAMED = (("session", Session), ("case", Case), ("worker", Worker), ("owner", Worker))
_PAST = ("on", "done_on", "followed_on", "raised_on", "closed_on", "ended_on", "dropped_on", "agreed_on")


def of_session_part(unit: Unit, fields: Any, _before: Any) -> None:
    """Refuse an unknown session, case or worker, and days to come, in anything that a session leaves behind."""
    for field, record in _NAMED:
        there_if_named(unit, record, getattr(fields, field, None), field)
    for field in _PAST:
        not_ahead(getattr(fields, field, None), unit.today, field)


def of_disagreement(unit: Unit, fields: DisagreementFields, before: Disagreement | None) -> None:
    """Refuse a ladder or a stage that the packs do not know."""
    of_session_part(unit, fields, before)
    if before is not None and fields.stage == before.stage:
        return
    known = [one.id for one in known_ladder(unit.packs, fields.ladder)]
    if fields.stage not in known:
        hint = f"Stages: {', '.join(known)}."
        raise NotFound(f"{fields.stage!r} is not a stage of {fields.ladder}.", field="stage", where="stage", hint=hint)
