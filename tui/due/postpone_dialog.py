"""Plan a due thing for a later day, with a reason. The legal date stays, and stays in sight."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.core.dates import distance, show_day
from domain.due.records import PostponementFields
from storage.due import acts
from tui.dialogs.ask import Values, ask
from tui.dialogs.record_form import asked
from tui.due.done_text import small

if TYPE_CHECKING:
    from storage.due.due_list import DueLine
    from storage.records.unit import Unit
    from tui.core.page import Page


async def postpone(page: Page, line: DueLine) -> str | None:
    """Ask for the day and the reason, and keep them."""
    today = page.office.today
    legal = "It has no legal date."
    if line.legal_due:
        legal = f"Legally due {show_day(line.legal_due, today)}, {distance(line.legal_due, today)}. That stays."
    already = f" Planned for {show_day(line.postponed_to, today)} so far." if line.postponed_to else ""
    given = {"to": line.postponed_to, "reason": line.postponed_why}

    def doing(unit: Unit, values: Values) -> str:
        acts.postpone(unit, line, values["to"], values["reason"])
        legally = f" Legally due {show_day(line.legal_due, today)} as before." if line.legal_due else ""
        return f"Planned for {show_day(values['to'], today)}: {small(line.title)} of {line.subject}.{legally}"

    fields = asked(PostponementFields, "to", "reason", given=given, ahead={"to"})
    return await ask(page, f"Postpone {line.title}: {line.subject}", fields, doing, about=legal + already)
