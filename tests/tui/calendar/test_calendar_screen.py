"""Calendar by keys: what each Outlook would show, files, feeds and their addresses, the outbox, the settings."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from time import sleep
from typing import Any

import pytest
from textual.pilot import Pilot

from domain.calendar.wording import EntryKind
from domain.core.errors import Cancelled
from storage.calendar import effective_choices
from storage.calendar.feeds import feed_tokens
from storage.calendar.files import export
from storage.calendar.mail import outbox, queue
from storage.opening import open_database
from storage.records.database import Database
from tests.clocks import CLOCK
from tests.conftest import TODAY
from tests.test_architecture import HEAVY, loaded_by
from tests.tui.driving import almoner, drive, press, settled, text, until, until_screen
from tests.tui.hands import paste
from tests.units import amend, record, remove
from tui.calendar.calendar_page import read_agenda
from tui.calendar.calendar_screen import CalendarScreen
from tui.calendar.feeds_screen import FeedsScreen
from tui.calendar.outbox_screen import OutboxScreen

NOW = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
SIZES = pytest.mark.parametrize("size", [(80, 24), (120, 40)])


def book(team: Database, on: date, start: str = "10:00") -> int:
    """Book a session of Okafor with Hughes and return its number."""
    with team.unit("A. Hughes", TODAY) as unit:
        session = record(unit, "session", {"worker": "W2", "supervisor": "W1", "on": on, "start": start, "minutes": 60})
        unit.finish("Booked")
    return int(session.id)


@pytest.fixture
def booked(team: Database) -> Database:
    """Okafor has a session on 2 December, beside what is due on C-1001 in March."""
    book(team, date(2026, 12, 2))
    return team


def afresh(database: Database) -> Database:
    """Open the file again as it is once the application is gone."""
    return open_database(database.path, CLOCK)


def screen(pilot: Pilot[Any]) -> CalendarScreen:
    """The calendar screen, on top."""
    here = pilot.app.screen
    assert isinstance(here, CalendarScreen)
    return here


async def opened(pilot: Pilot[Any], who: str = "W2") -> CalendarScreen:
    """Open the area and go to one calendar."""
    await press(pilot, "6")
    await until_screen(pilot, CalendarScreen)
    await settled(pilot)
    here = screen(pilot)
    while here.marked is not None and here.marked.recipient != who:
        await press(pilot, "down")
    await settled(pilot)
    return here


# what is shown -------------------------------------------------------------------------------------------------------


@SIZES
def test_the_list_says_how_each_calendar_stands_and_the_agenda_what_it_holds(
    booked: Database, tmp_path: Path, size: tuple[int, int]
) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        here = await opened(pilot)
        assert [line.recipient for line in here.board.lines] == ["W1", "W2", "W3", "team:North"]
        shown = text(pilot)
        assert shown.count("– never exported") >= 4
        assert "Supervision (ref W1)" in shown
        assert "Check due (ref C-1001)" in shown
        assert "16 Mar ’27" in shown
        assert "Jamie" not in shown
        if size[0] > 100:
            assert "10:00" in shown
            assert "Mon 09:00" in shown  # the working day before Tuesday 16 March
        assert here.agenda.recipient == "W2"
        assert len(here.agenda.happenings) == 4

    drive(almoner(booked, tmp_path), steps, size)


def test_marks_tell_new_changed_and_going_against_the_last_file(booked: Database, tmp_path: Path) -> None:
    first = book(booked, date(2026, 12, 9))
    second = book(booked, date(2026, 12, 16))
    export(booked, [("W2", tmp_path / "w2.ics")], TODAY, now=NOW)
    with booked.unit("A. Hughes", TODAY) as unit:
        amend(unit, "session", first, {"start": "14:00"})
        remove(unit, "session", second)
        unit.finish("Moved one, took back another")
    book(booked, date(2026, 12, 23))

    async def steps(pilot: Pilot[Any]) -> None:
        here = await opened(pilot)
        marks = {one.on: one.mark for one in here.agenda.happenings}
        assert marks[date(2026, 12, 2)] == ""
        assert marks[date(2026, 12, 9)] == "changed"
        assert marks[date(2026, 12, 16)] == "going"
        assert marks[date(2026, 12, 23)] == "new"
        shown = text(pilot)
        for words in ("+ new", "~ changed", "✗ going", "◐ 3 waiting", "1 new, 1 changed, 1 going"):
            assert words in shown
        await press(pilot, "p")
        await until(pilot, "Cancellations: 1 entry")
        assert "What is new or changed: 2 entries" in text(pilot)

    drive(almoner(booked, tmp_path), steps, (120, 40))


def test_a_look_before_anything_is_written_writes_nothing(booked: Database, tmp_path: Path) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await opened(pilot)
        await press(pilot, "p")
        await until(pilot, "What is new or changed: 4 entries")
        assert "Nothing has been written" in text(pilot)
        await press(pilot, "escape", "enter", "enter")
        await until(pilot, "As it will read")
        assert "Almoner session" in text(pilot)
        assert "Wed 2 Dec 09:30" in text(pilot)

    drive(almoner(booked, tmp_path), steps, (120, 40))
    with afresh(booked) as fresh:
        assert fresh.reader().raw.execute("SELECT count(*) FROM calendar_entry").fetchone() == (0,)


@SIZES
def test_the_month_turns_and_leads_back_to_the_agenda(booked: Database, tmp_path: Path, size: tuple[int, int]) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        here = await opened(pilot)
        await press(pilot, "m")
        assert here.by_month
        await until(pilot, "November 2026: 0")
        await press(pilot, "pagedown")
        await until(pilot, "December 2026: 1")
        await press(pilot, "right")
        await until(pilot, "Wed 2 Dec   1 entry")
        assert "reminds Wed 2 Dec 09:30" in text(pilot)
        await press(pilot, "pagedown", "pagedown", "pagedown")
        await until(pilot, "March 2027: 3")
        await press(pilot, "pageup")
        await until(pilot, "February 2027: 0")
        await press(pilot, "home")
        await until(pilot, "November 2026: 0")
        await press(pilot, "pagedown", "enter")
        assert not here.by_month
        assert here.entries.current is not None
        assert here.entries.current.on == date(2026, 12, 2)
        await press(pilot, "right_square_bracket")
        assert here.entries.current.on == date(2027, 3, 16)

    drive(almoner(booked, tmp_path), steps, size)


def test_names_of_workers_hide_and_the_reference_stays(booked: Database, tmp_path: Path) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await opened(pilot)
        assert "Okafor" in text(pilot)
        for keys in (("f2",), ("m",), ("m", "p"), ("escape", "x"), ("escape", "e"), ("escape", "f"), ("escape", "o")):
            await press(pilot, *keys)
            await pilot.pause(0.2)
            assert "Okafor" not in text(pilot)
            assert "Begum" not in text(pilot)

    drive(almoner(booked, tmp_path), steps, (120, 40))


def test_a_worker_who_says_who_they_are_begins_on_their_own_calendar(booked: Database, tmp_path: Path) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await press(pilot, "6")
        await until_screen(pilot, CalendarScreen)
        await settled(pilot)
        marked = screen(pilot).marked
        assert marked is not None
        assert marked.recipient == "W2"
        assert screen(pilot).agenda.recipient == "W2"

    drive(almoner(booked, tmp_path, actor="w2"), steps)


@SIZES
def test_a_team_without_anybody_says_so(database: Database, tmp_path: Path, size: tuple[int, int]) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await press(pilot, "6")
        await until_screen(pilot, CalendarScreen)
        await until(pilot, "Nobody works here yet")
        for key in ("p", "m", "m", "e", "enter"):
            await press(pilot, key)
        await press(pilot, "x")
        await until(pilot, "There is no calendar to save yet")
        await press(pilot, "f")
        await until(pilot, "Nobody works here yet")
        await press(pilot, "n", "r", "escape", "o")
        await until(pilot, "The outbox is empty")

    drive(almoner(database, tmp_path), steps, size)


@SIZES
def test_forty_workers_and_hostile_names_fit(team: Database, tmp_path: Path, size: tuple[int, int]) -> None:
    worker = {"team": "North", "grade": "children-sw", "started": "2024-01-08"}
    with team.unit("A. Hughes", TODAY) as unit:
        for number in range(40):
            record(unit, "worker", {**worker, "staff_id": f"X{number:02}", "name": f"[/x] [red]{number} =cmd() $late"})
        unit.finish("Many")
    with team.unit("A. Hughes", TODAY) as unit:
        record(
            unit,
            "session",
            {"worker": "X00", "supervisor": "W1", "on": date(2026, 12, 2), "start": "09:00", "minutes": 60},
        )
        unit.finish("Booked")

    async def steps(pilot: Pilot[Any]) -> None:
        here = await opened(pilot, "X00")
        assert len(here.board.lines) == 44
        assert "[/x] [red]0" in text(pilot)
        for keys in (("p",), ("escape", "x"), ("escape", "e"), ("escape", "f"), ("n",)):
            await press(pilot, *keys)
            await pilot.pause(0.2)
            assert type(pilot.app.screen).__name__ != "ErrorDialog"
        await press(pilot, "escape", "escape")
        await until_screen(pilot, CalendarScreen)
        await press(pilot, "end")
        await settled(pilot)
        assert here.marked is not None
        assert here.marked.of_team

    drive(almoner(team, tmp_path), steps, size)


# files ---------------------------------------------------------------------------------------------------------------


def test_the_team_s_calendars_are_saved_with_three_keys(booked: Database, tmp_path: Path) -> None:
    app = almoner(booked, tmp_path)
    app.office.settings.calendar_folder = str(tmp_path / "out")

    async def steps(pilot: Pilot[Any]) -> None:
        await press(pilot, "6")
        await until_screen(pilot, CalendarScreen)
        await settled(pilot)
        await press(pilot, "x")
        await until(pilot, "Everybody: what is new or changed")
        assert "Outlook: New entries come in once" in text(pilot)
        await press(pilot, "enter")
        await until(pilot, "3 files with")
        await settled(pilot)
        assert "Calendar, all up to date" in text(pilot)

    drive(app, steps, (120, 40))
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["w1-new.ics", "w2-new.ics", "w3-new.ics"]
    assert (tmp_path / "out" / "w2-new.ics").read_bytes().count(b"BEGIN:VEVENT") == 4


def test_keys_pressed_before_anything_is_read_are_not_lost(booked: Database, tmp_path: Path) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await pilot.press("6", "x")
        await until(pilot, "Everybody: what is new or changed")

    drive(almoner(booked, tmp_path), steps, (120, 40))


def test_one_calendar_whole_one_entry_and_what_went(booked: Database, tmp_path: Path) -> None:
    number = book(booked, date(2026, 12, 9))
    app = almoner(booked, tmp_path)
    out = tmp_path / "out"
    app.office.settings.calendar_folder = str(out)

    async def steps(pilot: Pilot[Any]) -> None:
        here = await opened(pilot)
        await press(pilot, "x")
        await until(pilot, "Okafor, Chidi: the whole calendar")
        await press(pilot, "down", "down", "down", "enter")
        await until(pilot, "5 entries in")
        with booked.unit("A. Hughes", TODAY) as unit:
            remove(unit, "session", number)
            unit.finish("Taken back")
        await press(pilot, "f5")
        await until(pilot, "1 going")
        await press(pilot, "enter", "x")  # from the agenda the marked entry comes first
        await until(pilot, "The marked entry alone")
        await press(pilot, "enter")
        await until(pilot, "1 entry in")
        here.calendars.sheet.focus()
        await press(pilot, "x")
        await until(pilot, "Okafor, Chidi: cancellations")
        await press(pilot, "down", "down", "down", "down", "enter")
        await until(pilot, "w2-going.ics")
        await settled(pilot)
        assert here.agenda.marked("going") == []

    drive(app, steps, (120, 40))
    assert (out / "w2.ics").read_bytes().count(b"BEGIN:VEVENT") == 5
    assert (out / "w2-entry.ics").read_bytes().count(b"BEGIN:VEVENT") == 1
    assert b"METHOD:CANCEL" in (out / "w2-going.ics").read_bytes()


def test_the_list_can_still_be_saved_as_a_table(booked: Database, tmp_path: Path) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await opened(pilot)
        await press(pilot, "x", "up")
        await until(pilot, "A table for a spreadsheet")
        await press(pilot, "escape", "enter", "x", "up", "enter")
        await until(pilot, "Export what is shown")
        await press(pilot, "ctrl+u")
        await paste(pilot, str(tmp_path / "agenda.xlsx"))
        await press(pilot, "down", "enter")
        await until(pilot, "Saved as")

    drive(almoner(booked, tmp_path), steps, (120, 40))
    assert (tmp_path / "agenda.xlsx").read_bytes()[:2] == b"PK"


def test_a_folder_that_cannot_be_made_is_told(booked: Database, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    app = almoner(booked, tmp_path)
    app.office.settings.calendar_folder = str(tmp_path / "file")

    async def steps(pilot: Pilot[Any]) -> None:
        here = await opened(pilot)
        await press(pilot, "x", "enter")
        await until_screen(pilot, "ErrorDialog")
        assert "this is a file, not a folder" in text(pilot), text(pilot)
        await press(pilot, "escape")
        await settled(pilot)
        assert all(line.sync.file.state == "never" for line in here.board.lines)

    drive(app, steps, (120, 40))


def test_stopping_says_what_stands(booked: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = almoner(booked, tmp_path)
    app.office.settings.calendar_folder = str(tmp_path / "out")

    def slow(*_: object, progress: Any, stopped: Any, **__: object) -> None:
        progress(1, 3)
        while not stopped():
            sleep(0.01)
        progress(2, 3)  # the work may still report before it ends
        raise Cancelled("1 of 3 calendars were written; those stand.")

    monkeypatch.setattr("tui.calendar.dialogs.export.export", slow)

    async def steps(pilot: Pilot[Any]) -> None:
        await opened(pilot)
        await press(pilot, "x", "enter")
        await until(pilot, "1 of 3")
        assert "what is done by then stays done" in text(pilot)
        await press(pilot, "escape")
        await until(pilot, "1 of 3 calendars were written; those")

    drive(app, steps, (120, 40))


def test_a_second_monday_says_that_nothing_is_new(booked: Database, tmp_path: Path) -> None:
    app = almoner(booked, tmp_path)
    app.office.settings.calendar_folder = str(tmp_path / "out")

    async def steps(pilot: Pilot[Any]) -> None:
        await opened(pilot)
        await press(pilot, "x", "enter")
        await until(pilot, "3 files with")
        await settled(pilot)
        await press(pilot, "x", "enter")
        await until(pilot, "Nothing is new or changed")

    drive(app, steps, (120, 40))
    assert b"BEGIN:VEVENT" not in (tmp_path / "out" / "w2-new.ics").read_bytes()


# settings ------------------------------------------------------------------------------------------------------------


@SIZES
def test_a_worker_s_kinds_and_notices_are_switched_kept_and_taken_back(
    booked: Database, tmp_path: Path, size: tuple[int, int]
) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        here = await opened(pilot)
        await press(pilot, "e")
        await until(pilot, "Calendar of Okafor")
        kinds = list(EntryKind)
        for _ in range(2 + kinds.index(EntryKind.CHECK)):
            await press(pilot, "down")
        await press(pilot, "space", "down", "down", "right", "right")
        await until(pilot, "also 2 days ahead")
        await press(pilot, "ctrl+s")
        await until(pilot, "The calendar of W2")
        await settled(pilot)
        summaries = [one.entry.reminder.summary for one in here.agenda.happenings]
        assert "Check due (ref C-1001)" not in summaries
        assert "On Wed 2 Dec 2026: Supervision (ref W1)" in summaries
        await press(pilot, "e", "down", "down", "space", "ctrl+s")  # reviews out: the record is changed, not made twice
        await settled(pilot)
        assert EntryKind.REVIEW not in here.agenda.wishes.kinds
        await press(pilot, "e", "ctrl+s")  # nothing changed: nothing kept, nothing to take back
        await settled(pilot)
        await press(pilot, "u")
        await settled(pilot)
        assert EntryKind.REVIEW in here.agenda.wishes.kinds
        assert EntryKind.CHECK not in here.agenda.wishes.kinds
        await press(pilot, "u")
        await settled(pilot)
        assert len(here.agenda.happenings) == 4

    drive(almoner(booked, tmp_path), steps, size)


def test_mail_for_a_worker_without_an_address_is_refused_in_the_dialog(booked: Database, tmp_path: Path) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await opened(pilot)
        await press(pilot, "e", "down", "space", "ctrl+s")
        await until(pilot, "no usable e-mail address")
        assert type(pilot.app.screen).__name__ == "WishesDialog"

    drive(almoner(booked, tmp_path), steps, (120, 40))
    with afresh(booked) as fresh:
        assert effective_choices.choices(fresh.reader()) == {}


def test_the_council_s_privacy_and_feeds_hold_for_all(booked: Database, tmp_path: Path) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        here = await opened(pilot)
        await press(pilot, "S", "enter")
        await until(pilot, "Calendars of everybody")
        await press(pilot, "left", "ctrl+s")
        await until(pilot, "Every calendar follows from now on")
        await settled(pilot)
        assert {one.entry.reminder.summary for one in here.agenda.happenings} == {
            "Supervision", "Task due", "Check due",
        }  # fmt: skip
        await press(pilot, "S", "down", "enter")
        await until(pilot, "Web address")
        await paste(pilot, "not/whole")
        await press(pilot, "ctrl+s")
        await until(pilot, "Write the whole path")
        await press(pilot, "escape")
        await until(pilot, "Not saved yet")
        await press(pilot, "down", "enter")
        await settled(pilot)
        await press(pilot, "S", "down", "down", "enter")
        await until(pilot, "Organiser")
        await paste(pilot, "calendar@council.example")
        await press(pilot, "tab", "tab")
        await paste(pilot, "a lot")
        await press(pilot, "ctrl+s")
        await until(pilot, "Write a whole number")

    drive(almoner(booked, tmp_path), steps, (120, 40))
    with afresh(booked) as fresh:
        kept = effective_choices.council(fresh.reader())
    assert kept.privacy == "none"
    assert kept.feed_folder == ""
    assert kept.organiser == ""


# feeds ---------------------------------------------------------------------------------------------------------------


@pytest.fixture
def fed(booked: Database, tmp_path: Path) -> Database:
    """The council publishes into a folder and gives it out under an address."""
    with booked.unit("A. Hughes", TODAY) as unit:
        given = {"feed_folder": str(tmp_path / "feeds"), "feed_address": "https://calendars.council.example/f"}
        record(unit, "calendar-settings", given)
        unit.finish("Feeds")
    return booked


def states(database: Database, who: str) -> list[str]:
    return [line.state for line in feed_tokens.tokens(database.reader(), TODAY) if line.recipient == who]


@SIZES
def test_an_address_is_shown_once_published_renewed_and_called_in(
    fed: Database, tmp_path: Path, size: tuple[int, int]
) -> None:
    shown: list[str] = []

    async def steps(pilot: Pilot[Any]) -> None:
        await opened(pilot)
        await press(pilot, "f")
        await until_screen(pilot, FeedsScreen)
        await until(pilot, "0 addresses in use")
        await press(pilot, "down", "n")
        await until(pilot, "the only time")
        shown.append(pilot.app.screen.address)  # type: ignore[attr-defined]
        await press(pilot, "c", "escape")
        assert pilot.app.clipboard == shown[0]
        await until(pilot, "1 address in use")
        assert shown[0][-20:] not in text(pilot)
        await press(pilot, "p")
        await until(pilot, "1 calendar written")
        await press(pilot, "r")
        await until(pilot, "Give out a new address?")
        await press(pilot, "enter")  # the careful answer
        await settled(pilot)
        assert states(fed, "W2") == ["live"]
        await press(pilot, "r", "down", "enter")
        await until(pilot, "the only time")
        shown.append(pilot.app.screen.address)  # type: ignore[attr-defined]
        await press(pilot, "escape")
        await settled(pilot)
        assert states(fed, "W2") == ["revoked", "live"]
        await press(pilot, "D", "down", "enter")
        await until(pilot, "✗ withdrawn")
        await press(pilot, "enter")
        await until(pilot, "never read")
        assert text(pilot).count("given out") == 2

    drive(almoner(fed, tmp_path), steps, size)
    assert shown[0] != shown[1]
    assert shown[0].startswith("https://calendars.council.example/f/")
    with afresh(fed) as fresh:
        assert states(fresh, "W2") == ["revoked", "revoked"]
    assert list((tmp_path / "feeds").glob("*.ics")) == []


def test_publishing_without_any_address_says_so(fed: Database, tmp_path: Path) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await opened(pilot)
        await press(pilot, "f")
        await until_screen(pilot, FeedsScreen)
        await settled(pilot)
        await press(pilot, "p")
        await until(pilot, "Nobody has an address yet")

    drive(almoner(fed, tmp_path), steps, (120, 40))


# mail ----------------------------------------------------------------------------------------------------------------


@pytest.fixture
def mailing(booked: Database) -> Database:
    """Okafor chose mail, and the council named an organiser and a server that nobody answers at."""
    with booked.unit("A. Hughes", TODAY) as unit:
        amend(unit, "worker", "W2", {"email": "okafor@council.example"})
        server = {"mail_host": "127.0.0.1", "mail_port": 9, "mail_security": "none"}
        record(unit, "calendar-settings", {"organiser": "calendar@council.example", **server})
        record(unit, "calendar-choice", {"worker": "W2", "by_mail": True})
        unit.finish("Mail")
    return booked


async def opened_outbox(pilot: Pilot[Any]) -> None:
    await opened(pilot)
    await press(pilot, "o")
    await until_screen(pilot, OutboxScreen)
    await settled(pilot)


def test_mail_without_a_server_says_what_is_missing(booked: Database, tmp_path: Path) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await opened(pilot)
        await press(pilot, "o")
        await until_screen(pilot, OutboxScreen)
        await until(pilot, "no mail server yet")
        await press(pilot, "m")
        await until_screen(pilot, "ErrorDialog")
        assert "Press S, then Mail." in text(pilot)

    drive(almoner(booked, tmp_path), steps, (120, 40))


@SIZES
def test_what_waits_is_asked_about_before_it_is_sent_and_can_be_dropped(
    mailing: Database, tmp_path: Path, size: tuple[int, int]
) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await opened(pilot)
        await press(pilot, "o")
        await until_screen(pilot, OutboxScreen)
        await until(pilot, "The outbox is empty")
        await press(pilot, "m")
        await until(pilot, "4 messages would go out now")
        await press(pilot, "enter")  # no, let it wait
        await until(pilot, "◐ waiting")
        await press(pilot, "D", "down", "enter")
        await until(pilot, "1 dropped")
        await press(pilot, "m")
        await until(pilot, "3 messages would go out now")
        await press(pilot, "down", "enter")
        await until(pilot, "0 sent, 0 failed, 3 waiting")
        await settled(pilot)
        await press(pilot, "home", "r")
        await until(pilot, "leaves with the")
        await press(pilot, "enter")
        await until(pilot, "To Okafor, Chidi (W2)")

    drive(almoner(mailing, tmp_path), steps, size)
    with afresh(mailing) as fresh:
        assert sorted(line.state for line in outbox.outbox(fresh.reader())) == ["dropped", *["waiting"] * 3]


def test_a_failed_message_shows_on_the_calendar(mailing: Database, tmp_path: Path) -> None:
    queue.queue(mailing, TODAY, now=NOW)
    raw = mailing.engine().raw_connection()
    raw.cursor().execute("UPDATE outbox SET state = 'failed', fault = 'No such mailbox [/x]' WHERE id <= 2")
    raw.commit()
    raw.close()

    async def steps(pilot: Pilot[Any]) -> None:
        here = await opened(pilot)
        assert "● 2 failed" in text(pilot)
        assert here.agenda.way == "mail"
        await press(pilot, "o")
        await until(pilot, "2 failed, 2 waiting")
        await press(pilot, "enter")
        await until(pilot, "No such mailbox [/x]")

    drive(almoner(mailing, tmp_path), steps, (120, 40))


def test_a_dry_run_writes_messages_and_marks_nothing(mailing: Database, tmp_path: Path) -> None:
    app = almoner(mailing, tmp_path)
    app.office.settings.calendar_folder = str(tmp_path / "dry")

    async def steps(pilot: Pilot[Any]) -> None:
        await opened_outbox(pilot)
        await press(pilot, "y", "ctrl+s")
        await until(pilot, "4 requests and 0 cancellations in")

    drive(app, steps, (120, 40))
    assert len(list((tmp_path / "dry").glob("*.eml"))) == 4
    with afresh(mailing) as fresh:
        assert outbox.outbox(fresh.reader()) == []


def test_a_folder_at_home_of_nobody_known_is_refused_in_the_form(mailing: Database, tmp_path: Path) -> None:
    app = almoner(mailing, tmp_path)
    app.office.settings.calendar_folder = "~nobody-of-that-name/x"

    async def steps(pilot: Pilot[Any]) -> None:
        await opened_outbox(pilot)
        await press(pilot, "y", "ctrl+s")
        await until(pilot, "cannot be found")

    drive(app, steps, (120, 40))


def test_the_screens_load_nothing_heavy_before_it_is_needed() -> None:
    screens = ("calendar_screen", "feeds_screen", "outbox_screen", "dialogs.export")
    assert not loaded_by("import " + ", ".join(f"tui.calendar.{name}" for name in screens)) & HEAVY


# what is read --------------------------------------------------------------------------------------------------------


def test_an_alarm_is_told_by_the_clock_on_the_wall(team: Database) -> None:
    book(team, date(2027, 7, 5))  # summer time: ten o'clock in London is nine in UTC
    found = read_agenda(team, "W2", TODAY, NOW)
    session = next(one for one in found.happenings if one.at)
    assert session.at == "10:00"
    assert session.alarm == datetime(2027, 7, 5, 9, 30)
    due = next(one for one in found.happenings if not one.at)
    assert due.alarm == datetime(2027, 3, 15, 9, 0)
