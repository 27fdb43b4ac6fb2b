"""Agreeing a session's record, taking that back, and adding to it afterwards. Each agrees for themselves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from domain.core.dates import show_day
from domain.core.errors import BadInput
from domain.core.text import clean_line
from domain.supervision.discussions import Amendment, AmendmentFields, Attendance
from domain.supervision.sessions import Session
from storage.people.acting import acting
from storage.records.unit import Done
from storage.supervision import sealed
from storage.supervision.session import records, session_reads
from storage.supervision.session.record_parts import Material, cases

if TYPE_CHECKING:
    from storage.records.unit import Unit

WHO_HINT = "Say who you are: --as STAFF_ID, or choose it in the settings."


@dataclass(frozen=True, slots=True)
class Signatures:
    """Who agreed, and who has still to agree, by staff id."""

    worker: str
    waiting: tuple[str, ...]


def sign(unit: Unit, session: int, seen: str = "") -> Signatures:
    """Agree a session's record as whoever is acting; this makes it complete if it was not complete yet.

    ``seen`` is the mark of the record that was read: when the words have changed since, nothing is agreed. Raises
    BadInput for somebody who was not there, who agreed already, or who still has drafts.
    """
    material, me = _mine(unit, session, "agree it")
    signed = material.signatures
    if signed[me] is not None:
        raise BadInput(f"You agreed this record on {show_day(signed[me] or unit.today)}.", field="session")
    if seen and seen != records.mark(material):
        raise BadInput(
            "The record was changed since you read it.", field="session", hint="Read it again, then agree it."
        )
    _no_drafts(unit, session)
    _complete(unit, material)
    _set(unit, material, me, unit.today)
    unit.finish(f"Agreed the record of session {session}")
    return Signatures(me, tuple(one for one, day in signed.items() if day is None and one != me))


def withdraw(unit: Unit, session: int) -> str:
    """Take back one's own agreement while somebody has still to agree, so that the record can be put right."""
    material, me = _mine(unit, session, "take an agreement to it back")
    signed = material.signatures
    if signed[me] is None:
        raise BadInput("You have not agreed this record.", field="session")
    if all(signed.values()):
        raise BadInput(
            "Everybody has agreed this record, so it stays agreed.",
            field="session",
            hint=f"Add to it: almoner supervision amend {session}",
        )
    _set(unit, material, me, None)
    unit.finish(f"Took back an agreement to the record of session {session}")
    return me


def complete(unit: Unit, session: int) -> date:
    """Note that a record is written up, before anybody agrees it. Raises BadInput when it was already."""
    material, _ = _mine(unit, session, "say that it is complete")
    if material.card.recorded_on:
        raise BadInput(f"The record was complete on {show_day(material.card.recorded_on)}.", field="session")
    _complete(unit, material)
    unit.finish(f"Completed the record of session {session}")
    return unit.today


def add_to_record(unit: Unit, session: int, text: str, *, case: str | None = None, why: str = "") -> Done[Amendment]:
    """Add to an agreed record, a case's or one's own; what was agreed stays. Raises BadInput before it is agreed."""
    material, me = _mine(unit, session, "add to it")
    if sealed.closed_on(unit, session) is None:
        raise BadInput(
            "Nobody has agreed this record yet, so it can simply be changed.",
            field="session",
            hint="Open the session and write there.",
        )
    if case is not None:
        _discussed(material, case)
    elif material.alone is None and me not in material.supervisees:
        raise BadInput(
            "In a group each supervisee adds to their own personal record.",
            field="case",
            hint="Name a case to add to its record: --case REFERENCE",
        )
    kept = unit.record(AmendmentFields(session=session, case=case, on=unit.today, by=me, text=text, why=why))
    return Done(kept, unit.finish(f"Added to the record of session {session}"))


def _mine(unit: Unit, session: int, what: str) -> tuple[Material, str]:
    """Return what the session left and who is acting; raises BadInput unless they were there and it was held."""
    material = records.read(unit.reader, session)
    me = acting(unit.reader, unit.actor)
    if me is None:
        named = clean_line(unit.actor)
        raise BadInput(f"You are acting as {named!r}, who is no worker here.", field="--as", hint=WHO_HINT)
    if material.card.held_on is None:
        raise BadInput(
            f"Session {session} is {material.card.state}: there is no record of it yet.",
            field="session",
            hint="Record it as held first.",
        )
    if me not in material.signatures:
        raise BadInput(f"{me} was not in session {session}, so only those who were can {what}.", field="--as")
    return material, me


def _discussed(material: Material, case: str) -> None:
    if case not in (known := cases(material)):
        hint = f"There are: {', '.join(known)}." if known else "No case was discussed."
        raise BadInput(f"{case} has no record in this session.", field="case", hint=hint)


def _no_drafts(unit: Unit, session: int) -> None:
    left = [
        draft.part for draft in session_reads.drafts(unit.reader, session, unit.actor) if any(draft.answers.values())
    ]
    if left:
        raise BadInput(
            f"You have words in {len(left)} part{'s' if len(left) > 1 else ''} of this session that are not kept yet.",
            field="session",
            hint="Open the session and keep or clear them first; afterwards nothing can be added but amendments.",
        )


def _complete(unit: Unit, material: Material) -> None:
    if material.card.recorded_on is None:
        unit.amend_by(Session, material.card.id, {"recorded_on": unit.today})


def _set(unit: Unit, material: Material, me: str, day: date | None) -> None:
    card = material.card
    by = me if day else ""
    if me in (card.worker, card.supervisor):
        whose = "worker" if me == card.worker else "supervisor"
        unit.amend_by(Session, card.id, {f"agreed_{whose}": day, f"agreed_{whose}_by": by})
        return
    own = next(other for other in card.others if other.worker == me)
    unit.amend_by(Attendance, own.id, {"agreed_on": day, "agreed_by": by})
