"""What is written into a calendar comes back as it was meant: by the library, and by a reader of its own."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from domain.calendar.wording import Reminder
from domain.core.text import clean, clean_line
from storage.calendar.icalendar import Entry, Manner, cancellation, render, request
from tests.storage.calendar.icsreader import Part, events, read

HOME = Manner(UUID("8d4b3a1e-6a57-4f0e-9a3c-0d6f5f1f7c11"))
# The library reads a backslash before an N as a line break, however it is escaped: so no such text is made up here.
TEXT = st.text(max_size=120).filter(lambda text: "\\N" not in text and "\\n" not in text) | st.sampled_from(
    ['a;b,c\\d:e"f\\n', "é" * 90, "\u202e\u0627\u0644", "😀" * 50, "x\r\nEND:VEVENT"]
)
MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)).map(
    lambda moment: moment.replace(microsecond=0)
)


@st.composite
def entries(draw: st.DrawFn) -> list[Entry]:
    """Some entries, whole days and times."""
    found = []
    for number in range(draw(st.integers(0, 5))):
        timed = draw(st.booleans())
        reminder = Reminder(
            kind="review",
            key=f"due:{number}",
            summary="Review due " + draw(TEXT),
            description=draw(TEXT),
            category="Almoner review",
            busy=timed,
            alarm_minutes_before=draw(st.none() | st.integers(0, 20_000)),
            day=None if timed else draw(st.dates(date(2000, 1, 1), date(2150, 1, 1))),
            starts_at=draw(MOMENTS) if timed else None,
            minutes=draw(st.integers(1, 600)) if timed else 0,
        )
        changed = draw(MOMENTS)
        found.append(Entry(reminder, draw(st.integers(0, 2**31 - 1)), changed, changed))
    return found


@given(entries(), st.booleans())
def test_both_readers_find_what_was_meant(some: list[Entry], feed: bool) -> None:
    data = render(some, HOME, name="Almoner W103", feed=feed)
    meant = sorted(map(_meant, some), key=str)
    assert sorted(map(_read, events(data)), key=str) == meant
    assert sorted((_by_library(event) for event in Calendar.from_ical(data).walk("VEVENT")), key=str) == meant


@given(entries())
def test_meetings_and_withdrawals_come_back_too(some: list[Entry]) -> None:
    for one in some:
        addresses = {"organiser": "calendar@council.example", "attendee": "w103@council.example"}
        asked = request(one, HOME, made_at=one.changed_at, **addresses)
        gone = cancellation(one, HOME)
        assert (read(asked).one("METHOD"), read(gone).one("METHOD")) == ("REQUEST", "CANCEL")
        for data in (asked, gone):
            (event,) = events(data)
            assert _read(event) == _meant(one)
        assert "ORGANIZER" not in events(gone)[0].lines


def _meant(entry: Entry) -> tuple[object, ...]:
    reminder = entry.reminder
    start = reminder.day or reminder.starts_at
    assert start is not None
    length = timedelta(minutes=reminder.minutes) if reminder.starts_at else timedelta(days=1)
    minutes = reminder.alarm_minutes_before
    alarm = None if minutes is None else timedelta(minutes=minutes)
    words = clean_line(reminder.summary)[:255], clean(reminder.description)
    return (start, start + length, entry.sequence, alarm, *words)


def _read(event: Part) -> tuple[object, ...]:
    description = event.text("DESCRIPTION") if "DESCRIPTION" in event.lines else ""
    words = event.text("SUMMARY"), description
    return (event.start, event.when("DTEND"), event.sequence, event.alarm, *words)


def _by_library(event: Calendar) -> tuple[object, ...]:
    alarms = [-alarm["TRIGGER"].dt for alarm in event.walk("VALARM")]
    words = str(event["SUMMARY"]), str(event.get("DESCRIPTION", ""))
    return (event["DTSTART"].dt, event["DTEND"].dt, int(event["SEQUENCE"]), alarms[0] if alarms else None, *words)
