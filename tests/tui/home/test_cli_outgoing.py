"""Commands that write files: nothing is lost by a path that was typed, and every path that cannot be is said."""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path

import pytest

from storage.records.database import Database
from tests.storage.supervision.recordkit import full
from tests.tui.shell import Shell

SHEET = (
    "Case ref,Team,Worker,Case type,Opened\nC-3001,North,W2,Looked after,02/03/2026\nC-3002,North,W2,Odd,02/03/2026\n"
)
BAD = ["~nobodyx/out", "x" * 300, "a\0b", "\udcff\0"]


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    path = tmp_path / "caseload.csv"
    path.write_text(SHEET)
    return path


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    place = tmp_path / "here"
    place.mkdir()
    monkeypatch.chdir(place)
    return place


def writers(number: int) -> dict[str, list[str]]:
    """Every command that takes a place to write to, without it."""
    return {
        "import": ["import", "caseload.csv", "--rejected"],
        "backup": ["backup"],
        "calendar": ["calendar", "export", "--worker", "W2", "--output"],
        "team calendars": ["calendar", "export", "--team", "North", "--output"],
        "publish": ["calendar", "publish", "--output"],
        "mail": ["calendar", "mail", "--dry-run"],
        "records": ["supervision", "export", str(number), "--output"],
        "documents": ["programme", "document", "cpd", "W2", "--output"],
    }


@pytest.mark.parametrize("dry", [["--dry-run"], []])
@pytest.mark.parametrize("overwrite", [["--overwrite"], []])
def test_rows_set_aside_replace_neither_the_database_nor_what_is_read(
    almoner: Shell, sheet: Path, dry: list[str], overwrite: list[str]
) -> None:
    database, source = almoner.path.read_bytes(), sheet.read_bytes()
    for place in (almoner.path, Path(f"{almoner.path}-wal"), sheet):
        answer = almoner("import", str(sheet), "--rejected", str(place), *dry, *overwrite)
        assert answer.code == 2
        assert "Nothing was written" not in answer.out
    assert almoner.path.read_bytes() == database
    assert sheet.read_bytes() == source


def test_nothing_is_taken_in_when_the_rows_set_aside_cannot_be_written(almoner: Shell, sheet: Path) -> None:
    for place in ("no/such/aside.csv", os.devnull, "/dev/stdout", str(sheet.parent), "~nobodyx/a.csv", "", "x" * 300):
        assert almoner("import", str(sheet), "--rejected", place).code == 2
        assert almoner("show", "case", "C-3001").code == 2


def test_rows_set_aside_replace_an_earlier_file_when_told_to(almoner: Shell, sheet: Path, here: Path) -> None:
    (here / "aside.csv").write_text("earlier")
    refused = almoner("import", str(sheet), "--dry-run", "--rejected", "aside.csv")
    assert (refused.code, "--overwrite" in refused.err) == (2, True)
    assert (here / "aside.csv").read_text() == "earlier"
    assert almoner("import", str(sheet), "--dry-run", "--rejected", "aside.csv", "--overwrite").code == 1
    assert "Odd" in (here / "aside.csv").read_text("utf-8-sig")
    assert (here / "aside.csv").stat().st_mode & 0o077 == 0


def test_calendars_never_replace_the_database(almoner: Shell) -> None:
    before = almoner.path.read_bytes()
    for more in ([], ["--overwrite"]):
        assert almoner("calendar", "export", "--worker", "W2", "--output", str(almoner.path), *more).code == 2
    assert almoner.path.read_bytes() == before


def test_a_folder_of_calendars_is_brought_up_to_date_unasked_and_other_files_stay(almoner: Shell, here: Path) -> None:
    for _ in range(2):
        assert almoner("calendar", "export", "--team", "North", "--output", "calendars").code == 0
    (here / "calendars" / "w2.ics").write_text("BEGIN:VCALENDAR\nPRODID:another\n")
    (here / "calendars" / "w3.ics").unlink()
    assert almoner("calendar", "export", "--team", "North", "--output", "calendars").code == 2
    assert not (here / "calendars" / "w3.ics").exists(), "nothing is written before all is agreed"
    assert almoner("calendar", "export", "--team", "North", "--output", "calendars", "--overwrite").code == 0
    assert b"Almoner" in (here / "calendars" / "w2.ics").read_bytes()


