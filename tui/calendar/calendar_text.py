"""Calendars in words, the same on screen and by command: how they stand, what waits, what Outlook does with each way.

Commands say these words too, so nothing here may load what only screens need.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

from domain.calendar.wording import EntryKind, Privacy
from domain.core.dates import DAYS, LONDON, MONTHS, show_day
from domain.core.text import plural
from storage.calendar.effective_choices import Wishes
from storage.calendar.recipients import team_of
from storage.calendar.status import WayState
from tui.calendar.calendar_page import Agenda, CalendarLine, Happening, Mark

if TYPE_CHECKING:
    from storage.calendar.feeds.feed_files import Published
    from storage.calendar.files import Written
    from storage.calendar.mail.delivery import Delivered
    from storage.calendar.mail.queue import Queued
    from tui.core.look import Look

# Short words for a column; what each stands for in full is in the settings.
KIND_WORDS = {
    EntryKind.SESSION: "session",
    EntryKind.SUPERVISION: "supervision",
    EntryKind.SUPERVISEE: "supervisee",
    EntryKind.UNALLOCATED: "unallocated",
}
MARKS: Mapping[Mark, tuple[str, str]] = {
    "": ("", "muted"),
    "new": ("+ new", "room"),
    "changed": ("~ changed", "due"),
    "going": ("✗ going", "late"),
}
PRIVACY_WORDS = {
    Privacy.NONE: "kind alone",
    Privacy.REFERENCE: "kind, reference",
    Privacy.INITIALS: "kind, reference, initials",
}
WEEK = 7
WAYS = ("file", "feed", "mail")
_NEVER = {"file": "never exported", "feed": "never published", "mail": "nothing sent"}
_OFF = {"file": "off", "feed": "no address", "mail": "off"}

NOBODY = "Nobody works here yet. Press 1 to add workers, or t to choose another team."

# What Outlook does with each kind of file, and with the two other ways.
WHOLE = (
    "In your main calendar reminders ring; in one of its own, which is easier to empty, they may not. A second import "
    "makes second copies in classic Outlook: delete the first. Nothing is ever taken out by an import."
)
CHANGED = (
    "New entries come in once. One that changed stands beside its old self in classic Outlook, and nothing is taken "
    "out: delete those by hand. Reminders ring in the main calendar."
)
ONE = (
    "Opens as one appointment to be saved; its reminder rings. Opened a second time it makes a second copy in classic "
    "Outlook and on phones."
)
CANCELLED = (
    "Outlook takes one withdrawal a file: open each. One that came by a file it may leave where it is: then delete "
    "that by hand. A feed or mail takes it out by itself."
)
FEED = (
    "Whoever subscribes sees the whole calendar as last published, without duplicates; hours later, and mostly without "
    "reminders."
)
MAIL = (
    "Each entry comes as a meeting request; Outlook moves and removes it by itself. It shows as tentative until it is "
    "accepted, and reminds as each person has set Outlook to."
)
MOST_READ = 500  # entries in one file that every Outlook takes
LARGE = f"More than {MOST_READ} entries are in one file, and some Outlooks refuse so many at once: a feed suits better."
NOTHING_NEW = "Nothing is new or changed: what was written is empty and need not be imported."


def title(line: CalendarLine, look: Look) -> str:
    """Return whose calendar a line of the list is."""
    return whose(line.recipient, line.sync.name, look)


def whose(recipient: str, name: str, look: Look) -> str:
    """Return whose calendar it is: the worker's name as names may show, or the team's own."""
    return f"{name}: the team's own" if team_of(recipient) is not None else look.worker(name, recipient)


def way_words(way: str, state: WayState) -> tuple[str, str]:
    """Return how one way out stands in glyph and word, and the name of its colour."""
    match state.state:
        case "never":
            return f"– {_NEVER[way]}", "unset"
        case "waiting":
            return f"◐ {state.waiting} waiting", "due"
        case "current":
            return "✓ up to date", "held"
        case _:
            return f"– {_OFF[way]}", "unset"


def standing(line: CalendarLine) -> tuple[str, str]:
    """Return how a calendar stands over all: what failed, then what waits, then whether it ever went out."""
    if not line.known:
        return "", "muted"
    if line.failed:
        return f"● {line.failed} failed", "late"
    ways = [line.sync.file, line.sync.feed, line.sync.mail]
    if waiting := max((way.waiting for way in ways if way.state == "waiting"), default=0):
        return f"◐ {waiting} waiting", "due"
    if any(way.state == "current" for way in ways):
        return "✓ up to date", "held"
    return "– never exported", "unset"


def standing_order(line: CalendarLine) -> int:
    """Return what the list sorts by: failed first, then waiting, never, up to date."""
    return ("●", "◐", "–", "✓", "").index(standing(line)[0][:1])


def kind_word(one: Happening) -> str:
    """Return the kind of an entry in a word."""
    kind = EntryKind(one.entry.reminder.kind)
    return KIND_WORDS.get(kind, kind.value)


def moment(at: datetime, today: date) -> str:
    """Return a moment as "Thu 19 Nov 09:00"."""
    return f"{show_day(at.date(), today)} {at:%H:%M}"


def local(at: datetime, today: date) -> str:
    """Return an instant of the database by the clock on the wall."""
    return moment(at.astimezone(LONDON), today)


def agenda_day(day: date, today: date) -> str:
    """Return a day for a column: "Fri 27 Nov", and "26 Jan ’27" in another year."""
    return show_day(day, today) if day.year == today.year else f"{day.day} {MONTHS[day.month - 1]} ’{day.year % 100:02}"


def reminds(one: Happening, today: date) -> str:
    """Return when an entry reminds, in words; "Fri 09:00" is within the week before."""
    at = one.alarm
    if at is None:
        return "–"
    if at.date() == one.on:
        return f"{at:%H:%M}"
    near = (one.on - at.date()).days < WEEK
    return f"{DAYS[at.weekday()]} {at:%H:%M}" if near else moment(at, today)


def alarm_words(one: Happening, today: date) -> str:
    """Return when an entry reminds, with its day."""
    return moment(one.alarm, today) if one.alarm else "never"


def tally(agenda: Agenda) -> str:
    """Return how many entries there are, and what waits to be said."""
    parts = [plural(len(agenda.standing), "entry", "entries")]
    parts += [f"{len(found)} {mark}" for mark in ("new", "changed", "going") if (found := agenda.marked(mark))]
    if not agenda.said:
        parts.append("all new")
    return ", ".join(parts)


def wishes_words(wishes: Wishes) -> str:
    """Return what a calendar says of each entry, and how many kinds it leaves out."""
    off = len(EntryKind) - len(wishes.kinds)
    parts = [f"says {PRIVACY_WORDS[wishes.privacy]}", f"{plural(off, 'kind')} left out" if off else "every kind"]
    if wishes.leads:
        parts.append(f"earlier notice of {plural(len(wishes.leads), 'kind')}")
    return "; ".join(parts)


def ways_words(line: CalendarLine, today: date) -> list[tuple[str, str]]:
    """Return each way out with its state and when it last went out, and the name of its colour."""
    found = []
    for way in WAYS:
        state: WayState = getattr(line.sync, way)
        words, tone = way_words(way, state)
        if way == "mail" and line.failed:
            words, tone = f"● {line.failed} failed", "late"
        last = f", {local(state.at, today)}" if state.at else ""
        found.append((f"{way} {words}{last}", tone))
    return found


# what was done -------------------------------------------------------------------------------------------------------


def large(files: Sequence[Written]) -> str:
    """Return a warning where a file holds more than every Outlook takes, else nothing."""
    return LARGE if any(file.events > MOST_READ for file in files) else ""


def published_words(done: Published) -> str:
    """Return what publishing did."""
    written = plural(len(done.files), "calendar")
    refused = f", {len(done.refused)} not written" if done.refused else ""
    return f"{written} written, {done.unchanged} as they were, {done.removed} taken away{refused}."


def published_remarks(done: Published) -> list[str]:
    """Return what publishing leaves to be done by hand."""
    found = []
    if done.before is not None:
        found.append(f"Until now feeds went into {done.before}: what is there is no longer kept up. Delete it.")
    if done.left:
        named = ", ".join(str(path) for path in done.left)
        found.append(f"These should no longer be read and could not be deleted: {named}")
    return [*found, *(f"Not published: {why.message}" for why in done.refused)]


def queued_words(queued: Queued) -> str:
    """Return how many messages were made."""
    return f"{plural(queued.requests, 'request')} and {plural(queued.cancels, 'cancellation')}"


def delivered_words(done: Delivered) -> str:
    """Return how many messages were sent."""
    return f"{done.sent:,} sent, {done.failed:,} failed, {done.waiting:,} waiting."
