"""Files that leave: what is never replaced, what is replaced once somebody says so, and who may read it."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from domain.core.errors import BadInput, StorageProblem
from storage.calendar.icalendar import PRODID, UID_DOMAIN
from storage.files import atomic_write, durable
from storage.files.outgoing import AlreadyThere, Outgoing
from storage.files.spreadsheet import workbook
from storage.records.database import Database

OURS = f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:{PRODID}\r\nEND:VCALENDAR\r\n".encode()
THEIRS = b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Microsoft//Outlook//EN\r\nEND:VCALENDAR\r\n"


def bytes_of(path: Path) -> bytes:
    return path.read_bytes()


@pytest.mark.parametrize("ending", ["", "-journal", "-wal", "-shm", "-WAL"])
@pytest.mark.parametrize("overwrite", [False, True])
def test_the_open_database_and_what_sqlite_keeps_beside_it_stay(team: Database, ending: str, overwrite: bool) -> None:
    path = team.path.with_name(team.path.name + ending)
    before = bytes_of(team.path)
    with pytest.raises(StorageProblem, match="database"):
        Outgoing(team.path, overwrite=overwrite).write(path, b"a,b\r\n", "csv")
    assert bytes_of(team.path) == before
    assert path == team.path or not path.exists()


def test_the_open_database_is_known_by_any_other_name(team: Database, tmp_path: Path) -> None:
    os.link(team.path, tmp_path / "hard.csv")
    (tmp_path / "soft.csv").symlink_to(team.path)
    (tmp_path / "there").symlink_to(team.path.parent)
    before = bytes_of(team.path)
    for name in ("hard.csv", "soft.csv", f"there/{team.path.name}"):
        with pytest.raises(StorageProblem, match="the database that is open"):
            Outgoing(team.path, overwrite=True).write(tmp_path / name, b"x", "csv")
    assert bytes_of(team.path) == before


@pytest.mark.parametrize("name", ["copy.db", "copy.csv"])
def test_another_database_or_a_backup_stays_whatever_it_is_called(team: Database, tmp_path: Path, name: str) -> None:
    other = tmp_path / name
    other.write_bytes(bytes_of(team.path))
    with pytest.raises(StorageProblem, match="a database, or a backup"):
        Outgoing(overwrite=True).write(other, b"x", "csv")
    assert bytes_of(other) == bytes_of(team.path)


def test_what_is_being_read_stays(tmp_path: Path) -> None:
    folder = tmp_path / "extract"
    folder.mkdir()
    (folder / "cases.csv").write_text("Ref\nC-1\n")
    for reading in (folder / "cases.csv", folder):
        with pytest.raises(StorageProblem, match="being read"):
            Outgoing(reading=[reading], overwrite=True).write(folder / "cases.csv", b"x", "csv")
    assert (folder / "cases.csv").read_text() == "Ref\nC-1\n"
    Outgoing(reading=[folder]).write(tmp_path / "aside.csv", b"x", "csv")


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("letter.docx", b"PK\x03\x04 no document", "docx"),
        ("letter.docx", b"Dear", "csv"),
        ("picture.csv", b"\x89PNG\r\n\0\0", "csv"),
        ("notes", b"plain", "csv"),
        (".bashrc", b"alias", "txt"),
        ("sheet.xlsx", b"Ref,Name", "xlsx"),
        ("calendar.ics", b"my list", "ics"),
        ("calendar.ics", b"", "ics"),
        ("copy.db.json", b"{}", "csv"),
    ],
)
def test_a_file_of_another_kind_stays_whatever_is_said(tmp_path: Path, name: str, content: bytes, kind: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(StorageProblem, match="stays"):
        Outgoing(overwrite=True).write(tmp_path / name, b"new", kind)
    assert bytes_of(tmp_path / name) == content


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("list.csv", b"Ref\r\n", "csv"),
        ("LIST.CSV", b"", "csv"),
        ("list.xlsx", workbook("List", ["Ref"], [["C-1"]]), "xlsx"),
        ("outlook.ics", THEIRS, "ics"),
        ("letter.eml", b"From: somebody\r\n", "eml"),
    ],
)
def test_a_file_of_that_kind_is_replaced_once_somebody_says_so(
    tmp_path: Path, name: str, content: bytes, kind: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(AlreadyThere, match="--overwrite"):
        Outgoing().write(path, b"new", kind)
    assert bytes_of(path) == content
    Outgoing(overwrite=True).write(path, b"new", kind)
    assert bytes_of(path) == b"new"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("w2.ics", OURS),
        ("w2.eml", f"Message-ID: <x@{UID_DOMAIN}>\r\nAuto-Submitted: auto-generated\r\n".encode()),
    ],
)
def test_what_this_program_wrote_for_calendars_is_brought_up_to_date_unasked(
    tmp_path: Path, name: str, content: bytes
) -> None:
    (tmp_path / name).write_bytes(content)
    Outgoing().write(tmp_path / name, b"new", name[-3:])
    assert bytes_of(tmp_path / name) == b"new"


def test_all_files_that_stand_there_are_told_at_once(tmp_path: Path) -> None:
    paths = [tmp_path / f"{n}.csv" for n in range(3)]
    for path in paths[:2]:
        path.write_text("x")
    with pytest.raises(AlreadyThere, match="and 1 other are there already") as told:
        Outgoing().check(paths, "csv")
    assert told.value.paths == tuple(paths[:2])


def test_a_file_that_comes_there_meanwhile_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, out = tmp_path / "list.csv", Outgoing()
    sync = os.fsync

    def meanwhile(handle: int) -> None:
        path.write_text("somebody else's")
        sync(handle)

    monkeypatch.setattr(atomic_write.os, "fsync", meanwhile)
    with pytest.raises(AlreadyThere):
        out.write(path, b"new", "csv")
    assert path.read_text() == "somebody else's"
    assert list(tmp_path.iterdir()) == [path]


def test_a_disk_that_knows_no_links_is_written_to_as_well(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(atomic_write.os, "link", unknown)
    Outgoing().write(tmp_path / "list.csv", b"new", "csv")
    assert bytes_of(tmp_path / "list.csv") == b"new"


@pytest.mark.parametrize("overwrite", [False, True])
def test_links_pipes_and_devices_are_not_written_to_or_waited_for(tmp_path: Path, overwrite: bool) -> None:
    (tmp_path / "kept.csv").write_text("keep")
    (tmp_path / "link.csv").symlink_to(tmp_path / "kept.csv")
    (tmp_path / "dangling.csv").symlink_to(tmp_path / "nowhere.csv")
    os.mkfifo(tmp_path / "pipe.csv")
    for place in (*(tmp_path / f"{name}.csv" for name in ("link", "dangling", "pipe")), Path(os.devnull), tmp_path):
        with pytest.raises(StorageProblem):
            Outgoing(overwrite=overwrite).write(place, b"x", "csv")
    assert (tmp_path / "kept.csv").read_text() == "keep"
    assert not (tmp_path / "nowhere.csv").exists()


@pytest.mark.parametrize("place", ["no/such/list.csv", "x" * 300 + ".csv", "file/list.csv", "nul\0.csv"])
def test_a_place_that_cannot_be_is_said(tmp_path: Path, place: str) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(StorageProblem) as told:
        Outgoing().check([tmp_path / place], "csv")
    assert told.value.hint


def test_only_the_owner_may_read_a_file_or_enter_a_folder_that_was_made(tmp_path: Path) -> None:
    was = os.umask(0)
    try:
        folder = Outgoing().ready_folder(tmp_path / "a" / "b" / "c")
        Outgoing().write(folder / "list.csv", b"x", "csv")
    finally:
        os.umask(was)
    assert [stat.S_IMODE(one.stat().st_mode) for one in (folder, *folder.parents[:2])] == [0o700] * 3
    assert stat.S_IMODE((folder / "list.csv").stat().st_mode) == 0o600


def test_a_folder_that_is_there_keeps_its_rights(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    durable.make_folder(tmp_path / "new")
    durable.make_folder(tmp_path)
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o755


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    for place in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(OSError, match="file"):
            durable.make_folder(place)


@pytest.mark.parametrize(
    ("place", "why"),
    [
        ("team.db", "{place}: this is the database that is open, not a folder."),
        ("link.db", "{place}: this is the database that is open, not a folder."),
        ("other.db", "{place}: this is a database, not a folder."),
        ("Notes 1.txt", "{place}: this is a file, not a folder."),
        ("Notes 1.txt/a/b", "{place}: {at}/Notes 1.txt is a file, not a folder."),
        ("pipe", "{place}: this is a device, not a folder."),
        ("x" * 300, "{place}: file name too long."),
    ],
)
def test_a_folder_that_cannot_be_one_is_named_as_it_was_typed_with_what_stands_there(
    tmp_path: Path, place: str, why: str
) -> None:
    for name in ("team.db", "other.db"):
        (tmp_path / name).write_bytes(b"SQLite format 3\0" + bytes(100))
    (tmp_path / "link.db").symlink_to(tmp_path / "team.db")
    (tmp_path / "Notes 1.txt").write_text("words")
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(BadInput) as told:
        Outgoing(tmp_path / "team.db").ready_folder(tmp_path / place)
    assert told.value.message == why.format(place=tmp_path / place, at=tmp_path)
