"""Saving what was written in a session: one part at a time, never over what somebody else wrote."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING

from domain.core.dates import show_day
from domain.core.enums import SessionState
from domain.core.errors import BadInput, StaleRecord
from domain.core.merge import merge
from domain.core.text import clean, whole_number
from domain.supervision.discussions import (
    Action,
    ActionFields,
    AgendaItem,
    Attendance,
    Decision,
    DecisionFields,
    Discussion,
    DiscussionFields,
    Rating,
    RatingFields,
)
from domain.supervision.sessions import Session
from storage.records.change_log import state_at
from storage.records.derivation import Followed
from storage.supervision.sealed import closed_on
from storage.supervision.session.drafts import drop_draft
from storage.supervision.session.parts import Part, Said
from storage.supervision.session.session_reads import written_by
from storage.tables import AgendaItemRow, AttendanceRow, DiscussionRow, RatingRow

if TYPE_CHECKING:
    from storage.records.kind import Data
    from storage.records.unit import Unit


def keep_part(unit: Unit, said: Said) -> Followed:
    """Save a part with its ratings, decision and action, and drop its draft.

    Raises StaleRecord for fields that somebody else changed too, BadInput for what is not valid; nothing of it is saved
    then, and the draft stays.
    """
    session = unit.get(Session, said.part.session)
    _refuse_closed(unit, session)
    _keep_discussion(unit, said)
    _take_off_agenda(unit, said, session)
    _keep_ratings(unit, said, _day_of(unit, session))
    if said.decision:
        _record_decision(unit, said.part, said.decision)
    if said.action:
        _record_action(unit, said.part, said.action, _day_of(unit, session))
    drop_draft(unit.reader, said.part.session, said.part.key, unit.actor)
    return unit.finish(f"Kept {said.part.case or 'a topic'} of the supervision on {session.on}")


def _refuse_closed(unit: Unit, session: Session) -> None:
    if agreed := closed_on(unit, session.id):
        raise BadInput(
            f"The record of this session was agreed on {show_day(agreed)}: it stays as it is.",
            field="session",
            hint="Add an amendment to it. Your words are kept as a draft.",
        )
    if session.state in (SessionState.MISSED, SessionState.CANCELLED):
        raise BadInput(
            f"This session was {session.state.value}: nothing was said in it.",
            field="session",
            hint="Open the session that was held instead. Your words are kept as a draft.",
        )


def _day_of(unit: Unit, session: Session) -> date:
    """Return the day for what is saved: that of the session, or today while the session is still to come."""
    return min(unit.today, session.held_on or session.on)


# what was said -------------------------------------------------------------------------------------------------------


def _keep_discussion(unit: Unit, said: Said) -> None:
    row = _kept(unit, said.part)
    answers = _merged(unit, said, row)
    parked = _parked(said, row)
    if row is not None:
        wanted = {"answers": answers, "format": said.format, "parked": parked}
        if changes := {name: value for name, value in wanted.items() if value != getattr(row, name)}:
            unit.amend_by(Discussion, row.id, changes)
    elif answers or parked or said.decision or said.action or said.ratings:
        part = said.part
        unit.record(
            DiscussionFields(
                session=part.session,
                topic=part.topic,
                case=part.case,
                worker=part.worker,
                format=said.format,
                answers=answers,
                parked=parked,
                private=part.private,
            )
        )


def _kept(unit: Unit, part: Part) -> Discussion | None:
    """Return the saved discussion of a part, or None."""
    of_part = (
        DiscussionRow.session == part.session,
        DiscussionRow.topic == part.topic,
        DiscussionRow.case == part.case,
    )
    found = unit.all(Discussion, *of_part)
    return next((one for one in found if part.case or one.worker == part.worker), None)


def _parked(said: Said, row: Discussion | None) -> str:
    """Return why the part is put off: as given now, otherwise as before; writing something about it ends that."""
    if said.parked is not None:
        return said.parked
    return row.parked if row is not None and not any(map(clean, said.answers.values())) else ""


def _merged(unit: Unit, said: Said, row: Discussion | None) -> dict[str, str]:
    theirs = row.answers if row is not None else {}
    mine = {name: clean(text) for name, text in said.answers.items()}
    merged, clashes = merge(_as_seen(unit, said, row), theirs, mine)
    if clashes:
        by = written_by(unit.reader, row.id) if row is not None else ""
        raise StaleRecord(
            f"{by} wrote here while you were writing.",
            clashes=[(c.field, c.was, c.theirs, c.mine) for c in clashes],
            by=by,
            hint="Nothing was overwritten: look at both and choose.",
        )
    return merged


def _as_seen(unit: Unit, said: Said, row: Discussion | None) -> Mapping[str, str]:
    """Return the fields as they stood when the person began."""
    if row is None or not said.seen:
        return {}
    if unit.version(Discussion, row.id) == said.seen:
        return dict(row.answers)
    return dict(state_at(unit.reader, "discussion", row.id, said.seen).get("answers") or {})


def _take_off_agenda(unit: Unit, said: Said, session: Session) -> None:
    """Close the agenda items that have now been talked about: of whoever is there, and for this session or any.

    An item about the case that is put off until a later day stays; one that is talked about on its own page does not.
    """
    if not any(map(clean, said.answers.values())):
        return
    kind, _, number = said.part.topic.partition(".")
    found: list[AgendaItem] = []
    if said.part.case:
        of_case = unit.all(AgendaItem, AgendaItemRow.case == said.part.case)
        found = [one for one in of_case if one.parked_until is None or one.parked_until <= unit.today]
    elif kind == "item" and whole_number(number) is not None:
        found = unit.all(AgendaItem, AgendaItemRow.id == int(number))
    present = _present(unit, session)
    for item in found:
        if item.closed_on is None and item.worker in present and _waits_for(unit, item, session):
            unit.amend_by(AgendaItem, item.id, {"closed_on": unit.today})


def _present(unit: Unit, session: Session) -> set[str]:
    """Return whose session it is: the supervisee's, and that of others who are there."""
    others = unit.all(Attendance, AttendanceRow.session == session.id)
    return {session.worker, *(one.worker for one in others if not one.absent)}


