"""Less capacity for a worker: reductions, and the steps of a ramp."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from domain.core.dates import show_day
from domain.core.text import plural
from domain.load.capacity import Less
from domain.load.records import Reduction, ReductionFields
from storage.load.acts import Ramped, follow_ramp
from storage.load.posts import contract_hours
from storage.rules.kept_packs import Packs
from tui.core.choice import Choice
from tui.dialogs.ask import answer, ask
from tui.dialogs.choose import ChooseDialog
from tui.dialogs.form import DAY, NOTE, Field
from tui.dialogs.record_form import amend, asked, in_hours, record

if TYPE_CHECKING:
    from storage.records.unit import Unit
    from tui.core.page import Page

NAMES = ("percent", "hours", "reason", "starts", "ends", "note")
HINTS = {"percent": "of contract hours", "hours": "a week, in place of per cent", "ends": "empty: until further notice"}
AHEAD = {"starts", "ends"}


async def new_reduction(page: Page, staff_id: str) -> str | None:
    """Ask why and how much capacity is taken away, the usual figures filled in, and keep it."""
    reasons = await page.office.desk.read(lambda conn: Packs(conn).all("reduction_reason"))
    kind = await answer(page, ChooseDialog("Why less capacity?", [_reason(key, one) for key, one in reasons.items()]))
    if kind is None:
        return None
    said = reasons[kind]
    given = {"percent": said["percent"], "reason": said["title"], "starts": "today"}
    return await record(
        page,
        f"Less capacity: {staff_id}",
        ReductionFields,
        asked(ReductionFields, *NAMES, given=given, hints=HINTS, ahead=AHEAD),
        _added,
        about=_about(said),
        also={"worker": staff_id, "kind": kind},
        shaped=in_hours(ReductionFields, {"percent": said["percent"]}),
    )


def _reason(key: str, said: Mapping[str, Any]) -> Choice:
    usual, most = said["percent"], said["most_percent"]
    words = f"{usual} %" if usual is not None else f"up to {most} %" if most < 100 else ""
    return Choice(key, said["title"], words if said["counts"] else "marks the week only")


def _about(said: Mapping[str, Any]) -> str:
    if not said["counts"]:
        return "Takes no capacity away: it marks the week, and everybody sees who is off."
    local = said["basis"] == "local"
    basis = "Local: no source gives a figure." if local else "Published: the probation service's tool."
    lasts = f" Usually {said['months']} months." if said["months"] else ""
    return " ".join(part for part in (f"A share of contract hours. {basis}{lasts}", said["note"]) if part)


async def edit_reduction(page: Page, staff_id: str, number: int) -> str | None:
    """Ask for changes to a reduction, and keep them."""
    kept, packs = await page.office.desk.run(lambda unit: (unit.get(Reduction, number), unit.packs))
    reasons = [Choice(reason.id, reason.title) for reason in packs.reasons.values()]
    given, options = kept.model_dump(), {"kind": reasons}
    fields = asked(
        ReductionFields, "kind", *NAMES, given=given, options=options, hints=HINTS, needed={"kind"}, ahead=AHEAD
    )
    return await amend(page, f"Less capacity: {staff_id}", kept, fields, _changed)


def _added(kept: Reduction, unit: Unit) -> str:
    contract = contract_hours(unit.reader, [kept.worker])(kept.worker, kept.starts)
    less = Less.of(kept.percent, kept.hours, contract).words
    return f"{kept.worker}: {less} less from {show_day(kept.starts, unit.today)}."


def _changed(kept: Reduction, _unit: Unit) -> str:
    return f"{kept.worker}: the reduction is changed."


# ramps -----------------------------------------------------------------------------------------------------------


async def new_ramp(page: Page, staff_id: str) -> str | None:
    """Ask for steps towards a full load and when they begin, and record them."""
    ramps = await page.office.desk.read(lambda conn: Packs(conn).all("ramp"))
    choices = [Choice(key, one["title"], one["basis"]) for key, one in ramps.items()]
    name = await answer(page, ChooseDialog("Which steps?", choices))
    if name is None:
        return None
    fields = [Field("starts", "Beginning on", DAY, "today", required=True, ahead=True), Field("note", "Note", NOTE)]
    return await ask(
        page,
        f"Steps to a full load: {staff_id}",
        fields,
        lambda unit, v: _ramped(staff_id, follow_ramp(unit, staff_id, name, v["starts"], v["note"]), unit.today),
        about=_steps(ramps[name]),
    )


def _ramped(staff_id: str, done: Ramped, today: date) -> str:
    last = done.steps[-1].ends
    until = f", a full load after {show_day(last, today)}" if last else ""
    return f"{staff_id}: {done.title}, {plural(len(done.steps), 'step')}{until}."


def _steps(said: Mapping[str, Any]) -> str:
    def when(step: Mapping[str, Any]) -> str:
        unit = "months" if step["after_months"] is not None else "weeks"
        number = step[f"after_{unit}"]
        return f"after {number} {unit}" if number else "at first"

    words = ", ".join(f"{step['percent']} % {when(step)}" for step in said["steps"])
    basis = "Local example." if said["basis"] == "local" else "Published."
    return " ".join(part for part in (f"Of a full load: {words}. {basis}", said["note"]) if part)
