"""Calendar files: the same reminders always give the same bytes, and an entry keeps its identity for life.

Every choice here answers something that Outlook or another client does: whole days end on the next day because equal
dates vanish, times are UTC because zone descriptions are misread, there is one alarm because Outlook keeps one, and
the calendar is named only when it holds several entries because a named single entry opens as a new calendar.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING
from uuid import UUID, uuid5

from domain.errors import StorageProblem
from domain.reminders import Reminder
from domain.text import clean, clean_line, sort_key

if TYPE_CHECKING:  # the library takes 90 ms to load, and digests do without it
    from icalendar import Alarm, Calendar, Event
    from icalendar.prop import vCategory, vDDDTypes, vText

PRODID = "-//Almoner//Almoner 1.0//EN"
UID_DOMAIN = "almoner.invalid"
METHOD: str | None = None  # "PUBLISH", should an Outlook turn up that insists on it
CLASSIFICATION = "private"
REFRESH = timedelta(hours=6)
SUMMARY_LIMIT = 255
NAME_LIMIT = 100


@dataclass(frozen=True, slots=True)
class Entry:
    """A reminder with its history: ``sequence`` and ``changed_at`` move only when its digest does. Times are UTC."""

    reminder: Reminder
    sequence: int
    changed_at: datetime
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Manner:
    """How files of one database are written: its namespace, and what others see who share the calendar."""

    namespace: UUID
    classification: str = CLASSIFICATION


def render(reminders: Sequence[Entry], manner: Manner, *, name: str | None, feed: bool = False) -> bytes:
    """Return the calendar file of ``reminders``; as a feed it says how often to look again.

    Raises StorageProblem when two entries carry one key.
    """
    entries = {uid(manner.namespace, entry.reminder.key): entry for entry in reminders}
    if len(entries) != len(reminders):
        raise StorageProblem("Two calendar entries carry the same identity.", title="The calendar cannot be made")
    # A single entry in a named calendar opens as a new calendar; a feed is one whatever it holds.
    calendar = _calendar(name if feed or len(entries) > 1 else None, METHOD)
    if feed:
        calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
        calendar.add("x-published-ttl", "PT6H")
    for identity in sorted(entries):
        calendar.add_component(_event(identity, entries[identity], manner))
    return _bytes(calendar)


def request(entry: Entry, manner: Manner, *, organiser: str, attendee: str, made_at: datetime) -> bytes:
    """Return one entry as a meeting request, or as its update; addresses are plain mailboxes."""
    calendar = _calendar(None, "REQUEST")
    event = _event(uid(manner.namespace, entry.reminder.key), entry, manner)
    _address(event, organiser, attendee, made_at)
    event.add("x-microsoft-disallow-counter", "TRUE")
    calendar.add_component(event)
    return _bytes(calendar)


def cancellation(
    entry: Entry, manner: Manner, *, organiser: str = "", attendee: str = "", made_at: datetime | None = None
) -> bytes:
    """Return the withdrawal of one entry; its sequence is already above what was said last.

    By mail it carries the organiser and attendee of the request; as a file neither.
    """
    calendar = _calendar(None, "CANCEL")
    event = _event(uid(manner.namespace, entry.reminder.key), entry, manner)
    event["status"] = "CANCELLED"
    if organiser:
        _address(event, organiser, attendee, made_at or entry.changed_at)
    calendar.add_component(event)
    return _bytes(calendar)


def _address(event: Event, organiser: str, attendee: str, made_at: datetime) -> None:
    """Make the entry a meeting; with a METHOD the stamp says when this message was made."""
    from icalendar import vCalAddress

    event.add("organizer", vCalAddress(f"mailto:{organiser}"))
    guest = vCalAddress(f"mailto:{attendee}")
    for name, value in (("CUTYPE", "INDIVIDUAL"), ("ROLE", "REQ-PARTICIPANT"), ("PARTSTAT", "NEEDS-ACTION")):
        guest.params[name] = value
    guest.params["RSVP"] = "FALSE"
    event.add("attendee", guest)
    del event["dtstamp"]
    event.add("dtstamp", _utc(made_at))


def _bytes(calendar: Calendar) -> bytes:
    data: bytes = calendar.to_ical()
    return data


def uid(namespace: UUID, key: str) -> str:
    """Return the identity of the entry with ``key``: stable, and silent about whom it concerns."""
    return f"{uuid5(namespace, key)}@{UID_DOMAIN}"


def digest(reminder: Reminder) -> str:
    """Return a fingerprint of all that a calendar shows of ``reminder``: when it differs, the sequence goes up."""
    shown = [
        reminder.day.isoformat() if reminder.day else None,
        _utc(reminder.starts_at).isoformat() if reminder.starts_at else None,
        reminder.minutes,
        clean_line(reminder.summary),
        clean(reminder.description),
        reminder.category,
        reminder.busy,
        reminder.alarm_minutes_before,
    ]
    return hashlib.sha256(json.dumps(shown).encode()).hexdigest()


def _calendar(name: str | None, method: str | None) -> Calendar:
    """Build the outside by hand: the library's own constructor adds a random identity at every call."""
    from icalendar import Calendar

    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", PRODID)
    calendar.add("calscale", "GREGORIAN")
    if method:
        calendar.add("method", method)
    if name and (plain := _plain_name(name)):
        calendar.add("name", plain)
        calendar.add("x-wr-calname", plain)
    return calendar


