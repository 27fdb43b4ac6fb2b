"""Lists in groups: they open with the first heading in sight, and the cursor on the line below it."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from storage.demo.make import make
from storage.opening import open_database
from storage.records.database import Database
from tests.clocks import CLOCK
from tests.conftest import TODAY
from tests.tui.driving import almoner, drive, press, settled, text, until, until_screen
from tests.units import record
from tui.core.screens import page
from tui.grid.grouped import Grouped


@pytest.fixture(scope="module")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("demo") / "demo.db"
    make(path, "team", 1, CLOCK)
    with open_database(path, CLOCK) as database, database.unit("A. Hughes", TODAY) as unit:
        for number in range(60):
            day = date(2026, 11, 1 + number % 12)
            action = {"what": f"Ring the school, {number}", "owner": "W104", "due": day, "set_on": date(2026, 10, 1)}
            record(unit, "action", action)
        unit.finish("Set many actions")
    return path


@pytest.fixture
def demo(demonstration: Path) -> Database:
    return open_database(demonstration, CLOCK)


def lines(pilot: Pilot[Any]) -> Grouped[Any]:
    return pilot.app.screen.query_one(Grouped)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])
@pytest.mark.parametrize(("key", "kind"), [("2", "DueScreen"), ("", "ActionsScreen")], ids=["due", "actions"])
def test_a_long_list_opens_with_its_first_heading_in_sight(
    demo: Database, tmp_path: Path, key: str, kind: str, size: tuple[int, int]
) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await until(pilot, "Needs you")
        if key:
            await press(pilot, key)
        else:
            pilot.app.push_screen(page("actions"))
        await until_screen(pilot, kind)
        await settled(pilot)
        assert lines(pilot).sheet.row_count > size[1], "the list is longer than the window"
        assert "● Overdue" in text(pilot)
        assert lines(pilot).sheet.cursor_row == 1

    drive(almoner(demo, tmp_path), steps, size)


def test_going_up_to_the_first_line_of_a_group_shows_its_heading(demo: Database, tmp_path: Path) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        pilot.app.push_screen(page("due"))
        await until_screen(pilot, "DueScreen")
        await settled(pilot)
        await press(pilot, "end")
        assert "● Overdue" not in text(pilot)
        lines(pilot).sheet.move_cursor(row=3)
        await press(pilot, "up", "up")
        assert lines(pilot).sheet.cursor_row == 1
        assert "● Overdue" in text(pilot)

    drive(almoner(demo, tmp_path), steps, (80, 24))