def test_a_backup_replaces_an_earlier_one_when_told_to(almoner: Shell, here: Path) -> None:
    assert almoner("backup", "monday.db").code == 0
    before = (here / "monday.db").stat().st_ino
    refused = almoner("backup", "monday.db")
    assert (refused.code, "--overwrite" in refused.err) == (2, True)
    assert (here / "monday.db").stat().st_ino == before
    assert almoner("backup", "monday.db", "--overwrite").code == 0
    assert almoner("backup", str(almoner.path), "--overwrite").code == 2


def test_records_and_papers_replace_earlier_ones_when_told_to(almoner: Shell, team: Database, here: Path) -> None:
    for words in (writers(full(team))["records"], writers(1)["documents"]):
        assert almoner(*words, "papers").code == 0
        made = {path: path.read_bytes() for path in (here / "papers").iterdir()}
        refused = almoner(*words, "papers")
        assert (refused.code, "--overwrite" in refused.err) == (2, True)
        assert {path: path.read_bytes() for path in (here / "papers").iterdir()} == made
        assert almoner(*words, "papers", "--overwrite").code == 0


@pytest.mark.parametrize("what", writers(1))
@pytest.mark.parametrize("place", BAD, ids=["no home", "too long", "nul", "odd"])
def test_a_place_that_cannot_be_is_said_in_a_line(almoner: Shell, team: Database, what: str, place: str) -> None:
    number = full(team) if what == "records" else 1
    answer = almoner(*writers(number)[what], place)
    assert answer.code == 2
    assert answer.out == ""
    assert answer.err.splitlines()[-1].startswith("almoner: ")


@pytest.mark.parametrize("place", BAD[:3])
def test_a_path_to_read_that_cannot_be_is_said_in_a_line(almoner: Shell, sheet: Path, place: str) -> None:
    for words in (
        ["import", place],
        ["import", str(sheet), "--mapping", place],
        ["restore", place],
        ["rules", "check", place],
        ["rules", "diff", place],
        ["plan", "--team", "North", "--arrive", place],
        ["record", "case", "--from", place],
        ["--database", place, "list", "case"],
    ):
        answer = almoner(*words)
        assert (answer.code, answer.err.count("\n")) == (2, 1), words


def test_a_mapping_of_boundless_depth_is_refused_in_words(almoner: Shell, sheet: Path, here: Path) -> None:
    for text in ("x = " + "[" * 50_000, "[columns]\nx = " + "9" * 5_000, ".".join("a" * 50_000) + " = 1"):
        (here / "mapping.toml").write_text(text)
        answer = almoner("import", str(sheet), "--mapping", "mapping.toml")
        assert answer.code == 2
        assert "The mapping is not TOML that can be read" in answer.err


def test_closed_standard_input_is_said(almoner: Shell, team: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    number = str(full(team))
    monkeypatch.setattr(sys, "stdin", None)
    for words in (["supervision", "amend", number, "--from", "-"], ["record", "case", "--from", "-"]):
        answer = almoner(*words)
        assert (answer.code, "Standard input is closed" in answer.err) == (2, True), words
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"")))
    assert almoner("supervision", "amend", number, "--from", "-").code == 2


@pytest.mark.parametrize("number", ["9" * 20, "9" * 60, "9" * 5_000, str(2**63), "-1", "1_0", "²"])
def test_a_number_beyond_all_bounds_is_refused_in_words(almoner: Shell, number: str) -> None:
    for words in (
        ["supervision", "sign", number],
        ["supervision", "show", number],
        ["supervision", "upcoming", "--months", number],
        ["programme", "show", number],
        ["plan", "--team", "North", "--seed", number],
        ["calendar", "outbox", "drop", number],
        ["calendar", "serve", "--folder", ".", "--port", number],
        ["show", "event", number],
        ["undo", number],
    ):
        answer = almoner(*words)
        assert answer.code == 2, words
        assert len(answer.err) < 500
