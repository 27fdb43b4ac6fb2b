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

from storage.records.database import Database
from storage.safety import backup, backup_retention
from storage.safety.daily_backup import keep, standing
from storage.safety.doctor import Finding, examine
from tests.clocks import clock_at

TODAY = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def said_of_backups(database: Database, today: date = TODAY) -> list[Finding]:
    return [finding for finding in examine(database, today) if finding.check == "backups"]


def test_the_first_opening_of_a_day_keeps_a_sound_copy_and_the_second_none(team: Database) -> None:
    assert keep(team.path, clock_at(NOW)) == ""
    ((_, first),) = backup_retention.kept(team.path)
    assert first.name == "almoner.db-20261120-090000Z-daily.db"
    assert backup.verify(first).rows["worker"] == 3
    assert keep(team.path, clock_at(NOW + timedelta(hours=2))) == ""
    assert len(backup_retention.kept(team.path)) == 1
    keep(team.path, clock_at(NOW + DAY))
    assert len(backup_retention.kept(team.path)) == 2


def test_another_backup_of_the_day_does_not_stand_for_it(team: Database) -> None:
    backup.automatic(team.path, "import", NOW)
    keep(team.path, clock_at(NOW + timedelta(minutes=1)))
    assert [file.name[-8:] for _, file in backup_retention.kept(team.path)] == ["daily.db", "mport.db"]


def test_of_two_programs_at_once_one_makes_it(team: Database) -> None:
    start, told = Barrier(4), []

    def opened() -> None:
        start.wait()
        told.append(keep(team.path, clock_at(NOW)))

    programs = [Thread(target=opened) for _ in range(4)]
    for program in programs:
        program.start()
    for program in programs:
        program.join()
    assert told == [""] * 4
    assert len(backup_retention.kept(team.path)) == 1


