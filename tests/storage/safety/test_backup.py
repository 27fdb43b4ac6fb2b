"""Backups: whole or not there at all, checked before they are trusted, and never at the cost of anything."""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.core.errors import StorageProblem
from storage.database import sqlite
from storage.files.companion_files import namesakes
from storage.files.outgoing import AlreadyThere
from storage.opening import open_database
from storage.records.database import Database
from storage.safety import backup, backup_retention
from tests.clocks import CLOCK
from tests.raw import connect

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


def note(path: Path, text: str) -> None:
    with contextlib.closing(connect(path)) as own:
        own.execute("INSERT OR REPLACE INTO meta VALUES ('note', ?)", (text,))


def noted(path: Path) -> str:
    with contextlib.closing(connect(path)) as own:
        return str(own.execute("SELECT value FROM meta WHERE key = 'note'").fetchone()[0])


@pytest.fixture
def live(database: Database) -> Database:
    note(database.path, "first")
    with contextlib.closing(connect(database.path)) as own:
        own.execute(
            "INSERT INTO change_set VALUES "
            "(1, 'A. Hughes', 'ahughes', '2026-11-20T10:00:00Z', 'x', NULL, 0, 'c', 'abc')"
        )
    return database


def test_a_backup_holds_everything_and_says_so(live: Database, tmp_path: Path) -> None:
    receipt = backup.backup(live, tmp_path / "copy.db")
    content = json.loads(receipt.sidecar.read_text())
    assert content["sha256"] == receipt.sha256 == backup.digest(receipt.path)
    assert content["head"] == "abc"
    assert content["format"] == sqlite.FORMAT
    assert content["rows"]["change_set"] == 1
    assert content["size"] == receipt.path.stat().st_size
    assert noted(receipt.path) == "first"
    for file in (receipt.path, receipt.sidecar):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_backup_can_be_made_while_somebody_is_in_the_middle_of_a_change(live: Database, tmp_path: Path) -> None:
    with contextlib.closing(connect(live.path)) as other:
        other.execute("BEGIN IMMEDIATE")
        other.execute("UPDATE meta SET value = 'half done' WHERE key = 'note'")
        receipt = backup.backup(live, tmp_path / "copy.db")
        other.execute("COMMIT")
    assert noted(receipt.path) == "first"
    assert noted(live.path) == "half done"


def test_a_newer_backup_replaces_an_older_one(live: Database, tmp_path: Path) -> None:
    backup.backup(live, tmp_path / "copy.db")
    note(live.path, "second")
    receipt = backup.backup(live, tmp_path / "copy.db")
    assert noted(receipt.path) == "second"
    assert backup.verify(receipt.path).sha256 == json.loads(receipt.sidecar.read_text())["sha256"]


