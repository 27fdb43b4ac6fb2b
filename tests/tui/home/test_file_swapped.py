"""The file under the open application becomes another: said as it is, never written to, and well again once back."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from storage.opening import open_database
from storage.records.database import Database
from tests.clocks import CLOCK
from tests.tui.driving import almoner as application
from tests.tui.driving import drive, press, settled, text, until

pytestmark = pytest.mark.slow

Swap = Callable[[Path, Path], None]


def _another(path: Path, aside: Path) -> None:
    open_database(aside, CLOCK, create=True).close()
    aside.replace(path)


def _garbage(path: Path, aside: Path) -> None:
    aside.write_bytes(b"no database" * 500)
    aside.replace(path)


def _empty(path: Path, aside: Path) -> None:
    aside.touch()
    aside.replace(path)


def _emptied(path: Path, _aside: Path) -> None:
    path.write_bytes(b"")


def _copied_over(path: Path, aside: Path) -> None:
    open_database(aside, CLOCK, create=True).close()
    path.write_bytes(aside.read_bytes())


_IN_PLACE = (_emptied, _copied_over)


@pytest.mark.parametrize("swap", [_another, _garbage, _empty, *_IN_PLACE, lambda path, _: path.unlink()])
def test_a_file_that_is_no_longer_ours_is_said_and_left_alone(team: Database, tmp_path: Path, swap: Swap) -> None:
    path = Path(team.path)

    async def steps(pilot: Pilot[Any]) -> None:
        await until(pilot, "Okafor")
        await press(pilot, "g", *"C-1001", "enter")
        await until(pilot, "ooked after, aged")
        moved = tmp_path / "moved.db"
        if swap in _IN_PLACE:
            shutil.copy(path, moved)
        else:  # the file itself is to come back, as from a sync program's bin
            path.replace(moved)
            shutil.copy(moved, path)
        swap(path, tmp_path / "aside.db")
        strange = path.read_bytes() if path.exists() else None
        await press(pilot, "r")
        await settled(pilot)
        if not pilot.app.screen.is_modal:
            await press(pilot, "e")
            await settled(pilot)
        shown = text(pilot)
        assert "fault in Almoner" not in shown
        assert any(words in shown for words in ("moved or replaced", "damaged", "cannot be")), shown
        assert (path.read_bytes() if path.exists() else None) == strange
        if swap in _IN_PLACE:
            path.write_bytes(moved.read_bytes())
        else:
            moved.replace(path)
        while pilot.app.screen.is_modal:
            await press(pilot, "escape")
            await settled(pilot)
        await press(pilot, "e")
        await until(pilot, "Edit C-1001")

    drive(application(team, tmp_path), steps, (100, 40))
