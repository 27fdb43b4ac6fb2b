"""Set an action, change one, say how it was done, carry it forward or drop it; follow a decision up."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from domain.core.dates import show_day
from domain.core.errors import BadInput
from domain.supervision.discussions import Action, ActionFields, Decision, DecisionFields
from storage.records.acts import record
from storage.supervision.actions import DECISION
from storage.supervision.acts import actions
from tui.dialogs.ask import Values, ask
from tui.dialogs.form import DAY, NOTE, Field
from tui.dialogs.record_form import amend, asked, taken
from tui.people.staff_choices import staff_choices

if TYPE_CHECKING:
    from storage.records.unit import Unit
    from storage.supervision.actions import ActionLine
    from tui.core.page import Page

NAMES = ("what", "owner", "who", "due", "why", "case")
HINTS = {"who": "a parent, another agency", "case": "its reference; left empty: none"}


async def new_action(page: Page, worker: str | None = None, case: str | None = None) -> str | None:
    """Ask what is to be done, by whom and when, and keep it."""

    def doing(unit: Unit, values: Values) -> str:
        kept = record(unit, ActionFields(**_taken(values), set_on=unit.today)).record
        return f"Action {kept.id} is set{_by(kept, unit)}."

    return await ask(page, "New action", await _fields(page, {"owner": worker, "case": case}), doing)


async def edit_line(page: Page, line: ActionLine) -> str | None:
    """Ask for changes to an action, or to when a decision is followed up, and keep them."""
    if line.kind == DECISION:
        return await _edit_decision(page, line)

    def told(kept: Action, _unit: Unit) -> str:
        return f"Action {kept.id} is changed."

    kept = await page.office.desk.run(lambda unit: unit.get(Action, line.id))
    fields = await _fields(page, kept.model_dump())
    return await amend(page, f"Edit action {line.id}", kept, fields, told, shaped=_taken)


async def _edit_decision(page: Page, line: ActionLine) -> str | None:
    def told(kept: Decision, _unit: Unit) -> str:
        return f"Decision {kept.id} is changed."

    kept = await page.office.desk.run(lambda unit: unit.get(Decision, line.id))
    given, by = kept.model_dump(), {"follow_by"}
    fields = asked(DecisionFields, "follow_by", "rationale", given=given, needed=by, ahead=by)
    return await amend(page, f"Edit decision {line.id}", kept, fields, told)


async def complete_line(page: Page, line: ActionLine) -> str | None:
    """Ask how and when it was done, or what came of a decision."""
    decision = line.kind == DECISION
    fields = [
        Field("how", "What came of it" if decision else "How", NOTE, required=True),
        Field("on", "When", DAY, "today", required=True),
    ]

    def done(unit: Unit, v: Values) -> str:
        if decision:
            actions.follow(unit, line.id, v["on"], v["how"], line.version)
            return f"Decision {line.id} is followed up. Press u to take that back."
        actions.complete(unit, line.id, v["on"], v["how"], line.version)
        return f"Action {line.id} is done. Press u to take that back."

    title = f"Follow up decision {line.id}" if decision else f"Done: action {line.id}"
    return await ask(page, title, fields, done, about=_said(page, line))


async def carry_line(page: Page, line: ActionLine) -> str | None:
    """Ask for the new day and perhaps other words, and carry an action forward."""
    times = f"Carried forward {line.carried} times so far. " if line.carried > 1 else ""
    fields = asked(
        ActionFields,
        *("due", "what"),
        given={"what": line.what},
        titles={"due": "New day"},
        hints={"what": "other words where these did not get it done"},
        needed={"due"},
        ahead={"due"},
    )

    def doing(unit: Unit, v: Values) -> str:
        new = actions.carry(unit, line.id, v["due"], what=v["what"]).record
        return f"Action {line.id} goes on as action {new.id}{_by(new, unit)}."

    return await ask(page, f"Carry forward: action {line.id}", fields, doing, about=f"{times}{_due(page, line)}")


async def drop_line(page: Page, line: ActionLine) -> str | None:
    """Ask why an action is no longer to be done, and drop it."""

    def doing(unit: Unit, v: Values) -> str:
        actions.drop(unit, line.id, v["dropped_why"], seen=line.version)
        return f"Action {line.id} is dropped. Press u to take that back."

    fields = asked(ActionFields, "dropped_why", needed={"dropped_why"})
    return await ask(page, f"Drop: action {line.id}", fields, doing, about=_said(page, line))


def _by(kept: Action, unit: Unit) -> str:
    return f", due {show_day(kept.due, unit.today)}" if kept.due else ""


def _said(page: Page, line: ActionLine) -> str:
    return _due(page, line) if page.office.no_names else f"{line.what}. {_due(page, line)}"


def _due(page: Page, line: ActionLine) -> str:
    return f"Due {show_day(line.due, page.office.today)}." if line.due else "No date was set."


async def _fields(page: Page, given: Mapping[str, Any]) -> list[Field]:
    options = {"owner": await staff_choices(page, first=page.office.team or "")}
    by = {"due"}
    return asked(ActionFields, *NAMES, given=given, options=options, hints=HINTS, needed=by, ahead=by)


def _taken(values: Values) -> Values:
    """Return what the form holds as an action's own values; somebody has to do it."""
    if not values["owner"] and not values["who"]:
        raise BadInput("Say who does it, a worker or somebody else.", field="owner")
    return taken(ActionFields, values)
