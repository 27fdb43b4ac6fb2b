"""Calendar files as Outlook and its peers need them, checked by hand-written rules and by reading them back."""

import os
import re
import stat
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Alarms, Calendar

from domain.calendar.wording import EntryKind, Reminder, Shown, for_obligation, for_session
from domain.core.errors import StorageProblem
from domain.supervision.sessions import SessionFields
from storage.calendar.icalendar import Entry, Manner, cancellation, digest, render, request, uid
from storage.files import atomic_write
from storage.files.atomic_write import write_atomically

HOME = UUID("8d4b3a1e-6a57-4f0e-9a3c-0d6f5f1f7c11")
CHANGED = datetime(2026, 7, 1, 8, 30, tzinfo=UTC)
CREATED = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
MONDAY = date(2026, 7, 13)


def working_day_before(day: date) -> date:
    day -= timedelta(days=1)
    while day.weekday() > 4:
        day -= timedelta(days=1)
    return day


def due(reference: str = "C-1001", day: date = MONDAY, word: str = "Review") -> Reminder:
    return for_obligation(
        key=f"case:{reference}:lac_review:2",
        kind=EntryKind.REVIEW,
        word=word,
        shown=Shown(reference=reference),
        legal_due=day,
        plan_by=day,
        before=working_day_before,
    )


def session(on: str = "2026-07-15", start: str = "10:00") -> Reminder:
    booked = SessionFields(worker="S-1", supervisor="S-2", on=on, start=start)
    return for_session(
        key="session:7", starts_at=booked.starts_at(), minutes=booked.minutes, shown=Shown(reference="S-1")
    )


def entry(reminder: Reminder, sequence: int = 0) -> Entry:
    return Entry(reminder, sequence, CHANGED, CREATED)


def rendered(*reminders: Reminder, name: str | None = "North") -> bytes:
    return render([entry(reminder) for reminder in reminders], Manner(HOME), name=name)


def events(data: bytes) -> list:
    return list(Calendar.from_ical(data).walk("VEVENT"))


def unfolded(data: bytes) -> list[str]:
    """Check the lines as RFC 5545 section 3.1 asks, and return them whole."""
    assert not data.startswith(b"\xef\xbb\xbf")
    assert data.endswith(b"\r\n")
    physical = data.split(b"\r\n")[:-1]
    for line in physical:
        assert 0 < len(line) <= 75
        assert b"\r" not in line
        assert b"\n" not in line
        line.decode()  # no character is split by a fold
        assert not any((byte < 32 and byte != 9) or byte == 127 for byte in line)
    return data.decode().replace("\r\n ", "").split("\r\n")[:-1]


def test_a_due_date_is_written_line_by_line_as_outlook_needs_it() -> None:
    assert unfolded(rendered(due())) == [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Almoner//Almoner 1.0//EN",
        "CALSCALE:GREGORIAN",
        "BEGIN:VEVENT",
        "SUMMARY:Review due (ref C-1001)",
        "DTSTART;VALUE=DATE:20260713",
        "DTEND;VALUE=DATE:20260714",
        "DTSTAMP:20260701T083000Z",
        f"UID:{uid(HOME, 'case:C-1001:lac_review:2')}",
        "SEQUENCE:0",
        "CATEGORIES:Almoner review",
        "CLASS:PRIVATE",
        "CREATED:20260601T120000Z",
        "DESCRIPTION:Due on Mon 13 Jul 2026. What it is and why this date: see Almoner.",
        "LAST-MODIFIED:20260701T083000Z",
        "STATUS:CONFIRMED",
        "TRANSP:TRANSPARENT",
        "X-MICROSOFT-CDO-BUSYSTATUS:FREE",
        "BEGIN:VALARM",
        "ACTION:DISPLAY",
        "DESCRIPTION:Reminder",
        "TRIGGER:-P2DT15H",
        "END:VALARM",
        "END:VEVENT",
        "END:VCALENDAR",
    ]


def test_a_session_blocks_its_time() -> None:
    lines = unfolded(rendered(session()))
    for line in (
        "TRANSP:OPAQUE",
        "X-MICROSOFT-CDO-BUSYSTATUS:BUSY",
        "TRIGGER:-PT30M",
        "CATEGORIES:Almoner session",
    ):
        assert line in lines


@pytest.mark.parametrize(("on", "utc"), [("2026-07-15", "090000"), ("2026-12-15", "100000"), ("2026-10-25", "100000")])
def test_ten_in_london_is_nine_in_summer_and_ten_in_winter_by_utc(on, utc) -> None:
    lines = unfolded(rendered(session(on)))
    assert f"DTSTART:{on.replace('-', '')}T{utc}Z" in lines
    assert not any("TZID" in line or "VTIMEZONE" in line for line in lines)


