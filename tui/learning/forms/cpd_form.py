"""Forms of professional development: a piece written or drafted from supervision, amended, handed in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.core.dates import show_day
from domain.learning.cpd import PROMPT, YearState
from domain.learning.records import Cpd, CpdClosing, CpdClosingFields, CpdFields
from storage.learning.cpd import drafts_of
from tui.core.choice import Choice
from tui.dialogs.ask import Values, choose
from tui.dialogs.form import Field
from tui.dialogs.record_form import amend, asked, record
from tui.people.staff_choices import staff_choices

if TYPE_CHECKING:
    from storage.records.unit import Unit
    from tui.core.page import Page

WRITE = "write"
NAMES = ("title", "on", "kind", "learning", "impact", "peer", "peer_note")
HINTS = {
    "kind": "training, reading, supervision, talk with peers",
    "impact": "on practice and on people",
    "peer_note": PROMPT,
}


async def new_piece(page: Page, team: str, worker: str = "") -> str | None:
    """Ask whose piece it is and what it says, and keep it: of anybody in the team."""
    options = {"worker": await staff_choices(page, team=team or None)}
    given = {"worker": worker, "on": "today"}
    fields = asked(CpdFields, "worker", *NAMES, given=given, options=options, hints=HINTS)
    return await record(page, "Piece of development", CpdFields, fields, _added)


async def add_piece(page: Page, worker: str) -> str | None:
    """Ask for a worker's piece, empty or drafted from a session in which something was said about learning."""
    today = page.office.today
    drafts = await page.office.desk.read(lambda conn: drafts_of(conn, worker, today))
    choices = [
        Choice(WRITE, "Write a piece"),
        *(Choice(str(key), str(one.values["title"]), "a draft") for key, one in drafts.items()),
    ]
    chosen = await choose(page, f"New piece: {worker}", choices)
    if chosen is None:
        return None
    draft = drafts.get(int(chosen)) if chosen != WRITE else None
    given: Values = dict(draft.values) if draft else {"on": "today"}
    about = f"Still to write: the impact, and with a peer: {draft.prompt}\n{draft.advice}" if draft else ""
    also = {"worker": worker, "session": given.get("session")}
    return await record(
        page, f"Piece of development: {worker}", CpdFields, _fields(given), _added, about=about, also=also
    )


async def edit_piece(page: Page, number: int) -> str | None:
    """Ask for changes to a piece, and keep them."""
    kept = await page.office.desk.run(lambda unit: unit.get(Cpd, number))
    fields = [*_fields(kept.model_dump()), *asked(CpdFields, "submitted_on", given=kept.model_dump())]
    return await amend(page, f"Piece of development: {kept.worker}", kept, fields, _changed)


async def hand_in(page: Page, number: int, title: str) -> str | None:
    """Ask when a piece was handed in to the regulator, and keep that."""
    kept = await page.office.desk.run(lambda unit: unit.get(Cpd, number))
    fields = asked(CpdFields, "submitted_on", given={"submitted_on": "today"}, needed={"submitted_on"})
    return await amend(page, title, kept, fields, _changed, before=kept.model_dump(include={"submitted_on"}))


async def close_year(page: Page, worker: str, state: YearState) -> str | None:
    """Ask why a registration year that ended unmet is not to be met any more, and keep that."""

    def told(kept: CpdClosing, _unit: Unit) -> str:
        return f"{kept.worker}: the registration year {state.year.title} is closed. Press u to take that back."

    fields = asked(CpdClosingFields, "why", "on", given={"on": "today"})
    also = {"worker": worker, "year": state.year.end, "by": page.office.actor}
    title = f"Close {state.year.title}: {worker}"
    return await record(page, title, CpdClosingFields, fields, told, about=f"{state.told}.", also=also)


def _fields(given: Values) -> list[Field]:
    return asked(CpdFields, *NAMES, given=given, hints=HINTS)


def _added(kept: Cpd, unit: Unit) -> str:
    return f"{kept.worker}: {kept.title}, {show_day(kept.on, unit.today)}."


def _changed(kept: Cpd, unit: Unit) -> str:
    handed = f" Handed in {show_day(kept.submitted_on, unit.today)}." if kept.submitted_on else ""
    return f"{kept.worker}: {kept.title} is changed.{handed}"
