"""Calendar files: the same reminders always give the same bytes, and an entry keeps its identity for life.

Every choice here answers something that Outlook or another client does: whole days end on the next day because equal
dates vanish, times are UTC because zone descriptions are misread, there is one alarm because Outlook keeps one, and
the calendar is named only when it holds several entries because a named single entry opens as a new calendar.

Every property is written by the icalendar library, which knows how to escape and fold; ours is only their order, so
that what thousands of events have in common is written once.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING
from uuid import UUID, uuid5

from domain.calendar.wording import Reminder
from domain.core.errors import StorageProblem
from domain.core.text import clean, clean_line, sort_key

if TYPE_CHECKING:  # the library takes 90 ms to load, and digests do without it
    from icalendar import vCalAddress, vDDDTypes, vText

PRODID = "-//Almoner//Almoner 1.0//EN"
UID_DOMAIN = "almoner.invalid"
METHOD: str | None = None  # "PUBLISH", should an Outlook turn up that insists on it
CLASSIFICATION = "private"
SUMMARY_LIMIT = 255
NAME_LIMIT = 100
_ALIKE = 200
_BUSY = "X-MICROSOFT-CDO-BUSYSTATUS"
_ORDER = (
    "SUMMARY", "DTSTART", "DTEND", "DTSTAMP", "UID", "SEQUENCE", "ATTENDEE", "CATEGORIES", "CLASS", "CREATED",
    "DESCRIPTION", "LAST-MODIFIED", "ORGANIZER", "STATUS", "TRANSP", _BUSY, "X-MICROSOFT-DISALLOW-COUNTER",
)  # fmt: skip


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
    named = name if feed or len(entries) > 1 else None
    events = [
        _event(_properties(identity, entries[identity], manner), entries[identity]) for identity in sorted(entries)
    ]
    return _calendar(events, METHOD, named, feed=feed)


def request(entry: Entry, manner: Manner, *, organiser: str, attendee: str, made_at: datetime) -> bytes:
    """Return one entry as a meeting request, or as its update; addresses are plain mailboxes."""
    properties = _properties(uid(manner.namespace, entry.reminder.key), entry, manner)
    properties |= _addressed(organiser, attendee, max(made_at, entry.changed_at))
    properties["X-MICROSOFT-DISALLOW-COUNTER"] = _word("X-MICROSOFT-DISALLOW-COUNTER", "TRUE")
    return _calendar([_event(properties, entry)], "REQUEST")


def cancellation(
    entry: Entry, manner: Manner, *, organiser: str = "", attendee: str = "", made_at: datetime | None = None
) -> bytes:
    """Return the withdrawal of one entry; its sequence is already above what was said last.

    By mail it carries the organiser and attendee of the request; as a file neither.
    """
    properties = _properties(uid(manner.namespace, entry.reminder.key), entry, manner)
    properties["STATUS"] = _word("STATUS", "CANCELLED")
    if organiser:
        properties |= _addressed(organiser, attendee, max(made_at or entry.changed_at, entry.changed_at))
    return _calendar([_event(properties, entry)], "CANCEL")


def _addressed(organiser: str, attendee: str, made_at: datetime) -> dict[str, bytes]:
    """Return what makes an entry a meeting; with a METHOD the stamp says when this message was made.

    Never before the entry came to be as it is, though, which a clock that went backwards would say.
    """
    from icalendar import vCalAddress

    guest = vCalAddress(f"mailto:{attendee}")
    for name, value in (("CUTYPE", "INDIVIDUAL"), ("ROLE", "REQ-PARTICIPANT"), ("PARTSTAT", "NEEDS-ACTION")):
        guest.params[name] = value
    guest.params["RSVP"] = "FALSE"
    return {
        "ORGANIZER": _line("ORGANIZER", vCalAddress(f"mailto:{organiser}")),
        "ATTENDEE": _line("ATTENDEE", guest),
        "DTSTAMP": _moment("DTSTAMP", _utc(made_at)),
    }


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


def _calendar(events: Sequence[bytes], method: str | None, name: str | None = None, *, feed: bool = False) -> bytes:
    """Return a calendar with no identity of its own, its properties before the first event."""
    head = [_word("VERSION", "2.0"), _word("PRODID", PRODID), _word("CALSCALE", "GREGORIAN")]
    plain = _plain_name(name or "")
    head += [_word("METHOD", method)] if method else []
    head += [_word("NAME", plain), _word("X-WR-CALNAME", plain)] if plain else []
    head += [b"REFRESH-INTERVAL;VALUE=DURATION:PT6H\r\n", b"X-PUBLISHED-TTL:PT6H\r\n"] if feed else []
    return b"".join((b"BEGIN:VCALENDAR\r\n", *head, *events, b"END:VCALENDAR\r\n"))


def _plain_name(name: str) -> str:
    """Return ``name`` in plain ASCII without ``, ; : \\ "``: the library writes it as it is, unescaped."""
    plain = "".join(c if c.isalnum() or c in " -_.()'" else " " for c in _ascii(name))
    return clean_line(plain)[:NAME_LIMIT].strip()


