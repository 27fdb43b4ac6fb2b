"""What hands do: pasting text into a field, and pressing keys fast or holding one down."""

from __future__ import annotations

import asyncio
from typing import Any

from textual.events import Key, Paste
from textual.pilot import Pilot
from textual.widgets import TextArea


async def paste(pilot: Pilot[Any], text: str) -> None:
    """Replace what is marked in the focused field by ``text``."""
    focused = pilot.app.focused
    assert focused is not None
    if isinstance(focused, TextArea):
        focused.insert(text)
    else:
        focused.post_message(Paste(text))
    await pilot.pause()
    await pilot.pause(0.02)


async def burst(pilot: Pilot[Any], *keys: str, gap: float = 0.02) -> None:
    """Press keys ``gap`` seconds apart, whatever the application is doing meanwhile."""
    driver = pilot.app._driver
    assert driver is not None
    for key in keys:
        driver.send_message(Key(key, key if len(key) == 1 else None))
        await asyncio.sleep(gap)
