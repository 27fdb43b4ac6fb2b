"""One event of a case: all that was recorded about it, and putting it right."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from domain.dates import show_day
from storage import views
from tui import deeds
from tui.dialogs.asking import Values, amend, choose
from tui.dialogs.choose import Choice
from tui.dialogs.record_event import details_of, event_fields

if TYPE_CHECKING:
    from storage.unit import Unit
    from storage.views import EventLine
    from tui.deeds import Deed
    from tui.screens.base import Page


async def open_event(page: Page, reference: str, event: EventLine) -> Deed | None:
    """Offer to change or to remove an event, and do what is chosen."""
    packs = await page.office.desk.read(views.Packs)
    says = packs.get("event_kind", event.kind)
    title = packs.title("event_kind", event.kind)
    who = f"by {page.look.worker(event.changed_by)}" + (f", from {event.source}" if event.source else "")
    choices = [
        Choice("change", "Change it", f"recorded {who}"),
        Choice("remove", "Remove it", "it never happened"),
    ]
    chosen = await choose(page, f"{title}, {show_day(event.on)}: {reference}", choices)
    if chosen == "remove":
        return await page.office.desk.run(lambda unit: deeds.remove_event(unit, reference, event.id, title))
    return await _change(page, reference, event, title, says) if chosen else None


async def _change(page: Page, reference: str, event: EventLine, title: str, says: Any) -> Deed | None:
    fields = event_fields(event.kind, says, event.on, event.details, event.note)
    asked = {detail["name"] for detail in says.get("details", ())}
    kept = {name: value for name, value in event.details.items() if name not in asked}

    def taken(values: Values) -> Values:
        return {"on": values["on"], "note": values["note"], "details": {**kept, **details_of(says, values)}}

    def change(unit: Unit, changes: Values, seen: int) -> Deed:
        return deeds.amend_event(unit, reference, event.id, title, changes, seen)

    return await amend(page, f"{title}: {reference}", fields, ("event", event.id), change, taken=taken)
