"""Forms of registrations, warrants, checks and training: record one or its renewal, or correct the newest record."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from domain.core.dates import show_day
from domain.learning.records import Registration, RegistrationFields
from domain.people.people import WorkerEvent, WorkerEventFields
from storage.rules.kept_packs import Packs
from tui.core.choice import Choice
from tui.dialogs.ask import Values, choose
from tui.dialogs.form import Field
from tui.dialogs.record_form import amend, asked, record
from tui.people.staff_choices import staff_choices

if TYPE_CHECKING:
    from storage.database.connection import Connection
    from storage.learning.registrations_held import Holding
    from storage.records.unit import Unit
    from tui.core.page import Page

KIND, TRAINING = "registration", "training"
COMPLETED = "training_completed"
GRANTED = ("granted", "expires", "number", "note")
CHANGED = ("granted", "expires", "ended_on", "number", "note")
HINTS = {"expires": "left out: as the rules count, or without an end"}


async def new_holding(page: Page, team: str, worker: str = "", *, only: bool = False) -> str | None:
    """Ask what somebody holds or had, and record it; with ``only`` the worker is not asked for."""
    kinds = await page.office.desk.read(_kinds)
    chosen = await choose(page, "What is recorded?", kinds, "No pack describes a registration or a training.")
    if chosen is None:
        return None
    sort, _, kind = chosen.partition(":")
    title = next(one.words for one in kinds if one.key == chosen)
    options = {"worker": await staff_choices(page, team=team or None)}
    whose = [] if only else asked(RegistrationFields, "worker", given={"worker": worker}, options=options)
    return await _record(page, sort, kind, title, whose, worker)


async def renew_holding(page: Page, held: Holding) -> str | None:
    """Ask from when and until when something is renewed, and record that; the earlier record stays as it is."""
    sort = TRAINING if held.training else KIND
    since = f"Recorded last: {show_day(held.granted, page.office.today)}" if held.granted else "None is recorded yet"
    until = f", until {show_day(held.until, page.office.today)}" if held.until else ""
    about = f"{page.look.worker(held.name)} ({held.worker})\n{since}{until}. That stays as it is."
    return await _record(page, sort, held.kind, held.title, [], held.worker, about, held.number)


async def _record(
    page: Page, sort: str, kind: str, title: str, whose: Sequence[Field], worker: str, about: str = "", number: str = ""
) -> str | None:
    also: Values = {"worker": worker}
    if sort == TRAINING:
        topic = await page.office.desk.read(lambda conn: str(Packs(conn).get("training", kind)["topic"]))
        also |= {"kind": COMPLETED, "details": {"topic": topic}}
        fields = [*whose, *_trained({"on": "today"})]
        return await record(page, title, WorkerEventFields, fields, partial(_recorded, title), about=about, also=also)
    fields = [*whose, *_held(GRANTED, {"number": number, "granted": "today"})]
    also |= {"kind": kind}
    return await record(page, title, RegistrationFields, fields, partial(_recorded, title), about=about, also=also)


async def edit_holding(page: Page, held: Holding) -> str | None:
    """Ask for changes to the newest record, and save them."""
    if held.record is None:
        return await renew_holding(page, held)
    _, number = held.record
    title, told = f"{held.title}: {held.worker}", partial(_changed, held.title)
    if held.training:
        event = await page.office.desk.run(lambda unit: unit.get(WorkerEvent, number))
        return await amend(page, title, event, _trained(event.model_dump()), told)
    kept = await page.office.desk.run(lambda unit: unit.get(Registration, number))
    return await amend(page, title, kept, _held(CHANGED, kept.model_dump()), told)


def _held(names: Sequence[str], given: Values) -> list[Field]:
    return asked(RegistrationFields, *names, given=given, hints=HINTS, ahead={"expires"})


def _trained(given: Values) -> list[Field]:
    return asked(WorkerEventFields, "on", "note", given=given, titles={"on": "Had on"})


def _recorded(title: str, kept: Registration | WorkerEvent, unit: Unit) -> str:
    if isinstance(kept, WorkerEvent):
        return f"{kept.worker}: {title}, {show_day(kept.on, unit.today)}."
    until = f", until {show_day(kept.expires, unit.today)}" if kept.expires else ""
    return f"{kept.worker}: {title} from {show_day(kept.granted, unit.today)}{until}."


def _changed(title: str, kept: Registration | WorkerEvent, unit: Unit) -> str:
    ended_on = kept.ended_on if isinstance(kept, Registration) else None
    return f"{kept.worker}: {title} {f'ended {show_day(ended_on, unit.today)}' if ended_on else 'is changed'}."


def _kinds(conn: Connection) -> list[Choice]:
    """Return the kinds of registration and of training in force, registrations first."""
    packs = Packs(conn)
    return [
        Choice(f"{sort}:{key}", str(said["title"]), quiet)
        for sort, of, quiet in ((KIND, "registration_kind", ""), (TRAINING, "training", "training"))
        for key, said in packs.all(of).items()
        if said.get("active", True)
    ]