def _plain_name(name: str) -> str:
    """Return ``name`` in plain ASCII without ``, ; : \\ "``: the library writes it as it is, unescaped."""
    plain = "".join(c if c.isalnum() or c in " -_.()'" else " " for c in _ascii(name))
    return clean_line(plain)[:NAME_LIMIT].strip()


def _ascii(text: str) -> str:
    """Keep capitals where a letter has a plain form (É becomes E), drop what has none."""
    letters = (c if c.isascii() else sort_key(c).upper() if c.isupper() else sort_key(c) for c in clean_line(text))
    return "".join(letters).encode("ascii", "ignore").decode()


def _event(identity: str, entry: Entry, manner: Manner) -> Event:
    """Return one event. Values that many events share are made once: the library takes as long to make as to write."""
    from icalendar import Event
    from icalendar.prop import vInt

    reminder, free = entry.reminder, "FREE" if not entry.reminder.busy else "BUSY"
    event = Event()
    event["UID"] = _text(identity)
    event["SEQUENCE"] = vInt(entry.sequence)
    # Without METHOD the stamp means "last revised", which also keeps the bytes the same.
    event["DTSTAMP"] = event["LAST-MODIFIED"] = _moment(_utc(entry.changed_at))
    event["CREATED"] = _moment(_utc(entry.created_at))
    _add_times(event, reminder)
    event["SUMMARY"] = _text(clean_line(reminder.summary)[:SUMMARY_LIMIT])
    if description := clean(reminder.description):
        event["DESCRIPTION"] = _text(description)
    event["CLASS"] = _word(manner.classification.upper())
    event["STATUS"] = _word("CONFIRMED")
    event["CATEGORIES"] = _category(reminder.category)
    event["TRANSP"] = _word("OPAQUE" if reminder.busy else "TRANSPARENT")
    event["X-MICROSOFT-CDO-BUSYSTATUS"] = _word(free)
    if reminder.alarm_minutes_before is not None:
        event.add_component(_alarm(reminder.alarm_minutes_before))
    return event


def _add_times(event: Event, reminder: Reminder) -> None:
    if reminder.day is not None:
        event["DTSTART"] = _moment(reminder.day)
        event["DTEND"] = _moment(reminder.day + timedelta(days=1))
    elif reminder.starts_at is not None:
        start = _utc(reminder.starts_at)
        event["DTSTART"] = _moment(start)
        event["DTEND"] = _moment(start + timedelta(minutes=reminder.minutes))


def _text(text: str) -> vText:
    from icalendar.prop import vText

    return vText(text)


@lru_cache(maxsize=64)
def _word(word: str) -> vText:
    return _text(word)


@lru_cache(maxsize=64)
def _category(category: str) -> vCategory:
    from icalendar.prop import vCategory

    return vCategory([category])


@lru_cache(maxsize=4096)
def _moment(moment: date | datetime) -> vDDDTypes:
    """Return a day or a time as the library writes it; the two never count as equal, so both may be looked up."""
    from icalendar.prop import vDDDTypes

    return vDDDTypes(moment)


@lru_cache(maxsize=256)
def _alarm(minutes: int) -> Alarm:
    """Return the one alarm, always before the start: Outlook reads every trigger as minutes before."""
    from icalendar import Alarm

    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", "Reminder")
    alarm.add("trigger", -timedelta(minutes=minutes))
    return alarm


def _utc(moment: datetime) -> datetime:
    """Return ``moment`` in UTC by the second; one without a zone comes from the database and is UTC already."""
    aware = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    return aware.replace(microsecond=0)
