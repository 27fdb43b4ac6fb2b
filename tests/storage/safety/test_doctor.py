"""The doctor finds what is wrong, says what to do, and is quiet when all is well."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from storage.opening import open_database
from storage.records.database import Database
from storage.safety import backup, doctor
from storage.safety.doctor import Finding, examine
from tests.clocks import CLOCK
from tests.conftest import TODAY
from tests.raw import connect
from tests.units import amend, record


def states(database: Database, today: date = TODAY) -> dict[str, str]:
    """The worst state of each check."""
    worst = {"ok": 0, "note": 1, "problem": 2}
    found: dict[str, str] = {}
    for finding in sorted(examine(database, today), key=lambda f: worst[f.state]):
        found[finding.check] = finding.state
    return found


def of(database: Database, check: str, today: date = TODAY) -> Finding:
    return next(f for f in examine(database, today) if f.check == check and f.state != "ok")


def forge(database: Database, *statements: str) -> None:
    """Change the file behind the program's back."""
    with contextlib.closing(connect(database.path)) as own:
        own.execute("PRAGMA foreign_keys=OFF")
        for (name,) in own.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall():
            own.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            own.execute(statement)


def test_a_well_kept_team_is_well(team: Database) -> None:
    backup.automatic(team.path, "before-import", datetime(2026, 11, 20, 8, tzinfo=UTC))
    assert set(states(team).values()) == {"ok"}


@pytest.mark.parametrize(
    ("check", "statement"),
    [
        ("references", "DELETE FROM team"),
        ("change log", "UPDATE change SET after = '{}' WHERE id = 5"),
        ("change log", "UPDATE change_set SET actor = 'somebody else'"),
        ("change log", "DELETE FROM change WHERE id = 6"),
        ("due dates and loads", "UPDATE obligation SET legal_due = '2030-01-01'"),
        ("due dates and loads", "DELETE FROM case_points"),
        ("format", "PRAGMA user_version=99"),
    ],
)
def test_what_was_changed_behind_its_back_is_a_problem(team: Database, check: str, statement: str) -> None:
    forge(team, statement)
    assert states(team)[check] == "problem"
    assert of(team, check).hint


def test_a_damaged_file_is_a_problem_and_the_other_checks_go_on(team: Database) -> None:
    with contextlib.closing(connect(team.path)) as own:
        (page,) = own.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'worker_sort'").fetchone()
    with team.path.open("r+b") as file:
        file.seek((page - 1) * 4096)
        file.write(b"\xff" * 4096)
    found = states(team)
    assert found["file"] == "problem"
    assert found["packs"] == "ok"
    assert set(found) == set(doctor._CHECKS)


def test_a_broken_pack_is_named(team: Database) -> None:
    folder = team.path.with_suffix(".packs")
    folder.mkdir()
    (folder / "council.toml").write_text("kind = 'nonsense'\n")
    with open_database(team.path, CLOCK) as again:
        assert "council.toml" in of(again, "packs").message


# --- phantom cases ---


def test_cases_of_somebody_who_left_are_found(team: Database) -> None:
    with team.unit("A. Hughes", TODAY) as unit:
        amend(unit, "worker", "W2", {"leaves": "2026-11-13"})
        unit.finish("Okafor left")
    found = of(team, "leavers' cases")
    assert found.state == "note"
    assert found.message == "1 open case is held by workers who have left: W2 1."
    assert states(team, date(2026, 11, 13))["leavers' cases"] == "ok", "the last day is still a day"


def test_cases_held_by_a_manager_are_found(team: Database) -> None:
    forge(team, "UPDATE allocation SET worker = 'W1'")
    assert of(team, "managers' cases").message.startswith(
        "1 open case is held by people whose grade holds no cases: W1"
    )


