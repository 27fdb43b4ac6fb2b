"""Calendar files as a worker gets them: whole, changed, one entry, withdrawals; and what stands when writing fails."""

from __future__ import annotations

import errno
import os
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from domain.calendar.wording import LOOK_BACK
from domain.core.errors import AlmonerError, Cancelled, NotFound, StorageProblem
from storage.calendar import files
from storage.calendar.acts import choose
from storage.calendar.choices import chosen
from storage.calendar.contents import gather
from storage.calendar.due_changes import carried
from storage.calendar.feeds.feed_files import publish
from storage.calendar.feeds.feed_tokens import issue
from storage.calendar.files import Written, export
from storage.calendar.recipients import team_targets
from storage.calendar.said_entries import known
from storage.calendar.status import SyncLine, preview, sync_states
from storage.files import atomic_write, outgoing
from storage.files.parallel_writes import together
from storage.opening import open_database
from storage.records.database import Database
from storage.records.undo import undo
from tests.clocks import CLOCK
from tests.conftest import TODAY
from tests.storage.calendar.icsreader import Part, events, read
from tests.units import amend, record

NOW = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
REVIEW = date(2027, 3, 16)
NEW_YEAR = date(2027, 1, 1)


def write(database: Database, folder: Path, who: str = "W2", name: str = "w2.ics", **how) -> list[Written]:
    when = {"today": TODAY, "now": NOW} | {key: how.pop(key) for key in ("today", "now") if key in how}
    return export(database, [(who, folder / name)], when["today"], now=when["now"], **how)


def whole(database: Database, folder: Path, who: str = "W2", **how) -> list[Part]:
    (written,) = write(database, folder, who, **how)
    return events(written.path.read_bytes())


def book(database: Database, on: str = "2026-11-25", start: str = "10:00", worker: str = "W2") -> int:
    with database.unit("A. Hughes", TODAY) as unit:
        session = record(unit, "session", {"worker": worker, "supervisor": "W1", "on": on, "start": start})
        unit.finish("Booked a session")
    return session.id


def change(database: Database, **fields) -> None:
    with database.unit("A. Hughes", TODAY) as unit:
        amend(unit, "session", 1, fields)
        unit.finish("Changed a session")


def hold(database: Database) -> None:
    """Hold the first review, so that the second is due on New Year's Day."""
    with database.unit("A. Hughes", TODAY) as unit:
        record(unit, "event", {"case": "C-1001", "kind": "lac_review_held", "on": "2026-10-01"})
        unit.finish("Held a review")


def close(database: Database) -> None:
    with database.unit("A. Hughes", TODAY) as unit:
        amend(unit, "case", "C-1001", {"closed": TODAY})
        unit.finish("Closed")


def wish(database: Database, who: str | None = "W2", **changes) -> bool:
    with database.unit("A. Hughes", TODAY) as unit:
        return choose(unit, who, changes)


def line(database: Database, who: str = "W2", now: datetime = NOW) -> SyncLine:
    return next(one for one in sync_states(database, TODAY, now, "North") if one.recipient == who)


# one entry, and what went --------------------------------------------------------------------------------------------


def test_one_entry_goes_out_alone_and_the_others_still_wait(team: Database, tmp_path: Path) -> None:
    book(team)
    (written,) = write(team, tmp_path, only_key="session:1")
    calendar = read(written.path.read_bytes())
    (event,) = calendar.parts
    assert event.start == datetime(2026, 11, 25, 10, tzinfo=UTC)
    assert not {"NAME", "X-WR-CALNAME", "METHOD"} & calendar.lines.keys()
    left = preview(team, "W2", TODAY, NOW).waiting("file").new
    assert left
    assert "session:1" not in {entry.reminder.key for entry in left}


def test_an_entry_that_is_not_there_is_named_and_nothing_is_written(team: Database, tmp_path: Path) -> None:
    for more in ({}, {"cancelled": True}):
        with pytest.raises(NotFound, match="session:9") as caught:
            write(team, tmp_path, only_key="session:9", **more)
        assert caught.value.field == "--event"
    assert list(tmp_path.glob("*.ics")) == []


