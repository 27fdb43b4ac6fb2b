"""Forms of registrations, warrants, checks and training: record one, its renewal, or put right what was recorded."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from domain.dates import show_day
from storage import views
from tui import learningdeeds
from tui.dialogs.asking import Values, amend, ask, choose
from tui.dialogs.choose import Choice
from tui.dialogs.form import CHOICE, DAY, LINE, NOTE, Field
from tui.dialogs.learning_form import workers_of

if TYPE_CHECKING:
    import sqlite3

    from storage.holdings import Holding
    from storage.unit import Unit
    from tui.deeds import Deed
    from tui.screens.base import Page

KIND, TRAINING = "registration", "training"
UNTIL = "left out: as the rules count, or without an end"
_DAYS = ("granted", "on", "expires", "ended_on")


async def new_holding(page: Page, team: str, worker: str = "", *, only: bool = False) -> Deed | None:
    """Ask what somebody holds or had, and record it; with ``only`` it is that worker's."""
    kinds, workers = await page.office.desk.read(lambda conn: (_kinds(conn), workers_of(conn, team, page)))
    chosen = await choose(page, "What is recorded?", kinds, "No pack describes a registration or a training.")
    if chosen is None:
        return None
    sort, _, kind = chosen.partition(":")
    title = next(one.words for one in kinds if one.key == chosen)
    whose = [] if only else [Field("worker", "Worker", CHOICE, worker, workers, required=True)]
    return await _record(page, sort, kind, title, whose, worker)


async def renew_holding(page: Page, held: Holding) -> Deed | None:
    """Ask from when and until when something is renewed, and record that; what was there before stays as it was."""
    sort = TRAINING if held.training else KIND
    since = f"Recorded last: {show_day(held.granted, page.office.today)}" if held.granted else "None is recorded yet"
    until = f", until {show_day(held.until, page.office.today)}" if held.until else ""
    about = f"{page.look.worker(held.name)} ({held.worker})\n{since}{until}. That stays as it is."
    return await _record(page, sort, held.kind, held.title, [], held.worker, about, held.number)


async def _record(
    page: Page, sort: str, kind: str, title: str, whose: Sequence[Field], worker: str, about: str = "", number: str = ""
) -> Deed | None:
    if sort == TRAINING:
        topic = await page.office.desk.read(lambda conn: str(views.Packs(conn).get("training", kind)["topic"]))

        def keep(unit: Unit, values: Values) -> Deed:
            return learningdeeds.record_training(unit, {"worker": worker, **values}, topic, title)

        fields = [*whose, Field("on", "Had on", DAY, "today", required=True), Field("note", "Note", NOTE)]
        return await ask(page, title, fields, keep, about=about)
    fields = [*whose, *_fields({"number": number, "granted": "today"})]

    def hold(unit: Unit, values: Values) -> Deed:
        return learningdeeds.record_holding(unit, {"worker": worker, "kind": kind, **values}, title)

    return await ask(page, title, fields, hold, about=about)


def _fields(given: Values) -> list[Field]:
    return [
        Field("granted", "Granted", DAY, given.get("granted") or "", required=True),
        Field("expires", "Counts until", DAY, given.get("expires") or "", hint=UNTIL, ahead=True),
        Field("number", "Number", LINE, given.get("number", "")),
        Field("note", "Note", NOTE, given.get("note", "")),
    ]


async def edit_holding(page: Page, held: Holding) -> Deed | None:
    """Ask for changes to what was recorded last, and keep them."""
    if held.record is None:
        return await renew_holding(page, held)
    record = held.record
    kept = await page.office.desk.run(lambda unit: unit.get(*record).model_dump())
    if "granted" in kept:
        fields = _fields(kept)
        fields.insert(2, Field("ended_on", "Ended early on", DAY, kept.get("ended_on") or ""))
    else:
        fields = [Field("on", "On", DAY, kept["on"], required=True), Field("note", "Note", NOTE, kept["note"])]

    def change(unit: Unit, changes: Values, seen: int) -> Deed:
        return learningdeeds.amend_holding(unit, record, changes, seen, held.title)

    title = f"{held.title}: {held.worker}"
    return await amend(page, title, fields, record, change, taken=_taken)


def _taken(values: dict[str, Any]) -> dict[str, Any]:
    return {name: (value or None) if name in _DAYS else value for name, value in values.items()}


def _kinds(conn: sqlite3.Connection) -> list[Choice]:
    """Return the kinds of registration and of training in force, registrations first."""
    packs = views.Packs(conn)
    return [
        Choice(f"{sort}:{key}", str(said["title"]), quiet)
        for sort, of, quiet in ((KIND, "registration_kind", ""), (TRAINING, "training", "training"))
        for key, said in packs.all(of).items()
        if said.get("active", True)
    ]
