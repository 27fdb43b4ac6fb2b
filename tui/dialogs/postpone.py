"""Plan a due thing for a later day, with a reason. The legal date stays, and stays in sight."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.dates import distance, show_day
from tui import deeds
from tui.dialogs.asking import ask
from tui.dialogs.form import DAY, NOTE, Field

if TYPE_CHECKING:
    from storage.views import DueLine
    from tui.deeds import Deed
    from tui.screens.base import Page


async def postpone(page: Page, line: DueLine) -> Deed | None:
    """Ask for the day and the reason, and keep them."""
    today = page.office.today
    legal = "It has no legal date."
    if line.legal_due:
        legal = f"Legally due {show_day(line.legal_due, today)}, {distance(line.legal_due, today)}. That stays."
    already = f" Planned for {show_day(line.postponed_to, today)} so far." if line.postponed_to else ""
    fields = [
        Field("to", "Plan it for", DAY, line.postponed_to or "", required=True, ahead=True),
        Field("reason", "Because", NOTE, line.postponed_why, required=True),
    ]
    return await ask(
        page,
        f"Postpone {line.title}: {line.subject}",
        fields,
        lambda unit, values: deeds.postpone(unit, line, values["to"], values["reason"]),
        about=legal + already,
    )