def test_each_withdrawal_has_a_file_of_its_own_and_is_said_once(team: Database, tmp_path: Path) -> None:
    book(team)
    before = {event.uid: event for event in whole(team, tmp_path)}
    change(team, state="cancelled")
    close(team)
    out = tmp_path / "gone"
    out.mkdir()
    written = write(team, out, cancelled=True, now=NOW + timedelta(hours=1))
    assert [file.path.name for file in written] == ["w2.ics", *(f"w2-{n}.ics" for n in range(2, len(written) + 1))]
    assert written[0].what == "Supervision (ref W1), Wed 25 Nov 2026, 10:00 to 11:30"
    for file in written:
        calendar = read(file.path.read_bytes())
        (event,) = calendar.parts
        assert calendar.one("METHOD") == "CANCEL"
        assert event.one("STATUS") == "CANCELLED"
        assert event.sequence == before[event.uid].sequence + 1
        assert event.start == before[event.uid].start
        assert event.alarm is None
    assert write(team, out, cancelled=True, name="again.ics") == []
    assert not (out / "again.ics").exists()


def test_one_withdrawal_can_be_taken_alone(team: Database, tmp_path: Path) -> None:
    book(team)
    book(team, "2026-12-09")
    write(team, tmp_path)
    for number in (1, 2):
        with team.unit("A. Hughes", TODAY) as unit:
            amend(unit, "session", number, {"state": "cancelled"})
            unit.finish("Off")
    (file,) = write(team, tmp_path, name="one.ics", cancelled=True, only_key="session:2")
    assert "9 Dec" in file.what
    assert [entry.reminder.key for entry in preview(team, "W2", TODAY, NOW).waiting("file").gone] == ["session:1"]


def test_names_of_withdrawals_never_run_into_another_workers(team: Database, tmp_path: Path) -> None:
    targets = [("W2", tmp_path / "a.ics"), ("W1", tmp_path / "a-2.ics")]
    book(team)
    book(team, start="14:00", worker="W3")
    export(team, targets, TODAY, now=NOW)
    for number in (1, 2):
        with team.unit("A. Hughes", TODAY) as unit:
            amend(unit, "session", number, {"state": "cancelled"})
            unit.finish("Off")
    written = export(team, targets, TODAY, now=NOW, cancelled=True)
    assert sorted(file.path.name for file in written) == ["a-2-2.ics", "a-2.ics", "a.ics"]


# what holds and what waits -------------------------------------------------------------------------------------------


def test_a_calendar_is_never_exported_then_current_then_waits(team: Database, tmp_path: Path) -> None:
    assert line(team).file.state == "never"
    write(team, tmp_path)
    assert (line(team).file.state, line(team).file.waiting, line(team).file.at) == ("current", 0, NOW)
    book(team)
    after = line(team, now=NOW + timedelta(minutes=1))
    assert (after.file.state, after.file.waiting) == ("waiting", 1)
    assert (after.feed.state, after.mail.state) == ("off", "off")


def test_a_feed_is_off_until_there_is_an_address_then_follows_what_changes(team: Database, tmp_path: Path) -> None:
    assert line(team).feed.state == "off"
    issue(team, "W2", "A. Hughes", TODAY, NOW)
    assert line(team).feed.state == "never"
    publish(team, tmp_path / "feeds", TODAY, now=NOW)
    assert (line(team).feed.state, line(team).feed.at) == ("current", NOW)
    write(team, tmp_path)  # another way out, which the feed does not mind
    assert line(team).feed.state == "current"
    book(team)
    after = line(team, now=NOW + timedelta(minutes=1)).feed
    assert (after.state, after.waiting) == ("waiting", 1)


def test_mail_waits_only_as_far_ahead_as_it_reaches(team: Database) -> None:
    with team.unit("A. Hughes", TODAY) as unit:
        amend(unit, "worker", "W2", {"email": "w2@council.example"})
        unit.finish("Gave an address")
    wish(team, by_mail=True)
    book(team)
    far = line(team).mail
    assert (far.state, far.waiting) == ("never", len(preview(team, "W2", TODAY, NOW).current))
    wish(team, None, mail_ahead=7)
    assert line(team).mail.waiting == 1


def test_a_preview_writes_nothing(team: Database) -> None:
    before = team.path.read_bytes()
    carried = preview(team, "W2", TODAY, NOW)
    assert len(carried.waiting("file").new) == len(carried.current) > 0
    sync_states(team, TODAY, NOW)
    assert team.path.read_bytes() == before


def test_every_team_has_a_line_of_its_own(team: Database) -> None:
    lines = sync_states(team, TODAY, NOW)
    assert [one.recipient for one in lines] == ["W1", "W2", "W3", "team:North"]
    assert lines[-1].events > 0


