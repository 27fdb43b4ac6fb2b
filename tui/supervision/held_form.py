"""Record that supervision was held: a session that was booked, or one that was not."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from domain.core.dates import show_day
from domain.people.people import Worker
from domain.supervision.sessions import SessionFields
from storage.supervision.acts import bookings
from tui.dialogs.ask import Values, ask
from tui.dialogs.form import DAY, Field
from tui.dialogs.record_form import asked
from tui.due.done_text import DoneText, with_dates
from tui.people.staff_choices import staff_choices

if TYPE_CHECKING:
    from domain.supervision.sessions import Session
    from storage.records.unit import Unit
    from storage.supervision.month_board import SessionMark
    from tui.core.page import Page


async def hold_session(page: Page, worker: str, about: str = "") -> DoneText | None:
    """Ask when a worker was supervised and by whom, and record it."""
    found = await page.office.desk.run(lambda unit: unit.get(Worker, worker))
    given = {"on": "today", "supervisor": found.supervisor}
    options = {"supervisor": await staff_choices(page, but={worker})}
    fields = asked(SessionFields, "on", "supervisor", "note", given=given, options=options, titles={"on": "Held on"})

    def doing(unit: Unit, values: Values) -> DoneText:
        done = bookings.hold_near(unit, worker, values["supervisor"], values["on"], values["note"])
        words = f"Recorded: supervision of {worker}, {show_day(values['on'], unit.today)}."
        return with_dates(unit, words, values["on"], worker, done.followed)

    return await ask(page, f"Supervision held: {worker}", fields, doing, about=about)


async def hold_booked(page: Page, mark: SessionMark) -> str | None:
    """Ask on which day a session that was booked was held, and record it."""
    on = min(mark.on, page.office.today)

    def doing(unit: Unit, values: Values) -> str:
        return told(bookings.hold(unit, mark.id, values["on"], seen=mark.version).record, "Held", unit.today)

    fields = [Field("on", "Held on", DAY, on.isoformat(), required=True)]
    return await ask(page, f"Held: {mark.worker} with {mark.supervisor}", fields, doing)


def told(kept: Session, done: str, today: date) -> str:
    """Return what became of a session in a sentence."""
    on = kept.held_on or kept.on
    rest = f" To be held by {show_day(kept.rebook_by, today)}: m books it again." if kept.rebook_by else ""
    return f"{done}: supervision of {kept.worker} with {kept.supervisor}, {show_day(on, today)} at {kept.start}.{rest}"
