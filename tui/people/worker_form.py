"""Add a worker, and change what is known about one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from domain.people.people import WHOLE_POST, Worker, WorkerFields
from storage.rules.kept_packs import Packs
from tui.core.choice import Choice
from tui.dialogs.choose_team import team_choices
from tui.dialogs.form import Field
from tui.dialogs.record_form import amend, asked, in_hours, record
from tui.people.staff_choices import staff_choices

if TYPE_CHECKING:
    from storage.records.unit import Unit
    from tui.core.page import Page

NAMES = (
    "name", "team", "grade", "fte", "hours", "role", "started", "leaves", "supervisor", "line_manager", "registration",
    "specialisms", "areas", "supervises_most", "email", "agency",
)  # fmt: skip
HINTS = {
    "name": "Surname, Forename",
    "fte": "1 is full time, 0.6 three days a week",
    "hours": "the contract, in place of FTE",
    "supervises_most": "the agreed number of people",
}


async def new_worker(page: Page) -> str | None:
    """Ask for a new worker, and add them."""
    fields = await _fields(page, ("staff_id", *NAMES), {"team": page.office.team, "fte": WHOLE_POST})
    return await record(
        page, "New worker", WorkerFields, fields, _added, shaped=in_hours(WorkerFields, {"fte": WHOLE_POST})
    )


async def edit_worker(page: Page, staff_id: str) -> str | None:
    """Ask for changes to a worker, and keep them."""
    worker = await page.office.desk.run(lambda unit: unit.get(Worker, staff_id))
    names = (*NAMES[page.office.no_names :], "staff_id")  # a name that is not shown is not asked
    fields = await _fields(page, names, worker.model_dump(), but=staff_id)
    return await amend(page, f"Edit {staff_id}", worker, fields, _changed, by_day=True)


async def _fields(page: Page, names: tuple[str, ...], given: Mapping[str, Any], but: str = "") -> list[Field]:
    grades = await page.office.desk.read(lambda conn: Packs(conn).all("grade"))
    people = await staff_choices(page, but={but})
    return asked(
        WorkerFields,
        *names,
        given=given,
        options={
            "team": await team_choices(page),
            "grade": [Choice(key, one["title"]) for key, one in sorted(grades.items(), key=lambda g: g[1]["order"])],
            "supervisor": people,
            "line_manager": people,
        },
        hints=HINTS,
        ahead={"leaves"},
    )


def _added(worker: Worker, _unit: Unit) -> str:
    return f"{worker.staff_id} is added."


def _changed(worker: Worker, _unit: Unit) -> str:
    return f"{worker.staff_id} is changed."
