"""Workload concerns: raised, answered with a plan, and closed when the load is right again."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from domain.core.dates import show_day
from domain.load.records import Concern, ConcernFields
from storage.load.history.concerns import open_concerns
from tui.dialogs.record_form import amend, asked, record

if TYPE_CHECKING:
    from storage.load.history.concerns import ConcernLine
    from storage.records.unit import Unit
    from tui.core.page import Page

ANSWER = ("plan", "answered_by", "review_on")
ABOUT = "It stays open, and above the team's board, until somebody answers it with a plan."


async def new_concern(page: Page, staff_id: str) -> str | None:
    """Ask what the concern about a worker's load is, and raise it."""
    given = {"raised_on": "today", "raised_by": page.office.actor}
    fields = asked(ConcernFields, "raised_on", "raised_by", "why", given=given)
    title = f"Workload concern: {staff_id}"
    return await record(page, title, ConcernFields, fields, _told, about=ABOUT, also={"worker": staff_id})


async def answer_concern(page: Page, line: ConcernLine) -> str | None:
    """Ask for the plan that answers a concern, who answers and when it is looked at again, and keep it."""
    if line.id is not None:
        return await edit_concern(page, line.worker, line.id)
    why, today = what_happened(line, page.office.today), page.office.today
    raised = {"raised_on": line.raised_on, "raised_by": "Almoner", "why": why, "answered_on": today}
    given = {"answered_by": page.office.actor}
    return await record(
        page,
        f"Answer the workload concern: {line.worker}",
        ConcernFields,
        asked(ConcernFields, *ANSWER, given=given, needed=ANSWER, ahead={"review_on"}),
        _told,
        about=why,
        also={"worker": line.worker, **raised},
    )


async def answer_due_concern(page: Page, staff_id: str) -> str | None:
    """Ask what becomes of the workload concern whose review is due."""
    today = page.office.today
    concerns = await page.office.desk.read(lambda conn: open_concerns(conn, None, today, staff_id))
    due = sorted((one for one in concerns if one.review_on), key=lambda one: one.review_on or today)
    return await answer_concern(page, due[0]) if due else None


async def edit_concern(page: Page, staff_id: str, number: int) -> str | None:
    """Ask for the answer to a recorded concern, another review day, or its end."""
    kept = await page.office.desk.run(lambda unit: unit.get(Concern, number))
    today = page.office.today
    given = {"answered_by": page.office.actor} | {name: value for name, value in kept.model_dump().items() if value}
    fields = asked(
        ConcernFields,
        *(*ANSWER, "closed_on"),
        given=given,
        hints={"closed_on": "when the load is right again"},
        needed=ANSWER,
        ahead={"review_on"},
    )
    about = f"Raised {show_day(kept.raised_on, today)}: {kept.why}"
    answered = {} if kept.answered_on else {"answered_on": today, "answered_by": given["answered_by"]}
    return await amend(page, f"Workload concern: {staff_id}", kept, fields, _told, about=about, also=answered)


def _told(kept: Concern, unit: Unit) -> str:
    if kept.closed_on:
        return f"{kept.worker}: the workload concern is closed."
    if not kept.answered_on:
        return f"{kept.worker}: the workload concern stays open until somebody answers it."
    review = f" It is looked at again on {show_day(kept.review_on, unit.today)}." if kept.review_on else ""
    return f"{kept.worker}: the workload concern is answered.{review}"


def what_happened(line: ConcernLine, today: date) -> str:
    """Say how long the load was over the red line."""
    began, last = line.began or line.raised_on, line.last or line.raised_on
    until = "and still is" if line.running else f"to {show_day(last, today)}"
    above = f"above {(line.line or 0) / 10:g} %"
    return f"The load was {above} for {line.weeks} weeks, from {show_day(began, today)} {until}."
