"""What people do with cases and workers, each as one unit of work that says what it did and what follows from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from domain.dates import show_day
from domain.ids import OUTCOME_TITLES, Outcome
from domain.outcomes import outcome_of
from storage import views

if TYPE_CHECKING:
    from storage.overridelines import OverrideLine
    from storage.unit import Unit
    from storage.views import DueLine

NEAR = timedelta(days=7)  # how far from its booked day a session may be held and still be the booked one
NAMED = 2


class Deed(NamedTuple):
    """What was done, in words, on what day, and the dates that are open after it, those it made and all."""

    said: str
    on: date
    made: Sequence[DueLine] = ()
    still_open: frozenset[str] = frozenset()
    held: bool = True

    def next_of(self, series: str) -> DueLine | None:
        """The new date of one series."""
        return next((line for line in self.made if line.series == series), None)


def record_event(
    unit: Unit, reference: str, kind: str, title: str, on: date, details: Mapping[str, Any], note: str = ""
) -> Deed:
    """Record what happened on a case; what was not held says so, and stays due."""
    before = _open_ids(unit, reference)
    outcome = outcome_of(details)
    held = outcome is Outcome.HELD
    if not held:
        title = f"{title.removesuffix(' held')} {OUTCOME_TITLES[outcome].lower()}"
    unit.record("event", {"case": reference, "kind": kind, "on": on, "details": details, "note": note})
    unit.finish(f"Recorded {_small(title)} on {reference}")
    said = f"Recorded on {reference}: {_small(title)}, {show_day(on, unit.today)}."
    return _deed(unit, said, on, before, reference)._replace(held=held)


def amend_event(unit: Unit, reference: str, number: int, title: str, changes: Mapping[str, Any], seen: int) -> Deed:
    """Put right what was recorded on a case."""
    before = _open_ids(unit, reference)
    unit.amend("event", number, changes, seen)
    unit.finish(f"Changed {_small(title)} on {reference}")
    return _deed(unit, f"Changed on {reference}: {_small(title)}.", unit.today, before, reference)


def remove_event(unit: Unit, reference: str, number: int, title: str) -> Deed:
    """Take an event away that never happened."""
    unit.remove("event", number)
    unit.finish(f"Removed {_small(title)} from {reference}")
    return Deed(f"Removed from {reference}: {_small(title)}. Press u to take that back.", unit.today)


def hold_session(unit: Unit, worker: str, supervisor: str, on: date, note: str = "") -> Deed:
    """Record a supervision session as held: the one booked about that day, or one that was not booked."""
    before = _open_ids(unit, worker, kind="worker")
    booked = [s for s in unit.all("session", worker=worker, state="planned") if abs(s.on - on) <= NEAR]
    if booked:
        nearest = min(booked, key=lambda s: abs(s.on - on))
        changes = {"state": "held", "held_on": on, "supervisor": supervisor, "note": note or nearest.note}
        unit.amend("session", nearest.id, changes)
    else:
        session = {"worker": worker, "supervisor": supervisor, "on": on, "state": "held", "held_on": on, "note": note}
        unit.record("session", session)
    unit.finish(f"Recorded supervision of {worker}")
    return _deed(unit, f"Recorded: supervision of {worker}, {show_day(on, unit.today)}.", on, before, worker, "worker")


def postpone(unit: Unit, line: DueLine, to: date, reason: str) -> Deed:
    """Plan a due thing for a later day; its legal date stays."""
    given = {"rule": line.series, "cycle": line.cycle, "to": to, "reason": reason}
    unit.record("postponement", {line.subject_kind: line.subject, **given})
    unit.finish(f"Postponed {_small(line.title)} of {line.subject} to {show_day(to, unit.today)}")
    legal = f" Legally due {show_day(line.legal_due, unit.today)} as before." if line.legal_due else ""
    return Deed(f"Planned for {show_day(to, unit.today)}: {_small(line.title)} of {line.subject}.{legal}", to)


def decide_interval(unit: Unit, line: DueLine, values: Mapping[str, Any], counting: OverrideLine | None) -> Deed:
    """Give one case an interval of its own; the one that counted until then ends as the new one begins."""
    before = _open_dates(unit, line.subject)
    if counting is not None:
        ends = max(values["decided_on"], counting.decided_on)
        unit.amend("override", counting.id, {"ended_on": ends}, counting.version)
    kept = unit.record("override", {"case": line.subject, **values})
    unit.finish(f"Decided an interval of its own for {line.subject}: {kept.interval.words}")
    said = f"{line.subject}: {_small(line.title)}, {kept.interval.words} from {show_day(kept.decided_on, unit.today)}."
    return _moved(unit, said, before, line)


def end_interval(unit: Unit, line: DueLine, counting: OverrideLine, on: date) -> Deed:
    """End the interval that one case had of its own."""
    before = _open_dates(unit, line.subject)
    unit.amend("override", counting.id, {"ended_on": on}, counting.version)
    unit.finish(f"Ended the own interval of {line.subject}")
    return _moved(unit, f"{line.subject}: {_small(line.title)} counts as the rule stands again.", before, line)


def _open_dates(unit: Unit, reference: str) -> dict[str, date | None]:
    lines = views.due(unit.database.reader(), today=unit.today, case=reference)
    return {line.id: line.legal_due for line in lines}


def _moved(unit: Unit, said: str, before: Mapping[str, date | None], line: DueLine) -> Deed:
    now = _open_dates(unit, line.subject).get(line.id)
    moved = now is not None and now != before.get(line.id)
    return Deed(said + (f" Now due {show_day(now, unit.today)}." if moved and now else ""), unit.today)


def allocate(unit: Unit, reference: str, worker: str, values: Mapping[str, Any], *, together: bool = False) -> Deed:
    """Give a case to a worker as a form says, ``together`` with its siblings' cases; policies are kept or overruled."""
    from domain.ids import ROLE_TITLES, ChangeReason, Role
    from storage.allocating import allocate as give

    on, role = values["starts"], Role(values["role"])
    why = ChangeReason(values["reason"]) if values.get("reason") else None
    said = {"note": values.get("note") or "", "approved_by": values.get("approved_by") or ""}
    kept = give(unit, reference, worker, on, role=role, reason=why, together=together, **said)
    cases = " and ".join(one.case for one in kept)
    unit.finish(f"Allocated {cases} to {worker}")
    return Deed(f"{cases}: {worker} is {ROLE_TITLES[role].lower()} from {show_day(on, unit.today)}.", on)