def test_the_teams_own_calendar_is_a_file_of_its_own(team: Database, tmp_path: Path) -> None:
    book(team)
    (written,) = write(team, tmp_path, "team:North", "north.ics")
    calendar = read(written.path.read_bytes())
    assert calendar.one("X-WR-CALNAME") == "Almoner team"
    assert REVIEW in {event.start for event in calendar.parts}
    assert sum(event.text("SUMMARY").startswith("Supervision (ref W2)") for event in calendar.parts) == 1


def test_a_teams_name_is_not_in_its_calendar_since_it_may_tell_of_legal_status(team: Database, tmp_path: Path) -> None:
    book(team)
    (written,) = write(team, tmp_path, "team:North", "shared.ics")
    assert b"north" not in written.path.read_bytes().lower()


# choices -------------------------------------------------------------------------------------------------------------


def test_what_somebody_who_left_still_holds_by_the_records_is_the_managers(team: Database) -> None:
    with team.unit("A. Hughes", TODAY) as unit:
        amend(unit, "worker", "W2", {"line_manager": "W1", "leaves": TODAY - timedelta(days=1)})
        unit.finish("Left")
    found = gather(team.reader(), ["W1", "W2"], TODAY)
    assert found["W2"].lines == ()
    assert ("C-1001", "unallocated") in {(line.reference, line.kind) for line in found["W1"].lines}


def test_a_choice_changes_only_what_it_names(team: Database) -> None:
    assert wish(team, None, kinds={"visit": False}, leads={"review": 5})
    assert wish(team, kinds={"review": False})
    assert wish(team, kinds={"visit": True}, leads={"review": 0})
    held = chosen(team.reader(), "W2")
    assert (held.kinds["review"].value, held.kinds["review"].origin) == (False, "own")
    assert (held.kinds["visit"].value, held.kinds["visit"].origin) == (True, "own")
    assert (held.leads["review"].value, held.leads["review"].origin) == (0, "own")
    assert wish(team, kinds={"review": None, "visit": None}, leads={"review": None})
    held = chosen(team.reader(), "W2")
    assert (held.kinds["visit"].value, held.kinds["visit"].origin) == (False, "council")
    assert (held.leads["review"].value, held.kinds["review"].origin) == (5, "usual")
    assert not wish(team, kinds={"review": None})


def test_an_empty_choice_is_no_change(team: Database) -> None:
    assert not wish(team, by_mail=False)
    assert team.reader().raw.execute("SELECT count(*) FROM calendar_choice").fetchone() == (0,)


def test_choices_are_taken_back_like_any_change(team: Database, tmp_path: Path) -> None:
    before = [event.lines for event in whole(team, tmp_path)]
    wish(team, privacy="none")
    assert all("C-1001" not in event.text("SUMMARY") for event in whole(team, tmp_path, now=NOW + timedelta(hours=1)))
    with team.unit("A. Hughes", TODAY) as unit:
        undo(unit)
    after = [event.lines for event in whole(team, tmp_path, now=NOW + timedelta(hours=2))]
    assert [one["SUMMARY"] for one in after] == [one["SUMMARY"] for one in before]
    assert {event["SEQUENCE"][0][1] for event in after} >= {"2"}


def test_an_earlier_notice_is_an_entry_of_its_own(team: Database, tmp_path: Path) -> None:
    hold(team)
    wish(team, leads={"review": 10})
    found = whole(team, tmp_path)
    (review,) = (event for event in found if event.text("SUMMARY") == "Review due (ref C-1001)")
    (notice,) = (event for event in found if event.text("SUMMARY") == "On Fri 1 Jan 2027: Review due (ref C-1001)")
    assert review.start == NEW_YEAR
    assert notice.start == date(2026, 12, 16)  # ten working days: Christmas, Boxing Day and two weekends lie between
    assert notice.uid != review.uid
    assert all(len(event.parts) == 1 for event in found)


def test_a_notice_of_long_ago_falls_out_though_its_entry_stands(team: Database, tmp_path: Path) -> None:
    hold(team)
    wish(team, leads={"review": 30})
    notice = next(e for e in preview(team, "W2", TODAY, NOW).current if e.reminder.key.startswith("lead:"))
    assert notice.reminder.day is not None
    marks = set()
    for days, stands in ((30, True), (31, False)):
        day = notice.reminder.day + timedelta(days=days)
        (one,) = gather(team.reader(), ["W2"], day).values()
        marks.add(one.mark)
        keys = {entry.reminder.key for entry in preview(team, "W2", day, NOW).current}
        assert (notice.reminder.key in keys) is stands
        assert notice.reminder.key.removeprefix("lead:") in keys
    assert len(marks) == 2