def test_a_crash_while_replacing_an_older_one_leaves_it_sound_and_replaceable(
    live: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    backup.backup(live, tmp_path / "copy.db")
    note(live.path, "second")
    rename = Path.replace

    def crash(self: Path, target: Path) -> Path:
        if target.suffix == ".db":
            raise KeyboardInterrupt
        return rename(self, target)

    for _ in range(2):
        with monkeypatch.context() as during:
            during.setattr(Path, "replace", crash)
            with pytest.raises(KeyboardInterrupt):
                backup.backup(live, tmp_path / "copy.db")
        backup.verify(tmp_path / "copy.db")
        assert noted(tmp_path / "copy.db") == "first"
    backup.backup(live, tmp_path / "copy.db")
    assert noted(tmp_path / "copy.db") == "second"


def test_no_other_file_is_ever_replaced(live: Database, tmp_path: Path) -> None:
    (tmp_path / "letter.docx").write_text("Dear")
    (tmp_path / "folder").mkdir()
    open_database(tmp_path / "another-team.db", CLOCK, create=True).close()
    (tmp_path / "link.db").symlink_to(tmp_path / "letter.docx")
    for name in ("letter.docx", "folder", "another-team.db", "link.db", live.path.name):
        with pytest.raises(StorageProblem):
            backup.backup(live, tmp_path / name)
    assert (tmp_path / "letter.docx").read_text() == "Dear"
    assert noted(live.path) == "first"


def test_a_missing_folder_is_not_made_up(live: Database, tmp_path: Path) -> None:
    with pytest.raises(StorageProblem, match="connect the drive"):
        backup.backup(live, tmp_path / "stick" / "copy.db")
    assert not (tmp_path / "stick").exists()


def test_a_damaged_database_gives_no_backup(live: Database, tmp_path: Path) -> None:
    live.close()
    content = bytearray(live.path.read_bytes())
    content[5 * 4096 : 6 * 4096] = os.urandom(4096)
    live.path.write_bytes(content)
    (tmp_path / "out").mkdir()
    with pytest.raises(StorageProblem):
        backup.copy(live.path, tmp_path / "out" / "copy.db", CLOCK.real())
    assert list((tmp_path / "out").iterdir()) == []


def test_a_full_disk_gives_no_backup_and_leaves_no_scraps(
    live: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(backup, "sync_file", full)
    (tmp_path / "out").mkdir()
    with pytest.raises(StorageProblem, match="no room left"):
        backup.backup(live, tmp_path / "out" / "copy.db")
    assert list((tmp_path / "out").iterdir()) == []


# --- putting one back ---


def test_restoring_puts_back_what_was_and_keeps_what_it_replaces(live: Database, tmp_path: Path) -> None:
    kept = backup.backup(live, tmp_path / "copy.db")
    note(live.path, "second")
    live.close()
    receipt = backup.restore(kept.path, live.path, CLOCK.real())
    assert noted(live.path) == "first"
    assert receipt.aside is not None
    assert noted(receipt.aside) == "second"
    assert receipt.rows == kept.rows
    assert stat.S_IMODE(live.path.stat().st_mode) == 0o600
    assert backup.verify(kept.path).sha256 == kept.sha256, "the backup itself is untouched"
    open_database(live.path, CLOCK).close()


def test_restoring_works_where_nothing_is_yet(live: Database, tmp_path: Path) -> None:
    kept = backup.backup(live, tmp_path / "copy.db")
    receipt = backup.restore(kept.path, tmp_path / "new.db", CLOCK.real())
    assert receipt.aside is None
    assert noted(tmp_path / "new.db") == "first"


def test_restoring_twice_keeps_both_that_were_replaced(live: Database, tmp_path: Path) -> None:
    kept = backup.backup(live, tmp_path / "copy.db")
    asides = {backup.restore(kept.path, live.path, CLOCK.real()).aside for _ in range(3)}
    assert len(asides) == 3
    assert all(aside and aside.exists() for aside in asides)


def flipped(path: Path) -> None:
    content = bytearray(path.read_bytes())
    at = content.index(b"first")
    content[at] ^= 1  # inside a text: no check of SQLite's own would notice
    path.write_bytes(content)


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (flipped, "damaged or altered"),
        (lambda path: path.write_bytes(path.read_bytes()[:5000]), "damaged or altered"),
        (lambda path: path.unlink(), "no file"),
        (lambda path: path.write_bytes(b""), "is empty"),
        (lambda path: path.write_text("not a database at all"), "not an Almoner database"),
    ],
)
def test_a_backup_that_is_not_sound_is_not_put_back(live: Database, tmp_path: Path, spoil: object, words: str) -> None:
    kept = backup.backup(live, tmp_path / "copy.db")
    spoil(kept.path)  # type: ignore[operator]
    note(live.path, "second")
    with pytest.raises(StorageProblem, match=words):
        backup.restore(kept.path, live.path, CLOCK.real())
    assert noted(live.path) == "second"
    assert not list(tmp_path.glob("*replaced*"))
    assert not list(tmp_path.glob(".*"))


