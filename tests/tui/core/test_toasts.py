"""What was done is said where it lies over nothing: what stands on the screen moves up for it, and comes back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from textual.geometry import Region
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widgets._toast import Toast, ToastRack

from storage.records.database import Database
from tests.tui.driving import almoner, drive, press, settled, text, until
from tui.core.frame import Keys

SIZES = pytest.mark.parametrize("size", [(80, 24), (120, 40)])
LONG = "Recorded on C-1001: looked-after review, Tue 1 Dec. Now due: looked-after review by Wed 1 Dec 2027. " * 2


async def told(pilot: Pilot[Any], *said: str) -> None:
    """Something is said; it is whole on the screen, and nothing lies under it."""
    screen, lines = pilot.app.screen, text(pilot).splitlines()
    for words in said:
        pilot.app.notify(words, markup=False)
    await pilot.pause(0.2)
    toasts = [toast.region for toast in screen.query(Toast)]
    assert len(toasts) == len(said)
    assert all(toast.height for toast in toasts)
    rack = Region.from_union(toasts)
    for widget, (region, clip) in screen._compositor.visible_widgets.items():
        if not isinstance(widget, Screen) and not any(isinstance(one, ToastRack) for one in widget.ancestors_with_self):
            assert not region.intersection(clip).overlaps(rack), widget
    assert screen.query_one(Keys).region.y == pilot.app.size.height - 1
    assert text(pilot).splitlines()[-1] == lines[-1], "the keys stay where they were"
    assert screen.region.contains_region(rack)


async def over(pilot: Pilot[Any], before: str) -> None:
    """What was said goes, and everything stands as it did."""
    pilot.app.clear_notifications()
    await pilot.pause(0.2)
    assert text(pilot) == before


@SIZES
@pytest.mark.parametrize("area", ["1", "2", "3", "4", "5", "6", "7"])
def test_nothing_lies_under_what_is_said(team: Database, tmp_path: Path, size: tuple[int, int], area: str) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await until(pilot, "Okafor")
        await press(pilot, area)
        await settled(pilot)
        before = text(pilot)
        await told(pilot, LONG)
        await over(pilot, before)

    drive(almoner(team, tmp_path), steps, size)


@SIZES
def test_nor_in_a_dialog(team: Database, tmp_path: Path, size: tuple[int, int]) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await until(pilot, "Okafor")
        await press(pilot, "n")
        await until(pilot, "somebody who holds cases")
        await press(pilot, *"Case", "enter")
        await until(pilot, "New case")
        await pilot.pause(0.2)
        before = text(pilot)
        await told(pilot, LONG, "Another", "And another")
        await over(pilot, before)

    drive(almoner(team, tmp_path), steps, size)
