"""import, backup, restore, doctor and demo from the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from storage.records.database import Database
from tests.tui.shell import Shell

SHEET = (
    "Case ref,Team,Worker,Case type,Opened\n"
    "C-3001,North,W2,Looked after,02/03/2026\n"
    "C-3002,North,W2,Care leaver,31/02/2026\n"
)


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    path = tmp_path / "caseload.csv"
    path.write_text(SHEET)
    return path


def test_a_dry_run_shows_the_difference_and_writes_nothing(almoner: Shell, sheet: Path) -> None:
    answer = almoner("import", str(sheet), "--dry-run", "--json")
    said = answer.json
    assert {"source", "rows", "new", "changed", "closed", "unchanged", "problems", "applied"} <= set(said)
    assert (said["applied"], said["new"]["case"], answer.code) == (False, 2, 1)
    assert set(said["problems"][0]) == {"file", "row", "column", "value", "message"}
    assert almoner("show", "case", "C-3001").code == 2


def test_an_import_goes_in_once(almoner: Shell, sheet: Path, tmp_path: Path) -> None:
    rejected = tmp_path / "rejected.csv"
    assert almoner("import", str(sheet), "--rejected", str(rejected), "--json").json["applied"]
    assert "31/02/2026" in rejected.read_text("utf-8-sig")
    assert almoner("show", "case", "C-3001").code == 0
    again = almoner("import", str(sheet), "--json").json
    assert not any(again["new"].values())
    assert not any(again["changed"].values())


def test_an_import_can_begin_a_database(sheet: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    almoner = Shell(capsys, tmp_path / "new.db")
    assert almoner("import", str(sheet), "--dry-run").code == 1
    assert not almoner.path.exists()
    assert almoner("import", str(tmp_path / "nothing.csv")).code == 2
    assert not almoner.path.exists()
    almoner("import", str(sheet))
    assert almoner("show", "case", "C-3001").code == 0


def test_a_backup_can_be_put_back(almoner: Shell, team: Database, tmp_path: Path) -> None:
    copy = tmp_path / "copies" / "monday.db"
    copy.parent.mkdir()
    receipt = almoner("backup", str(copy), "--json").json
    assert (receipt["path"], receipt["bytes"]) == (str(copy), copy.stat().st_size)
    almoner.record("team", '[[team]]\nname = "Later"\n', tmp_path)
    team.close()
    aside = almoner("restore", str(copy), "--json").json["aside"]
    assert Path(aside).exists()
    assert almoner("show", "team", "Later").code == 2
    assert almoner("show", "team", "North").code == 0


def test_a_backup_never_overwrites_a_file_of_another_kind(almoner: Shell, tmp_path: Path) -> None:
    precious = tmp_path / "letter.txt"
    precious.write_text("Dear")
    assert almoner("backup", str(precious)).code == 2
    assert precious.read_text() == "Dear"


def test_the_doctor_finds_a_sound_database_sound(almoner: Shell) -> None:
    answer = almoner("doctor", "--json")
    states = {finding["state"] for finding in answer.json["findings"]}
    assert states <= {"ok", "note", "problem"}
    assert answer.code == (1 if "problem" in states else 0)


def test_a_demonstration_is_made_and_made_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    almoner = Shell(capsys, tmp_path / "demo.db")
    first = almoner("demo", "--no-open", "--json")
    assert first.json["records"]["case"] == 150
    due = almoner("due", "--json").out
    assert almoner("demo", "--no-open").code == 0
    assert almoner("due", "--json").out == due
    assert almoner("demo", "--no-open", "--seed", "2").code == 0
    assert almoner("due", "--json").out != due
    assert {line["worker"]: line for line in almoner("caseload", "--json").json}["W103"]["utilisation"] == 114
    assert json.loads(almoner("list", "team", "--json").out)[0]["name"].startswith("North")


def test_a_demonstration_overwrites_no_other_database(almoner: Shell) -> None:
    before = almoner.path.read_bytes()
    answer = almoner("demo", "--path", str(almoner.path), "--no-open")
    assert answer.code == 2
    assert "no demonstration" in answer.err
    assert almoner.path.read_bytes() == before