def test_a_damaged_copy_without_its_description_is_still_found_out(live: Database, tmp_path: Path) -> None:
    kept = backup.backup(live, tmp_path / "copy.db")
    kept.sidecar.unlink()
    kept.path.write_bytes(kept.path.read_bytes()[:20_000])
    with pytest.raises(StorageProblem, match="damaged or cut short"):
        backup.restore(kept.path, live.path, CLOCK.real())


def test_a_backup_from_a_development_version_is_not_put_back(live: Database, tmp_path: Path) -> None:
    kept, before = backup.backup(live, tmp_path / "copy.db"), live.path.read_bytes()
    kept.sidecar.unlink()
    with contextlib.closing(connect(kept.path)) as own:
        own.execute("PRAGMA user_version=5")
    with pytest.raises(StorageProblem, match="development version") as refusal:
        backup.restore(kept.path, live.path, CLOCK.real())
    assert "docs/upgrading.md" in refusal.value.hint
    assert live.path.read_bytes() == before


def test_a_backup_from_a_newer_version_is_not_put_back(live: Database, tmp_path: Path) -> None:
    kept = backup.backup(live, tmp_path / "copy.db")
    kept.sidecar.unlink()
    with contextlib.closing(connect(kept.path)) as own:
        own.execute("PRAGMA user_version=99")
    with pytest.raises(StorageProblem, match="newer version"):
        backup.restore(kept.path, live.path, CLOCK.real())


def test_another_programs_database_is_neither_taken_nor_displaced(live: Database, tmp_path: Path) -> None:
    kept = backup.backup(live, tmp_path / "copy.db")
    with contextlib.closing(sqlite3.connect(tmp_path / "places.sqlite")) as other:
        other.execute("CREATE TABLE bookmarks (url TEXT)")
    with pytest.raises(StorageProblem, match="another program"):
        backup.restore(tmp_path / "places.sqlite", live.path, CLOCK.real())
    with pytest.raises(StorageProblem, match="another program"):
        backup.restore(kept.path, tmp_path / "places.sqlite", CLOCK.real())
    with pytest.raises(StorageProblem, match="the database itself"):
        backup.restore(live.path, live.path, CLOCK.real())


def test_a_ruined_database_can_be_replaced_and_is_still_kept(live: Database, tmp_path: Path) -> None:
    kept = backup.backup(live, tmp_path / "copy.db")
    live.close()
    live.path.write_bytes(b"\0" * 8192)
    receipt = backup.restore(kept.path, live.path, CLOCK.real())
    assert noted(live.path) == "first"
    assert receipt.aside is not None
    assert receipt.aside.read_bytes() == b"\0" * 8192


def test_a_journal_of_the_old_file_is_never_played_into_the_new_one(live: Database, tmp_path: Path) -> None:
    kept = backup.backup(live, tmp_path / "copy.db")
    live.close()
    live.path.write_bytes(b"\0" * 8192)
    journal = live.path.with_name(live.path.name + "-journal")
    journal.write_bytes(b"\xd9\xd5\x05\xf9\x20\xa1\x63\xd7" + bytes(1000))
    backup.restore(kept.path, live.path, CLOCK.real())
    assert not journal.exists() or journal.stat().st_size == 0
    assert noted(live.path) == "first"


