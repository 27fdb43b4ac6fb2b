"""The Worker screen: their cases, and the load as an account down to capacity."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from storage.database import Database
from storage.workerfile import worker_file
from tests.conftest import TODAY
from tests.tui.driving import almoner, drive, press, text, until, until_screen
from tests.tui.hands import paste
from tui.screens.worker import WorkerScreen

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
        unit.record("allocation", {"case": "C-1001", "worker": "W3", "role": "co_worker", "starts": "2026-04-01"})
        unit.record("reduction", {"worker": "W3", "percent": 10, "reason": "Student", "starts": "2026-09-01"})
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
        await until(pilot, "write a whole number")
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
        rows = team.reader().execute("SELECT state, held_on FROM session").fetchall()
        assert rows == [("held", "2026-11-20")], "the booked session was the one that was held"

    drive(almoner(team, tmp_path), steps, size=(120, 40))


def test_editing_the_worker_keeps_what_was_typed_when_it_is_refused(team: Database, tmp_path: Path) -> None:
    async def steps(pilot: Pressing) -> None:
        await open_worker(pilot)
        await press(pilot, "e")
        await until(pilot, "Edit W2")
        pilot.app.screen.query_one("#field-fte").value = "half"  # type: ignore[attr-defined]
        await press(pilot, "ctrl+s")
        await until(pilot, "write it as 1, 0.8 or 0.6")
        assert pilot.app.screen.query_one("#field-fte").value == "half"  # type: ignore[attr-defined]
        pilot.app.screen.query_one("#field-fte").value = "0.8"  # type: ignore[attr-defined]
        await press(pilot, "ctrl+s")
        await until(pilot, "Works 0.8 of full time")

    drive(almoner(team, tmp_path), steps, size=(120, 40))


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
        unit.amend("worker", "W2", {"name": "[/x], [10%]", "role": "[bold]\x1b]52;c;x\x07 lead"})
        unit.amend("case", "C-1001", {"name": "[red]Zed"})
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
