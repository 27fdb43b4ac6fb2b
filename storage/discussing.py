"""Keeping what a session leaves behind: one part at a time, in one unit, never over what somebody else wrote."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from domain.dates import show_day
from domain.errors import BadInput, StaleRecord
from domain.ids import SessionState
from domain.merging import merge
from domain.text import clean
from storage.drafts import drop_draft

if TYPE_CHECKING:
    from storage.unit import Unit

Rating = tuple[str, str]  # about what, by whom


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a session: a case, or a topic of a supervisee's personal record."""

    session: int
    topic: str
    case: str | None = None
    worker: str | None = None

    @property
    def key(self) -> str:
        """What its draft is kept under."""
        return f"case:{self.case}" if self.case else f"{self.topic}:{self.worker or ''}"

    @property
    def private(self) -> bool:
        """Whether it stays between the pair."""
        return self.topic == "private"


@dataclass(frozen=True, slots=True)
class Said:
    """What is to be kept of a part. ``answers`` holds the fields that were touched, ``seen`` the version begun from.

    ``ratings`` are those of this session: None takes one away. ``parked`` says why the part waits for another time.
    """

    part: Part
    format: str
    answers: Mapping[str, str] = field(default_factory=dict)
    seen: int = 0
    ratings: Mapping[Rating, int | None] = field(default_factory=dict)
    decision: Mapping[str, Any] | None = None
    action: Mapping[str, Any] | None = None
    parked: str | None = None


def keep_part(unit: Unit, said: Said) -> None:
    """Keep a part with its ratings, decision and action, and drop its draft, in this unit; ``finish`` is called.

    Raises StaleRecord for fields that somebody else changed too, BadInput for what cannot be taken; nothing of it is
    kept then, and the draft stays.
    """
    session = unit.get("session", said.part.session)
    _refuse_closed(unit, session)
    _keep_discussion(unit, said)
    _take_off_agenda(unit, said)
    _keep_ratings(unit, said, _day_of(unit, session))
    if said.decision:
        record_decision(unit, said.part, said.decision)
    if said.action:
        record_action(unit, said.part, said.action)
    drop_draft(unit.connection, said.part.session, said.part.key, unit.actor)
    unit.finish(f"Kept {said.part.case or 'a topic'} of the supervision on {session.on}")


def _refuse_closed(unit: Unit, session: Any) -> None:
    from storage.closing import closed_on

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


def _day_of(unit: Unit, session: Any) -> date:
    """The day on which things are said and set: that of the session, or today while it is still to come."""
    day: date = session.held_on or session.on
    return min(unit.today, day)


# what was said -------------------------------------------------------------------------------------------------------


def _keep_discussion(unit: Unit, said: Said) -> None:
    row = _kept(unit, said.part)
    answers = _merged(unit, said, row)
    parked = _parked(said, row)
    if row is None:
        if answers or parked or said.decision or said.action or said.ratings:
            part = said.part
            of = {"session": part.session, "topic": part.topic, "case": part.case, "worker": part.worker}
            what = {"format": said.format, "answers": answers, "parked": parked, "private": part.private}
            unit.record("discussion", {**of, **what})
        return
    wanted = {"answers": answers, "format": said.format, "parked": parked}
    changes = {name: value for name, value in wanted.items() if value != getattr(row, name)}
    if changes:
        unit.amend("discussion", row.id, changes)


def _kept(unit: Unit, part: Part) -> Any:
    """Return the discussion that is kept of a part, or None."""
    found = unit.all("discussion", session=part.session, topic=part.topic, case=part.case)
    return next((one for one in found if part.case or one.worker == part.worker), None)


def _parked(said: Said, row: Any) -> str:
    """Why the part waits: as told now, otherwise as before; something said about it takes it up again."""
    if said.parked is not None:
        return said.parked
    return row.parked if row is not None and not any(map(clean, said.answers.values())) else ""


def _merged(unit: Unit, said: Said, row: Any) -> dict[str, str]:
    theirs = row.answers if row is not None else {}
    mine = {name: clean(text) for name, text in said.answers.items()}
    merged, clashes = merge(_as_seen(unit, said, row), theirs, mine)
    if clashes:
        from storage.sessions import written_by

        by = written_by(unit.raw, row.id)
        raise StaleRecord(
            f"{by} wrote here while you were writing.",
            clashes=[(c.field, c.was, c.theirs, c.mine) for c in clashes],
            by=by,
            hint="Nothing was overwritten: look at both and choose.",
        )
    return merged


def _as_seen(unit: Unit, said: Said, row: Any) -> Mapping[str, str]:
    """Return the fields as they stood when the person began."""
    if row is None or not said.seen:
        return {}
    if unit.version("discussion", row.id) == said.seen:
        return dict(row.answers)
    from storage.undoing import state_at

    return dict(state_at(unit.connection, "discussion", row.id, said.seen).get("answers") or {})


def _take_off_agenda(unit: Unit, said: Said) -> None:
    """What was put on the agenda and has now been talked about does not come up again."""
    if not any(map(clean, said.answers.values())):
        return
    kind, _, number = said.part.topic.partition(".")
    found = []
    if said.part.case:
        found = unit.all("agenda-item", case=said.part.case, closed_on=None)
    elif kind == "item" and number.isdigit():
        found = unit.all("agenda-item", id=int(number), closed_on=None)
    for item in found:
        unit.amend("agenda-item", item.id, {"closed_on": unit.today})


# ratings, decisions, actions -----------------------------------------------------------------------------------------


def _keep_ratings(unit: Unit, said: Said, on: date) -> None:
    if not said.ratings or said.part.case is None:
        return
    there = {(one.about, one.rater): one for one in unit.all("rating", session=said.part.session, case=said.part.case)}
    for (about, rater), score in said.ratings.items():
        before = there.get((about, rater))
        if score is None:
            if before is not None:
                unit.remove("rating", before.id)
        elif before is None:
            of = {"case": said.part.case, "session": said.part.session, "on": on}
            unit.record("rating", {**of, "about": about, "rater": rater, "score": score})
        elif before.score != score:
            unit.amend("rating", before.id, {"score": score})


def record_decision(unit: Unit, part: Part, decision: Mapping[str, Any]) -> Any:
    """Keep a decision on a case, or about a supervisee; raises BadInput naming its field."""
    whose = {} if part.case else {"worker": part.worker}
    return unit.record("decision", {"session": part.session, "case": part.case, **whose, **decision})


def record_action(unit: Unit, part: Part, action: Mapping[str, Any]) -> Any:
    """Keep an action, which needs an owner and a day; raises BadInput naming its field."""
    session = unit.get("session", part.session)
    given = {"session": part.session, "case": part.case, "set_on": _day_of(unit, session), **action}
    return unit.record("action", given)


def add_item(unit: Unit, part: Part, worker: str, what: str, case: str | None) -> None:
    """Put something on the agenda, for this session."""
    item = {"worker": worker, "raised_by": unit.actor, "on": unit.today, "what": what, "case": case}
    unit.record("agenda-item", {**item, "session": part.session})
    unit.finish("Put an item on the agenda")