def _ascii(text: str) -> str:
    """Keep capitals where a letter has a plain form (É becomes E), drop what has none."""
    letters = (c if c.isascii() else sort_key(c).upper() if c.isupper() else sort_key(c) for c in clean_line(text))
    return "".join(letters).encode("ascii", "ignore").decode()


def _event(properties: Mapping[str, bytes], entry: Entry) -> bytes:
    """Return one event: its properties in a settled order, the alarm last."""
    minutes = entry.reminder.alarm_minutes_before
    alarm = b"" if minutes is None else _alarm(minutes)
    lines = [properties[name] for name in _ORDER if name in properties]
    return b"".join((b"BEGIN:VEVENT\r\n", *lines, alarm, b"END:VEVENT\r\n"))


def _properties(identity: str, entry: Entry, manner: Manner) -> dict[str, bytes]:
    """Return the lines of an event by property."""
    reminder, changed = entry.reminder, _utc(entry.changed_at)
    return {
        "UID": _text("UID", identity),
        "SEQUENCE": _word("SEQUENCE", str(entry.sequence)),
        # Without METHOD the stamp means "last revised", which also keeps the bytes the same.
        "DTSTAMP": _moment("DTSTAMP", changed),
        "LAST-MODIFIED": _moment("LAST-MODIFIED", changed),
        "CREATED": _moment("CREATED", _utc(entry.created_at)),
        **_times(reminder),
        "SUMMARY": _text("SUMMARY", clean_line(reminder.summary)[:SUMMARY_LIMIT]),
        **_described(clean(reminder.description)),
        "CLASS": _word("CLASS", manner.classification.upper()),
        "STATUS": _word("STATUS", "CONFIRMED"),
        "CATEGORIES": _word("CATEGORIES", reminder.category),
        "TRANSP": _word("TRANSP", "OPAQUE" if reminder.busy else "TRANSPARENT"),
        _BUSY: _word(_BUSY, "BUSY" if reminder.busy else "FREE"),
    }


def _times(reminder: Reminder) -> dict[str, bytes]:
    if reminder.day is not None:
        start: date | datetime = reminder.day
        end: date | datetime = reminder.day + timedelta(days=1)
    else:
        assert reminder.starts_at is not None
        start = _utc(reminder.starts_at)
        end = start + timedelta(minutes=reminder.minutes)
    return {"DTSTART": _moment("DTSTART", start), "DTEND": _moment("DTEND", end)}


def _described(description: str) -> dict[str, bytes]:
    """Return the description, of which there is none rather than an empty one."""
    if not description:
        return {}
    # Most say no more than a date, so that many are alike; a long one is not worth keeping.
    line = _word if len(description) < _ALIKE else _text
    return {"DESCRIPTION": line("DESCRIPTION", description)}


# lines -----------------------------------------------------------------------------------------------------------


def _line(name: str, value: vText | vDDDTypes | vCalAddress) -> bytes:
    """Return one property as the library escapes, encodes and folds it."""
    from icalendar.parser import Contentline

    line: bytes = Contentline.from_parts(name, value.params, value).to_ical()
    return line + b"\r\n"


def _text(name: str, text: str) -> bytes:
    from icalendar import vText

    return _line(name, vText(text))


@lru_cache(maxsize=4096)
def _word(name: str, word: str) -> bytes:
    """Return a property that many events share."""
    return _text(name, word)


@lru_cache(maxsize=8192)
def _moment(name: str, moment: date | datetime) -> bytes:
    """Return a day or a time as a property; the two never count as equal, so that both may be looked up."""
    from icalendar import vDDDTypes

    return _line(name, vDDDTypes(moment))


@lru_cache(maxsize=256)
def _alarm(minutes: int) -> bytes:
    """Return the one alarm, always before the start: Outlook reads every trigger as minutes before."""
    from icalendar import Alarm

    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", "Reminder")
    alarm.add("trigger", -timedelta(minutes=minutes))
    lines: bytes = alarm.to_ical()
    return lines


def _utc(moment: datetime) -> datetime:
    """Return ``moment`` in UTC by the second; one without a zone comes from the database and is UTC already."""
    aware = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    return aware.replace(microsecond=0)
