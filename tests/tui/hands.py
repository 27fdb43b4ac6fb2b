"""Putting text into the field that has the cursor, as a terminal does when it is pasted."""

from __future__ import annotations

from typing import Any

from textual.events import Paste
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