CLOSED = """
kind = "terms"
id = "ours"
title = "Ours"
version = "1"
closures = [2027-02-17, 2027-02-18, 2027-02-19]
terms = [{ name = "Spring", first = 2027-01-04, last = 2027-03-25 }]
"""


@pytest.mark.parametrize(
    ("due", "rings"),
    [
        (date(2026, 12, 29), date(2026, 12, 24)),  # over Christmas Day, a weekend, and Boxing Day on the Monday
        (date(2027, 3, 30), date(2027, 3, 25)),  # over Easter
        (date(2026, 8, 31), date(2026, 8, 28)),  # on a bank holiday
        (date(2027, 2, 20), date(2027, 2, 16)),  # on a Saturday, after days on which the council is closed
    ],
)
def test_an_alarm_rings_at_nine_on_the_last_day_somebody_is_at_work(
    team: Database, tmp_path: Path, due: date, rings: date
) -> None:
    hold(team)
    packs = team.path.with_suffix(".packs")
    packs.mkdir()
    (packs / "ours.toml").write_text(CLOSED, encoding="utf-8")
    with open_database(team.path, CLOCK) as again:
        with files.writing(again) as conn:
            moved = "UPDATE obligation SET legal_due = :due, plan_by = :due WHERE legal_due = :was"
            conn.change(moved, due=due, was=NEW_YEAR)
        event = next(e for e in whole(again, tmp_path, today=due - timedelta(days=9)) if e.start == due)
    assert event.alarm is not None
    assert datetime(due.year, due.month, due.day) - event.alarm == datetime(rings.year, rings.month, rings.day, 9)


def test_what_somebody_changed_since_it_was_read_is_read_again_before_it_is_counted(team: Database) -> None:
    book(team)
    read_then = gather(team.reader(), ["W2"], TODAY)
    change(team, start="14:00")
    ((_, now),) = carried(team, read_then.values(), TODAY, NOW)
    (session,) = [e.reminder.starts_at for e in now.current if e.reminder.starts_at]
    assert session == datetime(2026, 11, 25, 14, 0, tzinfo=UTC)


# privacy -------------------------------------------------------------------------------------------------------------


def test_a_withdrawal_says_no_more_than_is_allowed_by_now(team: Database, tmp_path: Path) -> None:
    wish(team, None, initials_allowed=True, privacy="initials")
    assert any("J.D." in event.text("SUMMARY") for event in whole(team, tmp_path))
    wish(team, None, initials_allowed=False, privacy="reference")
    close(team)
    written = write(team, tmp_path, name="gone.ics", cancelled=True, now=NOW + timedelta(hours=1))
    assert written
    assert all(b"C-1001" in file.path.read_bytes() for file in written)
    assert not any(b"J.D." in file.path.read_bytes() or "J.D." in file.what for file in written)


def test_what_was_withdrawn_or_is_over_is_forgotten_but_for_its_count(team: Database, tmp_path: Path) -> None:
    book(team)
    write(team, tmp_path)
    change(team, state="cancelled")
    write(team, tmp_path, cancelled=True, now=NOW + timedelta(hours=1))
    write(team, tmp_path, now=NOW + timedelta(hours=2))
    kept = known(team.reader(), "W2")
    assert (kept["session:1"].shown, kept["session:1"].sequence) == ("", 1)
    assert any(one.shown for one in kept.values())
    change(team, state="planned")
    back = next(e for e in whole(team, tmp_path, now=NOW + timedelta(hours=3)) if isinstance(e.start, datetime))
    assert back.sequence == 2
    later = REVIEW + LOOK_BACK * 20
    write(team, tmp_path, today=later, now=datetime(later.year, later.month, later.day, 8, tzinfo=UTC))
    assert not any(one.shown for one in known(team.reader(), "W2").values() if not one.gone)


