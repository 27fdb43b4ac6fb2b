"""What weighs on a worker and what takes capacity away: reductions, ramps, extra work, unplanned hours, concerns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from domain import capacity
from domain.dates import show_day
from domain.errors import BadInput
from storage import views
from tui import loaddeeds
from tui.dialogs.asking import Values, amend, answer, ask
from tui.dialogs.choose import Choice, ChooseDialog
from tui.dialogs.form import CHOICE, DAY, LINE, NOTE, Field
from tui.dialogs.worker_form import whole
from tui.words import hundredths

if TYPE_CHECKING:
    from storage.concerns import ConcernLine
    from storage.unit import Unit
    from storage.views import Packs
    from tui.deeds import Deed
    from tui.screens.base import Page

UNTIL = "empty: until further notice"
DAYS = ("review_on", "closed_on")


# reductions and ramps --------------------------------------------------------------------------------------------


async def new_reduction(page: Page, staff_id: str) -> Deed | None:
    """Ask why and how much capacity is taken away, the usual figures filled in, and keep it."""
    packs = await page.office.desk.read(_read(views.Packs))
    reasons = packs.all("reduction_reason")
    kind = await answer(page, ChooseDialog("Why less capacity?", [_reason(key, one) for key, one in reasons.items()]))
    if kind is None:
        return None
    said = reasons[kind]
    given = {"kind": kind, "percent": _usual(said), "reason": said["title"], "starts": "today"}
    return await ask(
        page,
        f"Less capacity: {staff_id}",
        _reduction_fields(given),
        lambda unit, values: loaddeeds.reduce(unit, staff_id, {**_reduction(values), "kind": kind}),
        about=_about(said),
    )


def _read(kind: type[Packs]) -> Any:
    """Return a reading of packs that has the kinds asked for here already in hand."""

    def read(conn: Any) -> Packs:
        packs = kind(conn)
        for name in ("reduction_reason", "ramp"):
            packs.all(name)
        return packs

    return read


def _reason(key: str, said: dict[str, Any]) -> Choice:
    usual = _usual(said)
    words = f"{usual} %" if usual else f"up to {said['most_percent']} %" if said["most_percent"] < 100 else ""
    return Choice(key, said["title"], words if said["counts"] else "marks the week only")


def _usual(said: dict[str, Any]) -> str:
    return "" if said["percent"] is None else str(said["percent"])


def _about(said: dict[str, Any]) -> str:
    if not said["counts"]:
        return "Takes no capacity away: it marks the week, and everybody sees who is off."
    basis = (
        "Local: no source gives a figure." if said["basis"] == "local" else "Published: the probation service's tool."
    )
    lasts = f" Usually {said['months']} months." if said["months"] else ""
    return " ".join(part for part in (f"A share of contract hours. {basis}{lasts}", said["note"]) if part)


async def edit_reduction(page: Page, staff_id: str, number: int) -> Deed | None:
    """Ask for changes to a reduction, and keep them."""
    kept, packs = await page.office.desk.run(lambda unit: (unit.get("reduction", number), unit.packs))
    reasons = [Choice(reason.id, reason.title) for reason in packs.reasons.values()]
    given = kept.model_dump()
    fields = [Field("kind", "Reason", CHOICE, given["kind"], reasons, required=True), *_reduction_fields(given)]

    def change(unit: Unit, changes: Values, seen: int) -> Deed:
        return loaddeeds.amend_reduction(unit, number, staff_id, changes, seen)

    record = ("reduction", number)
    return await amend(page, f"Less capacity: {staff_id}", fields, record, change, taken=_reduction)


def _reduction_fields(given: Values) -> list[Field]:
    return [
        Field("percent", "Per cent less", LINE, str(given.get("percent", "")), hint="of contract hours", required=True),
        Field("reason", "In own words", LINE, given.get("reason", ""), required=True),
        Field("starts", "From", DAY, given["starts"], required=True, ahead=True),
        Field("ends", "Up to and including", DAY, given.get("ends") or "", hint=UNTIL, ahead=True),
        Field("note", "Note", NOTE, given.get("note", "")),
    ]


def _reduction(values: Values) -> Values:
    return {**values, "percent": whole(values["percent"], "percent", "Per cent less"), "ends": values["ends"] or None}


async def new_ramp(page: Page, staff_id: str) -> Deed | None:
    """Ask for steps towards a full load and when they begin, and record them."""
    packs = await page.office.desk.read(_read(views.Packs))
    ramps = packs.all("ramp")
    choices = [Choice(key, one["title"], one["basis"]) for key, one in ramps.items()]
    name = await answer(page, ChooseDialog("Which steps?", choices))
    if name is None:
        return None
    fields = [Field("starts", "Beginning on", DAY, "today", required=True, ahead=True), Field("note", "Note", NOTE)]
    return await ask(
        page,
        f"Steps to a full load: {staff_id}",
        fields,
        lambda unit, values: loaddeeds.follow_ramp(unit, staff_id, name, values["starts"], values["note"]),
        about=_steps(ramps[name]),
    )


def _steps(said: dict[str, Any]) -> str:
    def when(step: dict[str, Any]) -> str:
        unit = "months" if step["after_months"] is not None else "weeks"
        number = step[f"after_{unit}"]
        return f"after {number} {unit}" if number else "at first"

    words = ", ".join(f"{step['percent']} % {when(step)}" for step in said["steps"])
    basis = "Local example." if said["basis"] == "local" else "Published."
    return " ".join(part for part in (f"Of a full load: {words}. {basis}", said["note"]) if part)


# extra responsibilities and unplanned hours ----------------------------------------------------------------------


async def new_extra(page: Page, staff_id: str) -> Deed | None:
    """Ask for an extra responsibility, and keep it."""
    return await ask(
        page,
        f"Extra responsibility: {staff_id}",
        _extra_fields({"title": "", "points": None, "starts": "today"}),
        lambda unit, values: loaddeeds.add_extra(unit, staff_id, _extra(values)),
        about="Work that is not cases and counts as load. Use either this or a reduction, never both for one thing.",
    )


async def edit_extra(page: Page, staff_id: str, number: int) -> Deed | None:
    """Ask for changes to an extra responsibility, and keep them."""
    kept = await page.office.desk.run(lambda unit: unit.get("extra", number))

    def change(unit: Unit, changes: Values, seen: int) -> Deed:
        return loaddeeds.amend_extra(unit, number, staff_id, changes, seen)

    fields = _extra_fields(kept.model_dump())
    return await amend(page, f"Extra responsibility: {staff_id}", fields, ("extra", number), change, taken=_extra)


def _extra_fields(given: Values) -> list[Field]:
    points = "" if given["points"] is None else hundredths(given["points"])
    return [
        Field("title", "What", LINE, given["title"], required=True),
        Field("points", "Points", LINE, points, required=True),
        Field("starts", "From", DAY, given["starts"], required=True, ahead=True),
        Field("ends", "Up to and including", DAY, given.get("ends") or "", hint=UNTIL, ahead=True),
        Field("note", "Note", NOTE, given.get("note", "")),
    ]


def _extra(values: Values) -> Values:
    return {**values, "points": _number(values["points"], "points", "Points"), "ends": values["ends"] or None}


async def new_unplanned(page: Page, staff_id: str) -> Deed | None:
    """Ask for hours that no plan foresaw, and log them."""
    return await ask(
        page,
        f"Unplanned hours: {staff_id}",
        _unplanned_fields({"on": "today", "hours": None, "what": ""}),
        lambda unit, values: loaddeeds.log_unplanned(unit, staff_id, _unplanned(values)),
        about="An emergency, out of hours, work for somebody who is off. Shown beside the load, never mixed into it.",
    )


async def edit_unplanned(page: Page, staff_id: str, number: int) -> Deed | None:
    """Ask for changes to logged hours, and keep them."""
    kept = await page.office.desk.run(lambda unit: unit.get("unplanned", number))

    def change(unit: Unit, changes: Values, seen: int) -> Deed:
        return loaddeeds.amend_unplanned(unit, number, staff_id, changes, seen)

    fields = _unplanned_fields(kept.model_dump())
    return await amend(page, f"Unplanned hours: {staff_id}", fields, ("unplanned", number), change, taken=_unplanned)


def _unplanned_fields(given: Values) -> list[Field]:
    hours = "" if given["hours"] is None else hundredths(given["hours"])
    return [
        Field("on", "On", DAY, given["on"], required=True),
        Field("hours", "Hours", LINE, hours, hint="as in 3.5", required=True),
        Field("what", "What", LINE, given["what"], hint="no names of persons served", required=True),
        Field("case", "Case", LINE, given.get("case") or "", hint="its reference, if it was for one"),
    ]


def _unplanned(values: Values) -> Values:
    return {**values, "hours": _number(values["hours"], "hours", "Hours"), "case": values["case"] or None}


def _number(text: str, field: str, label: str) -> int:
    try:
        return capacity.hundredths(text)
    except ValueError:
        raise BadInput(f"{label}: write a number, as in 3 or 3.5.", field=field) from None


# workload concerns -----------------------------------------------------------------------------------------------


async def new_concern(page: Page, staff_id: str) -> Deed | None:
    """Ask what the concern about a worker's load is, and raise it."""
    fields = [
        Field("raised_on", "Raised on", DAY, "today", required=True),
        Field("raised_by", "Raised by", LINE, page.office.actor),
        Field("why", "What is wrong", NOTE, required=True),
    ]
    return await ask(
        page,
        f"Workload concern: {staff_id}",
        fields,
        lambda unit, values: loaddeeds.raise_concern(unit, staff_id, values),
        about="It stays open, and above the team's board, until somebody answers it with a plan.",
    )


