"""Name a new team."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from domain.capacity import hundredths
from domain.errors import BadInput
from domain.ids import Nation
from tui.deeds import Deed
from tui.dialogs.asking import ask
from tui.dialogs.choose import Choice
from tui.dialogs.form import CHOICE, Field

if TYPE_CHECKING:
    from storage.unit import Unit
    from tui.screens.base import Page

NATIONS = [Choice(nation.value, nation.value.replace("_", " ").title()) for nation in Nation]
USUAL_SCHEME = "three-factor"
ABOUT = "Everything can be changed later. Points are what a full-time worker can carry under the weighting scheme."


async def new_team(page: Page) -> Deed | None:
    """Ask for a new team, make it, and show it."""
    schemes = await page.office.desk.run(_schemes)
    made: list[str] = []

    def make(unit: Unit, values: dict[str, Any]) -> Deed:
        made.append(unit.record("team", _taken(values)).name)
        unit.finish(f"Made the team {made[-1]}")
        return Deed(f"{made[-1]} is made.", unit.today)

    fields = [
        Field("name", "Name of the team", required=True),
        Field("nation", "Nation", CHOICE, value=Nation.ENGLAND.value, options=NATIONS),
        Field("service", "Service"),
        Field("scheme", "Weighting scheme", CHOICE, value=USUAL_SCHEME, options=schemes),
        Field("full_time_points", "Full-time points", hint="leave empty until it is agreed; loads show once it is set"),
    ]
    deed = await ask(page, "New team", fields, make, about=ABOUT)
    if deed is not None:
        page.office.show_team(made[-1])
    return deed


def _schemes(unit: Unit) -> list[Choice]:
    return [Choice(name, str(scheme.title)) for name, scheme in unit.packs.schemes.items()]


def _taken(values: dict[str, Any]) -> dict[str, Any]:
    given = {name: value for name, value in values.items() if value not in ("", None)}
    if "full_time_points" in given:
        try:
            given["full_time_points"] = hundredths(given["full_time_points"])
        except ValueError:
            raise BadInput("Full-time points: write a number, as 180.", field="full_time_points") from None
    return given