def test_nothing_is_restored_under_somebody_who_is_writing(
    live: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = backup.backup(live, tmp_path / "copy.db")
    monkeypatch.setattr(sqlite, "PRAGMAS", ("PRAGMA busy_timeout=50", *sqlite.PRAGMAS[1:]))
    with contextlib.closing(connect(live.path)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StorageProblem, match="Another program is writing"):
            backup.restore(kept.path, live.path, CLOCK.real())
    assert not list(tmp_path.glob("*replaced*"))


# --- which are kept ---


def test_automatic_backups_lie_beside_the_database_with_their_reason(live: Database) -> None:
    receipts = [backup.automatic(live.path, "before-import", NOW) for _ in range(2)]
    names = [r.path.name for r in receipts]
    assert names == ["almoner.db-20261120-090000Z-before-import.db", "almoner.db-20261120-090000Z-before-import-2.db"]
    assert stat.S_IMODE(receipts[0].path.parent.stat().st_mode) == 0o700


def test_old_backups_go_with_their_descriptions_and_nothing_else_does(live: Database) -> None:
    folder = backup_retention.folder_of(live.path)
    folder.mkdir()
    (folder / "mine.db").write_text("kept by hand")
    for n in range(12):
        backup.automatic(live.path, "before-import", NOW + timedelta(minutes=n))
    left = backup_retention.kept(live.path)
    assert [made for made, _ in left] == [NOW + timedelta(minutes=n) for n in (11, 10, 9, 8, 7)]
    assert {p.name for p in folder.iterdir()} == {"mine.db"} | {f.name + e for _, f in left for e in ("", ".json")}


def test_the_last_verified_backup_stays_whatever_its_age(live: Database) -> None:
    clock_was_wrong = NOW - timedelta(days=4000)
    for n in range(30):
        backup.automatic(live.path, "before-import", NOW - timedelta(days=40 * n))
    receipt = backup.automatic(live.path, "before-import", clock_was_wrong)
    assert receipt.path.exists()


def test_a_year_of_daily_backups_leaves_days_weeks_and_months() -> None:
    days = [NOW - timedelta(days=n) for n in range(400)]
    kept = backup_retention.to_keep(days, NOW)
    assert kept >= set(days[:7]), "each of the last seven days"
    assert len({d.strftime("%G-%V") for d in kept}) >= 4
    assert len({d.strftime("%Y-%m") for d in kept}) == 12
    assert len(kept) <= 7 + 4 + 12


@given(st.lists(st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)), max_size=60))
def test_whatever_is_kept_is_bounded_and_includes_the_newest(moments: list[datetime]) -> None:
    latest = datetime(2030, 1, 1, tzinfo=UTC)
    kept = backup_retention.to_keep(moments, latest)
    assert kept <= set(moments)
    assert kept >= set(sorted(set(moments))[-5:])
    assert len(kept) <= 5 + 7 + 4 + 12
    assert backup_retention.to_keep(kept, latest) == kept, "pruning again takes nothing more"


def test_those_stamped_by_a_clock_that_was_ahead_push_no_others_out() -> None:
    days = [NOW - timedelta(days=n) for n in range(400)]
    ahead = [NOW + timedelta(days=20_000 + 31 * n) for n in range(60)]
    kept = backup_retention.to_keep(days + ahead, NOW)
    assert kept & set(days) == backup_retention.to_keep(days, NOW)
    assert 0 < len(kept - set(days)) <= 5 + 7 + 4 + 12


# --- to another disk ---


