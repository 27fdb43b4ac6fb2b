"""Taking in an extract on the screen: a file that takes long is waited for only as long as the person likes."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook
from textual.pilot import Pilot
from textual.widgets import Input

from storage.importing.files.patience import Patience
from storage.records.database import Database
from tests.tui.driving import almoner, drive, press, until, until_screen
from tui.core.screens import page


def test_a_workbook_that_takes_long_can_be_given_up(
    team: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    book, asked, check = Workbook(), [], Patience.check
    for number in range(2_000):
        book.active.append(["Case ref" if not number else f"C-{number}"])
    book.save(tmp_path / "long.xlsx")

    def slow(patience: Patience, file: str) -> None:
        asked.append(file)
        time.sleep(0.02)
        check(patience, file)

    monkeypatch.setattr(Patience, "check", slow)

    async def steps(pilot: Pilot[Any]) -> None:
        pilot.app.push_screen(page("import"))
        await until_screen(pilot, "ImportScreen")
        pilot.app.screen.query_one("#path", Input).value = str(tmp_path / "long.xlsx")
        await press(pilot, "enter")
        await until(pilot, "Reading the extract")
        await press(pilot, "escape")
        await until_screen(pilot, "ImportScreen")
        assert 0 < len(asked) < 1_000

    drive(almoner(team, tmp_path), steps)
