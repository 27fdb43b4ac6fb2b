"""Keys pressed faster than screens open: each reaches the screen that the ones before have led to."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from textual.events import AppBlur, AppFocus, Event, Key, MouseMove, Paste
from textual.pilot import Pilot
from textual.widgets import Input

from storage.records.database import Database
from tests.tui.driving import almoner, drive, press, settled, text, until, until_screen
from tui.core.screens import page
from tui.core.storage_thread import Desk

SLOW = 0.3  # seconds that each reading takes


@pytest.fixture
def slow_readings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have every reading take a while, as on a share."""
    read = Desk.read

    async def slowly(self: Desk, ask: Callable[[Any], Any]) -> Any:
        await asyncio.sleep(SLOW)
        return await read(self, ask)

    monkeypatch.setattr(Desk, "read", slowly)


def strike(pilot: Pilot[Any], *keys: str) -> None:
    """Press keys at once, waiting for nothing."""
    for key in keys:
        event = Key(key, key if len(key) == 1 else None)
        event.set_sender(pilot.app)
        pilot.app._driver.send_message(event)  # type: ignore[union-attr]


@pytest.mark.usefixtures("slow_readings")
def test_a_key_pressed_while_an_area_loads_is_answered_there(team: Database, tmp_path: Path) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await until(pilot, "Okafor")
        strike(pilot, "2", "w")
        await until_screen(pilot, "WhyDialog")
        assert "Why " in text(pilot)

    drive(almoner(team, tmp_path), steps)


@pytest.mark.usefixtures("slow_readings")
def test_keys_go_through_several_screens_in_their_order(team: Database, tmp_path: Path) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await until(pilot, "Okafor")
        pilot.app.screen.query_one("Sheet").focus()
        await pilot.pause()
        strike(pilot, "2", "enter", "y", "question_mark")  # the first line is Ann Hughes's supervision
        await until_screen(pilot, "HelpDialog")
        await press(pilot, "escape")
        await until_screen(pilot, "PiecesScreen")
        await press(pilot, "escape")
        await until_screen(pilot, "WorkerScreen")

    drive(almoner(team, tmp_path), steps)


@pytest.mark.usefixtures("slow_readings")
def test_what_is_typed_ahead_of_a_form_goes_into_it(team: Database, tmp_path: Path) -> None:
    """And not to the screen behind it, where u would take the last change back."""

    async def steps(pilot: Pilot[Any]) -> None:
        await until(pilot, "Okafor")
        await pilot.app.push_screen(page("case", "C-1001"))
        await until(pilot, "Jamie Doe")
        await settled(pilot)
        strike(pilot, "p", "t", "h", "u")
        await until_screen(pilot, "Form")
        await until(pilot, "thu")
        assert isinstance(pilot.app.focused, Input)
        assert pilot.app.focused.value == "thu"

    drive(almoner(team, tmp_path), steps)


@pytest.mark.usefixtures("slow_readings")
def test_escape_takes_back_what_waits(team: Database, tmp_path: Path) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await until(pilot, "Okafor")
        pilot.app.push_screen(page("case", "C-1001"))
        await until_screen(pilot, "CaseScreen")
        strike(pilot, "w", "w", "escape")
        await until_screen(pilot, "TeamScreen")
        await settled(pilot)
        assert type(pilot.app.screen).__name__ == "TeamScreen"

    drive(almoner(team, tmp_path), steps)


def test_a_screen_that_never_comes_to_rest_still_hears(
    team: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await until(pilot, "Okafor")
        monkeypatch.setattr("tui.home.type_ahead.PATIENCE", 0.2)
        stuck = page("due")
        monkeypatch.setattr(stuck, "load", asyncio.Event().wait)
        pilot.app.push_screen(stuck)
        await until_screen(pilot, "DueScreen")
        strike(pilot, "question_mark")
        await until_screen(pilot, "HelpDialog")
        stuck.workers.cancel_node(stuck)

    drive(almoner(team, tmp_path), steps)


def came_back(event: Event) -> Event:
    """An event that the screen it was handed to did not want."""
    event._forwarded = True
    return event


def test_what_comes_while_there_is_no_screen_stops_nothing(team: Database, tmp_path: Path) -> None:
    """As between one area and the first showing of the next; whether we have the focus is heard afterwards."""

    async def steps(pilot: Pilot[Any]) -> None:
        await until(pilot, "Okafor")
        app, area = pilot.app, pilot.app.current_mode
        app._screen_stacks["nothing yet"], app._current_mode = [], "nothing yet"
        moved = MouseMove(None, 1, 1, 0, 0, 0, False, False, False)
        for event in (came_back(Key("down", None)), came_back(Paste("thu")), moved, AppBlur()):
            await app.on_event(event)
        heard = [app.app_focus]
        app._current_mode = area
        del app._screen_stacks["nothing yet"]
        while app.app_focus:
            await asyncio.sleep(0.01)
        assert [*heard, app.app_focus] == [True, False]
        await app.on_event(AppFocus())
        await press(pilot, "question_mark")
        await until_screen(pilot, "HelpDialog")

    drive(almoner(team, tmp_path), steps)