def weigh(unit: Unit, reference: str, scheme: str, answers: Mapping[str, str], values: Mapping[str, Any]) -> Deed:
    """Answer the weighting questions for a case; ``values`` are the weighing's other fields."""
    given = {"case": reference, "scheme": scheme, "answers": dict(answers), **values}
    points = unit.record("weighting", given).points
    unit.finish(f"Weighed {reference}")
    return Deed(f"{reference} weighs {points / 100:g} points.", values["on"])


def agree_weighing(unit: Unit, number: int, reference: str, changes: Mapping[str, Any], seen: int) -> Deed:
    """Note that the worker or the supervisor agrees to a weighing; its points stay as they were given."""
    unit.amend("weighting", number, changes, seen)
    unit.finish(f"Agreed a weighing of {reference}")
    return Deed(f"{reference}: the weighing is agreed.", unit.today)


def open_case(unit: Unit, values: Mapping[str, Any]) -> Deed:
    """Open a case."""
    case = unit.record("case", values)
    unit.finish(f"Opened {case.reference}")
    return Deed(f"{case.reference} is open. Record what happened on it, and what falls due follows.", unit.today)


def amend_case(unit: Unit, reference: str, changes: Mapping[str, Any], seen: int) -> Deed:
    """Change what is known about a case."""
    unit.amend("case", reference, changes, seen)
    unit.finish(f"Changed {reference}")
    return Deed(f"{reference} is changed.", unit.today)


def close_case(unit: Unit, reference: str, on: date, reason: str, seen: int) -> Deed:
    """Close a case: whoever holds it lets go that day, and nothing of it stays due."""
    for allocation in unit.all("allocation", case=reference, ends=None):
        unit.amend("allocation", allocation.id, {"ends": max(on, allocation.starts)})
    unit.amend("case", reference, {"closed": on, "close_reason": reason}, seen)
    unit.finish(f"Closed {reference}")
    return Deed(f"{reference} is closed from {show_day(on, unit.today)}. Press u to take that back.", unit.today)


def _open_ids(unit: Unit, subject: str, kind: str = "case") -> set[str]:
    return {line.id for line in views.due(unit.database.reader(), today=unit.today, **{kind: subject})}  # type: ignore[arg-type]


def _deed(unit: Unit, said: str, on: date, before: set[str], subject: str, kind: str = "case") -> Deed:
    lines = list(views.due(unit.database.reader(), today=unit.today, **{kind: subject}))  # type: ignore[arg-type]
    made = [line for line in lines if line.subject == subject and line.id not in before]
    dated = [f"{_small(m.title)} by {show_day(m.legal_due, unit.today)}" for m in made if m.legal_due]
    more = f" and {len(dated) - NAMED} more" if len(dated) > NAMED else ""
    follows = f" Now due: {'; '.join(dated[:NAMED])}{more}." if dated else ""
    return Deed(said + follows, on, made, frozenset(line.id for line in lines))


def _small(title: str) -> str:
    """A title inside a sentence: its first letter small, unless it is an abbreviation."""
    return title if title[1:2].isupper() else title[:1].lower() + title[1:]


def take_on(unit: Unit, values: Mapping[str, Any]) -> Deed:
    """Add a worker."""
    worker = unit.record("worker", values)
    unit.finish(f"Added {worker.staff_id}")
    return Deed(f"{worker.staff_id} is added.", unit.today)


def amend_worker(unit: Unit, staff_id: str, changes: Mapping[str, Any], seen: int) -> Deed:
    """Change what is known about a worker."""
    unit.amend("worker", staff_id, changes, seen)
    unit.finish(f"Changed {staff_id}")
    return Deed(f"{staff_id} is changed.", unit.today)


def book_session(unit: Unit, staff_id: str, values: Mapping[str, Any]) -> Deed:
    """Book a supervision session."""
    session = unit.record("session", {"worker": staff_id, **values})
    unit.finish(f"Booked supervision of {staff_id}")
    return Deed(
        f"Booked: supervision of {staff_id}, {show_day(session.on, unit.today)} at {session.start}.", session.on
    )


def amend_session(unit: Unit, number: int, staff_id: str, changes: Mapping[str, Any], seen: int) -> Deed:
    """Change a session: another time, or missed, or called off."""
    session = unit.amend("session", number, changes, seen)
    unit.finish(f"Changed a session of {staff_id}")
    words = f"{show_day(session.on, unit.today)} at {session.start}, {session.state}"
    return Deed(f"Supervision of {staff_id}: {words}.", session.on)
