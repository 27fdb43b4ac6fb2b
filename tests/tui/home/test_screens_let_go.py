"""A screen that was left is gone: neither it nor its list, its rows or its widgets stay in memory."""

from __future__ import annotations

import asyncio
import gc
import heapq
import os
import tracemalloc
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widget import Widget

from storage.demo.make import make
from storage.opening import open_database
from storage.records.database import Database
from tests.clocks import CLOCK
from tests.tui.driving import almoner, drive, press, settled, until
from tui.core.screens import PAGES, page
from tui.dialogs.choose import ChooseDialog

pytestmark = pytest.mark.slow

ABOUT: dict[str, Any] = {
    "headroom": "C-1001",
    "worker": "W104",
    "case": "C-1001",
    "planner": "C-1001",
    "case-points": "C-1001",
    "session": 168,
    "record": 168,
    "learner": 1,
    "register": 1,
    "cpd-pieces": "W104",
    "progression": "W104",
}
EVERY_SCREEN = bool(os.environ.get("ALMONER_EVERY_SCREEN"))  # minutes: measured on request, one screen always
NOT_OPENED_ALONE = {"welcome", "scenario"}  # the first run's; and one that asks at once what to plan for
KEPT = 20_000  # bytes that may stay for each opening: what the library and Python remember


@pytest.fixture(scope="module")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("demo") / "demo.db"
    make(path, "team", 1, CLOCK)
    return path


@pytest.fixture
def demo(demonstration: Path) -> Database:
    return open_database(demonstration, CLOCK)


async def open_and_leave(pilot: Pilot[Any], name: str) -> None:
    await pilot.app.push_screen(page(name, *([ABOUT[name]] if name in ABOUT else [])))
    await settled(pilot)
    await press(pilot, "down", "escape")
    while len(pilot.app.screen_stack) > 1:
        pilot.app.pop_screen()
        await settled(pilot)


def widgets() -> Counter[str]:
    """Count what is alive; timers that were called off are forgotten now rather than when their time comes."""
    loop: Any = asyncio.get_running_loop()
    loop._scheduled[:] = [timer for timer in loop._scheduled if not timer.cancelled()]
    heapq.heapify(loop._scheduled)
    gc.collect()
    return Counter(type(one).__name__ for one in gc.get_objects() if isinstance(one, Widget))


async def left_over(pilot: Pilot[Any], before: Counter[str]) -> Counter[str]:
    """What is alive beside what was; a reading that is still on its way holds its screen for a moment."""
    for _ in range(20):
        if not (more := widgets() - before):
            break
        await pilot.pause(0.1)
    return more


def test_no_widget_of_a_screen_outlives_it(demo: Database, tmp_path: Path) -> None:
    left: dict[str, Counter[str]] = {}

    async def steps(pilot: Pilot[Any]) -> None:
        await until(pilot, "Needs you")
        for name in sorted(PAGES.keys() - NOT_OPENED_ALONE):
            await open_and_leave(pilot, name)
            before = widgets()
            for _ in range(3):
                await open_and_leave(pilot, name)
            if more := await left_over(pilot, before):
                left[name] = more

    drive(almoner(demo, tmp_path), steps)
    assert left == {}


def test_no_widget_of_a_dialog_outlives_it(demo: Database, tmp_path: Path) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await until(pilot, "Needs you")
        before = widgets()
        for _ in range(5):
            pilot.app.push_screen(ChooseDialog("Which?", []))
            await press(pilot, "a", "escape")
        assert await left_over(pilot, before) == Counter()

    drive(almoner(demo, tmp_path), steps)


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(PAGES.keys() - NOT_OPENED_ALONE) if EVERY_SCREEN else ["case"])
def test_memory_stays_where_it_was_after_fifty_openings(demo: Database, tmp_path: Path, name: str) -> None:
    """Also of what the library draws: its caches held the lines of the last thousand widgets."""
    grown: list[int] = []

    async def steps(pilot: Pilot[Any]) -> None:
        await until(pilot, "Needs you")
        for _ in range(5):
            await open_and_leave(pilot, name)
        before = widgets()
        tracemalloc.start()
        start = tracemalloc.get_traced_memory()[0]
        for _ in range(50):
            await open_and_leave(pilot, name)
        assert await left_over(pilot, before) == Counter()
        grown.append((tracemalloc.get_traced_memory()[0] - start) // 50)
        tracemalloc.stop()

    drive(almoner(demo, tmp_path), steps)
    assert grown[0] < KEPT, f"{grown[0]:,} bytes stay for each opening"
