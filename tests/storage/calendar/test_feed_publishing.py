"""Publishing: one file for each live address, rewritten only where something changed, removed where the right ended."""

from __future__ import annotations

import os
import random
import stat
from collections.abc import Callable
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from domain.core.enums import ChangeReason
from domain.core.errors import BadInput, Cancelled, StorageProblem
from storage.calendar import changed_since
from storage.calendar.feeds import feed_files, feed_tokens
from storage.calendar.recipients import people
from storage.cases.steps import give
from storage.demo.make import make
from storage.opening import open_database
from storage.records.database import Database
from storage.records.unit import Unit
from tests.clocks import CLOCK
from tests.storage.calendar.feedkit import TODAY, Office
from tests.units import amend, record


@pytest.fixture
def office(team: Database, tmp_path: Path) -> Office:
    return Office(team, tmp_path / "feeds")


def hold(database: Database, on: date, case: str = "C-1001") -> None:
    with database.unit("A. Hughes", TODAY) as unit:
        record(unit, "event", {"case": case, "kind": "lac_review_held", "on": on})
        unit.finish("Held a review")


def test_each_live_address_has_a_file_named_by_its_hash(office: Office) -> None:
    mine, teams = office.issue("W2"), office.issue("team:North")
    done = office.publish()
    assert {file.recipient for file in done.files} == {"W2", "team:North"}
    assert {path.name for path in office.folder.iterdir()} == {office.file(mine).name, office.file(teams).name}
    assert (done.unchanged, done.removed) == (0, 0)
    text = office.file(mine).read_bytes()
    assert text.startswith(b"BEGIN:VCALENDAR\r\n")
    assert b"\r\nREFRESH-INTERVAL;VALUE=DURATION:" in text


def test_a_web_server_may_read_the_files_and_nobody_may_list_them(office: Office) -> None:
    token = office.issue("W2")
    office.publish()
    assert stat.S_IMODE(office.file(token).stat().st_mode) == 0o644
    assert stat.S_IMODE(office.folder.stat().st_mode) == 0o711


def test_a_folder_that_was_there_keeps_its_rights(office: Office) -> None:
    office.folder.mkdir(mode=0o750)
    office.issue("W2")
    office.publish()
    assert stat.S_IMODE(office.folder.stat().st_mode) == 0o750


