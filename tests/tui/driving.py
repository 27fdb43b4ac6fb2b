"""Driving the application in a test: keys in, the text on the screen out."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from textual.pilot import Pilot
from textual.screen import Screen
from textual.widgets import Select

from storage.records.database import Database
from tests.clocks import CLOCK
from tests.tui.quiet import quietly
from tui.app import Almoner

Steps = Callable[[Pilot[Any]], Awaitable[None]]
WAIT = 10.0


def almoner(database: Database | None, folder: Path, *, no_names: bool = False, actor: str = "A. Hughes") -> Almoner:
    """The application on ``database`` with settings of its own in ``folder``."""
    path = Path(database.path) if database else folder / "new.db"
    return Almoner(
        database, path=path, clock=CLOCK, actor=actor, no_names=no_names, settings_path=folder / "settings.json"
    )


def drive(app: Almoner, steps: Steps, size: tuple[int, int] = (100, 30)) -> None:
    """Run ``app`` and the steps, and close it."""

    async def run() -> None:
        with quietly() as quiet:
            async with app.run_test(size=size, notifications=True) as pilot:
                pilot._wait_for_screen = quiet
                await settled(pilot)
                await steps(pilot)

    try:
        asyncio.run(run())
    finally:
        app.office.close()


async def settled(pilot: Pilot[Any]) -> None:
    """Wait until no work is under way and everything is drawn."""
    for _ in range(3):
        await pilot.pause()
        await asyncio.wait_for(asyncio.shield(_work_done(pilot)), WAIT)
    await pilot.pause()


async def _work_done(pilot: Pilot[Any]) -> None:
    endless = {"_loader"}  # the folder tree's own
    while any(not w.is_finished and w.name not in endless for w in pilot.app.workers):
        await asyncio.sleep(0.01)


async def press(pilot: Pilot[Any], *keys: str) -> None:
    """Press keys one after another, each once the one before has had its effect."""
    for key in keys:
        await pilot.press(key)
        await pilot.pause()


async def until(pilot: Pilot[Any], words: str) -> None:
    """Wait until ``words`` are on the screen."""
    for _ in range(int(WAIT / 0.02)):
        if words in text(pilot):
            return
        await asyncio.sleep(0.02)
        await pilot.pause()
    raise AssertionError(f"{words!r} did not come up on:\n{text(pilot)}")


async def until_screen(pilot: Pilot[Any], kind: type[Screen[Any]] | str) -> None:
    """Wait until a screen of ``kind`` is on top."""
    for _ in range(int(WAIT / 0.02)):
        here = pilot.app.screen
        if type(here).__name__ == kind if isinstance(kind, str) else isinstance(here, kind):
            await pilot.pause()
            return
        await asyncio.sleep(0.02)
    raise AssertionError(f"still on {pilot.app.screen!r}")


def offered(pilot: Pilot[Any], field: str) -> list[Any]:
    """What a field of the form on the screen offers to choose from, in its order."""
    choices = pilot.app.screen.query_one(f"#field-{field}", Select)
    return [value for _, value in choices._options if value is not Select.NULL]


def text(pilot: Pilot[Any]) -> str:
    """What the screen shows, line by line."""
    strips = pilot.app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in strip).rstrip() for strip in strips)
