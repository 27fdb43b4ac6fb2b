"""What is asked for in a session beside its text: an item, a reason to park, the day it was held, the next date."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from domain.dates import show_day
from domain.errors import BadInput
from domain.text import plural
from storage.discussing import Part, Said, add_item, keep_part, record_action
from storage.sessions import SessionAction, SessionCard
from tui.deeds import Deed
from tui.dialogs.asking import answer, ask
from tui.dialogs.choose import Choice, ChooseDialog
from tui.dialogs.form import CHOICE, DAY, NOTE, Field

if TYPE_CHECKING:
    from storage.sessionbook import Opened
    from storage.sessions import DraftLine
    from storage.unit import Unit
    from tui.screens.base import Page

GO_ON, DROP = "go-on", "drop"
DONE, CARRIED, DROPPED = "done", "carried", "dropped"
FOUR_WEEKS = timedelta(weeks=4)


async def offer_drafts(page: Page, drafts: Mapping[str, DraftLine]) -> bool:
    """Ask whether to go on with what was typed and not kept; True to go on. Closing the question goes on too."""
    last = max(draft.saved_at for draft in drafts.values())
    choices = [
        Choice(GO_ON, "Go on with it", "it stands in its fields, and ctrl+s keeps it"),
        Choice(DROP, "Drop it", "what is kept stays as it is"),
    ]
    title = f"Half said, not in the record yet: {plural(len(drafts), 'part')}, last typed {last[:10]} {last[11:16]} UTC"
    return await answer(page, ChooseDialog(title, choices)) != DROP


async def put_on_agenda(page: Page, card: SessionCard) -> Deed | None:
    """Ask what to talk about, perhaps on a case, and put it on the agenda."""
    fields = [
        Field("what", "What", NOTE, required=True),
        Field("case", "About case", hint="a reference, or nothing"),
    ]

    def doing(unit: Unit, values: dict[str, Any]) -> Deed:
        add_item(unit, Part(card.id, "item"), card.worker, values["what"], values["case"] or None)
        return Deed("Put on the agenda.", unit.today)

    return await ask(page, "Put on the agenda", fields, doing)


async def park(page: Page, part: Part, opened: Opened) -> Deed | None:
    """Ask why a part is left for another time, and keep that; no reason takes it up again."""
    parked = opened.said.parked if opened.said else ""
    what = part.case or opened.page.title
    fields = [Field("why", "Because", NOTE, parked, required=not parked, hint="emptied: taken up again")]

    def doing(unit: Unit, values: dict[str, Any]) -> Deed:
        seen = opened.said.version if opened.said else 0
        keep_part(unit, Said(part, opened.shape.id, seen=seen, parked=values["why"]))
        return Deed(f"Parked: {what}." if values["why"] else f"Taken up again: {what}.", unit.today)

    return await ask(page, f"Park {what}", fields, doing)


async def held(page: Page, card: SessionCard) -> Deed | None:
    """Ask on which day the session was held, and record it."""
    today = page.office.today
    fields = [Field("held_on", "Held on", DAY, show_day(min(card.day, today)), required=True)]

    def doing(unit: Unit, values: dict[str, Any]) -> Deed:
        on = values["held_on"]
        if card.state == "held":
            unit.amend("session", card.id, {"held_on": on}, card.version)
        else:
            from storage.schedule import hold

            hold(unit, card.id, on, card.version)
        unit.finish(f"Recorded that the supervision was held on {on}")
        return Deed(f"Held {show_day(on, today)}.", today)

    return await ask(page, "Record that it was held", fields, doing)


async def book_next(page: Page, card: SessionCard) -> Deed | None:
    """Ask when the pair meets next, and book it."""
    from storage.schedule import book_one

    today = page.office.today
    wanted = max(card.day + FOUR_WEEKS, today + timedelta(days=1))
    fields = [
        Field("on", "On", DAY, show_day(wanted), required=True, ahead=True),
        Field("start", "At", value=card.start, required=True, hint="24 hours: 10:00"),
        Field("minutes", "Minutes", value=str(card.minutes), required=True),
        Field("place", "Where", value=card.place),
    ]
    again = {"worker": card.worker, "supervisor": card.supervisor, "kind": card.kind, "group": card.group}

    def doing(unit: Unit, values: dict[str, Any]) -> Deed:
        if values["on"] <= today:
            raise BadInput("on: the next session lies ahead.", field="on")
        book_one(unit, {**again, **values}, [other.worker for other in card.others])
        unit.finish("Booked the next supervision")
        return Deed(f"Booked for {show_day(values['on'], today)}, {values['start']}.", today)

    return await ask(page, "Book the next session", fields, doing)


async def settle_action(page: Page, card: SessionCard, action: SessionAction) -> Deed | None:
    """Ask what became of an action: done, carried forward to a new day, or no longer needed."""
    today = page.office.today
    said = min(card.day, today)
    outcomes = [
        Choice(DONE, "Done"),
        Choice(CARRIED, "Carried forward"),
        Choice(DROPPED, "No longer to be done"),
    ]
    fields = [
        Field("became", "What became of it", CHOICE, DONE, outcomes, required=True),
        Field("done_on", "Done on", DAY, show_day(said), when=("became", [DONE])),
        Field("due", "New day", DAY, ahead=True, when=("became", [CARRIED])),
        Field("how", "How, or why", NOTE),
    ]
    return await ask(
        page, "What became of it?", fields, lambda unit, values: _settle(unit, card, action, values, said),
        about=action.what,
    )  # fmt: skip


def _settle(unit: Unit, card: SessionCard, action: SessionAction, values: dict[str, Any], said: date) -> Deed:
    if values["became"] == DONE:
        unit.amend("action", action.id, {"done_on": values["done_on"] or said, "how": values["how"]}, action.version)
        words = "Done"
    elif values["became"] == CARRIED:
        again = {"owner": action.owner, "who": action.who, "what": action.what, "why": values["how"] or action.why}
        record_action(unit, Part(card.id, "action", action.case), {**again, "due": values["due"], "carries": action.id})
        words = "Carried forward"
    else:
        if not values["how"]:
            raise BadInput("Say why it is no longer to be done.", field="how")
        unit.amend("action", action.id, {"dropped_on": said, "dropped_why": values["how"]}, action.version)
        words = "No longer to be done"
    unit.finish(f"{words}: an action")
    return Deed(f"{words}.", unit.today)