def test_cases_nobody_holds_are_found_until_they_close(team: Database) -> None:
    forge(team, "UPDATE allocation SET ends = '2026-11-01'")
    assert of(team, "cases without a worker").message == "1 open case has no allocated worker: C-1001."
    forge(team, "UPDATE cases SET closed = '2026-11-10'")
    assert states(team)["cases without a worker"] == "ok"


def test_a_case_with_two_allocated_workers_is_found(team: Database) -> None:
    columns = 'version, changed_by, "case", worker, role, starts, note, overruled, approved_by'
    values = "1, '', 'C-1001', 'W3', 'allocated_worker', '2026-04-01', '', '[]', ''"
    forge(team, "DROP INDEX allocation_one_holds", f"INSERT INTO allocation ({columns}) VALUES ({values})")
    assert "C-1001" in of(team, "cases with two workers").message


def test_cases_held_against_policy_are_found(team: Database) -> None:
    assert states(team)["cases held wrongly"] == "ok"
    forge(team, "UPDATE worker SET grade = 'student' WHERE staff_id = 'W2'")
    assert of(team, "cases held wrongly").message == "1 open case is held against policy: C-1001 with W2."


def test_a_case_with_a_co_worker_alone_is_found(team: Database) -> None:
    forge(team, "UPDATE allocation SET role = 'co_worker'")
    assert "worked on without an allocated worker: C-1001" in of(team, "cases held wrongly").message


def test_nobody_served_is_named(team: Database) -> None:
    forge(team, "UPDATE allocation SET ends = '2026-11-01'", "UPDATE worker SET leaves = '2026-11-01'")
    assert "Jamie" not in " ".join(f"{f.message} {f.hint}" for f in examine(team, TODAY))


# --- room, place and backups ---


def test_no_backup_and_an_old_one_are_mentioned(team: Database) -> None:
    assert "No backup" in of(team, "backups").message
    backup.automatic(team.path, "before-import", datetime(2026, 11, 1, tzinfo=UTC))
    assert "19 days old" in of(team, "backups").message


def test_a_damaged_backup_is_a_problem(team: Database) -> None:
    receipt = backup.automatic(team.path, "before-import", datetime(2026, 11, 20, tzinfo=UTC))
    receipt.path.write_bytes(receipt.path.read_bytes()[:9000])
    assert of(team, "backups").state == "problem"


def test_changes_that_only_a_backup_holds_are_mentioned(team: Database, tmp_path: Path) -> None:
    early = backup.backup(team, tmp_path / "early.db")
    with team.unit("A. Hughes", TODAY) as unit:
        record(unit, "event", {"case": "C-1001", "kind": "lac_visit", "on": "2026-03-20"})
        unit.finish("Recorded a visit")
    backup.automatic(team.path, "before-import", datetime(2026, 11, 20, tzinfo=UTC))
    team.close()
    backup.restore(early.path, team.path, CLOCK.real())
    with open_database(team.path, CLOCK) as again:
        assert "not in this database" in of(again, "backups").message


def test_too_little_room_is_said_in_time(team: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    def free(amount: int) -> Callable[[Path], object]:
        return lambda _: shutil._ntuple_diskusage(10**12, 10**12 - amount, amount)  # type: ignore[attr-defined]

    monkeypatch.setattr(shutil, "disk_usage", free(50_000_000))
    assert states(team)["room"] == "note"
    monkeypatch.setattr(shutil, "disk_usage", free(100_000))
    assert states(team)["room"] == "problem"


def test_a_risky_place_is_a_problem(team: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OneDrive", str(team.path.parent))
    assert states(team)["place"] == "problem"
    monkeypatch.delenv("OneDrive")
    team.path.chmod(0o644)
    assert states(team)["place"] == "note"


def test_the_age_is_counted_from_today(team: Database) -> None:
    backup.automatic(team.path, "before-import", datetime(2026, 11, 20, tzinfo=UTC))
    assert states(team)["backups"] == "ok"
    assert states(team, TODAY + timedelta(days=8))["backups"] == "note"