@pytest.mark.parametrize(("minutes", "is_told"), [(-1, True), (0, False), (1, False)])
def test_a_cancelled_session_is_withdrawn_only_before_it_begins(
    team: Database, tmp_path: Path, minutes: int, is_told: bool
) -> None:
    book(team)
    write(team, tmp_path)
    change(team, state="cancelled")
    now = datetime(2026, 11, 25, 10, tzinfo=UTC) + timedelta(minutes=minutes)
    carried = preview(team, "W2", now.date(), now)
    assert ("session:1" in {entry.reminder.key for entry in carried.gone}) is is_told
    assert ("session:1" in carried.over) is not is_told


@pytest.mark.parametrize(("days", "is_told"), [(30, True), (31, False)])
def test_a_due_date_taken_away_is_withdrawn_as_long_as_it_would_be_shown(
    team: Database, tmp_path: Path, days: int, is_told: bool
) -> None:
    write(team, tmp_path)
    shown = {entry.reminder.key for entry in preview(team, "W2", TODAY, NOW).current if entry.reminder.day == REVIEW}
    close(team)
    later = NOW + (REVIEW - TODAY) + timedelta(days=days)
    gone = {entry.reminder.key for entry in preview(team, "W2", later.date(), later).gone}
    assert shown
    assert shown & gone == (shown if is_told else set())


# stable --------------------------------------------------------------------------------------------------------------


def test_a_clock_set_back_never_makes_a_change_look_older(team: Database, tmp_path: Path) -> None:
    book(team)
    whole(team, tmp_path)
    change(team, start="14:00")
    moved = next(e for e in whole(team, tmp_path, now=NOW - timedelta(days=3)) if isinstance(e.start, datetime))
    assert moved.sequence == 1
    assert moved.when("DTSTAMP") == moved.when("LAST-MODIFIED") == NOW
    change(team, state="cancelled")
    (gone,) = write(team, tmp_path, name="gone.ics", cancelled=True, now=NOW - timedelta(days=9))
    (event,) = events(gone.path.read_bytes())
    assert (event.sequence, event.when("DTSTAMP")) == (2, NOW)


def test_only_what_changed_is_said_anew(team: Database, tmp_path: Path) -> None:
    book(team)
    before = {event.uid: event.lines for event in whole(team, tmp_path)}
    change(team, start="14:00")
    after = {event.uid: event.lines for event in whole(team, tmp_path, now=NOW + timedelta(days=1))}
    different = [uid for uid in after if after[uid] != before[uid]]
    assert len(different) == 1
    assert after.keys() == before.keys()


@pytest.mark.parametrize(
    ("on", "start", "utc"),
    [
        ("2027-03-27", "10:00", "20270327T100000Z"),
        ("2027-03-28", "10:00", "20270328T090000Z"),
        ("2027-03-28", "01:30", "20270328T013000Z"),  # a time that the clock skips: as if it had not
        ("2027-10-30", "10:00", "20271030T090000Z"),
        ("2027-10-31", "10:00", "20271031T100000Z"),
        ("2027-10-31", "01:30", "20271031T003000Z"),  # a time that comes twice: the first
    ],
)
def test_sessions_stand_at_their_time_across_both_changes_of_the_clock(
    team: Database, tmp_path: Path, on: str, start: str, utc: str
) -> None:
    book(team, on, start)
    event = next(e for e in whole(team, tmp_path) if isinstance(e.start, datetime))
    assert event.one("DTSTART") == utc
    assert event.when("DTEND") - event.when("DTSTART") == timedelta(minutes=90)
    assert event.alarm == timedelta(minutes=30)


# many, and stopping --------------------------------------------------------------------------------------------------


def targets(database: Database, folder: Path) -> list[tuple[str, Path]]:
    return team_targets(database.reader(), "North", folder, TODAY)


