"""When each was last supervised before Almoner was in use, by keys; and from when the screens count."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from storage.opening import open_database
from storage.records.database import Database
from tests.clocks import CLOCK
from tests.conftest import TODAY
from tests.tui.driving import almoner, drive, press, settled, text, until, until_screen
from tests.tui.hands import paste
from tests.units import amend

SIZES = [(80, 24), (120, 40)]
WORDS = "Counted from 1 Oct 2026, when North began to use Almoner."


@pytest.fixture
def in_use(team: Database) -> Database:
    with team.unit("A. Hughes", TODAY) as unit:
        amend(unit, "team", "North", {"in_use_since": date(2026, 10, 1)})
        unit.finish("In use")
    return team


@pytest.mark.parametrize("size", SIZES)
def test_one_form_takes_a_day_for_each_worker_of_the_team(
    in_use: Database, tmp_path: Path, size: tuple[int, int]
) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await press(pilot, "3")
        await until_screen(pilot, "SupervisionScreen")
        await until(pilot, WORDS)
        await press(pilot, "o")
        await until(pilot, "Last held")
        await paste(pilot, "last held")
        await press(pilot, "enter")
        await until(pilot, "There is nothing to sign")
        pilot.app.screen.query_one("#field-W2", Input).value = "2026-09-20"
        pilot.app.screen.query_one("#field-W1", Input).value = "2026-09-21"
        await press(pilot, "ctrl+s")
        await until(pilot, "Nobody supervised W1 then")  # Hughes has no supervisor: the form stays, nothing is kept
        pilot.app.screen.query_one("#field-W1", Input).value = ""
        await press(pilot, "ctrl+s")
        await until(pilot, "Kept when 1 worker last had supervision")

    drive(almoner(in_use, tmp_path), steps, size)
    query = "SELECT worker, held_on, elsewhere FROM session"
    with open_database(in_use.path, CLOCK) as kept:
        assert [tuple(row.values()) for row in kept.reader().rows(query)] == [("W2", "2026-09-20", 1)]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(("name", "screen"), [("held in", "ComplianceScreen"), ("cases", "CoverageScreen")])
def test_figures_say_from_when_they_count(
    in_use: Database, tmp_path: Path, size: tuple[int, int], name: str, screen: str
) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await press(pilot, "3")
        await until_screen(pilot, "SupervisionScreen")
        await settled(pilot)
        await press(pilot, "o")
        await until(pilot, "Last held")
        await paste(pilot, name)
        await press(pilot, "enter")
        await until_screen(pilot, screen)
        await until(pilot, "Counted from 1 Oct 2026")
        assert "4,316" not in text(pilot)

    drive(almoner(in_use, tmp_path), steps, size)
