"""Screens that write, each with its key held down: what is meant once is written once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from storage.database.sqlite import connect
from storage.records.database import Database
from tests.storage.planning.plankit import THREE, north
from tests.storage.supervision.recordkit import full
from tests.tui.driving import Steps, almoner, drive, press, settled, until, until_screen
from tests.tui.hands import burst
from tests.tui.home.test_first_run import CASELOAD
from tests.tui.home.test_leaving import CASES, plan
from tests.tui.learning.test_learners_screen import teach
from tui.core.screens import page

pytestmark = pytest.mark.slow

GAPS = (0.01, 0.02, 0.03)
TIMES = (2, 3, 6)
held = pytest.mark.parametrize(("gap", "times"), [(gap, times) for gap in GAPS for times in TIMES])


def written(database: Database) -> int:
    """How many changes the log holds."""
    conn = connect(Path(database.path), read_only=True)
    try:
        return int(conn.value("SELECT count(*) FROM change_set"))
    finally:
        conn.close()


def once(database: Database, folder: Path, steps: Steps, size: tuple[int, int] = (80, 24)) -> None:
    before = written(database)

    async def all_of_it(pilot: Pilot[Any]) -> None:
        await steps(pilot)
        await pilot.pause(0.1)

    drive(almoner(database, folder), all_of_it, size)
    assert written(database) == before + 1


@held
def test_a_record_is_agreed_once(team: Database, tmp_path: Path, gap: float, times: int) -> None:
    number = full(team)

    async def steps(pilot: Pilot[Any]) -> None:
        pilot.app.push_screen(page("record", number))
        await until_screen(pilot, "RecordScreen")
        await settled(pilot)
        await burst(pilot, *["A"] * times, gap=gap)
        await until(pilot, "Agreed")

    once(team, tmp_path, steps)


@held
def test_marked_days_are_saved_once(team: Database, tmp_path: Path, gap: float, times: int) -> None:
    teach(team)

    async def steps(pilot: Pilot[Any]) -> None:
        pilot.app.push_screen(page("register", 1))
        await until(pilot, "40 of 70 days")
        await press(pilot, "a")
        await burst(pilot, *["ctrl+s"] * times, gap=gap)
        await until(pilot, "Saved 1 day")

    once(team, tmp_path, steps, (120, 40))


@held
def test_an_extract_is_applied_once(team: Database, tmp_path: Path, gap: float, times: int) -> None:
    sheet = tmp_path / "caseload.csv"
    sheet.write_text(CASELOAD)

    async def steps(pilot: Pilot[Any]) -> None:
        await until(pilot, "Okafor")
        await press(pilot, "7", "enter")
        await until_screen(pilot, "ImportScreen")
        pilot.app.screen.query_one("#path", Input).value = str(sheet)
        await press(pilot, "enter")
        await until_screen(pilot, "PreviewScreen")
        await settled(pilot)
        await burst(pilot, *["ctrl+s"] * times, gap=gap)
        await until_screen(pilot, "TeamScreen")
        await settled(pilot)

    once(team, tmp_path, steps, (120, 40))


@held
def test_a_plan_is_applied_once(tmp_path: Path, gap: float, times: int) -> None:
    with north(tmp_path, THREE, CASES) as planned:

        async def steps(pilot: Pilot[Any]) -> None:
            await plan(pilot)
            await press(pilot, "ctrl+s")
            await until(pilot, "Carry this plan out?")
            await burst(pilot, *["enter"] * times, gap=gap)
            await until(pilot, "Applied")
            await settled(pilot)

        once(planned, tmp_path, steps, (120, 40))
