"""One thing at a time: a key pressed twice or held down does its thing once, and nobody leaves what is being saved."""

from __future__ import annotations

import ast
import asyncio
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from domain.load.records import ExtraFields
from storage.opening import open_database
from storage.records import acts
from storage.records.database import Database
from storage.records.unit import Unit
from tests.clocks import CLOCK
from tests.conftest import TODAY
from tests.house import sources
from tests.tui.driving import almoner, drive, press, settled, text, until, until_screen
from tests.tui.hands import burst
from tui.core.leaving.turns import ASKED
from tui.core.page import Page
from tui.dialogs.ask import ask
from tui.dialogs.form import Field

GAPS = (0.01, 0.02, 0.03)
SIZES = ((80, 24), (120, 40))


def extras(database: Database) -> int:
    with open_database(database.path, CLOCK) as opened:
        return int(opened.reader().value("SELECT count(*) FROM extra"))


def lead(unit: Unit, title: str = "Lead") -> str:
    acts.record(unit, ExtraFields(worker="W2", title=title, points=500, starts=TODAY))
    return f"Kept {title}."


@asynccontextmanager
async def slow_storage(pilot: Pilot[Any]) -> AsyncIterator[None]:
    """Whatever is asked of storage meanwhile is still under way when this ends, and is done afterwards."""
    held, go = threading.Event(), threading.Event()

    def hold(_: Database) -> None:
        held.set()
        assert go.wait(20)

    holding = asyncio.create_task(pilot.app.office.desk.call(hold))  # type: ignore[attr-defined]
    while not held.is_set():
        await asyncio.sleep(0.005)
    try:
        yield
    finally:
        go.set()
        await holding


def on_the_team(database: Database, folder: Path, size: tuple[int, int]) -> Callable[..., None]:
    def go(steps: Callable[[Pilot[Any], Page], Awaitable[None]]) -> None:
        async def run(pilot: Pilot[Any]) -> None:
            await until(pilot, "Okafor")
            await settled(pilot)
            assert isinstance(pilot.app.screen, Page)
            await steps(pilot, pilot.app.screen)

        drive(almoner(database, folder), run, size)

    return go


def form(page: Page) -> None:
    page.do(ask(page, "Extra work", [Field("title", "What")], lambda unit, v: lead(unit, v["title"])))


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("gap", GAPS)
@pytest.mark.parametrize("times", [2, 3, 8])
def test_a_form_saved_by_a_key_pressed_again_or_held_is_kept_once(
    team: Database, tmp_path: Path, times: int, gap: float, size: tuple[int, int]
) -> None:
    async def steps(pilot: Pilot[Any], page: Page) -> None:
        form(page)
        await until_screen(pilot, "Form")
        await press(pilot, "L")
        async with slow_storage(pilot):
            await burst(pilot, *["ctrl+s"] * times, gap=gap)
        await until(pilot, "Kept L.")
        await settled(pilot)
        assert pilot.app.screen is page

    on_the_team(team, tmp_path, size)(steps)
    assert extras(team) == 1


def test_a_form_saved_by_a_key_held_on_a_fast_disk_is_kept_once(team: Database, tmp_path: Path) -> None:
    async def steps(pilot: Pilot[Any], page: Page) -> None:
        form(page)
        await until_screen(pilot, "Form")
        await press(pilot, "L")
        await burst(pilot, *["ctrl+s"] * 20, gap=0.01)
        await until(pilot, "Kept L.")
        await settled(pilot)

    on_the_team(team, tmp_path, (80, 24))(steps)
    assert extras(team) == 1


@pytest.mark.parametrize("size", SIZES)
def test_what_is_being_saved_is_not_left_by_escape_and_says_so(
    team: Database, tmp_path: Path, size: tuple[int, int]
) -> None:
    async def steps(pilot: Pilot[Any], page: Page) -> None:
        form(page)
        await until_screen(pilot, "Form")
        await press(pilot, "L")
        async with slow_storage(pilot):
            await burst(pilot, "ctrl+s", "escape", "escape", gap=0.03)
            assert type(pilot.app.screen).__name__ == "Form"
            assert "Saving…" in text(pilot)
        await until(pilot, "Kept L.")

    on_the_team(team, tmp_path, size)(steps)
    assert extras(team) == 1


