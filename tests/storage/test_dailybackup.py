"""The day's backup: once a day whoever comes first, where it was wished for, and told once when it was not made."""

from __future__ import annotations

import contextlib
import json
import shutil
import sqlite3
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from threading import Barrier, Thread

import pytest

from storage import backup, keeping
from storage.dailybackup import keep, standing
from storage.database import Database
from storage.doctor import Finding, examine

TODAY = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def said_of_backups(database: Database, today: date = TODAY) -> list[Finding]:
    return [finding for finding in examine(database, today) if finding.check == "backups"]


def test_the_first_opening_of_a_day_keeps_a_sound_copy_and_the_second_none(team: Database) -> None:
    assert keep(team.path, TODAY, now=NOW) == ""
    ((_, first),) = keeping.kept(team.path)
    assert first.name == "almoner-20261120-090000Z-daily.db"
    assert backup.verify(first).rows["worker"] == 3
    assert keep(team.path, TODAY, now=NOW + timedelta(hours=2)) == ""
    assert len(keeping.kept(team.path)) == 1
    keep(team.path, TODAY + DAY, now=NOW + DAY)
    assert len(keeping.kept(team.path)) == 2


def test_another_backup_of_the_day_does_not_stand_for_it(team: Database) -> None:
    backup.automatic(team.path, "import", NOW)
    keep(team.path, TODAY, now=NOW + timedelta(minutes=1))
    assert [file.name[-8:] for _, file in keeping.kept(team.path)] == ["daily.db", "mport.db"]


def test_of_two_programs_at_once_one_makes_it(team: Database) -> None:
    start, told = Barrier(4), []

    def opened() -> None:
        start.wait()
        told.append(keep(team.path, TODAY, now=NOW))

    programs = [Thread(target=opened) for _ in range(4)]
    for program in programs:
        program.start()
    for program in programs:
        program.join()
    assert told == [""] * 4
    assert len(keeping.kept(team.path)) == 1


def test_while_another_program_makes_it_nothing_is_waited_for(team: Database) -> None:
    keep(team.path, TODAY - DAY, now=NOW - DAY)
    lock = keeping.folder_of(team.path) / "almoner-daily.lock"
    with contextlib.closing(sqlite3.connect(lock, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        assert keep(team.path, TODAY, now=NOW) == ""
        assert len(keeping.kept(team.path)) == 1
    keep(team.path, TODAY, now=NOW)
    assert len(keeping.kept(team.path)) == 2


def test_old_ones_are_thinned_by_the_plan_for_all(team: Database) -> None:
    for n in range(60):
        keep(team.path, TODAY + n * DAY, now=NOW + n * DAY)
    made = [moment for moment, _ in keeping.kept(team.path)]
    assert set(made) == keeping.to_keep(NOW.replace(tzinfo=UTC) + n * DAY for n in range(60))
    assert len(made) < 7 + 4 + 12


# a chosen folder ------------------------------------------------------------------------------------------------------


def test_a_chosen_folder_holds_them_apart_for_each_database(team: Database, tmp_path: Path) -> None:
    chosen, elsewhere = tmp_path / "safe", tmp_path / "elsewhere"
    chosen.mkdir()
    elsewhere.mkdir()
    other = Path(shutil.copy(team.path, elsewhere / team.path.name))
    for n in range(2):
        keep(team.path, TODAY + n * DAY, str(chosen), NOW + n * DAY)
        keep(other, TODAY + n * DAY, str(chosen), NOW + n * DAY)
    assert sorted(len(list(place.glob("*.db"))) for place in chosen.iterdir()) == [2, 2]
    assert keeping.kept(team.path) == []
    assert "2 automatic backups, the last good one made" in said_of_backups(team)[0].message


def test_without_the_chosen_folder_it_lies_beside_the_database_and_that_is_told_once(
    team: Database, tmp_path: Path
) -> None:
    gone = tmp_path / "stick"
    told = keep(team.path, TODAY, str(gone), NOW)
    assert told == f"Today's backup lies beside the database, not where you chose: There is no folder {gone}."
    assert len(keeping.kept(team.path)) == 1
    assert not gone.exists(), "it may be a drive that is not connected"
    assert keep(team.path, TODAY, str(gone), NOW) == ""
    note, good = said_of_backups(team)
    assert (note.state, good.state) == ("note", "ok")
    assert str(gone) in note.message
    gone.mkdir()
    assert keep(team.path, TODAY + DAY, str(gone), NOW + DAY) == ""
    assert [finding.state for finding in said_of_backups(team)] == ["ok"]


# failure --------------------------------------------------------------------------------------------------------------


def test_a_failure_is_told_once_a_day_and_tried_again(team: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as during:
        during.setattr(backup, "sync_file", full)
        assert "no room left on the disk" in keep(team.path, TODAY, now=NOW)
        assert keep(team.path, TODAY, now=NOW) == ""
        assert "no room left" in said_of_backups(team)[0].message
        assert "no room left" in keep(team.path, TODAY + DAY, now=NOW + DAY)
    assert keeping.kept(team.path) == []
    assert keep(team.path, TODAY + DAY, now=NOW + DAY) == ""
    assert len(keeping.kept(team.path)) == 1
    assert standing(team.path).why == ""


def test_where_not_even_a_folder_can_be_made_it_is_told_and_nothing_raised(team: Database) -> None:
    keeping.folder_of(team.path).write_text("in the way")
    assert keep(team.path, TODAY, now=NOW).startswith("Today's backup was not made: ")


@pytest.mark.parametrize("text", ["", "[]", "{", '{"day": "2026-11-20"}', '"x"', "\xff"])
def test_a_spoilt_note_counts_as_none(team: Database, text: str) -> None:
    keep(team.path, TODAY, now=NOW)
    (keeping.folder_of(team.path) / "almoner-daily.json").write_text(text, encoding="latin-1")
    assert standing(team.path).day == ""
    assert keep(team.path, TODAY, now=NOW + timedelta(minutes=1)) == ""
    assert standing(team.path).day == "2026-11-20"


def test_the_note_names_nobody(team: Database) -> None:
    keep(team.path, TODAY, now=NOW)
    note = keeping.folder_of(team.path) / "almoner-daily.json"
    assert json.loads(note.read_text()) == {"day": "2026-11-20", "place": "", "failed": "", "why": ""}


def test_the_last_good_one_is_named_even_below_a_damaged_one(team: Database) -> None:
    keep(team.path, TODAY - DAY, now=NOW - DAY)
    keep(team.path, TODAY, now=NOW)
    newest = keeping.kept(team.path)[0][1]
    newest.write_bytes(newest.read_bytes()[:9000])
    damaged, good = said_of_backups(team)
    assert (damaged.state, good.state) == ("problem", "ok")
    assert "the last good one made Thu 19 Nov 2026 at" in good.message
