"""Add a worker, change what is known about one, book supervision."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from domain import capacity
from domain.dates import show_day
from domain.errors import BadInput
from domain.ids import SessionState
from storage import views
from tui import deeds
from tui.dialogs.asking import Values, amend, ask
from tui.dialogs.choose import Choice
from tui.dialogs.form import CHOICE, DAY, LINE, YES, Field
from tui.dialogs.hold import supervisor_field
from tui.words import hundredths

if TYPE_CHECKING:
    from storage.unit import Unit
    from tui.deeds import Deed
    from tui.screens.base import Page

STATES = [
    Choice(SessionState.PLANNED.value, "booked"),
    Choice(SessionState.MISSED.value, "missed"),
    Choice(SessionState.CANCELLED.value, "called off"),
]


async def new_worker(page: Page) -> Deed | None:
    """Ask for a new worker, and add them."""
    lists = await page.office.desk.run(_lists)
    given = {"team": page.office.team, "fte": 100}
    fields = [Field("staff_id", "Staff id", LINE, required=True), *_fields(page, given, *lists)]
    return await ask(page, "New worker", fields, lambda unit, values: deeds.take_on(unit, _taken(values)))


async def edit_worker(page: Page, staff_id: str) -> Deed | None:
    """Ask for changes to a worker, and keep them."""
    worker, lists = await page.office.desk.run(lambda unit: (unit.get("worker", staff_id), _lists(unit)))
    fields = _fields(page, worker.model_dump(), *lists)

    def change(unit: Unit, changes: Values, seen: int) -> Deed:
        return deeds.amend_worker(unit, staff_id, changes, seen)

    return await amend(page, f"Edit {staff_id}", fields, ("worker", staff_id), change, taken=_taken)


async def book_session(page: Page, staff_id: str) -> Deed | None:
    """Ask when a worker is to be supervised, and book it."""
    today = page.office.today
    board = await page.office.desk.read(lambda conn: views.team_board(conn, None, today))
    line = next((one for one in board if one.staff_id == staff_id), None)
    due = line.supervision_due if line else None
    fields = [
        *_when({"on": "", "start": "10:00", "minutes": 90}),
        supervisor_field(page, board, staff_id, line.supervisor if line else None),
    ]
    return await ask(
        page,
        f"Book supervision: {staff_id}",
        fields,
        lambda unit, values: deeds.book_session(unit, staff_id, _session(values)),
        about=f"Due by {show_day(due, today)}." if due else "",
    )


async def edit_session(page: Page, staff_id: str, number: int) -> Deed | None:
    """Ask for another time of a session, or why it did not happen, and keep that."""
    kept = await page.office.desk.run(lambda unit: unit.get("session", number))
    given = kept.model_dump()
    fields = [
        *_when(given),
        Field("state", "Stands as", CHOICE, str(given["state"]), STATES, required=True),
        Field("reason", "Because", LINE, given["reason"], hint="needed when it was missed"),
    ]

    def change(unit: Unit, changes: Values, seen: int) -> Deed:
        return deeds.amend_session(unit, number, staff_id, changes, seen)

    return await amend(page, f"Supervision: {staff_id}", fields, ("session", number), change, taken=_session)


# workers ---------------------------------------------------------------------------------------------------------


def _lists(unit: Unit) -> tuple[list[Choice], list[Choice], list[Any]]:
    grades = sorted(unit.packs.grades.values(), key=lambda grade: grade.order)
    return (
        [Choice(team.name, team.name) for team in unit.all("team")],
        [Choice(grade.id, grade.title) for grade in grades],
        unit.all("worker"),
    )


def _fields(page: Page, given: Values, teams: list[Choice], grades: list[Choice], workers: list[Any]) -> list[Field]:
    others = [w for w in workers if w.staff_id != given.get("staff_id")]
    people = [Choice(w.staff_id, page.look.worker(w.name), w.staff_id) for w in others]
    name = Field("name", "Name", LINE, _said(given, "name"), hint="Surname, Forename", required=True)
    hidden = page.office.no_names and given.get("staff_id")
    return [
        *([] if hidden else [name]),
        Field("team", "Team", CHOICE, _said(given, "team"), teams, required=True),
        Field("grade", "Grade", CHOICE, _said(given, "grade"), grades, required=True),
        Field(
            "fte", "FTE", LINE, hundredths(given["fte"]), hint="1 is full time, 0.6 three days a week", required=True
        ),
        Field("role", "Role", LINE, _said(given, "role")),
        Field("started", "Started on", DAY, _said(given, "started")),
        Field("leaves", "Leaves on", DAY, _said(given, "leaves"), ahead=True),
        Field("supervisor", "Supervisor", CHOICE, _said(given, "supervisor"), people),
        Field("line_manager", "Line manager", CHOICE, _said(given, "line_manager"), people),
        Field("registration", "Registration", LINE, _said(given, "registration")),
        Field("specialisms", "Specialisms", LINE, ", ".join(given.get("specialisms", ())), hint="with commas between"),
        Field("areas", "Areas covered", LINE, ", ".join(given.get("areas", ())), hint="with commas between"),
        Field("supervises_most", "Supervises up to", LINE, _number(given), hint="the agreed number of people"),
        Field("email", "E-mail", LINE, _said(given, "email")),
        Field("agency", "Agency worker", YES, bool(given.get("agency"))),
    ]


def _said(given: Values, name: str) -> Any:
    return given.get(name) or ""


def _number(given: Values) -> str:
    most = given.get("supervises_most")
    return "" if most is None else str(most)


def _taken(values: Values) -> Values:
    """Return what a form holds as the record's own values."""
    taken = dict(values)
    for name in ("started", "leaves", "supervisor", "line_manager"):
        taken[name] = values[name] or None
    taken["fte"] = _hundredths(values["fte"])
    for name in ("specialisms", "areas"):
        taken[name] = tuple(part.strip() for part in values[name].split(",") if part.strip())
    most = values["supervises_most"]
    taken["supervises_most"] = whole(most, "supervises_most", "Supervises up to") if most else None
    return taken


def _hundredths(text: str) -> int:
    try:
        return capacity.hundredths(text)
    except ValueError:
        raise BadInput("FTE: write it as 1, 0.8 or 0.6.", field="fte") from None


# sessions -----------------------------------------------------------------------------------------------------


def _when(given: Values) -> list[Field]:
    return [
        Field("on", "On", DAY, given["on"], required=True, ahead=True),
        Field("start", "At", LINE, given["start"], hint="as in 10:00", required=True),
        Field("minutes", "Minutes", LINE, str(given["minutes"]), required=True),
        Field("place", "Place", LINE, given.get("place", "")),
    ]


def _session(values: Values) -> Values:
    return {**values, "minutes": whole(values["minutes"], "minutes", "Minutes")}


def whole(text: str, field: str, label: str) -> int:
    """Return the whole number in a field, with or without a per cent sign."""
    number = text.strip().removesuffix("%").strip()
    if not (number.isascii() and number.isdigit() and len(number) < 6):
        raise BadInput(f"{label}: write a whole number.", field=field)
    return int(number)
