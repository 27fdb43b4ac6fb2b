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
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID, uuid5

from domain.errors import StorageProblem
from domain.reminders import Reminder
from domain.text import clean, clean_line, sort_key

if TYPE_CHECKING:  # the library takes 90 ms to load, and digests do without it
    from icalendar import Alarm, Calendar, Event

PRODID = "-//Almoner//Almoner 1.0//EN"
UID_DOMAIN = "almoner.invalid"
METHOD: str | None = None  # "PUBLISH", should an Outlook turn up that insists on it
CLASSIFICATION = "PRIVATE"
SUMMARY_LIMIT = 255
NAME_LIMIT = 100


@dataclass(frozen=True, slots=True)
class Entry:
    """A reminder with its history: ``sequence`` and ``changed_at`` move only when its digest does. Times are UTC."""

    reminder: Reminder
    sequence: int
    changed_at: datetime
    created_at: datetime


def render(reminders: Sequence[Entry], *, name: str | None, namespace: UUID) -> bytes:
    """Return the calendar file of ``reminders``; ``namespace`` is the database's own, kept in every copy of it.

    Raises StorageProblem when two entries carry one key.
    """
    entries = {uid(namespace, entry.reminder.key): entry for entry in reminders}
    if len(entries) != len(reminders):
        raise StorageProblem("Two calendar entries carry the same identity.", title="The calendar cannot be made")
    calendar = _calendar(name if len(entries) > 1 else None)
    for identity in sorted(entries):
        calendar.add_component(_event(identity, entries[identity]))
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


def _calendar(name: str | None) -> Calendar:
    """Build the outside by hand: the library's own constructor adds a random identity at every call."""
    from icalendar import Calendar

    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", PRODID)
    calendar.add("calscale", "GREGORIAN")
    if METHOD:
        calendar.add("method", METHOD)
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


def _event(identity: str, entry: Entry) -> Event:
    from icalendar import Event

    reminder = entry.reminder
    event = Event()
    event.add("uid", identity)
    event.add("sequence", entry.sequence)
    # Without METHOD the stamp means "last revised", which also keeps the bytes the same.
    for stamp in ("dtstamp", "last-modified"):
        event.add(stamp, _utc(entry.changed_at))
    event.add("created", _utc(entry.created_at))
    _add_times(event, reminder)
    event.add("summary", clean_line(reminder.summary)[:SUMMARY_LIMIT])
    if description := clean(reminder.description):
        event.add("description", description)
    event.add("class", CLASSIFICATION)
    event.add("status", "CONFIRMED")
    event.add("categories", [reminder.category])
    event.add("transp", "OPAQUE" if reminder.busy else "TRANSPARENT")
    event.add("x-microsoft-cdo-busystatus", "BUSY" if reminder.busy else "FREE")
    if reminder.alarm_minutes_before is not None:
        event.add_component(_alarm(reminder.alarm_minutes_before))
    return event


def _add_times(event: Event, reminder: Reminder) -> None:
    if reminder.day is not None:
        event.add("dtstart", reminder.day)
        event.add("dtend", reminder.day + timedelta(days=1))
    elif reminder.starts_at is not None:
        start = _utc(reminder.starts_at)
        event.add("dtstart", start)
        event.add("dtend", start + timedelta(minutes=reminder.minutes))


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
