"""What people do with supervision agreements and bookings, each as one unit of work that says what it did."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from domain.dates import show_day
from domain.errors import BadInput
from domain.text import plural
from storage import agreements, schedule
from tui.deeds import Deed

if TYPE_CHECKING:
    from domain.scheduling import Proposed
    from domain.supervision import Agreement, Session
    from storage.unit import Unit


def acting(unit: Unit, pair: Sequence[str]) -> str | None:
    """Return which of a pair the person working is; None when neither."""
    from storage.whois import acting as worker_of

    who = worker_of(unit.raw, unit.actor)
    return who if who in pair else None


# agreements ----------------------------------------------------------------------------------------------------------


def make(unit: Unit, values: Mapping[str, Any]) -> Deed:
    """Draw up an agreement."""
    kept = agreements.make(unit, values)
    unit.finish(f"Drew up agreement {kept.id} of {kept.worker}")
    return Deed(f"Drawn up: {kept.worker} with {kept.supervisor}. Both have yet to sign: e.", kept.starts)


def sign(unit: Unit, number: int) -> Deed:
    """Sign an agreement as the person working; raises BadInput where that is neither of the two."""
    found: Agreement = unit.get("agreement", number)
    who = acting(unit, (found.worker, found.supervisor))
    if who is None:
        raise BadInput(
            f"{unit.actor} is neither of the two, so cannot sign.",
            hint=f"{found.worker} and {found.supervisor} each sign for themselves: choose who is working under 7.",
        )
    kept = agreements.sign(unit, number, who)
    unit.finish(f"Signed agreement {number}")
    other = kept.supervisor if who == kept.worker else kept.worker
    rest = "Both have signed." if kept.signed_on else f"{other} has yet to sign."
    return Deed(f"{who} signed. {rest}", unit.today)


def revise(unit: Unit, number: int, changes: Mapping[str, Any], seen: int) -> Deed:
    """Change what was agreed."""
    kept = agreements.revise(unit, number, changes, seen)
    unit.finish(f"Changed agreement {number} of {kept.worker}")
    rest = "" if kept.signed_on else " Both sign it again."
    return Deed(f"The agreement of {kept.worker} is changed.{rest}", unit.today)


def change_supervisor(unit: Unit, number: int, supervisor: str, on: date) -> Deed:
    """Hand a supervisee over to another supervisor."""
    kept = agreements.change_supervisor(unit, number, supervisor, on)
    unit.finish(f"{kept.worker} is supervised by {supervisor}")
    return Deed(
        f"{kept.worker}: {supervisor} from {show_day(on, unit.today)}; the new agreement is to be signed by both.", on
    )


# bookings ------------------------------------------------------------------------------------------------------------


def book(unit: Unit, values: Mapping[str, Any], others: Sequence[str] = ()) -> Deed:
    """Book a session, or record one that was not booked as held."""
    given = {**values, "proposed_by": acting(unit, (values["worker"], values["supervisor"]))}
    kept = schedule.book_one(unit, given, others)
    unit.finish(f"Booked supervision of {kept.worker}")
    return _said(unit, kept, "Recorded" if kept.held_on else "Booked")


def book_series(unit: Unit, found: schedule.Series, dates: Sequence[Proposed]) -> Deed:
    """Book the dates of a series, all of them or none."""
    if not dates:
        raise BadInput("Tick at least one date.")
    pair = (found.agreement.worker, found.agreement.supervisor)
    kept = schedule.book(unit, found, dates, acting(unit, pair))
    unit.finish(f"Booked {plural(len(kept), 'session')} of {pair[0]}")
    last = show_day(kept[-1].on, unit.today)
    return Deed(f"Booked: {plural(len(kept), 'session')} of {pair[0]}, the last on {last}.", kept[0].on)


def hold(unit: Unit, number: int, on: date, seen: int) -> Deed:
    """Record that a session was held."""
    kept = schedule.hold(unit, number, on, seen)
    unit.finish(f"Recorded supervision of {kept.worker}")
    return _said(unit, kept, "Held")


def move(unit: Unit, number: int, values: Mapping[str, Any], seen: int) -> Deed:
    """Book a session for another day."""
    kept = schedule.move(
        unit, number, values["on"], values["start"], values["reason_code"], values["reason"] or "", seen
    )
    unit.finish(f"Moved supervision of {kept.worker}")
    return _said(unit, kept, "Moved")


def cancel(unit: Unit, number: int, values: Mapping[str, Any], seen: int) -> Deed:
    """Cancel a session."""
    again = bool(values["again"])
    kept = schedule.cancel(unit, number, values["reason_code"] or "", values["reason"] or "", again=again, seen=seen)
    unit.finish(f"Cancelled supervision of {kept.worker}")
    return _said(unit, kept, "Cancelled")


def miss(unit: Unit, number: int, values: Mapping[str, Any], seen: int) -> Deed:
    """Record that a session was not held."""
    kept = schedule.miss(unit, number, values["reason_code"] or "", values["reason"] or "", values["rebook_by"], seen)
    unit.finish(f"Supervision of {kept.worker} was missed")
    return _said(unit, kept, "Missed")


def rebook(unit: Unit, number: int, values: Mapping[str, Any]) -> Deed:
    """Book a session in the place of one that was not held."""
    found: Session = unit.get("session", number)
    who = acting(unit, (found.worker, found.supervisor))
    kept = schedule.rebook(unit, number, values["on"], values["start"] or None, who)
    unit.finish(f"Booked supervision of {kept.worker} again")
    return _said(unit, kept, "Booked again")


def cover(unit: Unit, number: int, supervisor: str, seen: int) -> Deed:
    """Let somebody else hold a session."""
    kept = schedule.cover(unit, number, supervisor, seen)
    unit.finish(f"{supervisor} holds the supervision of {kept.worker}")
    return _said(unit, kept, "Covered" if kept.cover_for else "Given back")


def _said(unit: Unit, kept: Session, done: str) -> Deed:
    on = kept.held_on or kept.on
    rest = f" To be held by {show_day(kept.rebook_by, unit.today)}: m books it again." if kept.rebook_by else ""
    words = f"{done}: supervision of {kept.worker} with {kept.supervisor}, {show_day(on, unit.today)} at {kept.start}."
    return Deed(words + rest, on)
