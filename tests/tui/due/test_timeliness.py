"""The Timeliness screen: the same figures as the command, by keys alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from domain.due.timeliness import Tally, periods, share
from storage.due.timeliness import timeliness
from storage.records.database import Database
from tests.conftest import TODAY
from tests.tui.driving import almoner, drive, press, text, until, until_screen
from tests.units import record
from tui.due.month_chart import bar
from tui.due.timeliness_screen import TimelinessScreen


@pytest.fixture
def reviewed(team: Database) -> Database:
    """C-1001 reviewed in time on 10 April, and four days late on 14 July."""
    with team.unit("A. Hughes") as unit:
        for day in ("2026-04-10", "2026-07-14"):
            record(unit, "event", {"case": "C-1001", "kind": "lac_review_held", "on": day})
        unit.finish("Reviews")
    return team


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 50)])
def test_it_is_reached_from_due_and_shows_table_and_months(
    reviewed: Database, tmp_path: Path, size: tuple[int, int]
) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await press(pilot, "2")
        await until_screen(pilot, "DueScreen")
        await press(pilot, "o")
        await until_screen(pilot, TimelinessScreen)
        await until(pilot, ", by month due")
        for _ in range(8):
            if "Looked-after reviews, by month due" not in text(pilot):
                await press(pilot, "down")
        await until(pilot, "Looked-after reviews, by month due")
        line = next(line for line in text(pilot).splitlines() if line.strip().startswith("Looked-after reviews  "))
        assert "50.0 %" in line
        assert "on or before the legal date" in " ".join(text(pilot).split())
        await press(pilot, "enter")
        await until(pilot, "1, on or before the legal date: 50.0 %")
        await press(pilot, "escape", "escape")
        await until_screen(pilot, "DueScreen")

    drive(almoner(reviewed, tmp_path), steps, size)


def test_the_palette_opens_it_too(reviewed: Database, tmp_path: Path) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await press(pilot, "2")
        await until_screen(pilot, "DueScreen")
        await press(pilot, "ctrl+p")
        await pilot.pause(0.2)
        await press(pilot, *"on time")
        await pilot.pause(0.3)
        await press(pilot, "enter")
        await until_screen(pilot, TimelinessScreen)

    drive(almoner(reviewed, tmp_path), steps)


def test_the_figures_are_those_of_the_command_whatever_the_period(reviewed: Database, tmp_path: Path) -> None:
    app = almoner(reviewed, tmp_path)

    async def steps(pilot: Pilot[Any]) -> None:
        await press(pilot, "2", "o")
        await until_screen(pilot, TimelinessScreen)
        await until(pilot, "by month due")
        await press(pilot, "y")
        await until(pilot, "Which period?")
        await press(pilot, *"so far", "enter")
        await until(pilot, "financial year so far")
        await until(pilot, "by month due")
        screen = pilot.app.screen
        assert isinstance(screen, TimelinessScreen)
        period = periods(TODAY)["Financial year so far"]
        expected = timeliness(reviewed.reader(), reviewed.packs(), period, team="North")
        shown = {row.name: row.tally for row in screen.grid.found}
        assert {line.measure: _counts(line.tally) for line in expected} == {n: _counts(t) for n, t in shown.items()}
        months = next(row.months for row in screen.grid.found if row.name == "Looked-after reviews")
        assert {month: tally.on_time for month, tally in months.items()} == {"2026-04": 1, "2026-07": 0}

    drive(app, steps)


def test_an_empty_database_says_so(database: Database, tmp_path: Path) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await press(pilot, "2", "o")
        await until_screen(pilot, TimelinessScreen)
        await until(pilot, "Nothing fell due in this period.")

    drive(almoner(database, tmp_path), steps, (80, 24))


def test_periods_end_before_today() -> None:
    found = periods(TODAY)
    assert {period.end.isoformat() for period in found.values()} == {"2026-11-19", "2026-10-31", "2026-03-31"}
    assert all(period.start <= period.end < TODAY for period in found.values())
    for day in ("2026-04-01", "2026-04-02", "2026-01-01", "2028-02-29"):
        today = type(TODAY).fromisoformat(day)
        assert all(period.start <= period.end < today for period in periods(today).values()), day


def test_a_bar_is_full_at_a_hundred_per_cent() -> None:
    assert (bar(100.0, 4), bar(0.0, 4), bar(None, 4), bar(50.0, 4)) == ("████", "    ", "    ", "██  ")
    assert share(1, 1) == 100.0


def _counts(tally: Tally) -> tuple[int, ...]:
    return tally.due, tally.on_time, tally.late, tally.not_held, tally.people, tally.people_on_time
