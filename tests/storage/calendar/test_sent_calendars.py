"""Putting an older copy back: what calendars gave out since is not taken back with the rest."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from storage.calendar.feeds.feed_tokens import issue, live, revoke
from storage.calendar.files import export
from storage.opening import open_database
from storage.records.database import Database
from storage.safety import backup
from tests.clocks import CLOCK
from tests.conftest import TODAY
from tests.storage.calendar.icsreader import events
from tests.units import amend, record

NOW = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)


def review(database: Database, folder: Path, now: datetime = NOW) -> tuple[str, int]:
    """Return the identity and count of the session as a file gives it now."""
    (written,) = export(database, [("W2", folder / "w2.ics")], TODAY, now=now)
    found = next(e for e in events(written.path.read_bytes()) if e.text("SUMMARY").startswith("Supervision ("))
    return found.text("UID"), int(found.text("SEQUENCE"))


def book(database: Database) -> None:
    with database.unit("A. Hughes", TODAY) as unit:
        record(unit, "session", {"worker": "W2", "supervisor": "W1", "on": "2026-11-25", "start": "10:00"})
        unit.finish("Booked")


def move(database: Database, start: str) -> None:
    with database.unit("A. Hughes", TODAY) as unit:
        amend(unit, "session", 1, {"start": start})
        unit.finish("Moved")


def restored(team: Database, copy: Path) -> Database:
    path = team.path
    team.close()
    backup.restore(copy, path, CLOCK.real())
    return open_database(path, CLOCK)


def test_a_count_goes_on_from_what_was_said_last(team: Database, tmp_path: Path) -> None:
    book(team)
    uid, _ = review(team, tmp_path)
    copy = backup.backup(team, tmp_path / "copy.db").path
    for start in ("11:00", "12:00", "13:00"):
        move(team, start)
        assert review(team, tmp_path, LATER)[0] == uid
    said = review(team, tmp_path, LATER)[1]
    with restored(team, copy) as database:
        assert review(database, tmp_path, LATER) == (uid, said + 1)  # ten o'clock again: a change like any other


def test_an_address_called_in_stays_called_in_and_a_new_one_stays_good(team: Database, tmp_path: Path) -> None:
    issue(team, "W1", "A. Hughes", TODAY, NOW)
    copy = backup.backup(team, tmp_path / "copy.db").path
    revoke(team, "W1", NOW)
    issue(team, "W2", "A. Hughes", TODAY, NOW)
    with restored(team, copy) as database:
        assert set(live(database.reader(), TODAY)) == {"W2"}


def test_the_records_are_those_of_the_copy(team: Database, tmp_path: Path) -> None:
    book(team)
    copy = backup.backup(team, tmp_path / "copy.db").path
    move(team, "15:00")
    with restored(team, copy) as database:
        assert database.reader().raw.execute("SELECT start FROM session").fetchall() == [("10:00",)]


@pytest.mark.parametrize("spoil", ["namespace", "format", "damage"])
def test_nothing_is_taken_from_another_or_a_broken_database(team: Database, tmp_path: Path, spoil: str) -> None:
    issue(team, "W1", "A. Hughes", TODAY, NOW)
    copy = backup.backup(team, tmp_path / "copy.db").path
    revoke(team, "W1", NOW)
    path = team.path
    team.close()
    with sqlite3.connect(path) as conn:
        if spoil == "namespace":
            conn.execute("UPDATE meta SET value = 'another' WHERE key = 'namespace'")
        if spoil == "format":
            conn.execute("PRAGMA user_version = 4")
        if spoil == "damage":
            conn.execute("DROP TABLE outbox")
    conn.close()
    backup.restore(copy, path, CLOCK.real())
    with open_database(path, CLOCK) as database:
        assert set(live(database.reader(), TODAY)) == {"W1"}