def test_the_alarm_of_a_monday_rings_on_friday_at_nine() -> None:
    (event,) = events(rendered(due(day=MONDAY)))
    (alarm,) = Alarms(event).times
    assert alarm.trigger == datetime(2026, 7, 10, 9)


def test_a_calendar_has_a_name_only_with_several_entries() -> None:
    one, many = unfolded(rendered(due())), unfolded(rendered(due(), session()))
    assert not any(line.startswith(("NAME", "X-WR-CALNAME")) for line in one)
    first_entry = many.index("BEGIN:VEVENT")
    assert {"NAME:North", "X-WR-CALNAME:North"} <= set(many[:first_entry])


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("Żak, Émile; North\\South\r\nX-EVIL:1", "Zak Emile North South X-EVIL 1"),
        ("Looked after (2)", "Looked after (2)"),
        ("日本", None),
        ("x" * 300, "x" * 100),
    ],
)
def test_a_calendar_name_is_plain(name, plain) -> None:
    named = [line for line in unfolded(rendered(due(), session(), name=name)) if line.startswith("NAME:")]
    assert named == ([] if plain is None else [f"NAME:{plain}"])


def test_no_method_and_no_identity_of_the_calendar_itself() -> None:
    lines = unfolded(rendered(due(), session()))
    assert not any(line.startswith("METHOD") for line in lines)
    assert sum(line.startswith("UID:") for line in lines) == 2


def test_equal_input_gives_equal_bytes_in_any_order() -> None:
    assert rendered(due("C-1"), due("C-2"), session()) == rendered(session(), due("C-2"), due("C-1"))


def test_the_bytes_are_the_same_in_another_process() -> None:
    code = (
        "import sys; from datetime import *; from uuid import UUID\n"
        "from tests.storage.calendar.test_icalendar import rendered, due, session\n"
        "sys.stdout.buffer.write(rendered(due('C-1'), session()))"
    )
    env = {**os.environ, "PYTHONHASHSEED": "7"}
    root = Path(__file__).parents[3]
    told = subprocess.run([sys.executable, "-c", code], env=env, cwd=root, capture_output=True, check=True)
    assert told.stdout == rendered(due("C-1"), session())


def test_entries_are_sorted_by_identity() -> None:
    data = rendered(*(due(f"C-{n}") for n in range(9)))
    identities = [str(event["UID"]) for event in events(data)]
    assert identities == sorted(identities)


def test_an_identity_is_stable_secret_and_different_in_every_database() -> None:
    key = "case:C-1001:lac_review:2"
    assert uid(HOME, key) == uid(HOME, key) == "08e06ae8-ed0d-5c7f-b128-28aa041987ab@almoner.invalid"
    assert uid(UUID(int=1), key) != uid(HOME, key)
    assert "1001" not in uid(HOME, key)
    assert len(uid(HOME, key)) < 202


def test_two_entries_with_one_key_are_refused() -> None:
    with pytest.raises(StorageProblem, match="same identity"):
        rendered(due(), due())


def test_an_empty_calendar_is_still_a_calendar() -> None:
    assert events(rendered()) == []
    assert unfolded(rendered())[0] == "BEGIN:VCALENDAR"


def test_times_from_the_database_are_utc_and_others_are_turned_into_it() -> None:
    naive = Entry(due(), 3, datetime(2026, 7, 1, 8, 30, 0, 999), CREATED)
    summer = Entry(due(), 3, datetime(2026, 7, 1, 9, 30, tzinfo=timezone(timedelta(hours=1))), CREATED)
    assert render([naive], Manner(HOME), name=None) == render([summer], Manner(HOME), name=None)
    assert b"SEQUENCE:3\r\nC" in render([naive], Manner(HOME), name=None)


HOSTILE = st.text(max_size=200) | st.sampled_from(
    [
        "a\r\nBEGIN:VEVENT\r\nUID:evil",
        "\x1b]52;c;x\x07 tail",
        "nul\0 lone \ud800 turned \u202e",
        'semi;comma,back\\slash"quote"\\n',
        "é" * 74 + "😀" * 40,
        "line\u2028other\x85third\x0bfourth",
        "x" * 100_000,
    ]
)


@given(HOSTILE, HOSTILE, HOSTILE)
def test_hostile_text_stays_text(summary, description, name) -> None:
    one = replace(due(), summary=summary, description=description)
    data = rendered(one, session(), name=name)
    lines = unfolded(data)
    assert lines.count("BEGIN:VEVENT") == lines.count("END:VEVENT") == 2
    assert lines.count("BEGIN:VALARM") == 2
    back = next(event for event in events(data) if event["UID"] == uid(HOME, one.key))
    assert not back.errors
    assert len(back["SUMMARY"]) <= 255
    assert back["DTSTART"].dt == MONDAY


