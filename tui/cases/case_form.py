"""Open a case, change what is known about it, or close it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from domain.cases.cases import Case, CaseFields
from domain.core.dates import show_day
from domain.core.enums import NATION_TITLES, PATHWAY_TITLES, Nation, Pathway
from domain.core.errors import BadInput, NotFound
from domain.core.text import sort_key
from storage.cases import acts, case_page
from tui.core.choice import titled
from tui.dialogs.ask import Values, ask
from tui.dialogs.choose_team import team_choices
from tui.dialogs.form import Field
from tui.dialogs.record_form import amend, asked, record, taken

if TYPE_CHECKING:
    from storage.records.unit import Unit
    from tui.core.page import Page

PRIVATE = ("name", "born", "expected_birth")  # not shown, and so not asked, while names are hidden
NAMES = ("team", "pathways", "opened", *PRIVATE, "threshold_met", "sibling_group", "factors", "nation")
HINTS = {
    "reference": "as in the case system",
    "pathways": "the first one leads: Looked after, Court",
    "name": "may stay empty; shown only on screen",
    "factors": "with commas between; see: almoner list factor",
}
OPEN = "{} is open. Record what happened on it, and what falls due follows."
LETS_GO = "Whoever holds it lets go that day, and nothing of it stays due."


async def new_case(page: Page) -> str | None:
    """Ask for a new case, and open it."""
    given = {"team": page.office.team, "opened": "today", "nation": Nation.ENGLAND, "pathways": ()}
    fields = await _fields(page, ("reference", *NAMES), given)
    return await record(page, "New case", CaseFields, fields, _opened, shaped=_taken)


async def edit_case(page: Page, reference: str) -> str | None:
    """Ask for changes to a case, and keep them."""
    case = await page.office.desk.run(lambda unit: unit.get(Case, reference))
    closing = ("closed", "close_reason") if case.closed else ()
    names = [name for name in (*NAMES, *closing, "reference") if not (page.office.no_names and name in PRIVATE)]
    fields = await _fields(page, names, case.model_dump())
    return await amend(page, f"Edit {reference}", case, fields, _changed, shaped=_taken)


async def close_case(page: Page, reference: str) -> str | None:
    """Ask when and why a case closes, and close it."""
    today = page.office.today
    card = await page.office.desk.read(lambda conn: case_page.case_card(conn, reference, today))
    if card is None:
        raise NotFound(f"There is no case {reference!r} any more.", field="case")
    if card.closed:
        raise BadInput(f"{reference} closed on {show_day(card.closed)} already.", hint="Press e to change that.")

    def doing(unit: Unit, values: Values) -> str:
        acts.close(unit, reference, values["closed"], values["close_reason"], card.version)
        return f"{reference} is closed from {show_day(values['closed'], today)}. Press u to take that back."

    names = ("closed", "close_reason")
    fields = asked(CaseFields, *names, given={"closed": "today"}, titles={"closed": "Closes on"}, needed=names)
    return await ask(page, f"Close {reference}", fields, doing, about=LETS_GO)


async def _fields(page: Page, names: Sequence[str], given: Mapping[str, Any]) -> list[Field]:
    pathways = tuple(PATHWAY_TITLES[one] for one in given["pathways"])
    return asked(
        CaseFields,
        *names,
        given={**given, "pathways": pathways},
        options={"team": await team_choices(page), "nation": titled(NATION_TITLES)},
        hints=HINTS,
        needed={"nation"},
        ahead={"expected_birth"},
    )


def _opened(case: Case, _unit: Unit) -> str:
    return OPEN.format(case.reference)


def _changed(case: Case, _unit: Unit) -> str:
    return f"{case.reference} is changed."


def _taken(values: Values) -> Values:
    """Return what a form holds as the record has it: pathways by their ids."""
    found = taken(CaseFields, values)
    return {**found, "pathways": tuple(_pathway(word) for word in found["pathways"])}


def _pathway(word: str) -> Pathway:
    """Return the pathway whose title or id begins with ``word``; raises BadInput naming the field."""
    key = sort_key(word).replace("_", " ")
    titles = {pathway: sort_key(title) for pathway, title in PATHWAY_TITLES.items()}
    ids = {pathway: pathway.value.replace("_", " ") for pathway in Pathway}
    exact = [p for p in Pathway if key in (titles[p], ids[p])]
    found = exact or [p for p in Pathway if titles[p].startswith(key) or ids[p].startswith(key)]
    if len(found) != 1:
        known = ", ".join(PATHWAY_TITLES[p] for p in found) if found else ", ".join(PATHWAY_TITLES.values())
        raise BadInput(f"“{word}” is not one pathway.", field="pathways", hint=f"There are: {known}.")
    return found[0]
