"""The people to choose from in a form."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from storage.people.staff import staff
from tui.core.choice import Choice

if TYPE_CHECKING:
    from tui.core.page import Page


async def staff_choices(
    page: Page, *, team: str | None = None, first: str = "", but: Collection[str] = ()
) -> list[Choice]:
    """Return who works here today, of one team or of all, by name; those of the team called ``first`` stand first."""
    today = page.office.today
    people = await page.office.desk.read(lambda conn: staff(conn, today, team))
    people.sort(key=lambda one: bool(first) and one.team != first)
    return [Choice(one.staff_id, page.look.worker(one.name), one.staff_id) for one in people if one.staff_id not in but]