def test_nothing_is_touched_while_nothing_changes(office: Office) -> None:
    token = office.issue("W2")
    office.publish()
    before = office.file(token).stat()
    done = office.publish()
    assert (done.files, done.unchanged) == ([], 1)
    after = office.file(token).stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_one_change_costs_one_render_and_rewrites_those_it_concerns(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    for recipient in ("W1", "W2", "W3"):
        office.issue(recipient)
    office.publish()
    hold(office.database, date(2026, 11, 19))
    rendered: list[str] = []
    real = feed_files.render

    def watched(entries: Any, manner: Any, *, name: str, feed: bool) -> bytes:
        rendered.append(name)
        return real(entries, manner, name=name, feed=feed)

    monkeypatch.setattr(feed_files, "render", watched)
    (written,) = office.publish().files
    assert rendered == ["Almoner W2"]
    assert (written.recipient, written.changed) == ("W2", 2)  # the next review, and what this one leaves to write up


def test_reading_is_narrowed_to_those_a_change_can_concern(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    for recipient in ("W1", "W2", "W3"):
        office.issue(recipient)
    office.publish()
    read: list[list[str]] = []
    real = feed_files.gather
    monkeypatch.setattr(feed_files, "gather", lambda conn, who, today: read.append(list(who)) or real(conn, who, today))
    office.publish()
    assert read == []
    with office.database.unit("A. Hughes", TODAY) as unit:
        record(unit, "session", {"worker": "W3", "supervisor": "W1", "on": "2026-12-02"})
        unit.finish("Booked a session")
    assert {file.recipient for file in office.publish().files} == {"W1", "W3"}
    assert read == [["W1", "W3"]]
    office.today += timedelta(days=1)
    office.publish()
    assert read[-1] == ["W1", "W2", "W3"]  # another day moves what is in view for everybody


def test_a_file_that_somebody_damaged_or_deleted_is_put_right(office: Office) -> None:
    first, second = office.issue("W1"), office.issue("W2")
    office.publish()
    before = office.file(second).read_bytes()
    office.file(first).unlink()
    office.file(second).write_bytes(b"cut")
    assert {file.recipient for file in office.publish().files} == {"W1", "W2"}
    assert office.file(second).read_bytes() == before


def _database(file: Path) -> None:
    file.write_bytes(b"SQLite format 3\0" + bytes(4080))


def _link(file: Path) -> None:
    file.symlink_to(file.with_name("elsewhere"))


@pytest.mark.parametrize("stand", [_database, _link, os.mkfifo, Path.mkdir])
def test_what_must_not_be_replaced_stays_and_is_told_while_the_others_are_published(
    office: Office, stand: Callable[[Path], None]
) -> None:
    first, second = office.issue("W2"), office.issue("W3")
    office.publish()
    for token in (first, second):
        office.file(token).unlink()
    stand(office.file(first))
    before = office.file(first).lstat()
    for written in (["W3"], []):
        done = office.publish()
        assert [file.recipient for file in done.files] == written
        assert (done.unchanged, len(done.refused)) == (1 - len(written), 1)
        assert office.file(first).name in done.refused[0].message
        assert office.file(first).lstat() == before
    office.file(first).rmdir() if office.file(first).is_dir() else office.file(first).unlink()
    assert [file.recipient for file in office.publish().files] == ["W2"]


def test_a_database_is_not_taken_away_with_the_address_that_ended(office: Office) -> None:
    token = office.issue("W2")
    office.publish()
    _database(office.file(token))
    with pytest.raises(StorageProblem, match="could not be deleted"):
        feed_tokens.revoke(office.database, "W2", office.now)
    assert office.file(token).exists()
    assert office.publish().left == (office.file(token),)
    assert office.file(token).exists()


def test_what_ended_goes_and_what_is_not_ours_stays(office: Office) -> None:
    left, kept = office.issue("W2"), office.issue("W3")
    office.publish()
    for name in ("index.html", "a.ics", f"{'A' * 64}.ics", f"{'0' * 64}.txt"):
        (office.folder / name).write_text("theirs")
    (office.folder / f"{'0' * 64}.ics").write_text("unknown")
    with office.database.unit("A. Hughes", TODAY) as unit:
        amend(unit, "worker", "W2", {"leaves": "2026-11-19"})
        unit.finish("Left")
    assert office.publish().removed == 2
    assert not office.file(left).exists()
    assert office.file(kept).exists()
    assert len(list(office.folder.iterdir())) == 5


def test_revoked_while_publishing_goes_too(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    token = office.issue("W2")
    real = feed_files.write_atomically

    def slow(*given: Any, **more: Any) -> None:
        feed_tokens.revoke(office.database, "W2", office.now)
        real(*given, **more)

    monkeypatch.setattr(feed_files, "write_atomically", slow)
    assert office.publish().removed == 1
    assert not office.file(token).exists()


def test_the_time_of_change_only_goes_forward(office: Office) -> None:
    token = office.issue("W2")
    office.publish()
    before = office.file(token).stat().st_mtime
    office.now -= timedelta(days=30)  # somebody set the clock back
    hold(office.database, date(2026, 11, 19))
    office.publish()
    assert int(office.file(token).stat().st_mtime) >= int(before) + 1


def test_another_folder_gets_everything(office: Office, tmp_path: Path) -> None:
    token = office.issue("W2")
    office.publish()
    other = tmp_path / "other"
    assert len(office.publish(other).files) == 1
    assert (other / office.file(token).name).read_bytes() == office.file(token).read_bytes()
    hold(office.database, date(2026, 11, 19))
    assert len(office.publish(other).files) == 1
    assert len(office.publish().files) == 1  # the first one had not heard of it


def test_stopping_keeps_what_stands_and_goes_on_later(office: Office) -> None:
    issued = [office.issue(recipient) for recipient in ("W1", "W2", "W3")]
    with pytest.raises(Cancelled, match="1 of 3"):
        feed_files.publish(office.database, office.folder, TODAY, now=office.now, stopped=lambda: True)
    done = office.publish()
    assert len(done.files) + done.unchanged == 3
    assert all(office.file(token).read_bytes().startswith(b"BEGIN:VCALENDAR") for token in issued)
    assert office.publish().unchanged == 3


def test_a_full_disk_leaves_the_old_file_whole(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    token = office.issue("W2")
    office.publish()
    before = office.file(token).read_bytes()
    hold(office.database, date(2026, 11, 19))

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(StorageProblem, match="no space left"):
            office.publish()
    assert office.file(token).read_bytes() == before
    assert len(list(office.folder.iterdir())) == 1
    assert len(office.publish().files) == 1


def test_a_place_that_is_no_folder_is_refused(office: Office, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for place in (tmp_path / "file", tmp_path / "file" / "in", Path("a\0b")):
        with pytest.raises((BadInput, StorageProblem)):
            office.publish(place)


def test_an_earlier_state_put_back_is_published_as_it_is(office: Office, tmp_path: Path) -> None:
    from storage.safety.backup import backup, restore

    token = office.issue("W2")
    office.publish()
    first = office.file(token).read_bytes()
    backup(office.database, tmp_path / "copy.db")
    hold(office.database, date(2026, 11, 19))
    office.publish()
    assert office.file(token).read_bytes() != first
    path = office.database.path
    office.database.close()
    restore(tmp_path / "copy.db", path, CLOCK.real())
    with open_database(path, CLOCK) as database:
        office.database = database
        hold(database, date(2026, 11, 18))
        office.publish()
        again = Office(database, tmp_path / "fresh")
        again.publish()
        assert (again.folder / office.file(token).name).read_bytes() == office.file(token).read_bytes()


# against reading everything --------------------------------------------------------------------------------------


def changes(database: Database, rng: random.Random) -> None:
    """Record a few things of many kinds, as a week in an office does."""
    conn = database.reader()

    def one(query: str, **given: object) -> Any:
        """The values of one row, or the only value it has."""
        (*values,) = rng.choice(conn.rows(query, **given)).values()
        return values if len(values) > 1 else values[0]

    case, team = one("SELECT reference, team FROM cases WHERE closed IS NULL AND team IN (SELECT team FROM worker)")
    worker = one("SELECT staff_id FROM worker WHERE team = :team AND leaves IS NULL", team=team)
    holds = "role = 'allocated_worker' AND ends IS NULL"
    held = conn.value(f"""SELECT worker FROM allocation WHERE "case" = :case AND {holds}""", case=case)
    (staff, supervisor) = one("SELECT staff_id, supervisor FROM worker WHERE supervisor IS NOT NULL")
    day = TODAY - timedelta(days=rng.randrange(20))
    kind = one('SELECT DISTINCT kind FROM event WHERE "case" = :case', case=case)
    soon = TODAY + timedelta(days=rng.randrange(1, 60))

    def change(unit: Unit, what: str) -> None:
        if what == "event":
            record(unit, "event", {"case": case, "kind": kind, "on": day})
        elif what == "give" and held != worker:
            give(unit, case, worker, TODAY, reason=ChangeReason.OTHER if held else None)
        elif what == "session":
            record(unit, "session", {"worker": staff, "supervisor": supervisor, "on": soon})
        elif what == "action":
            record(unit, "action", {"what": "Ring", "case": case, "owner": staff, "due": soon, "set_on": TODAY})
        elif what == "close":
            amend(unit, "case", case, {"closed": TODAY})
        elif what == "move":
            planned = one("SELECT id FROM session WHERE state = 'planned'")
            amend(unit, "session", planned, {"on": soon})

    with database.unit("Somebody", TODAY) as unit:
        for what in rng.sample(["event", "give", "session", "action", "close", "move"], 3):
            with suppress(BadInput):  # two sessions at once, a case closed before it was opened
                change(unit, what)
        unit.finish("Some things")


@pytest.mark.slow
def test_the_narrowed_reading_gives_what_reading_everything_gives(tmp_path: Path) -> None:
    path = tmp_path / "demo.db"
    make(path, "team", 7, CLOCK)
    rng = random.Random(11)
    with open_database(path, CLOCK, actor="Somebody") as database:
        office, conn = Office(database, tmp_path / "feeds"), database.reader()
        teams = [f"team:{name}" for name in conn.values("SELECT name FROM team")]
        everybody = [*(person.staff_id for person in people(conn, TODAY)), *teams]
        for recipient in everybody:
            office.issue(recipient)
        office.publish()
        for _ in range(8):
            before = changed_since.basis(conn, TODAY)
            was = feed_files.gather(conn, everybody, TODAY)
            changes(database, rng)
            told = changed_since.moved(conn, before, changed_since.basis(conn, TODAY))
            found = feed_files.gather(conn, everybody, TODAY)
            assert told is not None
            assert {who for who in everybody if found[who].mark != was[who].mark} <= told
            office.publish()
            kept = conn.lookup("SELECT recipient, digest FROM calendar_export WHERE way = 'feed'")
            assert kept == {who: one.mark for who, one in found.items()}
