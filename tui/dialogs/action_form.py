"""Set an action, change one, say how it was done, carry it forward or drop it; follow a decision up."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

from domain.dates import show_day
from storage.actions import DECISION
from tui import actiondeeds
from tui.dialogs.asking import Values, amend, ask
from tui.dialogs.choose import Choice
from tui.dialogs.form import CHOICE, DAY, LINE, NOTE, Field

if TYPE_CHECKING:
    from storage.actions import ActionLine
    from storage.unit import Unit
    from tui.deeds import Deed
    from tui.screens.base import Page

NOBODY = "owner: say who does it, a worker or somebody else."


async def new_action(page: Page, worker: str | None = None, case: str | None = None) -> Deed | None:
    """Ask what is to be done, by whom and when, and keep it."""
    people = await _people(page)
    fields = _fields({"owner": worker, "case": case or ""}, people, page)
    return await ask(page, "New action", fields, lambda unit, values: actiondeeds.set_action(unit, _whole(values)))


async def edit_line(page: Page, line: ActionLine) -> Deed | None:
    """Ask for changes to an action, or to when a decision is followed up, and keep them."""
    if line.kind == DECISION:
        fields = [
            Field("follow_by", "Follow up by", DAY, line.due or "", required=True, ahead=True),
            Field("rationale", "Because", NOTE, line.why),
        ]
    else:
        given = {name: getattr(line, name) or "" for name in ("owner", "who", "what", "why", "due", "case")}
        fields = _fields(given, await _people(page), page)

    def change(unit: Unit, changes: Values, seen: int) -> Deed:
        return actiondeeds.amend(unit, line.kind, line.id, changes, seen)

    taken = dict if line.kind == DECISION else _whole
    return await amend(page, f"Edit {line.kind} {line.id}", fields, (line.kind, line.id), change, taken=taken)


async def complete_line(page: Page, line: ActionLine) -> Deed | None:
    """Ask how and when it was done, or what came of a decision."""
    decision = line.kind == DECISION
    fields = [
        Field("how", "What came of it" if decision else "How", NOTE, required=True),
        Field("on", "When", DAY, "today", required=True),
    ]
    title = f"Follow up decision {line.id}" if decision else f"Done: action {line.id}"

    def done(unit: Unit, values: Values) -> Deed:
        return actiondeeds.complete(unit, line.kind, line.id, values, line.version)

    return await ask(page, title, fields, done, about=_said(page, line))


async def carry_line(page: Page, line: ActionLine) -> Deed | None:
    """Ask for the new day and perhaps other words, and carry an action forward."""
    times = f"Carried forward {line.carried} times so far. " if line.carried > 1 else ""
    fields = [
        Field("due", "New day", DAY, "", required=True, ahead=True),
        Field("what", "What", NOTE, line.what, required=True, hint="other words where these did not get it done"),
    ]
    return await ask(
        page,
        f"Carry forward: action {line.id}",
        fields,
        lambda unit, values: actiondeeds.carry(unit, line.id, values["due"], values["what"]),
        about=f"{times}{_due(page, line)}",
    )


async def drop_line(page: Page, line: ActionLine) -> Deed | None:
    """Ask why an action is no longer to be done, and drop it."""
    return await ask(
        page,
        f"Drop: action {line.id}",
        [Field("dropped_why", "Because", NOTE, required=True)],
        lambda unit, values: actiondeeds.drop(unit, line.id, values["dropped_why"], line.version),
        about=_said(page, line),
    )


def _said(page: Page, line: ActionLine) -> str:
    return _due(page, line) if page.office.no_names else f"{line.what}. {_due(page, line)}"


def _due(page: Page, line: ActionLine) -> str:
    return f"Due {show_day(line.due, page.office.today)}." if line.due else "No date was set."


def _fields(given: Values, people: list[Choice], page: Page) -> list[Field]:
    due = given.get("due") or ""
    return [
        Field("what", "What", NOTE, given.get("what") or "", required=True),
        Field("owner", "Who", CHOICE, given.get("owner") or "", people),
        Field("who", "or somebody else", LINE, given.get("who") or "", hint="a parent, another agency"),
        Field("due", "By", DAY, due, required=True, ahead=True),
        Field("why", "Because", NOTE, given.get("why") or ""),
        Field("case", "Case", LINE, given.get("case") or "", hint="its reference; left empty: none"),
    ]


def _whole(values: Values) -> Values:
    """Return what the form holds as an action's own values; somebody has to do it."""
    from domain.errors import BadInput

    if not values.get("owner") and not values.get("who"):
        raise BadInput(NOBODY, field="owner")
    return {**values, "owner": values.get("owner") or None, "case": values.get("case") or None}


async def _people(page: Page) -> list[Choice]:
    """Return the workers who are here, those of the team shown first."""
    today, team, look = page.office.today.isoformat(), page.office.team or "", page.look

    def read(conn: sqlite3.Connection) -> list[Choice]:
        query = """SELECT staff_id, name, team FROM worker WHERE leaves IS NULL OR leaves >= ?
            ORDER BY team <> ?, sort_key"""
        rows = conn.execute(query, (today, team)).fetchall()
        return [Choice(staff_id, look.worker(name), staff_id) for staff_id, name, _ in rows]

    return await page.office.desk.read(read)
