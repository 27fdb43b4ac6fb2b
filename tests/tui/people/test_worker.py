"""The Worker screen: their cases, and the load as an account down to capacity."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from storage.home.worker_page import worker_file
from storage.records.database import Database
from tests.conftest import TODAY
from tests.tui.driving import almoner, drive, press, text, until, until_screen
from tests.tui.hands import paste
from tests.units import amend, record
from tui.people.worker_screen import WorkerScreen

Pressing = Pilot[Any]


async def open_worker(pilot: Pressing, staff_id: str = "W2") -> WorkerScreen:
    screen = WorkerScreen(staff_id)
    await pilot.app.push_screen(screen)
    await until(pilot, "= capacity today")
    return screen


@pytest.fixture
def shared(team: Database) -> Database:
    """Begum, 0.6, also co-works C-1001 and has a student."""
    with team.unit("A. Hughes", TODAY) as unit:
        record(unit, "allocation", {"case": "C-1001", "worker": "W3", "role": "co_worker", "starts": "2026-04-01"})
        record(unit, "reduction", {"worker": "W3", "percent": 10, "reason": "Student", "starts": "2026-09-01"})
        unit.finish("Shared")
    return team


def test_the_account_adds_up_from_contract_to_utilisation(shared: Database, tmp_path: Path) -> None:
    file = worker_file(shared.reader(), "W3", TODAY)
    assert file is not None
    assert sum(role.points for role in file.roles) == file.line.points
    assert sum(line.points for line in file.capacity.lines) == file.capacity.today == file.line.capacity

    async def steps(pilot: Pressing) -> None:
        await open_worker(pilot, "W3")
        shown = text(pilot)
        for words in ("co-worker", "Full-time load", "Works 0.6 of full time", "Student, 10 %", "-6", "54", "▽ room"):
            assert words in shown, words

    drive(almoner(shared, tmp_path), steps, size=(120, 40))


def test_a_new_reduction_lowers_capacity_at_once(team: Database, tmp_path: Path) -> None:
    async def steps(pilot: Pressing) -> None:
        await open_worker(pilot)
        await press(pilot, "n")
        await until(pilot, "Less capacity")
        await press(pilot, "enter")
        await until(pilot, "Why less capacity?")
        await press(pilot, *"newly", "enter")
        await until(pilot, "Less capacity: W2")
        assert pilot.app.focused.value == "20", "the published figure is filled in"  # type: ignore[union-attr]
        pilot.app.focused.value = "a fifth"  # type: ignore[union-attr]
        await press(pilot, "ctrl+s")
        await until(pilot, "Write a whole number")
        pilot.app.focused.value = "20 %"  # type: ignore[union-attr]
        await press(pilot, "ctrl+s")
        await until(pilot, "Newly qualified, 20 %")
        file = worker_file(team.reader(), "W2", TODAY)
        assert file is not None
        assert file.capacity.today == 8_000
        await press(pilot, "u")
        await until(pilot, "= capacity today")

    drive(almoner(team, tmp_path), steps, size=(120, 40))


def test_supervision_is_booked_and_then_recorded_as_held(team: Database, tmp_path: Path) -> None:
    async def steps(pilot: Pressing) -> None:
        await open_worker(pilot)
        await press(pilot, "n", "down", "enter")
        await until(pilot, "Book supervision: W2")
        await paste(pilot, "today")
        await press(pilot, "ctrl+s")
        await until(pilot, "Fri 20 Nov at 10:00")
        await press(pilot, "n", "down", "down", "enter")
        await until(pilot, "Supervision held: W2")
        await press(pilot, "ctrl+s")
        await until(pilot, "✓ held Fri 20 Nov")
        rows = team.reader().raw.execute("SELECT state, held_on FROM session").fetchall()
        assert rows == [("held", "2026-11-20")], "the booked session was the one that was held"

    drive(almoner(team, tmp_path), steps, size=(120, 40))


def test_editing_the_worker_keeps_what_was_typed_when_it_is_refused(team: Database, tmp_path: Path) -> None:
    async def steps(pilot: Pressing) -> None:
        await open_worker(pilot)
        await press(pilot, "e")
        await until(pilot, "Edit W2")
        pilot.app.screen.query_one("#field-fte").value = "half"  # type: ignore[attr-defined]
        await press(pilot, "ctrl+s")
        await until(pilot, "Write a number, as in 1")
        assert pilot.app.screen.query_one("#field-fte").value == "half"  # type: ignore[attr-defined]
        pilot.app.screen.query_one("#field-fte").value = "0.8"  # type: ignore[attr-defined]
        await press(pilot, "ctrl+s")
        await until(pilot, "Works 0.8 of full time")

    drive(almoner(team, tmp_path), steps, size=(120, 40))


def test_hours_changed_from_a_day_to_come_leave_today_alone(team: Database, tmp_path: Path) -> None:
    async def steps(pilot: Pressing) -> None:
        await open_worker(pilot)
        await press(pilot, "e")
        await until(pilot, "Changes hold from")
        pilot.app.screen.query_one("#field-fte").value = "0.8"  # type: ignore[attr-defined]
        pilot.app.screen.query_one("#field-since").value = "4 Jan 2027"  # type: ignore[attr-defined]
        await press(pilot, "ctrl+s")
        await until(pilot, "W2 is changed")
        assert "Works 0.8" not in text(pilot)
        asked = "SELECT fte FROM worker_on(:day) w WHERE staff_id = 'W2'"
        days = (TODAY, date(2027, 1, 3), date(2027, 1, 4))
        assert [team.reader().value(asked, day=day) for day in days] == [100, 100, 80]

    drive(almoner(team, tmp_path), steps, size=(120, 40))


def test_what_holds_at_once_is_refused_beside_what_holds_from_a_day(team: Database, tmp_path: Path) -> None:
    async def steps(pilot: Pressing) -> None:
        await open_worker(pilot)
        await press(pilot, "e")
        await until(pilot, "Changes hold from")
        pilot.app.screen.query_one("#field-fte").value = "0.8"  # type: ignore[attr-defined]
        pilot.app.screen.query_one("#field-name").value = "Two, Tom"  # type: ignore[attr-defined]
        pilot.app.screen.query_one("#field-since").value = "4 Jan 2027"  # type: ignore[attr-defined]
        await press(pilot, "ctrl+s")
        await until(pilot, "name: this does not change from a day")
        asked = "SELECT name || fte FROM worker_on(:day) w WHERE staff_id = 'W2'"
        assert "Two" not in team.reader().value(asked, day=date(2027, 1, 4))

    drive(almoner(team, tmp_path), steps, size=(120, 40))


def test_the_team_is_changed_from_its_board(team: Database, tmp_path: Path) -> None:
    async def steps(pilot: Pressing) -> None:
        await until(pilot, "Okafor")
        pilot.app.screen.query_one("Grid").query_one("Sheet").focus()
        await press(pilot, "e")
        await until(pilot, "its full-time load")
        await press(pilot, "down", "enter")
        await until(pilot, "Edit North")
        pilot.app.screen.query_one("#field-full_time_points").value = "80"  # type: ignore[attr-defined]
        await press(pilot, "ctrl+s")
        await until(pilot, "North is changed")
        asked = "SELECT full_time_points FROM team_on(:day) t WHERE name = 'North'"
        assert [team.reader().value(asked, day=day) for day in (TODAY - timedelta(days=1), TODAY)] == [100_00, 80_00]

    drive(almoner(team, tmp_path), steps, size=(80, 24))


def test_enter_opens_the_case_and_an_idle_worker_is_told_what_to_do(team: Database, tmp_path: Path) -> None:
    async def steps(pilot: Pressing) -> None:
        await open_worker(pilot)
        await press(pilot, "enter")
        await until_screen(pilot, "CaseScreen")
        await press(pilot, "escape")
        await pilot.app.push_screen(WorkerScreen("W3"))
        await until(pilot, "No open cases")

    drive(almoner(team, tmp_path), steps, size=(80, 24))


def test_hostile_and_hidden_names(team: Database, tmp_path: Path) -> None:
    with team.unit("A. Hughes", TODAY) as unit:
        amend(unit, "worker", "W2", {"name": "[/x], [10%]", "role": "[bold]\x1b]52;c;x\x07 lead"})
        amend(unit, "case", "C-1001", {"name": "[red]Zed"})
        unit.finish("Names")

    async def steps(pilot: Pressing) -> None:
        await open_worker(pilot)
        assert "[/x], [10%]" in text(pilot)
        assert "[bold] lead" in text(pilot)
        assert "[red]Zed" in text(pilot)
        await press(pilot, "f2")
        await until(pilot, "names hidden")
        assert "Zed" not in text(pilot)

    drive(almoner(team, tmp_path), steps, size=(120, 40))
