"""calendar export: files that stay the same while the data does, and never name anybody."""

from __future__ import annotations

from pathlib import Path

import icalendar
import pytest

from storage.database import Database
from tests.tui.shell import Shell

SESSION = '[[session]]\nworker = "W2"\nsupervisor = "W1"\non = 2026-11-25\nstart = "10:00"\n'


@pytest.fixture
def almoner(team: Database, capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(capsys, team.path)


def events(path: Path) -> list[icalendar.Event]:
    return list(icalendar.Calendar.from_ical(path.read_bytes()).walk("VEVENT"))


def test_a_worker_gets_due_dates_and_sessions(almoner: Shell, tmp_path: Path) -> None:
    almoner.record("session", SESSION, tmp_path)
    file = tmp_path / "w2.ics"
    answer = almoner("calendar", "export", "--worker", "W2", "--output", str(file), "--json")
    (said,) = answer.json["files"]
    found = events(file)
    assert (said["recipient"], said["path"]) == ("W2", str(file))
    assert said["events"] == said["changed"] == len(found)
    starts = {event.start.isoformat() for event in found}
    assert "2027-03-16" in starts
    assert "2026-11-25T10:00:00+00:00" in starts
    assert "2026-04-15" not in starts  # open, and further back than the thirty days a calendar looks


def test_no_name_is_in_the_file_nor_in_its_name(almoner: Shell, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    almoner("calendar", "export", "--team", "North", "--output", str(folder))
    for file in folder.iterdir():
        text = file.name + file.read_text("utf-8")
        assert not any(name in text for name in ("Jamie", "Doe", "Okafor", "Begum", "Hughes"))


def test_unchanged_data_gives_the_same_bytes(almoner: Shell, tmp_path: Path) -> None:
    one, two = tmp_path / "one.ics", tmp_path / "two.ics"
    almoner("calendar", "export", "--worker", "W2", "--output", str(one))
    answer = almoner("calendar", "export", "--worker", "W2", "--output", str(two), "--json")
    assert answer.json["files"][0]["changed"] == 0
    assert one.read_bytes() == two.read_bytes()


def test_a_changed_session_keeps_its_identity_and_counts_up(almoner: Shell, team: Database, tmp_path: Path) -> None:
    almoner.record("session", SESSION, tmp_path)
    file = tmp_path / "w2.ics"
    export = ("calendar", "export", "--worker", "W2", "--output", str(file))
    almoner(*export)
    before = {str(e["uid"]): e for e in events(file)}
    from datetime import date

    with team.unit("A. Hughes", date(2026, 11, 20)) as unit:
        unit.amend("session", 1, {"start": "14:00"})
        unit.finish("Moved a session")
    assert almoner(*export, "--changed", "--json").json["files"][0]["events"] == 1
    (moved,) = events(file)
    assert str(moved["uid"]) in before
    assert int(moved["sequence"]) == int(before[str(moved["uid"])]["sequence"]) + 1
    assert almoner(*export, "--changed", "--json").json["files"][0]["events"] == 0


def test_what_is_over_leaves_and_what_comes_back_counts_up(almoner: Shell, team: Database, tmp_path: Path) -> None:
    almoner.record("session", SESSION, tmp_path)
    file = tmp_path / "w1.ics"
    export = ("calendar", "export", "--worker", "W1", "--output", str(file), "--json")
    count = almoner(*export).json["files"][0]["events"]
    from datetime import date

    for state, expected in (("cancelled", count - 1), ("planned", count)):
        with team.unit("A. Hughes", date(2026, 11, 20)) as unit:
            unit.amend("session", 1, {"state": state})
            unit.finish("Changed a session")
        assert almoner(*export).json["files"][0]["events"] == expected
    timed = next(e for e in events(file) if "T10" in e.start.isoformat())
    assert int(timed["sequence"]) == 2  # once for going, once for coming back


def test_a_team_gets_a_file_a_worker(almoner: Shell, tmp_path: Path) -> None:
    folder = tmp_path / "new" / "folder"
    answer = almoner("calendar", "export", "--team", "North", "--output", str(folder), "--json")
    assert [Path(f["path"]).name for f in answer.json["files"]] == ["w1.ics", "w2.ics", "w3.ics"]


@pytest.mark.parametrize("place", ["", "nowhere/at/all.ics"])
def test_a_place_that_cannot_be_written_changes_nothing(almoner: Shell, tmp_path: Path, place: str) -> None:
    answer = almoner("calendar", "export", "--worker", "W2", "--output", str(tmp_path / place))
    assert answer.code == 2
    fresh = tmp_path / "w2.ics"
    said = almoner("calendar", "export", "--worker", "W2", "--output", str(fresh), "--json").json["files"][0]
    assert said["changed"] == said["events"]