async def answer_concern(page: Page, line: ConcernLine) -> Deed | None:
    """Ask for the plan that answers a concern, who answers and when it is looked at again, and keep it."""
    if line.id is not None:
        return await edit_concern(page, line.worker, line.id)
    why = what_happened(line, page)
    today = page.office.today

    def keep(unit: Unit, values: Values) -> Deed:
        raised = {"raised_on": line.raised_on, "raised_by": "Almoner", "why": why, "answered_on": today}
        return loaddeeds.raise_concern(unit, line.worker, {**raised, **_answered(values)})

    fields = _answer_fields({"answered_by": page.office.actor})
    return await ask(page, f"Answer the workload concern: {line.worker}", fields, keep, about=why)


async def edit_concern(page: Page, staff_id: str, number: int) -> Deed | None:
    """Ask for the answer to a recorded concern, another review day, or its end."""
    kept = await page.office.desk.run(lambda unit: unit.get("concern", number))
    today = page.office.today
    given = {"answered_by": page.office.actor} | {k: v for k, v in kept.model_dump().items() if v}

    def change(unit: Unit, changes: Values, seen: int) -> Deed:
        answered = {} if kept.answered_on else {"answered_on": today, "answered_by": given["answered_by"]}
        return loaddeeds.amend_concern(unit, number, staff_id, answered | changes, seen)

    fields = [
        *_answer_fields(given),
        Field("closed_on", "Closed on", DAY, given.get("closed_on", ""), hint="when the load is right again"),
    ]
    about = f"Raised {show_day(kept.raised_on, today)}: {kept.why}"
    record = ("concern", number)
    return await amend(page, f"Workload concern: {staff_id}", fields, record, change, taken=_answered, about=about)


def _answer_fields(given: Values) -> list[Field]:
    return [
        Field("plan", "What will be done", NOTE, given.get("plan", ""), required=True),
        Field("answered_by", "Answered by", LINE, given["answered_by"], required=True),
        Field("review_on", "Looked at again on", DAY, given.get("review_on", ""), required=True, ahead=True),
    ]


def _answered(values: Values) -> Values:
    return {name: value or None if name in DAYS else value for name, value in values.items()}


def what_happened(line: ConcernLine, page: Page) -> str:
    """Say how long the load was over the red line."""
    today = page.office.today
    began, last = line.began or line.raised_on, line.last or line.raised_on
    until = "and still is" if line.running else f"to {show_day(last, today)}"
    above = f"above {(line.line or 0) / 10:g} %"
    return f"The load was {above} for {line.weeks} weeks, from {show_day(began, today)} {until}."
