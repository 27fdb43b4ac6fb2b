"""The five-minute Monday, first half, by keys alone: from what needs me to why somebody stands at 114 %."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from storage.demo.make import make
from storage.due import due_list
from storage.opening import open_database
from storage.people import teams
from storage.records.database import Database
from tests.clocks import CLOCK
from tests.conftest import TODAY
from tests.tui.driving import almoner, drive, press, text, until, until_screen
from tests.tui.hands import paste
from tui.due.due_list.due_columns import DueRow
from tui.due.due_list.due_screen import DueScreen
from tui.home.team_board import read_board, read_history

THURSDAY = date(2026, 11, 19)


@pytest.fixture
def demo(tmp_path: Path) -> Database:
    """The demonstration team."""
    path = tmp_path / "demo.db"
    make(path, "team", 1, CLOCK)
    return open_database(path, CLOCK)


def marked(pilot: Pilot[Any]) -> DueRow:
    screen = pilot.app.screen
    assert isinstance(screen, DueScreen)
    row = screen.grid.current
    assert row is not None
    assert row.line is not None
    return row


def test_the_first_half_of_a_five_minute_monday(demo: Database, tmp_path: Path) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await until(pilot, "Needs you")
        await until(pilot, "reviews and visits, oldest")

        await press(pilot, "enter")  # the late reviews and visits
        await until_screen(pilot, DueScreen)
        await until(pilot, "● Overdue")
        first = marked(pilot)
        assert first.line is not None
        late = first.line
        assert late.status(TODAY) == "overdue"

        await press(pilot, "r")  # it was held on Thursday
        await until(pilot, late.subject + " ─")
        await paste(pilot, "thu")
        if "Child seen" in text(pilot):
            await press(pilot, "tab", "space")
        await press(pilot, "ctrl+s")
        await until(pilot, "✓ Thu 19 Nov")
        made = marked(pilot).made
        assert made is not None
        assert (made.series, made.cycle) == (late.series, late.cycle + 1)
        assert made.anchor_on == THURSDAY

        await press(pilot, "w")  # why the next date
        await until(pilot, "Counts from")
        await press(pilot, "escape")

        await press(pilot, "down", "p")  # the next one cannot be done in time
        await until(pilot, "That stays")
        second = marked_below(pilot)
        await paste(pilot, "fri")
        await press(pilot, "tab")
        await paste(pilot, "Interpreter only free then")
        await press(pilot, "ctrl+s")
        await until_postponed(pilot, demo, second, date(2026, 11, 27))

        await press(pilot, "u")  # or it can, after all
        await until_postponed(pilot, demo, second, None)

        await press(pilot, "1")
        await until(pilot, "Okafor above 110 % for")
        await press(pilot, *["down"] * okafor_among_the_needs(demo), "enter")
        await until_screen(pilot, "WorkerScreen")
        await until(pilot, "= capacity today")
        shown = text(pilot)
        for words in ("Load today  114 % ▲ over", "19 cases", "= points carried", "Full-time load", "above 110 %"):
            assert words in shown, words

    drive(almoner(demo, tmp_path), steps, size=(120, 40))


def marked_below(pilot: Pilot[Any]) -> due_list.DueLine:
    """The line under the cursor of the due screen below the dialog on top."""
    screen = next(one for one in pilot.app.screen_stack if isinstance(one, DueScreen))
    row = screen.grid.current
    assert row is not None
    assert row.line is not None
    return row.line


async def until_postponed(pilot: Pilot[Any], database: Database, line: due_list.DueLine, to: date | None) -> None:
    """Wait until the thing is planned for ``to``."""
    about = {line.subject_kind: line.subject}
    for _ in range(300):
        found = {one.id: one for one in due_list.due(database.reader(), today=TODAY, **about)}  # type: ignore[arg-type]
        if found[line.id].postponed_to == to:
            assert found[line.id].legal_due == line.legal_due
            return
        await pilot.pause(0.02)
    raise AssertionError(text(pilot))


def okafor_among_the_needs(database: Database) -> int:
    """How many lines of "Needs you" stand above Okafor's."""
    north = next(name for name in teams.team_names(database.reader()) if name.startswith("North"))
    needs = read_history(database.reader(), read_board(database.reader(), north, TODAY), TODAY)[0].needs
    return next(n for n, need in enumerate(needs) if "Okafor" in need.text and need.area == "worker")
