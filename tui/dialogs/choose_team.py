"""Choosing whose figures a screen shows, and from when to when."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.core.dates import show_day
from domain.core.text import plural
from domain.due.timeliness import periods
from storage.people import teams
from tui.core.choice import EVERY, Choice
from tui.dialogs.ask import answer
from tui.dialogs.choose import ChooseDialog

if TYPE_CHECKING:
    from tui.core.page import Page


async def ask_team(page: Page, *, every: bool = False) -> str | None:
    """Ask for a team, or with ``every`` for all of them (``EVERY``); None when none was chosen."""
    today = page.office.today
    lines = await page.office.desk.read(lambda conn: teams.teams(conn, today))
    choices = [
        Choice(line.name, line.name, f"{plural(line.workers, 'worker')}, {plural(line.cases, 'open case')}")
        for line in lines
    ]
    if every:
        choices.append(Choice(EVERY, "Every team"))
    return await answer(page, ChooseDialog("Which team?", choices, nothing="There is no team yet."))


async def team_choices(page: Page) -> list[Choice]:
    """Return every team, to choose one in a form."""
    there = await page.office.desk.read(teams.team_names)
    return [Choice(name, name) for name in there]


async def ask_period(page: Page) -> str | None:
    """Ask for one of the periods that figures are counted over, and return its name."""
    found = periods(page.office.today).items()
    choices = [Choice(name, name, f"{show_day(one.start)} to {show_day(one.end)}") for name, one in found]
    return await answer(page, ChooseDialog("Which period?", choices))