@given(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc", "Cf"]), min_size=1, max_size=90))
def test_harmless_text_comes_back_as_it_went_in(text) -> None:
    one = replace(due(), summary="x " + text, description="y\n" + text)
    (event,) = events(rendered(one))
    from domain.core.text import clean, clean_line

    assert str(event["SUMMARY"]) == clean_line(one.summary)
    assert str(event["DESCRIPTION"]) == clean(one.description)


@given(st.dates(date(2000, 1, 1), date(2199, 12, 31)))
def test_every_day_ends_on_the_next(day) -> None:
    (event,) = events(rendered(due(day=day)))
    assert (event["DTSTART"].dt, event["DTEND"].dt) == (day, day + timedelta(days=1))


def test_a_digest_changes_with_what_is_shown_and_with_nothing_else() -> None:
    plain = due()
    assert digest(plain) == digest(due())
    assert digest(plain) == digest(replace(plain, key="another"))
    changes = ({"summary": "x"}, {"description": "x"}, {"day": date(2026, 7, 14)}, {"alarm_minutes_before": 5})
    seen = {digest(plain), *(digest(replace(plain, **change)) for change in changes)}
    assert len(seen) == 5
    assert digest(session()) != digest(session(start="10:30"))


def test_digests_do_without_the_calendar_library() -> None:
    code = "import sys, storage.calendar.icalendar; sys.exit('icalendar' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=Path(__file__).parents[3], check=False).returncode == 0


def test_a_file_is_replaced_whole_and_read_by_its_owner_alone(tmp_path) -> None:
    target = tmp_path / "S-1.ics"
    target.write_bytes(b"old")
    target.chmod(0o644)
    write_atomically(target, b"new")
    assert target.read_bytes() == b"new"
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [target]


def test_a_link_is_not_followed(tmp_path) -> None:
    secret = tmp_path / "secret"
    secret.write_bytes(b"keep")
    link = tmp_path / "S-1.ics"
    link.symlink_to(secret)
    with pytest.raises(StorageProblem, match="link"):
        write_atomically(link, b"new")
    assert secret.read_bytes() == b"keep"
    assert link.is_symlink()


@pytest.mark.parametrize("place", [".", "missing/S-1.ics", "file/S-1.ics", "nul\0.ics", "x" * 300])
def test_a_place_that_cannot_be_written_is_named_and_left_alone(tmp_path, place) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(StorageProblem) as caught:
        write_atomically(tmp_path / place, b"new")
    assert caught.value.title == "The file cannot be written"
    assert caught.value.hint
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_device_is_not_replaced(tmp_path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(StorageProblem, match="plain file"):
        write_atomically(pipe, b"new")


def test_a_full_disk_leaves_the_old_file_and_nothing_beside_it(tmp_path, monkeypatch) -> None:
    target = tmp_path / "S-1.ics"
    target.write_bytes(b"old")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(atomic_write.os, "fsync", full)
    with pytest.raises(StorageProblem, match="no space left"):
        write_atomically(target, b"new")
    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]


# what Outlook asks of every byte -------------------------------------------------------------------------------------

EVERY = (due(), session(), due("C-2", date(2026, 12, 29)), session("2026-10-25", "01:30"), session("2027-03-28"))
NEVER = (
    "RRULE",
    "RDATE",
    "TZID",
    "VTIMEZONE",
    "VTODO",
    "ORGANIZER",
    "ATTENDEE",
    "URL",
    "X-ALT-DESC",
    "COLOR",
    "ATTACH",
)


def distinct(*reminders: Reminder) -> list[Entry]:
    return [entry(replace(reminder, key=f"k{number}"), number) for number, reminder in enumerate(reminders)]


@pytest.mark.parametrize("feed", [False, True])
def test_the_order_and_the_folds_are_those_of_the_library(feed) -> None:
    long = replace(due(), summary="Ünïcode, ; \\ " * 30, description="one\ntwo, three; four\\five " * 300)
    data = render(distinct(*EVERY, long), Manner(HOME), name="Almoner W-1", feed=feed)
    again = Calendar.from_ical(data)
    assert [event.to_ical() for event in again.events] == re.findall(rb"BEGIN:VEVENT.*?END:VEVENT\r\n", data, re.DOTALL)


@pytest.mark.parametrize("feed", [False, True])
def test_nothing_is_written_that_outlook_misreads(feed) -> None:
    lines = unfolded(render(distinct(*EVERY), Manner(HOME), name="North", feed=feed))
    assert not any(line.startswith(NEVER) or "TZID" in line for line in lines)
    assert not any(line.startswith("METHOD") for line in lines)
    first = lines.index("BEGIN:VEVENT")
    assert [line for line in lines[:first] if line.startswith(("NAME", "X-WR-CALNAME"))] == [
        "NAME:North",
        "X-WR-CALNAME:North",
    ]
    assert lines[-1] == "END:VCALENDAR"
    assert lines[-2] == "END:VEVENT"


def test_a_feed_says_how_often_to_look_and_a_file_does_not() -> None:
    hints = {"REFRESH-INTERVAL;VALUE=DURATION:PT6H", "X-PUBLISHED-TTL:PT6H"}
    as_feed, as_file = (set(unfolded(render(distinct(*EVERY), Manner(HOME), name="N", feed=f))) for f in (True, False))
    assert hints <= as_feed
    assert not hints & as_file


def test_each_event_has_one_alarm_before_its_start_and_last() -> None:
    for block in unfolded_blocks(render(distinct(*EVERY), Manner(HOME), name="N")):
        assert block.count("BEGIN:VALARM") == 1
        assert block[-5:-1] == ["ACTION:DISPLAY", "DESCRIPTION:Reminder", block[-3], "END:VALARM"]
        assert block[-3].startswith("TRIGGER:-P")
        assert len([line for line in block if line.startswith("UID:")]) == 1


def unfolded_blocks(data: bytes) -> list[list[str]]:
    text = "\n".join(unfolded(data))
    return [block.split("\n") for block in re.findall(r"BEGIN:VEVENT\n.*?END:VEVENT", text, re.DOTALL)]


@given(st.text(alphabet="abcé😀שלום,;\\\"'\n ", max_size=12_000))
@settings(max_examples=30)
def test_a_summary_of_any_length_and_script_is_one_short_line(text) -> None:
    (block,) = unfolded_blocks(render([entry(replace(due(), summary=text, description=text))], Manner(HOME), name=None))
    (summary,) = (line for line in block if line.startswith("SUMMARY:"))
    assert len(re.sub(r"\\(.)", r"\1", summary.removeprefix("SUMMARY:"))) <= 255


def test_ten_thousand_characters_are_cut_and_folded() -> None:
    data = rendered(replace(due(), summary="😀é" * 5_000))
    (event,) = events(data)
    assert str(event["SUMMARY"]) == ("😀é" * 5_000)[:255]


def test_the_stamp_is_the_time_of_change_unless_there_is_a_method() -> None:
    lines = unfolded(rendered(due()))
    assert {"DTSTAMP:20260701T083000Z", "LAST-MODIFIED:20260701T083000Z"} <= set(lines)
    made = datetime(2026, 7, 2, 9, tzinfo=UTC)
    asked = request(entry(due()), Manner(HOME), organiser="c@x.example", attendee="w@x.example", made_at=made)
    assert {"DTSTAMP:20260702T090000Z", "LAST-MODIFIED:20260701T083000Z"} <= set(unfolded(asked))


def test_a_request_and_its_withdrawal_are_the_same_event_for_the_same_people() -> None:
    people = {"organiser": "c@x.example", "attendee": "w@x.example", "made_at": CHANGED}
    asked, gone = (deed(entry(due()), Manner(HOME), **people) for deed in (request, cancellation))
    for line in (f"UID:{uid(HOME, due().key)}", "ORGANIZER:mailto:c@x.example"):
        assert line in unfolded(asked)
        assert line in unfolded(gone)
    assert {"METHOD:REQUEST", "STATUS:CONFIRMED"} <= set(unfolded(asked))
    assert {"METHOD:CANCEL", "STATUS:CANCELLED"} <= set(unfolded(gone))
    assert not any(line.startswith(("NAME", "X-WR-CALNAME")) for line in unfolded(asked) + unfolded(gone))


def test_a_withdrawal_as_a_file_names_nobody() -> None:
    lines = unfolded(cancellation(entry(replace(due(), alarm_minutes_before=None), 4), Manner(HOME)))
    assert {"METHOD:CANCEL", "SEQUENCE:4", "STATUS:CANCELLED"} <= set(lines)
    assert not any(line.startswith(("ORGANIZER", "ATTENDEE", "BEGIN:VALARM")) for line in lines)
    assert lines.count("BEGIN:VEVENT") == 1


@pytest.mark.parametrize("how", ["public", "private", "confidential"])
def test_the_class_is_the_councils_choice(how) -> None:
    assert f"CLASS:{how.upper()}" in unfolded(render([entry(due())], Manner(HOME, how), name=None))
