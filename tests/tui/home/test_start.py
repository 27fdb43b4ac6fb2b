"""The first screen is there before anything heavy is loaded; the last door shows nobody's data."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Static

from storage.records.database import Database
from tests.test_architecture import HEAVY
from tests.tui.driving import almoner, drive, press, text, until, until_screen
from tui.core.text import show

ROOT = Path(__file__).resolve().parents[3]
FIRST_ROWS = """
import asyncio, sys
from pathlib import Path
from tests.clocks import CLOCK
from storage.opening import open_database
from tui.core import storage_thread
from tui.app import Almoner
from tui.grid.grid import Grid

seen = []
storage_thread.Desk.warm = lambda self: seen.append({name.split(".")[0] for name in sys.modules})
path = Path(sys.argv[1])

async def main():
    app = Almoner(open_database(path, CLOCK), path=path, clock=CLOCK, actor="A. Hughes")
    async with app.run_test() as pilot:
        while not seen:
            await pilot.pause(0.01)
        rows = len(app.screen.query_one(Grid).found)
    app.office.close()
    print(rows, *sorted(seen[0]))

asyncio.run(main())
"""


def test_the_first_rows_are_shown_before_the_records_load(team: Database) -> None:
    run = subprocess.run(
        [sys.executable, "-c", FIRST_ROWS, str(team.path)], capture_output=True, text=True, check=True, cwd=ROOT
    )
    rows, *modules = run.stdout.split()
    assert int(rows) == 3
    assert not set(modules) & HEAVY


class Mishap(Static):
    """A widget of a faulty program, holding somebody's name."""

    def on_mount(self) -> None:
        person = "Jamie Doe"
        raise RuntimeError(f"no place for {person}")


def test_a_crash_prints_its_kind_and_place_and_no_data(
    team: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    app = almoner(team, tmp_path)

    async def steps(pilot: Pilot[Any]) -> None:
        await until(pilot, "Okafor")
        await app.mount(Mishap())
        await pilot.pause()

    with pytest.raises(RuntimeError):
        drive(app, steps)
    printed = capsys.readouterr()
    assert "RuntimeError at test_start.py:" in " ".join(printed.err.split())
    assert "Jamie" not in printed.err + printed.out


def test_an_error_is_shown_in_words_and_the_program_goes_on(team: Database, tmp_path: Path) -> None:
    app = almoner(team, tmp_path)

    async def steps(pilot: Pilot[Any]) -> None:
        await until(pilot, "Okafor")
        app.office._desk.database.close()  # type: ignore[union-attr]
        await press(pilot, "f5")
        await until_screen(pilot, "ErrorDialog")
        assert "Open it again" in text(pilot)
        await press(pilot, "escape")
        await until_screen(pilot, "TeamScreen")

    drive(app, steps)


def test_quitting_keeps_the_settings_and_leaves_with_nought(team: Database, tmp_path: Path) -> None:
    app = almoner(team, tmp_path)

    async def steps(pilot: Pilot[Any]) -> None:
        await until(pilot, "Okafor")
        await press(pilot, "ctrl+t", "q")

    drive(app, steps)
    assert app.return_code == 0
    assert almoner(None, tmp_path).theme == "almoner-light"


def test_a_spoilt_settings_file_is_mentioned_and_nothing_more(team: Database, tmp_path: Path) -> None:
    (tmp_path / "settings.json").write_text("{")

    async def steps(pilot: Pilot[Any]) -> None:
        await until(pilot, "Okafor")
        await until(pilot, "settings file could not be")

    drive(almoner(team, tmp_path), steps, (160, 40))


def test_show_takes_markup_literally() -> None:
    assert show("[red]x[/red] [10%] [/y]").plain == "[red]x[/red] [10%] [/y]"
