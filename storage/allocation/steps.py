"""Giving a case to a worker, step by step: a policy is kept or overruled; finishing is left to the act.

Imports and recorded documents say what has happened already: they are facts, and are not refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from domain.allocation.candidates import Taker
from domain.allocation.eligibility import HOLDS as HOLDS_IT
from domain.allocation.eligibility import Finding
from domain.cases.cases import Allocation, AllocationFields
from domain.core.enums import ChangeReason, Role
from domain.core.errors import BadInput, NotFound
from storage.allocation.candidates import Offer, offer
from storage.cases.steps import give
from storage.database.connection import Connection
from storage.rules.kept_packs import Packs
from storage.tables import AllocationRow

if TYPE_CHECKING:
    from storage.records.unit import Unit


def hand_over(
    unit: Unit,
    case: str,
    worker: str,
    on: date,
    *,
    role: Role = Role.ALLOCATED,
    reason: ChangeReason | None = None,
    note: str = "",
    approved_by: str = "",
    together: bool = False,
    under: str | None = None,
) -> list[Allocation]:
    """Give a case to a worker from a day on, with its siblings' cases where they go ``together``; return what is kept.

    A caution needs a ``note``, a hard rule who it is ``approved_by``: the approver that the policy names. Raises
    BadInput naming the field and the rule; nothing is changed then.
    """
    found = offer(unit.reader, case, on, role=role, together=together, worker=worker)
    offers = [found, *(_sibling(unit.reader, one, found, worker) for one in _moving(found, worker))]
    against = list({f.rule: f for one in offers for f in _against(one, worker)}.values())
    _held_already(found, worker)
    _approved(unit.reader, against, case, worker, approved_by)
    _noted(against, note)
    kept = []
    for one in offers:
        _end_other_role(unit, one.case.reference, worker, on, role)
        kept.append(
            give(
                unit,
                one.case.reference,
                worker,
                on,
                role=role,
                reason=reason,
                note=note,
                overruled=tuple(f.rule for f in against),
                approved_by=approved_by,
                under=under,
            )
        )
    return kept


def _end_other_role(unit: Unit, case: str, worker: str, on: date, role: Role) -> None:
    """End another role that the worker had on the case, where they become its allocated worker."""
    if role is not Role.ALLOCATED:
        return
    for held in unit.all(Allocation, AllocationRow.case == case, AllocationRow.worker == worker):
        if held.ends is None and held.role is not Role.ALLOCATED and held.starts <= on:
            with unit.amend(AllocationFields, held.id) as allocation:
                allocation.ends = on


def _moving(found: Offer, worker: str) -> Sequence[str]:
    """Return the siblings' cases that go to the worker too."""
    return [s.reference for s in found.case.siblings if s.holder != worker] if found.asked.together else []


def _sibling(conn: Connection, reference: str, found: Offer, worker: str) -> Offer:
    return offer(conn, reference, found.asked.on, role=found.asked.role, together=True, worker=worker)


def _taker(found: Offer, worker: str) -> Taker:
    taker = found.of(worker)
    if taker is None:
        raise NotFound(f"There is no worker {worker!r}.", field="worker", hint="See: almoner list worker")
    return taker


def _against(found: Offer, worker: str) -> Sequence[Finding]:
    return [finding for finding in _taker(found, worker).findings if finding.rule != HOLDS_IT]


def _held_already(found: Offer, worker: str) -> None:
    if any(finding.rule == HOLDS_IT for finding in _taker(found, worker).findings):
        raise BadInput(f"{worker} already holds {found.case.reference}.", field="worker")


def _approved(conn: Connection, against: Sequence[Finding], case: str, worker: str, approved_by: str) -> None:
    """Raise BadInput for the first hard rule that nobody who may has approved an exception from."""
    for finding in against:
        if not finding.hard or (finding.approver and _names(conn, approved_by, finding.approver)):
            continue
        if finding.approver:
            hint = f"An exception needs the approval of: {finding.approver}. Say who approved it, by name and role."
        else:
            hint = "Nobody can approve an exception from this rule."
        raise BadInput(
            f"{worker} may not hold {case}. {finding.words} [{finding.rule}].", field="approved_by", hint=hint
        )


class _Standing(NamedTuple):
    grade: str
    role: str


def _names(conn: Connection, approved_by: str, approver: str) -> bool:
    """Whether the words say who ``approver`` is: their role beside a name, or a worker of that grade or role."""
    wanted, packs = _plain(approver), Packs(conn)
    for part in approved_by.split(";"):
        said = _plain(part)
        if wanted in said and said != "":
            return True
        query = "SELECT grade, role FROM worker WHERE staff_id = :named OR name = :named"
        for who in conn.all(_Standing, query, named=part.strip()):
            if wanted in (_plain(who.grade), _plain(packs.title("grade", who.grade)), _plain(who.role)):
                return True
    return False


def _plain(words: str) -> str:
    return " ".join(words.casefold().replace("-", " ").split())


def _noted(against: Sequence[Finding], note: str) -> None:
    cautions = [finding for finding in against if not finding.hard]
    if cautions and not note.strip():
        said = "; ".join(f"{finding.words} [{finding.rule}]" for finding in cautions)
        raise BadInput(f"{said}.", field="note", hint="Say in a note why it is right all the same.")