def test_while_another_program_makes_it_nothing_is_waited_for(team: Database) -> None:
    keep(team.path, clock_at(NOW - DAY))
    lock = backup_retention.folder_of(team.path) / "almoner.db-daily.lock"
    with contextlib.closing(sqlite3.connect(lock, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        assert keep(team.path, clock_at(NOW)) == ""
        assert len(backup_retention.kept(team.path)) == 1
    keep(team.path, clock_at(NOW))
    assert len(backup_retention.kept(team.path)) == 2


@pytest.mark.parametrize("ahead", [DAY, 400 * DAY])
@pytest.mark.parametrize("chosen", [False, True])
def test_two_whose_clocks_stand_on_different_days_make_one_each(
    team: Database, tmp_path: Path, ahead: timedelta, *, chosen: bool
) -> None:
    folder = str(tmp_path / "chosen") if chosen else ""
    (tmp_path / "chosen").mkdir()
    for hour in range(4):
        for now in (NOW + ahead, NOW):
            keep(team.path, clock_at(now + timedelta(hours=hour)), folder)
    made = backup_retention.kept(team.path, Path(standing(team.path).place) if chosen else None)
    assert [moment for moment, _ in made] == [NOW + ahead, NOW]


def test_a_note_of_a_day_far_to_come_keeps_nobody_from_making_the_days_backup(team: Database) -> None:
    keep(team.path, clock_at(NOW + 4000 * DAY))
    for n in range(3):
        keep(team.path, clock_at(NOW + n * DAY))
    assert [moment for moment, _ in backup_retention.kept(team.path)][1:] == [NOW + n * DAY for n in (2, 1, 0)]


def test_old_ones_are_thinned_by_the_plan_for_all(team: Database) -> None:
    for n in range(60):
        keep(team.path, clock_at(NOW + n * DAY))
    made = [moment for moment, _ in backup_retention.kept(team.path)]
    assert set(made) == backup_retention.to_keep((NOW + n * DAY for n in range(60)), NOW + 60 * DAY)
    assert len(made) < 7 + 4 + 12


# a chosen folder ------------------------------------------------------------------------------------------------------


def test_a_chosen_folder_holds_them_apart_for_each_database(team: Database, tmp_path: Path) -> None:
    chosen, elsewhere = tmp_path / "safe", tmp_path / "elsewhere"
    chosen.mkdir()
    elsewhere.mkdir()
    other = Path(shutil.copy(team.path, elsewhere / team.path.name))
    for n in range(2):
        keep(team.path, clock_at(NOW + n * DAY), str(chosen))
        keep(other, clock_at(NOW + n * DAY), str(chosen))
    assert sorted(len(list(place.glob("*.db"))) for place in chosen.iterdir()) == [2, 2]
    assert backup_retention.kept(team.path) == []
    assert "2 automatic backups, the last good one made" in said_of_backups(team)[0].message


def test_without_the_chosen_folder_it_lies_beside_the_database_and_that_is_told_once(
    team: Database, tmp_path: Path
) -> None:
    gone = tmp_path / "stick"
    told = keep(team.path, clock_at(NOW), str(gone))
    assert told == f"Today's backup lies beside the database, not where you chose: There is no folder {gone}."
    assert len(backup_retention.kept(team.path)) == 1
    assert not gone.exists(), "it may be a drive that is not connected"
    assert keep(team.path, clock_at(NOW), str(gone)) == ""
    note, good = said_of_backups(team)
    assert (note.state, good.state) == ("note", "ok")
    assert str(gone) in note.message
    gone.mkdir()
    assert keep(team.path, clock_at(NOW + DAY), str(gone)) == ""
    assert [finding.state for finding in said_of_backups(team)] == ["ok"]


# failure --------------------------------------------------------------------------------------------------------------


def test_a_failure_is_told_once_a_day_and_tried_again(team: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as during:
        during.setattr(backup, "sync_file", full)
        assert "no room left on the disk" in keep(team.path, clock_at(NOW))
        assert keep(team.path, clock_at(NOW)) == ""
        assert "no room left" in said_of_backups(team)[0].message
        assert "no room left" in keep(team.path, clock_at(NOW + DAY))
    assert backup_retention.kept(team.path) == []
    assert keep(team.path, clock_at(NOW + DAY)) == ""
    assert len(backup_retention.kept(team.path)) == 1
    assert standing(team.path).why == ""


def test_where_not_even_a_folder_can_be_made_it_is_told_and_nothing_raised(team: Database) -> None:
    backup_retention.folder_of(team.path).write_text("in the way")
    assert keep(team.path, clock_at(NOW)).startswith("Today's backup was not made: ")


@pytest.mark.parametrize("text", ["", "[]", "{", '{"day": "2026-11-20"}', '"x"', "\xff"])
def test_a_spoilt_note_counts_as_none(team: Database, text: str) -> None:
    keep(team.path, clock_at(NOW))
    (backup_retention.folder_of(team.path) / "almoner.db-daily.json").write_text(text, encoding="latin-1")
    assert standing(team.path).day == ""
    assert keep(team.path, clock_at(NOW + timedelta(minutes=1))) == ""
    assert standing(team.path).day == "2026-11-20"


def test_the_note_names_nobody(team: Database) -> None:
    keep(team.path, clock_at(NOW))
    note = backup_retention.folder_of(team.path) / "almoner.db-daily.json"
    assert json.loads(note.read_text()) == {"day": "2026-11-20", "place": "", "failed": "", "why": ""}


def test_the_last_good_one_is_named_even_below_a_damaged_one(team: Database) -> None:
    keep(team.path, clock_at(NOW - DAY))
    keep(team.path, clock_at(NOW))
    newest = backup_retention.kept(team.path)[0][1]
    newest.write_bytes(newest.read_bytes()[:9000])
    damaged, good = said_of_backups(team)
    assert (damaged.state, good.state) == ("problem", "ok")
    assert "the last good one made Thu 19 Nov 2026 at" in good.message
