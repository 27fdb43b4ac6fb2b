"""The day's backup behind the first screen: made without being waited for, told when it fails, and switched off."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from storage.records.database import Database
from storage.safety import backup, backup_retention
from tests.clocks import CLOCK
from tests.tui.driving import Steps, drive, press, until, until_screen
from tui.app import Almoner
from tui.home import daily_backup


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(daily_backup, "SOON", 0.01)


def opened(database: Database, folder: Path, steps: Steps, **chosen: Any) -> Almoner:
    app = Almoner(
        database, path=database.path, clock=CLOCK, actor="A. Hughes", settings_path=folder / "s.json", backups=True
    )
    for name, value in chosen.items():
        setattr(app.office.settings, name, value)
    drive(app, steps)
    return app


async def thread_done() -> None:
    for _ in range(500):
        if not any(thread.name == "backup" for thread in threading.enumerate()):
            return
        await asyncio.sleep(0.01)
    raise AssertionError("the backup did not end")


def test_the_first_screen_is_there_while_the_backup_is_still_being_made(
    team: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on, copying, copy = threading.Event(), threading.Event(), backup.automatic

    def slow(*given: Any) -> Any:
        copying.set()
        go_on.wait(10)
        return copy(*given)

    monkeypatch.setattr(backup, "automatic", slow)

    async def steps(pilot: Pilot[Any]) -> None:
        await until(pilot, "Okafor")
        await asyncio.to_thread(copying.wait, 10)
        await press(pilot, "2")
        await until(pilot, "C-1001")
        assert backup_retention.kept(team.path) == []
        go_on.set()
        await thread_done()

    opened(team, tmp_path, steps)
    assert len(backup_retention.kept(team.path)) == 1


def test_a_failure_is_told_quietly_and_work_goes_on(
    team: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> Any:
        raise ZeroDivisionError("Jamie Doe")

    monkeypatch.setattr(backup, "automatic", broken)

    async def steps(pilot: Pilot[Any]) -> None:
        await until(pilot, "Today's backup was not made")
        assert "Jamie" not in str([note.message for note in pilot.app._notifications])
        await press(pilot, "2")
        await until(pilot, "C-1001")

    opened(team, tmp_path, steps)


@pytest.mark.parametrize("off", [True, False])
def test_switched_off_or_where_nothing_may_be_written_none_is_made(team: Database, tmp_path: Path, off: bool) -> None:
    team.read_only = not off

    async def steps(pilot: Pilot[Any]) -> None:
        await until(pilot, "Okafor")
        await asyncio.sleep(0.05)
        await thread_done()

    opened(team, tmp_path, steps, daily_backup=not off)
    assert not backup_retention.folder_of(team.path).exists()


def test_backups_and_full_days_are_chosen_in_the_settings(team: Database, tmp_path: Path) -> None:
    safe = tmp_path / "safe"

    async def steps(pilot: Pilot[Any]) -> None:
        await until(pilot, "Okafor")
        await press(pilot, "7")
        await until(pilot, "beside the database")
        await press(pilot, "up", "up", "enter")
        await until_screen(pilot, "Form")
        pilot.app.screen.query_one(Input).value = "0"
        await press(pilot, "ctrl+s")
        await until(pilot, "A number from 1 to 50.")
        pilot.app.screen.query_one(Input).value = "2"
        await press(pilot, "ctrl+s")
        await until(pilot, "2 things for each worker")
        await press(pilot, "up", "enter")
        await until_screen(pilot, "Form")
        pilot.app.screen.query_one(Input).value = str(safe)
        await press(pilot, "ctrl+s")
        await until(pilot, "There is no folder")
        safe.mkdir()
        await press(pilot, "ctrl+s")
        await until(pilot, "Where it is kept           /")
        await press(pilot, "up", "enter")
        await until(pilot, "A backup each day          no")

    app = opened(team, tmp_path, steps)
    chosen = app.office.settings
    assert (chosen.daily_backup, chosen.backup_folder, chosen.most_a_day) == (False, str(safe), 2)