def _waits_for(unit: Unit, item: AgendaItem, session: Session) -> bool:
    """Whether an item is for this session: not for another one that is still to come."""
    if item.session in (None, session.id):
        return True
    other = unit.find(Session, item.session)
    return other is None or other.state is not SessionState.PLANNED


# ratings, decisions, actions -----------------------------------------------------------------------------------------


def _keep_ratings(unit: Unit, said: Said, on: date) -> None:
    case, session = said.part.case, said.part.session
    if not said.ratings or case is None:
        return
    kept = unit.all(Rating, RatingRow.session == session, RatingRow.case == case)
    there = {(one.about, one.rater): one for one in kept}
    for (about, rater), score in said.ratings.items():
        before = there.get((about, rater))
        if score is None:
            if before is not None:
                unit.remove(Rating, before.id)
        elif before is None:
            unit.record(RatingFields(case=case, session=session, on=on, about=about, rater=rater, score=score))
        elif before.score != score:
            unit.amend_by(Rating, before.id, {"score": score})


def _record_decision(unit: Unit, part: Part, decision: Data) -> Decision:
    """Record a decision on a case, or about a supervisee; raises BadInput naming its field."""
    worker = None if part.case else part.worker
    return unit.record(
        DecisionFields.model_validate({"session": part.session, "case": part.case, "worker": worker, **decision})
    )


def _record_action(unit: Unit, part: Part, action: Data, on: date) -> Action:
    """Record an action, which needs an owner and a day; raises BadInput naming its field."""
    return unit.record(
        ActionFields.model_validate({"session": part.session, "case": part.case, "set_on": on, **action})
    )