def test_what_is_not_being_saved_yet_is_stopped_by_escape_and_then_kept_nowhere(team: Database, tmp_path: Path) -> None:
    """Working something out takes its time: the form stays, as it was filled in."""

    async def steps(pilot: Pilot[Any], page: Page) -> None:
        from tui.dialogs.form import Form

        async def save(values: dict[str, Any]) -> None:
            await asyncio.sleep(30)
            await page.office.desk.run(lambda unit: lead(unit, values["title"]))

        pilot.app.push_screen(Form("Long", [Field("title", "What")], save))
        await until_screen(pilot, "Form")
        await press(pilot, "L")
        await burst(pilot, "ctrl+s", "escape", gap=0.05)
        await until(pilot, "Stopped. Nothing was saved.")
        assert "L" in text(pilot)

    on_the_team(team, tmp_path, (80, 24))(steps)
    assert extras(team) == 0


@pytest.mark.parametrize("gap", GAPS)
def test_an_act_behind_a_held_key_is_carried_out_once_and_shown(team: Database, tmp_path: Path, gap: float) -> None:
    async def steps(pilot: Pilot[Any], page: Page) -> None:
        async with slow_storage(pilot):
            for _ in range(3):
                page.act(lead)
                await asyncio.sleep(gap)
            await asyncio.sleep(0.2)
            await pilot.pause()
            assert "Saving…" in text(pilot)
        await until(pilot, "Kept Lead.")
        await settled(pilot)
        assert "Saving…" not in text(pilot)

    on_the_team(team, tmp_path, (120, 40))(steps)
    assert extras(team) == 1


def test_an_act_that_follows_waits_until_the_screen_shows_the_one_before(team: Database, tmp_path: Path) -> None:
    seen: list[bool] = []

    async def steps(pilot: Pilot[Any], page: Page) -> None:
        async def again() -> None:
            seen.append(page._up_to_date.is_set())

        page.act(lead)
        while not any("Kept Lead." in one.message for one in pilot.app._notifications):
            await asyncio.sleep(0.001)
        page.run_worker(again)
        await settled(pilot)

    on_the_team(team, tmp_path, (80, 24))(steps)
    assert seen == [True]


def test_a_key_pressed_twice_asks_its_question_once(team: Database, tmp_path: Path) -> None:
    async def steps(pilot: Pilot[Any], page: Page) -> None:
        await burst(pilot, "n", "n", "n", gap=0.01)
        await until(pilot, "What is new?")
        await pilot.pause(0.1)
        await press(pilot, "escape")
        assert pilot.app.screen is page

    on_the_team(team, tmp_path, (80, 24))(steps)


BEHIND = {
    "agenda": "reads what a calendar would show",
    "drafts": "puts away what was typed",
    "forecast": "works out the weeks ahead",
    "load": "reads what the screen shows",
    "look": "looks whether others saved something",
    "save": "keeps the page of a session, each after the one before",
    "search": "reads what matches the letters typed",
    "solve": "works out a plan; the newest counts",
    "step": "shows another plan of those worked out",
    "turn": "turns the page of a session, each after the one before",
    "typed": "hands keys on, in their order",
}
"""Work that is no turn of its own: readings, of which the newest counts, and what keeps its own order."""


def test_only_readings_and_what_keeps_its_own_order_go_on_beside_what_was_asked_for() -> None:
    """Everything else is a turn, without the screen having to think of it."""
    groups: dict[str, set[str]] = {}
    for path in sources("tui"):
        for call in (n for n in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(n, ast.Call)):
            if ast.unparse(call.func).split(".")[-1] in ("work", "run_worker"):
                named = [k.value for k in call.keywords if k.arg == "group"]
                groups.setdefault(str(getattr(named[0], "value", ASKED)) if named else ASKED, set()).add(path.name)
    assert set(groups) - {ASKED} <= set(BEHIND), groups
