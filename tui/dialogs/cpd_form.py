"""Forms of professional development: a piece written or drafted from supervision, amended, handed in."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Any

from domain.cpd import PROMPT, registration_year
from domain.errors import BadInput
from tui import learningdeeds
from tui.dialogs.asking import Values, amend, ask, choose
from tui.dialogs.choose import Choice
from tui.dialogs.form import CHOICE, DAY, LINE, NOTE, YES, Field
from tui.dialogs.learning_form import workers_of

if TYPE_CHECKING:
    import sqlite3

    from storage.cpd import Draft
    from storage.unit import Unit
    from tui.deeds import Deed
    from tui.screens.base import Page

WRITE = "write"
KINDS = "training, reading, supervision, talk with peers"


async def new_piece(page: Page, team: str, worker: str = "") -> Deed | None:
    """Ask whose piece it is and what it says, and keep it: of anybody in the team."""
    people = await page.office.desk.read(lambda conn: workers_of(conn, team, page))
    whose = Field("worker", "Worker", CHOICE, worker, people, required=True)
    fields = [whose, *_fields({"on": "today"})]
    return await ask(page, "Piece of development", fields, learningdeeds.add_cpd)


async def add_piece(page: Page, worker: str) -> Deed | None:
    """Ask for a worker's piece, empty or drafted from a session in which something was said about learning."""
    today = page.office.today
    drafts = await page.office.desk.read(lambda conn: dict(_drafts(conn, worker, today)))
    choices = [
        Choice(WRITE, "Write a piece"),
        *(Choice(str(key), str(one.values["title"]), "a draft") for key, one in drafts.items()),
    ]
    chosen = await choose(page, f"New piece: {worker}", choices)
    if chosen is None:
        return None
    draft = drafts.get(int(chosen)) if chosen != WRITE else None
    given: dict[str, Any] = draft.values if draft else {"on": "today"}
    about = f"Still to write: the impact, and with a peer: {draft.prompt}\n{draft.advice}" if draft else ""

    def keep(unit: Unit, values: Values) -> Deed:
        return learningdeeds.add_cpd(unit, {"worker": worker, "session": given.get("session"), **values})

    return await ask(page, f"Piece of development: {worker}", _fields(given), keep, about=about)


def _drafts(conn: sqlite3.Connection, worker: str, today: date) -> Iterator[tuple[int, Draft]]:
    """Yield drafts from the sessions of this registration year that said something of learning, the latest first."""
    from storage.cpd import draft_cpd

    query = """SELECT id FROM session WHERE worker = ? AND held_on BETWEEN ? AND ?
        AND id NOT IN (SELECT session FROM cpd WHERE worker = ? AND session IS NOT NULL) ORDER BY held_on DESC"""
    year = registration_year(today)
    for (number,) in conn.execute(query, (worker, year.start.isoformat(), today.isoformat(), worker)).fetchall():
        try:
            yield number, draft_cpd(conn, number, worker)
        except BadInput:
            continue


async def edit_piece(page: Page, number: int) -> Deed | None:
    """Ask for changes to a piece, and keep them."""
    kept = await page.office.desk.run(lambda unit: unit.get("cpd", number).model_dump())
    handed = Field("submitted_on", "Handed in", DAY, kept["submitted_on"] or "")

    def change(unit: Unit, changes: Values, seen: int) -> Deed:
        return learningdeeds.amend_cpd(unit, number, changes, seen)

    title = f"Piece of development: {kept['worker']}"
    return await amend(page, title, [*_fields(kept), handed], ("cpd", number), change, taken=_taken)


async def hand_in(page: Page, number: int, title: str) -> Deed | None:
    """Ask when a piece was handed in to the regulator, and keep that."""
    fields = [Field("submitted_on", "Handed in", DAY, "today", required=True)]
    return await ask(page, title, fields, lambda unit, values: learningdeeds.amend_cpd(unit, number, values))


def _taken(values: Values) -> Values:
    return {**values, "submitted_on": values["submitted_on"] or None}


def _fields(given: Values) -> list[Field]:
    return [
        Field("title", "What", LINE, given.get("title", ""), required=True),
        Field("on", "On", DAY, given.get("on") or "", required=True),
        Field("kind", "Type", LINE, given.get("kind", ""), hint=KINDS, required=True),
        Field("learning", "What was learnt", NOTE, given.get("learning", "")),
        Field("impact", "Impact", NOTE, given.get("impact", ""), hint="on practice and on people"),
        Field("peer", "With a peer", YES, given.get("peer", False)),
        Field("peer_note", "What that taught", NOTE, given.get("peer_note", ""), hint=PROMPT),
    ]
