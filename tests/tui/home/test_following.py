"""A screen left open shows what another program saved in the same file, and the day that it is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from domain.core.clock import Clock
from storage.opening import open_database
from storage.records.database import Database
from tests.clocks import CLOCK
from tests.conftest import TODAY
from tests.tui.driving import almoner, drive, press, settled, text, until, until_screen
from tests.units import amend
from tui.app import Almoner
from tui.core.page import Page
from tui.due.due_list.due_screen import DueScreen
from tui.grid.grid import Grid
from tui.home.team_screen import TeamScreen

FRIDAY = datetime(2026, 11, 20, 16, 0, tzinfo=UTC)


def elsewhere(team: Database, name: str) -> None:
    """Rename worker W2 as another program does that works on the same file."""
    with open_database(Path(team.path), CLOCK) as other, other.unit("Somebody else", TODAY) as unit:
        amend(unit, "worker", 2, {"name": name})
        unit.finish("Rename a worker")


@pytest.fixture
def readings(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The screens that read, in their order."""
    read: list[str] = []
    before = Page.read_again

    def noted(self: Page) -> None:
        read.append(type(self).__name__)
        before(self)

    monkeypatch.setattr(Page, "read_again", noted)
    return read


def test_what_another_program_saved_is_shown_without_asking(team: Database, tmp_path: Path) -> None:
    app = almoner(team, tmp_path)

    async def steps(pilot: Pilot[Any]) -> None:
        await until(pilot, "Okafor, Chidi")
        elsewhere(team, "Adeyemi, Chidi")
        app.follow_the_day()
        await until(pilot, "Adeyemi, Chidi")
        assert "Okafor" not in text(pilot)

    drive(app, steps)


def test_a_screen_that_is_come_back_to_shows_it_too(team: Database, tmp_path: Path) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await until(pilot, "Okafor, Chidi")
        await press(pilot, "question_mark")
        await until_screen(pilot, "HelpDialog")
        elsewhere(team, "Adeyemi, Chidi")
        await press(pilot, "escape")
        await until(pilot, "Adeyemi, Chidi")

    drive(almoner(team, tmp_path), steps)


def test_a_screen_that_keeps_what_it_works_out_is_not_read_for_ever(
    team: Database, tmp_path: Path, readings: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its own writing is nobody else's change."""
    app, load = almoner(team, tmp_path), TeamScreen.load

    async def keeping(self: TeamScreen) -> None:
        await load(self)
        await self.office.desk.run(_renamed)

    async def steps(pilot: Pilot[Any]) -> None:
        await until(pilot, "Okafor, Chidi")
        await settled(pilot)
        monkeypatch.setattr(TeamScreen, "load", keeping)
        readings.clear()
        await press(pilot, "f5")
        await settled(pilot)
        for _ in range(3):
            app.follow_the_day()
            await settled(pilot)
        assert readings == ["TeamScreen"]

    drive(app, steps)


def _renamed(unit: Any) -> str:
    amend(unit, "worker", 2, {"name": "Adeyemi, Chidi"})
    unit.finish("Rename a worker")
    return "Renamed."


@pytest.mark.parametrize(("kind", "key"), [(TeamScreen, "1"), (DueScreen, "2")])
def test_after_a_weekend_nothing_stays_on_friday(team: Database, tmp_path: Path, kind: type[Page], key: str) -> None:
    moment = [FRIDAY]
    app = Almoner(team, path=Path(team.path), clock=Clock(lambda: moment[0]), settings_path=tmp_path / "settings.json")

    async def steps(pilot: Pilot[Any]) -> None:
        await press(pilot, key)
        await until_screen(pilot, kind)
        await until(pilot, "Fri 20 Nov")
        await settled(pilot)
        grid = app.screen.query(Grid).first(Grid)
        far = next((column for column in grid.columns if column.id == "far"), None)
        friday = [far.value(row) for row in grid.found] if far else []
        moment[0] += timedelta(days=3)
        app.on_app_focus()  # somebody comes back to the window
        await until(pilot, "Mon 23 Nov")
        await settled(pilot)
        assert "Fri 20 Nov" not in text(pilot)
        if far:
            assert [far.value(row) for row in grid.found] == [days and days - 3 for days in friday]

    drive(app, steps, (120, 40))
