"""Booking supervision: one session, a series, a group; and another time for one that is booked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from domain.core.dates import show_day
from domain.core.enums import SUPERVISION_KIND_TITLES, SessionState, SupervisionKind
from domain.core.errors import BadInput
from domain.people.people import Worker
from domain.supervision.sessions import Session, SessionFields
from storage.due import due_list
from storage.supervision.acts import bookings
from storage.supervision.series import AHEAD, propose
from tui.core.choice import Choice
from tui.dialogs.ask import Values, ask, choose
from tui.dialogs.form import YES, Field
from tui.dialogs.record_form import amend, asked, taken
from tui.people.staff_choices import staff_choices
from tui.supervision.agreement_form import new_agreement
from tui.supervision.held_form import told

if TYPE_CHECKING:
    from domain.supervision.scheduling import Proposed
    from storage.records.unit import Unit
    from storage.supervision.month_board import BoardRow
    from storage.supervision.series import Series
    from tui.core.page import Page

NEW = (
    Choice("line", "Session", "one date, in between"),
    Choice("series", "Series", "dates for the months ahead, from the agreement"),
    Choice("agreement", "Agreement", "how often, how long, what for; signed by both"),
    Choice("group", "Group session", "several supervisees; notes on each case"),
    Choice("joint", "Joint session", "two workers on one case"),
    Choice("ad_hoc", "Unplanned session", "a talk in between that is to be kept"),
)
TITLES = {"line": "Session", "group": "Group session", "joint": "Joint session", "ad_hoc": "Unplanned session"}
WHEN = ("on", "start", "minutes", "place")
STATES = [
    Choice(SessionState.PLANNED.value, "booked"),
    Choice(SessionState.MISSED.value, "missed"),
    Choice(SessionState.CANCELLED.value, "called off"),
]
STAFF_IDS = "their staff ids, with commas between"


async def new(page: Page, row: BoardRow | None) -> str | None:
    """Ask what is new, and for what it needs."""
    what = await choose(page, "What is new?", NEW)
    if what is None:
        return None
    if what == "agreement":
        return await new_agreement(page, row)
    return await (_series(page, row) if what == "series" else _one(page, row, SupervisionKind(what)))


async def _one(page: Page, row: BoardRow | None, kind: SupervisionKind) -> str | None:
    past = kind is SupervisionKind.AD_HOC
    given = {"on": "today" if past else None, "start": "10:00", "minutes": 90}
    pair = {"worker": row.worker, "supervisor": row.supervisor} if row else {}
    people = await staff_choices(page, team=page.office.team or None)
    fields = asked(
        SessionFields,
        *("worker", "supervisor", *WHEN),
        given={**given, **pair},
        options={"worker": people, "supervisor": people},
        titles={"worker": "Supervisee", "on": "Day"},
        needed={"start", "minutes"},
        ahead=set() if past else {"on"},
    )
    if kind in (SupervisionKind.GROUP, SupervisionKind.JOINT):
        fields.insert(2, Field("others", "Others", hint=STAFF_IDS, required=True))

    def doing(unit: Unit, values: Values) -> str:
        others = [one.strip() for one in (values.pop("others", None) or "").split(",") if one.strip()]
        state = SessionState.HELD if past and values["on"] <= unit.today else SessionState.PLANNED
        fields = SessionFields.model_validate({**taken(SessionFields, values), "state": state, "kind": kind})
        kept = bookings.book(unit, fields, others).record
        return told(kept, "Recorded" if kept.held_on else "Booked", unit.today)

    return await ask(page, TITLES[kind], fields, doing)


async def book_session(page: Page, staff_id: str) -> str | None:
    """Ask when one worker is to be supervised, and book it."""
    today = page.office.today
    found = await page.office.desk.run(lambda unit: unit.get(Worker, staff_id))
    due = await page.office.desk.read(lambda conn: list(due_list.due(conn, today=today, worker=staff_id)))
    by = next((one.legal_due for one in due if one.series == "supervision" and one.subject == staff_id), None)
    given = {"start": "10:00", "minutes": 90, "supervisor": found.supervisor}
    fields = asked(
        SessionFields,
        *(*WHEN, "supervisor"),
        given=given,
        options={"supervisor": await staff_choices(page, but={staff_id})},
        titles={"start": "At"},
        hints={"start": "as in 10:00"},
        needed={"start", "minutes"},
        ahead={"on"},
    )

    def doing(unit: Unit, values: Values) -> str:
        fields = SessionFields.model_validate({**taken(SessionFields, values), "worker": staff_id})
        kept = bookings.book(unit, fields).record
        return f"Booked: supervision of {staff_id}, {show_day(kept.on, today)} at {kept.start}."

    about = f"Due by {show_day(by, today)}." if by else ""
    return await ask(page, f"Book supervision: {staff_id}", fields, doing, about=about)


async def edit_session(page: Page, staff_id: str, number: int) -> str | None:
    """Ask for another time of a session, or why it did not happen, and keep that."""
    kept = await page.office.desk.run(lambda unit: unit.get(Session, number))
    fields = asked(
        SessionFields,
        *(*WHEN, "state", "reason"),
        given=kept.model_dump(),
        options={"state": STATES},
        titles={"start": "At", "state": "Stands as", "reason": "Because"},
        hints={"start": "as in 10:00", "reason": "needed when it was missed"},
        needed={"start", "minutes", "state"},
        ahead={"on"},
    )

    def changed(now: Session, unit: Unit) -> str:
        return f"Supervision of {staff_id}: {show_day(now.on, unit.today)} at {now.start}, {now.state}."

    return await amend(page, f"Supervision: {staff_id}", kept, fields, changed)


# a series ------------------------------------------------------------------------------------------------------------


async def _series(page: Page, row: BoardRow | None) -> str | None:
    """Propose the dates that the agreement asks for, and book those that stay ticked."""
    if row is None or not row.agreements:
        raise BadInput("A series follows from an agreement, and there is none yet.", hint="n, Agreement makes one.")
    choices = [
        Choice(str(one.id), f"{SUPERVISION_KIND_TITLES[SupervisionKind(one.kind)]}, {one.title}", one.supervisor)
        for one in row.agreements
    ]
    chosen = await choose(page, "From which agreement?", choices)
    if chosen is None:
        return None
    number, today = int(chosen), page.office.today
    found = await page.office.desk.run(lambda unit: propose(unit, number, AHEAD))
    if not found.dates:
        raise BadInput(f"Nothing is to be booked for {row.worker} in the next {AHEAD} months.")
    fields = [
        Field(f"d{n}", show_day(one.on, today), YES, value=True, hint=_why(one, today))
        for n, one in enumerate(found.dates)
    ]

    def doing(unit: Unit, values: Values) -> str:
        return _booked(unit, found, [one for n, one in enumerate(found.dates) if values[f"d{n}"]])

    title = f"Series: {row.worker} with {found.agreement.supervisor}"
    about = f"{found.agreement.start}, {found.minutes} minutes. space leaves a date out; ctrl+s books the rest."
    return await ask(page, title, fields, doing, about=about)


def _booked(unit: Unit, found: Series, dates: Sequence[Proposed]) -> str:
    kept = bookings.book_series(unit, found, dates)
    last = show_day(kept[-1].on, unit.today)
    count = f"{len(kept)} session{'s' if len(kept) > 1 else ''}"
    return f"Booked: {count} of {found.agreement.worker}, the last on {last}."


def _why(one: Proposed, today: date) -> str:
    words = [f"● late: due by {show_day(one.due, today)}"] if one.late else []
    return "; ".join([*words, *one.moved[:1]])
