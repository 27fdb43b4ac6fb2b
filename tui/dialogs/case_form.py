"""Open a case, change what is known about it, or close it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from domain.dates import show_day
from domain.errors import BadInput, NotFound
from domain.ids import PATHWAY_TITLES, Nation, Pathway
from domain.text import sort_key
from storage import views
from tui import deeds
from tui.dialogs.asking import Values, amend, ask
from tui.dialogs.choose import Choice
from tui.dialogs.form import CHOICE, DAY, LINE, Field

if TYPE_CHECKING:
    from storage.unit import Unit
    from tui.deeds import Deed
    from tui.screens.base import Page

NATIONS = [Choice(nation.value, nation.value.replace("_", " ").capitalize()) for nation in Nation]
PRIVATE = ("name", "born", "expected_birth")  # not shown, and so not asked, while names are hidden


async def edit_case(page: Page, reference: str) -> Deed | None:
    """Ask for changes to a case, and keep them."""
    case, teams = await page.office.desk.run(lambda unit: (unit.get("case", reference), _teams(unit)))
    given = case.model_dump()
    fields = [f for f in _fields(given, teams) if not (page.office.no_names and f.id in PRIVATE)]

    def change(unit: Unit, changes: Values, seen: int) -> Deed:
        return deeds.amend_case(unit, reference, changes, seen)

    return await amend(page, f"Edit {reference}", fields, ("case", reference), change, taken=_taken)


async def new_case(page: Page) -> Deed | None:
    """Ask for a new case, and open it."""
    teams = await page.office.desk.run(_teams)
    given = {"team": page.office.team, "opened": "today", "nation": Nation.ENGLAND, "pathways": ()}
    fields = [
        Field("reference", "Reference", LINE, required=True, hint="as in the case system"),
        *_fields(given, teams),
    ]
    return await ask(page, "New case", fields, lambda unit, values: deeds.open_case(unit, _taken(values)))


async def close_case(page: Page, reference: str) -> Deed | None:
    """Ask when and why a case closes, and close it."""
    today = page.office.today
    card = await page.office.desk.read(lambda conn: views.case_card(conn, reference, today))
    if card is None:
        raise NotFound(f"There is no case {reference!r} any more.", field="case")
    if card.closed:
        raise BadInput(f"{reference} closed on {show_day(card.closed)} already.", hint="Press e to change that.")
    fields = [
        Field("closed", "Closes on", DAY, "today", required=True),
        Field("close_reason", "Because", LINE, required=True),
    ]
    return await ask(
        page,
        f"Close {reference}",
        fields,
        lambda unit, v: deeds.close_case(unit, reference, v["closed"], v["close_reason"], card.version),
        about="Whoever holds it lets go that day, and nothing of it stays due.",
    )


def _teams(unit: Unit) -> list[Choice]:
    return [Choice(team.name, team.name) for team in unit.all("team")]


def _fields(given: Values, teams: list[Choice]) -> list[Field]:
    pathways = ", ".join(PATHWAY_TITLES[p] for p in given["pathways"])
    closed = [
        Field("closed", "Closed on", DAY, _said(given, "closed")),
        Field("close_reason", "Because", LINE, _said(given, "close_reason")),
    ]
    return [
        Field("team", "Team", CHOICE, given["team"], teams, required=True),
        Field("pathways", "Pathways", LINE, pathways, hint="the first one leads: Looked after, Court", required=True),
        Field("opened", "Opened on", DAY, _said(given, "opened"), required=True),
        Field("name", "Name", LINE, _said(given, "name"), hint="may stay empty; shown only on screen"),
        Field("born", "Born on", DAY, _said(given, "born")),
        Field("expected_birth", "Birth expected", DAY, _said(given, "expected_birth"), ahead=True),
        Field("threshold_met", "Threshold met on", DAY, _said(given, "threshold_met")),
        Field("sibling_group", "Sibling group", LINE, _said(given, "sibling_group")),
        Field("factors", "Specialist factors", LINE, ", ".join(given.get("factors", ())), hint="with commas between"),
        Field("nation", "Nation", CHOICE, str(given["nation"]), NATIONS, required=True),
        *(closed if given.get("closed") else []),
    ]


def _said(given: Values, name: str) -> Any:
    return given.get(name) or ""


def _taken(values: Values) -> Values:
    """Return what a form holds as the record's own values."""
    taken = dict(values)
    for name, value in values.items():
        if name in ("closed", "born", "expected_birth", "threshold_met") and value == "":
            taken[name] = None
    if "pathways" in values:
        taken["pathways"] = tuple(_pathway(word) for word in _words(values["pathways"]))
    if "factors" in values:
        taken["factors"] = tuple(_words(values["factors"]))
    return taken


def _words(text: str) -> Iterable[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _pathway(word: str) -> Pathway:
    """Return the pathway whose title or id begins with ``word``; raises BadInput naming the field."""
    key = sort_key(word).replace("_", " ")
    titles = {pathway: sort_key(title) for pathway, title in PATHWAY_TITLES.items()}
    ids = {pathway: pathway.value.replace("_", " ") for pathway in Pathway}
    exact = [p for p in Pathway if key in (titles[p], ids[p])]
    found = exact or [p for p in Pathway if titles[p].startswith(key) or ids[p].startswith(key)]
    if len(found) != 1:
        known = ", ".join(PATHWAY_TITLES[p] for p in found) if found else ", ".join(PATHWAY_TITLES.values())
        raise BadInput(f"Pathways: “{word}” is not one pathway.", field="pathways", hint=f"There are: {known}.")
    return found[0]
