"""What becomes of a session that was booked: moved, missed, cancelled, covered, booked again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.core.dates import show_day
from domain.core.errors import BadInput
from domain.supervision.sessions import SessionFields
from storage.rules.kept_packs import Packs
from storage.supervision.acts import bookings
from tui.core.choice import Choice
from tui.dialogs.ask import Values, ask, choose
from tui.dialogs.form import YES, Field
from tui.dialogs.record_form import asked
from tui.people.staff_choices import staff_choices
from tui.supervision.held_form import told

if TYPE_CHECKING:
    from storage.records.unit import Unit
    from storage.supervision.month_board import SessionMark
    from tui.core.page import Page

Reasons = list[Choice]
TITLES = {"on": "New day"}
HINTS = {"reason": "without names of people served", "rebook_by": "left out: as the packs say"}


async def ask_outcome(page: Page, mark: SessionMark) -> str | None:
    """Ask what becomes of a session, and do it."""
    about = f"{mark.worker} with {mark.supervisor}, {show_day(mark.on, page.office.today)} at {mark.start}"
    what = await choose(page, about, _outcomes(mark, page))
    if what is None:
        return None
    reasons = await page.office.desk.read(lambda conn: Packs(conn).all("missed_reason"))
    why = [Choice(key, str(one["title"])) for key, one in reasons.items() if one.get("active", True)]
    return await _DOING[what](page, mark, why)


def _outcomes(mark: SessionMark, page: Page) -> list[Choice]:
    if mark.state in ("missed", "cancelled"):
        return [Choice("rebook", "Book again", "on another day")]
    if mark.state != "planned":
        raise BadInput("This session was held.", hint="enter opens it; u takes back your last change.")
    missed = [Choice("miss", "Missed", "it was not held on its day")] if mark.on <= page.office.today else []
    return [
        Choice("move", "Move", "to another day or time"),
        *missed,
        Choice("cancel", "Cancel", "with a reason; held again, or not"),
        Choice("cover", "Cover", "somebody else holds it"),
    ]


async def _move(page: Page, mark: SessionMark, why: Reasons) -> str | None:
    def doing(unit: Unit, v: Values) -> str:
        reason, note = v["reason_code"], v["reason"]
        done = bookings.move(unit, mark.id, v["on"], v["start"], reason, note, mark.version)
        return told(done.record, "Moved", unit.today)

    given, options = {"start": mark.start}, {"reason_code": why}
    names = ("on", "start", "reason_code", "reason")
    fields = asked(
        SessionFields, *names, given=given, options=options, titles=TITLES, hints=HINTS, needed={"start"}, ahead={"on"}
    )
    return await ask(page, "Move", fields, doing)


async def _miss(page: Page, mark: SessionMark, why: Reasons) -> str | None:
    def doing(unit: Unit, v: Values) -> str:
        done = bookings.miss(unit, mark.id, v["reason_code"], v["reason"], v["rebook_by"], mark.version)
        return told(done.record, "Missed", unit.today)

    names, options = ("reason_code", "reason", "rebook_by"), {"reason_code": why}
    fields = asked(SessionFields, *names, options=options, hints=HINTS, needed={"reason_code"}, ahead={"rebook_by"})
    return await ask(page, "Missed", fields, doing)


async def _cancel(page: Page, mark: SessionMark, why: Reasons) -> str | None:
    def doing(unit: Unit, v: Values) -> str:
        done = bookings.cancel(unit, mark.id, v["reason_code"], v["reason"], again=v["again"], seen=mark.version)
        return told(done.record, "Cancelled", unit.today)

    options = {"reason_code": why}
    fields = asked(SessionFields, "reason_code", "reason", options=options, hints=HINTS, needed={"reason_code"})
    return await ask(page, "Cancel", [*fields, Field("again", "To be held again", YES, value=True)], doing)


async def _rebook(page: Page, mark: SessionMark, _why: Reasons) -> str | None:
    def doing(unit: Unit, v: Values) -> str:
        return told(bookings.rebook(unit, mark.id, v["on"], v["start"]).record, "Booked again", unit.today)

    by = f"To be held by {show_day(mark.rebook_by, page.office.today)}." if mark.rebook_by else ""
    given = {"start": mark.start}
    fields = asked(SessionFields, "on", "start", given=given, titles=TITLES, needed={"start"}, ahead={"on"})
    return await ask(page, "Book again", fields, doing, about=by)


async def _cover(page: Page, mark: SessionMark, _why: Reasons) -> str | None:
    def doing(unit: Unit, v: Values) -> str:
        kept = bookings.cover(unit, mark.id, v["supervisor"], mark.version).record
        return told(kept, "Covered" if kept.cover_for else "Given back", unit.today)

    options = {"supervisor": await staff_choices(page, but={mark.worker})}
    titles, given = {"supervisor": "Who holds it"}, {"supervisor": mark.cover_for}
    fields = asked(SessionFields, "supervisor", given=given, options=options, titles=titles)
    about = f"{mark.cover_for or mark.supervisor} is away; the session stays on its day."
    return await ask(page, "Cover", fields, doing, about=about)


_DOING = {"move": _move, "miss": _miss, "cancel": _cancel, "rebook": _rebook, "cover": _cover}