def test_nobody_is_locked_out_while_a_copy_goes_to_another_disk(
    live: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    carry, share = backup._carry, tmp_path / "share"
    share.mkdir()

    def slow_share(near: Path, far: Path) -> None:
        with contextlib.closing(connect(live.path)) as other:
            other.execute("PRAGMA busy_timeout=0")
            other.execute("UPDATE meta SET value = 'second' WHERE key = 'note'")
        carry(near, far)

    monkeypatch.setattr(backup, "_is_elsewhere", lambda *_: True)
    monkeypatch.setattr(backup, "_carry", slow_share)
    receipt = backup.copy(live.path, share / "copy.db", CLOCK.real())
    assert noted(live.path) == "second"
    assert noted(receipt.path) == "first"
    assert backup.verify(receipt.path).sha256 == receipt.sha256
    assert not list(live.path.parent.glob("*leaving*"))


def test_a_copy_that_a_share_spoils_is_not_kept(
    live: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "share").mkdir()
    monkeypatch.setattr(backup, "_is_elsewhere", lambda *_: True)
    monkeypatch.setattr(backup, "_carry", lambda near, far: far.write_bytes(near.read_bytes()[:-1]))
    with pytest.raises(StorageProblem, match="does not arrive"):
        backup.copy(live.path, tmp_path / "share" / "copy.db", CLOCK.real())
    assert list((tmp_path / "share").iterdir()) == []


def test_without_room_beside_the_database_a_copy_goes_straight_to_the_other_disk(
    live: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backup, "_is_elsewhere", lambda *_: True)
    monkeypatch.setattr(backup, "_has_room_beside", lambda _: False)
    monkeypatch.setattr(backup, "_carry", lambda *_: pytest.fail("there was no room for that"))
    assert noted(backup.copy(live.path, tmp_path / "copy.db", CLOCK.real()).path) == "first"


# --- what a backup may replace ---


def test_an_earlier_backup_stays_unless_somebody_says_otherwise(live: Database, tmp_path: Path) -> None:
    backup.backup(live, tmp_path / "copy.db", overwrite=False)
    note(live.path, "second")
    with pytest.raises(AlreadyThere, match="--overwrite"):
        backup.backup(live, tmp_path / "copy.db", overwrite=False)
    assert noted(tmp_path / "copy.db") == "first"


def test_the_description_of_a_backup_replaces_no_other_file(live: Database, tmp_path: Path) -> None:
    (tmp_path / "notes.json").write_text("[1]")
    with pytest.raises(StorageProblem, match="describes no backup"):
        backup.backup(live, tmp_path / "notes")
    assert (tmp_path / "notes.json").read_text() == "[1]"
    assert not (tmp_path / "notes").exists()


def test_a_backup_that_somebody_works_in_is_not_replaced(live: Database, tmp_path: Path) -> None:
    backup.backup(live, tmp_path / "copy.db")
    note(tmp_path / "copy.db", "worked on")
    with pytest.raises(StorageProblem, match="changed since"):
        backup.backup(live, tmp_path / "copy.db")
    assert noted(tmp_path / "copy.db") == "worked on"


@pytest.mark.parametrize("ending", ["-wal", "-journal", "-shm", "-WAL"])
def test_no_copy_takes_a_name_that_sqlite_reads_beside_the_database(live: Database, ending: str) -> None:
    with pytest.raises(StorageProblem, match="belongs to the database"):
        backup.backup(live, live.path.with_name(live.path.name + ending))


# --- two databases of one stem ---


def test_two_databases_that_differ_in_their_ending_share_no_backups(live: Database) -> None:
    other = live.path.with_suffix(".sqlite")
    open_database(other, CLOCK, create=True).close()
    for n in range(12):
        backup.automatic(live.path, "daily", NOW + timedelta(minutes=n))
    kept = backup.automatic(other, "daily", NOW - timedelta(days=900)).path
    for n in range(12, 24):
        backup.automatic(live.path, "daily", NOW + timedelta(minutes=n))
    assert [file for _, file in backup_retention.kept(other)] == [kept]
    assert kept not in [file for _, file in backup_retention.kept(live.path)]


@pytest.mark.parametrize("ambiguous", [False, True])
def test_backups_of_an_earlier_version_are_found_while_only_one_database_can_own_them(
    live: Database, ambiguous: bool
) -> None:
    folder = backup_retention.folder_of(live.path)
    made = backup.automatic(live.path, "daily", NOW)
    old = folder / made.path.name.replace("almoner.db-", "almoner-")
    made.path.rename(old)
    if ambiguous:
        open_database(live.path.with_suffix(""), CLOCK, create=True).close()
    assert [file for _, file in backup_retention.kept(live.path)] == ([] if ambiguous else [old])
    assert backup_retention.kept(live.path.with_suffix("")) == []


def test_a_backup_beside_the_database_is_no_second_owner(live: Database) -> None:
    backup.backup(live, live.path.with_suffix(".copy"))
    assert namesakes(live.path) == []