def test_progress_is_told_file_by_file(team: Database, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    export(team, targets(team, tmp_path), TODAY, now=NOW, progress=lambda *one: told.append(one))
    assert told == [(1, 3), (2, 3), (3, 3)]


def test_stopping_keeps_what_stands_and_goes_on_later(team: Database, tmp_path: Path) -> None:
    told: list[int] = []
    with pytest.raises(Cancelled, match="1 of 3"):
        export(
            team,
            targets(team, tmp_path),
            TODAY,
            now=NOW,
            progress=lambda done, _: told.append(done),
            stopped=lambda: bool(told),
        )
    assert line(team, "W1").file.state == "current"
    assert line(team, "W3").file.state == "never"
    assert not list(tmp_path.glob(".almoner-*"))
    assert len(export(team, targets(team, tmp_path), TODAY, now=NOW)) == 3


def test_nobody_is_locked_out_while_files_are_written(
    team: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slow(path: Path, data: bytes, **how: bool) -> None:
        with files.writing(team) as conn:  # would wait ten seconds and fail, were the lock held
            conn.change("UPDATE meta SET value = value WHERE key = 'namespace'")
        atomic_write.write_atomically(path, data, **how)

    monkeypatch.setattr(outgoing, "write_atomically", slow)
    assert len(export(team, targets(team, tmp_path), TODAY, now=NOW)) == 3


def test_several_wait_at_once_and_come_in_order() -> None:
    assert list(together(lambda n=n: n for n in range(50))) == list(range(50))


def test_the_first_that_fails_ends_the_rest() -> None:
    begun: list[int] = []

    def call(n: int) -> int:
        begun.append(n)
        if n == 3:
            raise OSError(errno.ENOSPC, "No space left on device")
        return n

    with pytest.raises(OSError, match="No space"):
        list(together(lambda n=n: call(n) for n in range(1_000)))
    assert len(begun) < 30


# places that cannot be written ---------------------------------------------------------------------------------------


def refused(database: Database, folder: Path, name: str = "w2.ics", **how) -> AlmonerError:
    """What is said when a file cannot be written; nothing may count as exported."""
    with pytest.raises(StorageProblem) as caught:
        write(database, folder, name=name, **how)
    assert caught.value.hint
    assert line(database).file.state == "never"
    assert not list(folder.glob("**/.almoner-*"))
    return caught.value


@pytest.mark.parametrize("place", ["missing/w2.ics", "file/w2.ics", "folder", "nul\0.ics", "x" * 300 + ".ics"])
def test_a_place_that_cannot_be_written_is_said_so(team: Database, tmp_path: Path, place: str) -> None:
    (tmp_path / "file").write_bytes(b"")
    (tmp_path / "folder").mkdir()
    refused(team, tmp_path, place)


def test_a_link_is_not_written_through(team: Database, tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(b"keep")
    (tmp_path / "w2.ics").symlink_to(tmp_path / "secret")
    assert "link" in str(refused(team, tmp_path))
    assert (tmp_path / "secret").read_bytes() == b"keep"


@pytest.mark.skipif(os.name == "nt" or not os.geteuid(), reason="an administrator may write anywhere")
def test_a_folder_that_may_not_be_written_is_said_so(team: Database, tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o500)
    assert "not allowed" in str(refused(team, closed))


def test_a_file_open_elsewhere_stays_as_it_is(team: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = b"BEGIN:VCALENDAR\r\nPRODID:-//Almoner//Almoner 1.0//EN\r\n"
    (tmp_path / "w2.ics").write_bytes(old)

    def held(*_: object) -> None:
        raise PermissionError(errno.EACCES, "The process cannot access the file")

    monkeypatch.setattr(Path, "replace", held)
    assert "open in another program" in str(refused(team, tmp_path))
    assert (tmp_path / "w2.ics").read_bytes() == old


@pytest.mark.parametrize("cancelled", [False, True])
def test_a_full_disk_leaves_what_stands_and_says_the_rest_next_time(
    team: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cancelled: bool
) -> None:
    book(team)
    book(team, start="14:00", worker="W3")
    where = targets(team, tmp_path)
    if cancelled:
        export(team, where, TODAY, now=NOW)
        for number in (1, 2):
            with team.unit("A. Hughes", TODAY) as unit:
                amend(unit, "session", number, {"state": "cancelled"})
                unit.finish("Off")
    real = atomic_write.write_atomically

    def full(path: Path, data: bytes, **how: bool) -> None:
        if path.name == "w2.ics":
            monkeypatch.setattr(atomic_write.os, "fsync", no_space)
        real(path, data, **how)

    def no_space(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(outgoing, "write_atomically", full)
    old = (tmp_path / "w2.ics").read_bytes() if cancelled else None
    with pytest.raises(StorageProblem, match="no space left"):
        export(team, where, TODAY, now=NOW, cancelled=cancelled)
    monkeypatch.undo()
    assert ((tmp_path / "w2.ics").read_bytes() if cancelled else None) == old
    assert not list(tmp_path.glob(".almoner-*"))
    waiting = preview(team, "W2", TODAY, NOW).waiting("file")
    assert waiting.gone if cancelled else waiting.new
    again = export(team, where, TODAY, now=NOW, cancelled=cancelled)
    assert "W2" in {file.recipient for file in again}
