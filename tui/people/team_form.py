"""Name a new team, and change what is known about one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.core.enums import NATION_TITLES, Nation
from domain.people.people import Team, TeamFields
from storage.rules.kept_packs import Packs
from tui.core.choice import Choice, titled
from tui.dialogs.record_form import amend, asked, record

if TYPE_CHECKING:
    from storage.records.unit import Unit
    from tui.core.page import Page

ABOUT = "Everything can be changed later. Points are what a full-time worker can carry under the weighting scheme."
USUAL_SCHEME = "three-factor"
AGREED = "leave empty until it is agreed; loads show once it is set"


NAMES = ("nation", "service", "scheme", "full_time_points", "full_time_hours", "red_weeks", "in_use_since", "name")


async def edit_team(page: Page, name: str) -> str | None:
    """Ask for changes to a team, and keep them; what holds from a day is asked from which."""
    team = await page.office.desk.run(lambda unit: unit.get(Team, name))
    made: list[str] = []

    def told(kept: Team, _unit: Unit) -> str:
        made.append(kept.name)
        return f"{kept.name} is changed."

    fields = asked(TeamFields, *NAMES, given=team.model_dump(), options=await _options(page))
    words = await amend(page, f"Edit {name}", team, fields, told, by_day=True)
    if made and made[-1] != name:
        page.office.show_team(made[-1])
    return words


async def _options(page: Page) -> dict[str, list[Choice]]:
    schemes = await page.office.desk.read(lambda conn: Packs(conn).all("scheme"))
    return {
        "nation": titled(NATION_TITLES),
        "scheme": [Choice(key, str(one["title"])) for key, one in schemes.items()],
    }


async def new_team(page: Page) -> str | None:
    """Ask for a new team, make it, and show it."""
    made: list[str] = []

    def told(team: Team, _unit: Unit) -> str:
        made.append(team.name)
        return f"{team.name} is made."

    fields = asked(
        TeamFields,
        *("name", "nation", "service", "scheme", "full_time_points", "in_use_since"),
        given={"nation": Nation.ENGLAND, "scheme": USUAL_SCHEME},
        options=await _options(page),
        hints={"full_time_points": AGREED},
    )
    words = await record(page, "New team", TeamFields, fields, told, about=ABOUT)
    if made:
        page.office.show_team(made[-1])
    return words
