"""When each worker of a team was last supervised before Almoner was in use: a day beside each name, kept together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from domain.core.text import plural
from storage.supervision.acts.last_held import LastHeld, keep_last_held
from storage.supervision.month_board import BoardRow
from tui.dialogs.ask import Values, ask
from tui.dialogs.form import DAY, Field

if TYPE_CHECKING:
    from storage.records.unit import Unit
    from tui.core.page import Page

ABOUT = (
    "The day of the last session before Almoner was in use; leave empty what is not known. There is nothing to sign."
)


async def ask_last_held(page: Page, rows: Sequence[BoardRow]) -> str | None:
    """Ask for the day on which each was last supervised, and keep those that are given."""
    if not rows:
        return "There are no workers here."
    fields = [Field(row.worker, page.look.worker(row.name, row.worker), DAY) for row in rows]
    return await ask(page, "Last held", fields, _keep, about=ABOUT)


def _keep(unit: Unit, values: Values) -> str:
    days = [LastHeld(worker, on, field=worker) for worker, on in values.items() if on is not None]
    done = keep_last_held(unit, days)
    return f"Kept when {plural(done.kept, 'worker')} last had supervision. Press u to take that back."
