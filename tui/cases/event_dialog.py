"""One event of a case: all that was recorded about it, and putting it right."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from domain.cases.cases import Event
from domain.core.dates import show_day
from storage.records import acts
from storage.rules.kept_packs import Packs
from tui.core.choice import Choice
from tui.dialogs.ask import Values, choose
from tui.dialogs.record_form import amend
from tui.due.done_text import small, with_dates
from tui.due.record_event import details_of, event_fields, title_of

if TYPE_CHECKING:
    from storage.cases.case_page import EventLine
    from storage.records.unit import Unit
    from tui.core.page import Page


async def open_event(page: Page, reference: str, event: EventLine) -> str | None:
    """Offer to change or to remove an event, and do what is chosen."""
    says = await page.office.desk.read(lambda conn: Packs(conn).get("event_kind", event.kind))
    title = title_of(event.kind, says)
    who = f"by {page.look.worker(event.changed_by)}" + (f", from {event.source}" if event.source else "")
    choices = [
        Choice("change", "Change it", f"recorded {who}"),
        Choice("remove", "Remove it", "it never happened"),
    ]

    def remove(unit: Unit) -> str:
        acts.remove(unit, Event, event.id)
        return f"Removed from {reference}: {small(title)}. Press u to take that back."

    chosen = await choose(page, f"{title}, {show_day(event.on)}: {reference}", choices)
    if chosen == "remove":
        return await page.office.desk.run(remove)
    return await _change(page, event, title, says) if chosen else None


async def _change(page: Page, event: EventLine, title: str, says: Mapping[str, Any]) -> str | None:
    kept = await page.office.desk.run(lambda unit: unit.get(Event, event.id))
    names = {detail["name"] for detail in says.get("details", ())}
    others = {name: value for name, value in kept.details.items() if name not in names}

    def shaped(values: Values) -> Values:
        return {"on": values["on"], "note": values["note"], "details": {**others, **details_of(says, values)}}

    def told(now: Event, unit: Unit) -> str:
        return with_dates(unit, f"Changed on {now.case}: {small(title)}.", now.on, now.case, unit.followed).words

    fields = event_fields(event.kind, says, event.on, event.details, event.note)
    return await amend(page, f"{title}: {kept.case}", kept, fields, told, shaped=shaped)
