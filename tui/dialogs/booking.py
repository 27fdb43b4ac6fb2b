"""Booking supervision: one session, a series, a group; and what becomes of a session booked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from domain.dates import show_day
from domain.errors import BadInput
from storage import views
from tui import bookingdeeds
from tui.dialogs.agreement import new_agreement, people_of
from tui.dialogs.asking import ask, choose
from tui.dialogs.choose import Choice
from tui.dialogs.form import CHOICE, DAY, NOTE, YES, Field

if TYPE_CHECKING:
    from storage.supervising import BoardRow, SessionMark
    from tui.deeds import Deed
    from tui.screens.base import Page

NEW = (
    Choice("line", "Session", "one date, in between"),
    Choice("series", "Series", "dates for the months ahead, from the agreement"),
    Choice("agreement", "Agreement", "how often, how long, what for; signed by both"),
    Choice("group", "Group session", "several supervisees; notes on each case"),
    Choice("joint", "Joint session", "two workers on one case"),
    Choice("ad_hoc", "Unplanned session", "a talk in between that is to be kept"),
)
_TITLES = {"line": "Session", "group": "Group session", "joint": "Joint session", "ad_hoc": "Unplanned session"}
MONTHS = 6


async def new(page: Page, rows: Sequence[BoardRow], row: BoardRow | None) -> Deed | None:
    """Ask what is new, and for what it needs."""
    what = await choose(page, "What is new?", NEW)
    if what is None:
        return None
    if what == "agreement":
        return await new_agreement(page, rows, row)
    if what == "series":
        return await _series(page, row)
    return await _one(page, rows, row, what)


async def _one(page: Page, rows: Sequence[BoardRow], row: BoardRow | None, kind: str) -> Deed | None:
    people = people_of(page, rows)
    several = kind in ("group", "joint")
    past = kind == "ad_hoc"
    fields = [
        Field("worker", "Supervisee", CHOICE, row.worker if row else "", people, required=True),
        Field("supervisor", "Supervisor", CHOICE, row.supervisor if row else "", people, required=True),
        *([Field("others", "Others", hint="their staff ids, with commas between", required=True)] if several else []),
        Field("on", "Day", DAY, "today" if past else "", required=True, ahead=not past),
        Field("start", "Time", value="10:00", required=True),
        Field("minutes", "Minutes", value="90", required=True),
        Field("place", "Place"),
    ]

    def doing(unit: Any, values: dict[str, Any]) -> Deed:
        others = [one.strip() for one in (values.pop("others", None) or "").split(",") if one.strip()]
        held = {"state": "held"} if past and values["on"] <= page.office.today else {}
        return bookingdeeds.book(unit, {**values, **held, "kind": kind}, others)

    return await ask(page, _TITLES[kind], fields, doing)


async def _series(page: Page, row: BoardRow | None) -> Deed | None:
    """Propose the dates that the agreement asks for, and book those that stay ticked."""
    from storage.schedule import propose

    if row is None or not row.agreements:
        raise BadInput("A series follows from an agreement, and there is none yet.", hint="n, Agreement makes one.")
    choices = [
        Choice(str(one.id), f"{one.kind.replace('_', ' ')}, {one.title}", one.supervisor) for one in row.agreements
    ]
    chosen = await choose(page, "From which agreement?", choices)
    if chosen is None:
        return None
    number = int(chosen)
    found = await page.office.desk.run(lambda unit: propose(unit, number, MONTHS))
    if not found.dates:
        raise BadInput(f"Nothing is to be booked for {row.worker} in the next {MONTHS} months.")
    today = page.office.today
    fields = [
        Field(f"d{n}", show_day(one.on, today), YES, value=True, hint=_why(one.late, one.moved, one.due, today))
        for n, one in enumerate(found.dates)
    ]
    return await ask(
        page,
        f"Series: {row.worker} with {found.agreement.supervisor}",
        fields,
        lambda unit, values: bookingdeeds.book_series(
            unit, found, [one for n, one in enumerate(found.dates) if values[f"d{n}"]]
        ),
        about=f"{found.agreement.start}, {found.minutes} minutes. space leaves a date out; ctrl+s books the rest.",
    )


def _why(late: bool, moved: Sequence[str], due: Any, today: Any) -> str:
    words = [f"● late: due by {show_day(due, today)}"] if late else []
    return "; ".join([*words, *moved[:1]])


# what becomes of a session -------------------------------------------------------------------------------------------


async def fate(page: Page, rows: Sequence[BoardRow], mark: SessionMark) -> Deed | None:
    """Ask what becomes of a session, and do it."""
    today = page.office.today
    about = f"{mark.worker} with {mark.supervisor}, {show_day(mark.on, today)} at {mark.start}"
    what = await choose(page, about, _fates(mark, page))
    if what is None:
        return None
    reasons = await page.office.desk.read(lambda conn: views.Packs(conn).all("missed_reason"))
    why = [Choice(key, str(one["title"])) for key, one in reasons.items() if one.get("active", True)]
    return await _DOING[what](page, rows, mark, why)


def _fates(mark: SessionMark, page: Page) -> list[Choice]:
    if mark.state in ("missed", "cancelled"):
        return [Choice("rebook", "Book again", "on another day")]
    if mark.state != "planned":
        raise BadInput("This session was held.", hint="enter opens it; u takes back your last change.")
    missed = [Choice("miss", "Missed", "it was not held on its day")] if mark.on <= page.office.today else []
    return [
        Choice("move", "Move", "to another day or time"),
        *missed,
        Choice("cancel", "Cancel", "with a reason; held again, or not"),
        Choice("cover", "Cover", "somebody else holds it"),
    ]


async def _move(page: Page, _rows: Sequence[BoardRow], mark: SessionMark, why: list[Choice]) -> Deed | None:
    fields = [
        Field("on", "New day", DAY, "", required=True, ahead=True),
        Field("start", "Time", value=mark.start, required=True),
        Field("reason_code", "Why", CHOICE, "", why),
        Field("reason", "In your words", NOTE, hint="without names of people served"),
    ]
    return await ask(page, "Move", fields, lambda unit, v: bookingdeeds.move(unit, mark.id, v, mark.version))


async def _miss(page: Page, _rows: Sequence[BoardRow], mark: SessionMark, why: list[Choice]) -> Deed | None:
    fields = [
        Field("reason_code", "Why", CHOICE, "", why, required=True),
        Field("reason", "In your words", NOTE, hint="without names of people served"),
        Field("rebook_by", "To be held by", DAY, "", hint="left out: as the packs say", ahead=True),
    ]
    return await ask(page, "Missed", fields, lambda unit, v: bookingdeeds.miss(unit, mark.id, v, mark.version))


async def _cancel(page: Page, _rows: Sequence[BoardRow], mark: SessionMark, why: list[Choice]) -> Deed | None:
    fields = [
        Field("reason_code", "Why", CHOICE, "", why, required=True),
        Field("reason", "In your words", NOTE, hint="without names of people served"),
        Field("again", "To be held again", YES, value=True),
    ]
    return await ask(page, "Cancel", fields, lambda unit, v: bookingdeeds.cancel(unit, mark.id, v, mark.version))


async def _rebook(page: Page, _rows: Sequence[BoardRow], mark: SessionMark, _why: list[Choice]) -> Deed | None:
    by = f"To be held by {show_day(mark.rebook_by, page.office.today)}." if mark.rebook_by else ""
    fields = [
        Field("on", "New day", DAY, "", required=True, ahead=True),
        Field("start", "Time", value=mark.start, required=True),
    ]
    return await ask(page, "Book again", fields, lambda unit, v: bookingdeeds.rebook(unit, mark.id, v), about=by)


async def _cover(page: Page, rows: Sequence[BoardRow], mark: SessionMark, _why: list[Choice]) -> Deed | None:
    people = people_of(page, rows, but=mark.worker)
    fields = [Field("supervisor", "Who holds it", CHOICE, mark.cover_for, people, required=True)]
    return await ask(
        page,
        "Cover",
        fields,
        lambda unit, v: bookingdeeds.cover(unit, mark.id, v["supervisor"], mark.version),
        about=f"{mark.cover_for or mark.supervisor} is away; the session stays on its day.",
    )


_DOING = {"move": _move, "miss": _miss, "cancel": _cancel, "rebook": _rebook, "cover": _cover}


async def held(page: Page, mark: SessionMark) -> Deed | None:
    """Ask on which day a session was held."""
    today = page.office.today
    on = min(mark.on, today)
    fields = [Field("on", "Held on", DAY, on.isoformat(), required=True)]
    return await ask(
        page,
        f"Held: {mark.worker} with {mark.supervisor}",
        fields,
        lambda unit, v: bookingdeeds.hold(unit, mark.id, v["on"], mark.version),
    )
