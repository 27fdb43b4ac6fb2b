"""Calendar messages as Outlook needs them: both parts, both methods, and nothing that a hostile text could add."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.calendar.wording import Reminder
from domain.core.errors import BadInput
from domain.core.text import is_mailbox
from storage.calendar.icalendar import Entry, Manner, uid
from storage.calendar.mail.messages import Envelope, Method, compose, message_id
from tests.storage.calendar.icsreader import Part, events
from tests.storage.calendar.mailkit import Got

HOME = UUID("8d4b3a1e-6a57-4f0e-9a3c-0d6f5f1f7c11")
POST = Envelope("calendar@council.example", "chidi@council.example", "W2")
MADE = datetime(2026, 11, 20, 9, 30, 15, 999, tzinfo=UTC)
HEADERS = ["From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "X-Auto-Response-Suppress"]
HEADERS += ["MIME-Version", "Content-Type"]


def due(summary: str = "Review due (ref C-1001)", description: str = "Due on Fri 1 Jan 2027. See Almoner.") -> Reminder:
    return Reminder(
        kind="review",
        key="due:17",
        summary=summary,
        description=description,
        category="Almoner review",
        busy=False,
        alarm_minutes_before=900,
        day=date(2027, 1, 1),
    )


def session(starts: datetime) -> Reminder:
    return Reminder(
        kind="session",
        key="session:7",
        summary="Supervision (ref W1)",
        description="The agenda is in Almoner.",
        category="Almoner session",
        busy=True,
        alarm_minutes_before=30,
        starts_at=starts,
        minutes=90,
    )


def composed(reminder: Reminder | None = None, method: Method = "REQUEST", sequence: int = 0, **more) -> str:
    entry = Entry(reminder or due(), sequence, changed_at=MADE - timedelta(days=1), created_at=MADE - timedelta(days=9))
    return compose(entry, method, Manner(HOME), more.pop("post", POST), MADE, **more)


def read(text: str) -> EmailMessage:
    return message_from_bytes(text.encode("ascii"), policy=policy.default)  # type: ignore[return-value]


def parts(text: str) -> tuple[EmailMessage, EmailMessage]:
    message = read(text)
    assert message.get_content_type() == "multipart/alternative"
    plain, calendar = message.iter_parts()
    return plain, calendar  # type: ignore[return-value]


def event(text: str) -> Part:
    (found,) = events(Got(text.encode("ascii"), "", "").data)
    return found


@pytest.mark.parametrize("method", ["REQUEST", "CANCEL"])
def test_the_plain_part_comes_first_and_the_calendar_part_names_its_method_twice(method: Method) -> None:
    text = composed(method=method, sequence=1)
    plain, calendar = parts(text)
    assert plain.get_content_type() == "text/plain"
    assert f"\r\nContent-Type: text/calendar; method={method}; charset=utf-8; component=VEVENT\r\n" in text
    assert calendar.get_params() == [
        ("text/calendar", ""),
        ("method", method),
        ("charset", "utf-8"),
        ("component", "VEVENT"),
    ]
    assert f"\r\nMETHOD:{method}\r\n".encode() in calendar.get_payload(decode=True)  # type: ignore[operator]
    assert not calendar.is_attachment()


def test_the_event_is_a_meeting_of_the_organiser_that_asks_for_no_answer() -> None:
    asked = event(composed(sequence=3))
    assert asked.uid == uid(HOME, "due:17")
    assert asked.sequence == 3
    assert asked.one("ORGANIZER") == "mailto:calendar@council.example"
    ((given, attendee),) = asked.lines["ATTENDEE"]
    assert attendee == "mailto:chidi@council.example"
    assert "RSVP=FALSE" in given
    assert asked.when("DTSTAMP") == MADE.replace(microsecond=0)
    assert asked.when("LAST-MODIFIED") == MADE.replace(microsecond=0) - timedelta(days=1)
    assert asked.one("STATUS") == "CONFIRMED"
    gone = event(composed(method="CANCEL", sequence=4))
    assert (gone.uid, gone.one("STATUS"), gone.one("ORGANIZER")) == (asked.uid, "CANCELLED", asked.one("ORGANIZER"))


def test_the_headers_are_few_and_quiet() -> None:
    message = read(composed())
    assert message.keys() == HEADERS
    assert message["Subject"] == "Review due (ref C-1001)"
    assert message["Date"].datetime == MADE.replace(microsecond=0)
    assert message["Auto-Submitted"] == "auto-generated"
    assert (message["From"], message["To"]) == ("calendar@council.example", "chidi@council.example")


def test_the_words_say_what_when_and_where_to_look() -> None:
    plain, _ = parts(composed())
    assert plain.get_content().split("\r\n") == [
        "Review due (ref C-1001), Fri 1 Jan 2027.",
        "",
        "Due on Fri 1 Jan 2027. See Almoner.",
        "",
    ]
    summer, _ = parts(composed(session(datetime(2027, 7, 1, 9, 0, tzinfo=UTC))))
    assert summer.get_content().startswith("Supervision (ref W1), Thu 1 Jul 2027, 10:00 to 11:30.")
    winter, _ = parts(composed(session(datetime(2027, 1, 4, 9, 0, tzinfo=UTC))))
    assert "Mon 4 Jan 2027, 09:00 to 10:30" in winter.get_content()
    gone, _ = parts(composed(method="CANCEL"))
    assert "this is withdrawn" in gone.get_content()
    assert "Almoner" in gone.get_content()


def test_the_same_message_is_the_same_bytes_and_any_other_has_an_identity_of_its_own() -> None:
    assert composed() == composed()
    ids = {
        message_id(HOME, recipient, key, sequence, method)
        for recipient in ("W1", "W2")
        for key in ("due:1", "due:2", "lead:due:1")
        for sequence in (0, 1)
        for method in ("REQUEST", "CANCEL")
    }
    assert len(ids) == 24
    assert message_id(UUID(int=1), "W1", "due:1", 0, "REQUEST") not in ids
    assert not any(word in one for one in ids for word in ("W1", "due"))


def test_a_later_message_hangs_on_the_first_request() -> None:
    first = message_id(HOME, "W2", "due:17", 2, "REQUEST")
    later = read(composed(sequence=3, first=2))
    assert later["In-Reply-To"] == later["References"] == first
    again = read(composed(sequence=2, first=2))
    assert again["Message-ID"] == first
    assert again["References"] is None  # nothing answers itself


def test_a_summary_of_ten_thousand_characters_is_cut_and_breaks_no_line() -> None:
    text = composed(due(summary="Überprüfung " * 834, description="é" * 10_000))
    assert max(map(len, text.split("\r\n"))) < 100
    assert len(read(text)["Subject"]) <= 255
    assert len(event(text).text("SUMMARY")) <= 255


hostile = st.text(
    st.sampled_from("ab \r\n\t:;,\\\"'<>@=?.\0\x0b\x1b\x85\u2028\u202e\ud800é😀日") | st.characters(), max_size=300
)


@given(summary=hostile, description=hostile)
def test_no_text_adds_a_header_a_line_or_a_part(summary: str, description: str) -> None:
    text = composed(due(summary + "\r\nBcc: evil@example.org\r\n\r\nBody", description + "\r\n.\r\nMAIL FROM:<x@y>"))
    data = text.encode("ascii")
    assert data.count(b"\r\n") == data.count(b"\n") == data.count(b"\r")
    assert max(map(len, data.split(b"\r\n"))) <= 998
    message = read(text)
    assert message.keys() == HEADERS
    assert [part.get_content_type() for part in message.walk()] == [
        "multipart/alternative",
        "text/plain",
        "text/calendar",
    ]
    assert not any(part.defects for part in message.walk())
    assert event(text).sequence == 0


@pytest.mark.parametrize(
    "address",
    [
        "",
        "nobody",
        "a@b\r\nBcc: c@d",
        "a@b, c@d",
        "Ann <a@b.example>",
        "a@b.example>",
        ".a@b.example",
        "a..b@b.example",
        "a.@b.example",
        "é@b.example",
        "a" * 64 + "@" + "b" * 200 + ".example",
    ],
)
def test_what_is_no_plain_mailbox_is_refused_on_either_side(address: str) -> None:
    assert not is_mailbox(address)
    for post, field in (
        (Envelope(address, POST.address, "W2"), "organiser"),
        (Envelope(POST.organiser, address, "W2"), "email"),
    ):
        with pytest.raises(BadInput) as fault:
            composed(post=post)
        assert fault.value.field == field


def test_a_long_address_stays_on_one_line() -> None:
    long = "a" * 64 + "@" + "b" * 60 + "." + "c" * 60 + "." + "d" * 50 + ".example"
    text = composed(post=Envelope("z" + long[1:], long, "W2"))
    assert f"From: z{long[1:]}\r\nTo: {long}\r\n" in text
    assert (read(text)["To"], event(text).lines["ATTENDEE"][0][1]) == (long, f"mailto:{long}")


@pytest.mark.parametrize("organiser", ["chidi@council.example", "Chidi@Council.Example"])
def test_nobody_is_asked_by_themselves(organiser: str) -> None:
    with pytest.raises(BadInput) as fault:
        composed(post=Envelope(organiser, POST.address, "W2"))
    assert fault.value.field == "organiser"
    assert "W2" in fault.value.message
