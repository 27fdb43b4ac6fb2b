"""Work beside cases: extra responsibilities, and hours that no plan foresaw."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.core.dates import show_day
from domain.load.records import Extra, ExtraFields, Unplanned, UnplannedFields
from tui.core.look import hundredths
from tui.dialogs.ask import Values
from tui.dialogs.form import Field
from tui.dialogs.record_form import amend, asked, record

if TYPE_CHECKING:
    from storage.records.unit import Unit
    from tui.core.page import Page

EXTRA = "Work that is not cases and counts as load. Use either this or a reduction, never both for one thing."
UNPLANNED = "An emergency, out of hours, work for somebody who is off. Shown beside the load, never mixed into it."


async def new_extra(page: Page, staff_id: str) -> str | None:
    """Ask for an extra responsibility, and keep it."""
    title, fields = f"Extra responsibility: {staff_id}", _extra_fields({"starts": "today"})
    return await record(page, title, ExtraFields, fields, _added, about=EXTRA, also={"worker": staff_id})


def _added(kept: Extra, unit: Unit) -> str:
    return f"{kept.worker}: {hundredths(kept.points)} points more from {show_day(kept.starts, unit.today)}."


async def edit_extra(page: Page, staff_id: str, number: int) -> str | None:
    """Ask for changes to an extra responsibility, and keep them."""
    kept = await page.office.desk.run(lambda unit: unit.get(Extra, number))
    title, words = f"Extra responsibility: {staff_id}", f"{staff_id}: the extra responsibility is changed."
    return await amend(page, title, kept, _extra_fields(kept.model_dump()), lambda _kept, _unit: words)


def _extra_fields(given: Values) -> list[Field]:
    hints = {"ends": "empty: until further notice"}
    names = ("title", "points", "starts", "ends", "note")
    return asked(ExtraFields, *names, given=given, hints=hints, ahead={"starts", "ends"})


async def new_unplanned(page: Page, staff_id: str) -> str | None:
    """Ask for hours that no plan foresaw, and log them."""
    title, fields = f"Unplanned hours: {staff_id}", _unplanned_fields({"on": "today"})
    return await record(page, title, UnplannedFields, fields, _logged, about=UNPLANNED, also={"worker": staff_id})


def _logged(kept: Unplanned, unit: Unit) -> str:
    return f"{kept.worker}: {hundredths(kept.hours)} h unplanned on {show_day(kept.on, unit.today)}."


async def edit_unplanned(page: Page, staff_id: str, number: int) -> str | None:
    """Ask for changes to logged hours, and keep them."""
    kept = await page.office.desk.run(lambda unit: unit.get(Unplanned, number))
    title, words = f"Unplanned hours: {staff_id}", f"{staff_id}: the unplanned hours are changed."
    return await amend(page, title, kept, _unplanned_fields(kept.model_dump()), lambda _kept, _unit: words)


def _unplanned_fields(given: Values) -> list[Field]:
    hints = {"hours": "as in 3.5", "what": "no names of persons served", "case": "its reference, if it was for one"}
    return asked(UnplannedFields, "on", "hours", "what", "case", given=given, hints=hints)
