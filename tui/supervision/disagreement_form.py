"""Raise a disagreement, take it to its next stage, or end it with its outcome."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from domain.core.dates import show_day
from domain.supervision.discussions import Disagreement, DisagreementFields
from storage.supervision.acts import disagreements
from tui.dialogs.ask import Values, ask
from tui.dialogs.form import DAY, Field
from tui.dialogs.record_form import asked
from tui.people.staff_choices import staff_choices

if TYPE_CHECKING:
    from storage.records.unit import Unit
    from storage.supervision.disagreements import DisagreementLine
    from tui.core.page import Page

HINTS = {
    "worker": "or leave it out and name a case",
    "case": "its reference",
    "about": "without the name of a person served",
    "with_whom": "left out: as the stage says",
    "due": "left out: by the stage's working days",
}


async def new_disagreement(page: Page) -> str | None:
    """Ask what is not settled, and raise it."""
    given = {"raised_by": page.office.actor, "raised_on": "today"}
    options = {"worker": await staff_choices(page, team=page.office.team or None)}
    names = ("worker", "case", "about", "raised_by", "raised_on", "with_whom")

    def doing(unit: Unit, v: Values) -> str:
        kept = disagreements.raise_one(
            unit,
            v["about"],
            v["raised_by"],
            worker=v["worker"] or None,
            case=v["case"] or None,
            on=v["raised_on"],
            with_whom=v["with_whom"],
        ).record
        return f"Raised. {_due(kept, unit.today)}"

    fields = asked(DisagreementFields, *names, given=given, options=options, hints=HINTS)
    return await ask(page, "Raise a disagreement", fields, doing)


async def take_further(page: Page, row: DisagreementLine) -> str | None:
    """Ask from when and with whom a disagreement goes to its next stage, and take it there."""
    rest = asked(DisagreementFields, "with_whom", "due", hints=HINTS, ahead={"due"})
    fields = [Field("on", "From", DAY, "today", required=True), *rest]

    def doing(unit: Unit, v: Values) -> str:
        seen = row.version
        done = disagreements.escalate(unit, row.id, on=v["on"], with_whom=v["with_whom"], due=v["due"], seen=seen)
        return f"Now: {row.next_stage}. {_due(done.record, unit.today)}"

    return await ask(page, f"Next stage: {row.next_stage}", fields, doing)


async def settle(page: Page, row: DisagreementLine) -> str | None:
    """Ask how a disagreement ended, and end it."""

    def doing(unit: Unit, v: Values) -> str:
        disagreements.end(unit, row.id, v["outcome"], v["ended_on"], row.version)
        return "Ended. Press u to take that back."

    names = ("outcome", "ended_on")
    fields = asked(DisagreementFields, *names, given={"ended_on": "today"}, titles={"ended_on": "On"}, needed=names)
    return await ask(page, "End the disagreement", fields, doing)


def _due(kept: Disagreement, today: date) -> str:
    return f"To be settled by {show_day(kept.due, today)}." if kept.due else "No day is set for this stage."
