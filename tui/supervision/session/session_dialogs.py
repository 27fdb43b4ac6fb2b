"""What is asked for in a session beside its text: an item, a reason to park, the day it was held, the next date."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from domain.core.dates import show_day
from domain.core.errors import BadInput
from domain.core.text import plural
from domain.supervision.discussions import AgendaItemFields
from domain.supervision.sessions import Session, SessionFields
from storage.records.acts import amend
from storage.supervision.acts import actions, bookings
from storage.supervision.acts.agenda import raise_item
from storage.supervision.acts.session_parts import keep_part
from storage.supervision.session.parts import Part, Said
from tui.core.choice import Choice
from tui.dialogs.ask import Values, answer, ask
from tui.dialogs.choose import ChooseDialog
from tui.dialogs.form import CHOICE, DAY, NOTE, Field
from tui.dialogs.record_form import asked, taken

if TYPE_CHECKING:
    from storage.records.unit import Unit
    from storage.supervision.session.pages import Opened
    from storage.supervision.session.session_reads import DraftLine, SessionAction, SessionCard
    from tui.core.page import Page

RESTORE, DROP = "restore", "drop"
DONE, CARRIED, DROPPED = "done", "carried", "dropped"
BECAME = {DONE: "Done", CARRIED: "Carried forward", DROPPED: "No longer to be done"}
FOUR_WEEKS = timedelta(weeks=4)


async def offer_drafts(page: Page, drafts: Mapping[str, DraftLine]) -> bool:
    """Ask whether to restore what was typed and not kept; True to restore. Closing the question restores, too."""
    last = max(draft.saved_at for draft in drafts.values())
    choices = [
        Choice(RESTORE, "Restore the draft", "it stands in its fields, and ctrl+s keeps it"),
        Choice(DROP, "Drop it", "what is kept stays as it is"),
    ]
    at = page.office.clock.local(datetime.fromisoformat(last))
    when = f"{show_day(at.date(), page.office.today)} {at:%H:%M}"
    title = f"Drafts not in the record yet: {plural(len(drafts), 'part')}, last typed {when}"
    return await answer(page, ChooseDialog(title, choices)) != DROP


async def put_on_agenda(page: Page, card: SessionCard) -> str | None:
    """Ask what to talk about, perhaps on a case, and put it on the agenda."""

    def doing(unit: Unit, v: Values) -> str:
        raise_item(unit, card.worker, v["what"], v["case"] or None, card.id)
        return "Put on the agenda."

    fields = asked(AgendaItemFields, "what", "case", hints={"case": "a reference, or nothing"})
    return await ask(page, "Put on the agenda", fields, doing)


async def park(page: Page, part: Part, opened: Opened) -> str | None:
    """Ask why a part is left for another time, and keep that; no reason takes it up again."""
    parked = opened.said.parked if opened.said else ""
    what = part.case or opened.page.title
    fields = [Field("why", "Because", NOTE, parked, required=not parked, hint="emptied: taken up again")]

    def doing(unit: Unit, v: Values) -> str:
        seen = opened.said.version if opened.said else 0
        keep_part(unit, Said(part, opened.shape.id, seen=seen, parked=v["why"]))
        return f"Parked: {what}." if v["why"] else f"Taken up again: {what}."

    return await ask(page, f"Park {what}", fields, doing)


async def held(page: Page, card: SessionCard) -> str | None:
    """Ask on which day the session was held, and record it."""
    today = page.office.today
    fields = [Field("held_on", "Held on", DAY, show_day(min(card.day, today)), required=True)]

    def doing(unit: Unit, v: Values) -> str:
        if card.state == "held":
            amend(unit, Session, card.id, {"held_on": v["held_on"]}, card.version)
        else:
            bookings.hold(unit, card.id, v["held_on"], seen=card.version)
        return f"Held {show_day(v['held_on'], today)}."

    return await ask(page, "Record that it was held", fields, doing)


async def book_next(page: Page, card: SessionCard) -> str | None:
    """Ask when the pair meets next, and book it."""
    today = page.office.today
    on = show_day(max(card.day + FOUR_WEEKS, today + timedelta(days=1)))
    fields = asked(
        SessionFields,
        *("on", "start", "minutes", "place"),
        given={"on": on, "start": card.start, "minutes": card.minutes, "place": card.place},
        titles={"start": "At", "place": "Where"},
        hints={"start": "24 hours: 10:00"},
        needed={"start", "minutes"},
        ahead={"on"},
    )
    again = {"worker": card.worker, "supervisor": card.supervisor, "kind": card.kind, "group": card.group}

    def doing(unit: Unit, v: Values) -> str:
        if v["on"] <= today:
            raise BadInput("The next session lies ahead.", field="on")
        fields = SessionFields.model_validate({**again, **taken(SessionFields, v)})
        bookings.book(unit, fields, [other.worker for other in card.others])
        return f"Booked for {show_day(v['on'], today)}, {v['start']}."

    return await ask(page, "Book the next session", fields, doing)


async def settle_action(page: Page, card: SessionCard, action: SessionAction) -> str | None:
    """Ask what became of an action: done, carried forward to a new day, or no longer needed."""
    said = min(card.day, page.office.today)
    outcomes = [Choice(key, words) for key, words in BECAME.items()]
    fields = [
        Field("became", "What became of it", CHOICE, DONE, outcomes, required=True),
        Field("done_on", "Done on", DAY, show_day(said), when=("became", [DONE])),
        Field("due", "New day", DAY, ahead=True, when=("became", [CARRIED])),
        Field("how", "How, or why", NOTE),
    ]

    def doing(unit: Unit, v: Values) -> str:
        match v["became"]:
            case "done":
                how = v["how"] or f"Said to be done in supervision on {show_day(said)}"
                actions.complete(unit, action.id, v["done_on"] or said, how, action.version)
            case "carried":
                actions.carry(unit, action.id, v["due"], why=v["how"], session=card.id, on=said)
            case _:
                actions.drop(unit, action.id, v["how"], said, action.version)
        return f"{BECAME[v['became']]}."

    return await ask(page, "What became of it?", fields, doing, about=action.what)
