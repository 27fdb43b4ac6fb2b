"""Plan and its pictures: weeks by worker, a forecast that comes after, and the same figures as the commands."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.text import Text
from textual.pilot import Pilot

from storage.cases.steps import give
from storage.load.history.load_changes import load_changes
from storage.load.history.load_weeks import ASSUMED, BOOKED, PAST, HeatCell, heat_map
from storage.records.database import Database
from tests.conftest import TODAY
from tests.test_architecture import HEAVY, loaded_by
from tests.tui.driving import almoner, drive, press, settled, text, until, until_screen
from tests.units import amend, record
from tui.load.heatmap import drawn, fitting
from tui.load.pictures_screen import PicturesScreen
from tui.load.weeks_screen import PlanScreen
from tui.widgets.picture import Axis, Dot, Picture, axis, plotted, steps_of, waterfall

SIZES = [(80, 24), (120, 40), (200, 50)]
HOSTILE = "[red]Okafor[/x], \x1b[31mChidi\u202e"


@pytest.fixture
def ending(team: Database) -> Database:
    """Okafor's many cases end one after another, so that a forecast did better than no change."""
    with team.unit("A. Hughes", TODAY) as unit:
        amend(unit, "worker", "W2", {"name": HOSTILE})
        for number in range(110):
            opened, closed = TODAY - timedelta(days=900 + number), TODAY - timedelta(days=595 - 7 * number)
            case = {"reference": f"E-{number}", "team": "North", "pathway": "looked_after", "opened": opened}
            record(unit, "case", case)
            give(unit, f"E-{number}", "W2", opened)
            if closed <= TODAY:
                amend(unit, "case", f"E-{number}", {"closed": closed, "close_reason": "Home"})
        record(unit, "reduction", {"worker": "W3", "percent": 100, "reason": "Leave", "kind": "annual_leave",
                                  "starts": TODAY, "ends": TODAY + timedelta(days=10)})  # fmt: skip
        unit.finish("Many that end")
    return team


async def on_plan(pilot: Pilot[Any]) -> PlanScreen:
    await press(pilot, "5")
    await until_screen(pilot, PlanScreen)
    await settled(pilot)
    screen = pilot.app.screen
    assert isinstance(screen, PlanScreen)
    return screen


@pytest.mark.parametrize("size", SIZES)
def test_the_weeks_are_shown_and_the_forecast_comes_after(
    ending: Database, tmp_path: Path, size: tuple[int, int]
) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        screen = await on_plan(pilot)
        await until(pilot, "forecast ░")
        assert screen.grid.shown is not None
        recorded = heat_map(ending.reader(), "North", TODAY)
        for row, known in zip(screen.grid.shown.rows, recorded.rows, strict=True):
            assert list(row.cells[:9]) == list(known.cells[:9])
        okafor = next(row for row in screen.grid.shown.rows if row.staff_id == "W2")
        assert {cell.layer for cell in okafor.cells[9:]} == {ASSUMED}
        lines = text(pilot).splitlines()
        named = next(line for line in lines if line.lstrip().startswith("[red]Okafor["))
        now = next(cell for cell in okafor.cells if cell.layer == "today")
        assert f"{((now.utilisation or 0) + 5) // 10}" in named
        assert all(len(line) <= size[0] for line in lines)
        assert "\x1b" not in text(pilot)

    drive(almoner(ending, tmp_path), steps, size)


def test_the_cursor_says_each_week_in_words_and_opens_the_worker(ending: Database, tmp_path: Path) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        screen = await on_plan(pilot)
        await until(pilot, "[red]Okafor[/x], Chidi, today:")
        await press(pilot, "down")
        await until(pilot, "Begum, Nasreen, today:")
        assert "0 cases   · away or" in text(pilot)
        await press(pilot, "up", *["left"] * 9)
        marked = screen.grid.marked
        assert marked is not None
        assert (marked[0].staff_id, marked[1].layer) == ("W2", PAST)
        assert "from what was recorded" in text(pilot)
        await press(pilot, *["right"] * 30)
        await until(pilot, "assumed, with new work")
        assert screen.grid.column == len(screen.grid.shown.days) - 1  # type: ignore[union-attr]
        await press(pilot, "home")
        await until(pilot, ", today:")
        await press(pilot, "w")
        await until(pilot, "Its band of 80 in 100 held")
        await press(pilot, "escape", "enter")
        await until_screen(pilot, "WorkerScreen")
        await press(pilot, "escape")
        await until_screen(pilot, PlanScreen)

    drive(almoner(ending, tmp_path), steps, (80, 24))


def test_a_forecast_that_did_no_better_is_left_out_in_words(team: Database, tmp_path: Path) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        screen = await on_plan(pilot)
        await until(pilot, "Only what is booked is shown")
        assert screen.grid.shown is not None
        assert {cell.layer for cell in screen.grid.shown.rows[0].cells[9:]} == {BOOKED}

    drive(almoner(team, tmp_path), steps, (80, 24))


def test_what_lies_with_nobody_and_what_is_not_set_is_said(team: Database, tmp_path: Path) -> None:
    with team.unit("A. Hughes", TODAY) as unit:
        record(unit, "case", {"reference": "C-9", "team": "North", "pathway": "looked_after", "opened": TODAY})
        amend(unit, "team", "North", {"full_time_points": None}, since=date(2025, 1, 1))
        unit.finish("One more, and no budget")

    async def steps(pilot: Pilot[Any]) -> None:
        screen = await on_plan(pilot)
        await until(pilot, "1 unallocated, 7 points")
        assert "No full-time load is set" in text(pilot)
        assert screen.grid.shown is not None
        assert "no load to speak of" in text(pilot)

    drive(almoner(team, tmp_path), steps, (80, 24))


def test_the_keys_lead_on_to_plans(ending: Database, tmp_path: Path) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await on_plan(pilot)
        await press(pilot, "n")
        await until(pilot, "Plan for North")
        assert "ScenarioScreen" in {type(screen).__name__ for screen in pilot.app.screen_stack}
        while not isinstance(pilot.app.screen, PlanScreen):
            await press(pilot, "escape")
        await press(pilot, "p")
        await until_screen(pilot, "PlansScreen")

    drive(almoner(ending, tmp_path), steps, (120, 40))


def test_opening_it_loads_nothing_heavy() -> None:
    loaded = loaded_by("import tui.load.weeks_screen, tui.load.pictures_screen, storage.load.forecast")
    assert not loaded & (HEAVY | {"plotext", "highspy"})


def test_names_stay_hidden(ending: Database, tmp_path: Path) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await on_plan(pilot)
        await until(pilot, "C, today")
        assert "Begum" not in text(pilot)
        await press(pilot, "i")
        await until(pilot, "Count beside weight")
        assert "Okafor" not in text(pilot)

    drive(almoner(ending, tmp_path, no_names=True), steps, (120, 40))


def test_an_empty_database_says_how_to_begin(database: Database, tmp_path: Path) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await on_plan(pilot)
        await until(pilot, "There is no team yet")
        await press(pilot, "up", "down", "left", "right", "home", "enter", "w", "i")
        await until(pilot, "There is nothing to draw yet")
        await press(pilot, "i", "i", "d")

    drive(almoner(database, tmp_path), steps, (80, 24))


@pytest.mark.parametrize("size", SIZES)
def test_the_pictures_stand_beside_their_figures(ending: Database, tmp_path: Path, size: tuple[int, int]) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await on_plan(pilot)
        await press(pilot, "i")
        await until_screen(pilot, PicturesScreen)
        await settled(pilot)
        screen = pilot.app.screen
        assert isinstance(screen, PicturesScreen)
        await until(pilot, "points a case")
        assert screen.query_one(Picture).region.height >= 8
        assert [row.line.worker for row in screen.grid.found] == ["W2"]
        await press(pilot, "i")
        await until(pilot, "points from Fri 23 Oct to today")
        assert list(screen.grid.found) == load_changes(ending.reader(), "North", TODAY)
        await press(pilot, "i")
        await until(pilot, "80 of 100")
        assert "◆" in text(pilot)
        assert len(screen.grid.found) == 21
        await press(pilot, "d")
        await until(pilot, "[red]Okafor[/x], Chidi: percent of capacity by week")
        assert screen.grid.found[8].points == load_changes(ending.reader(), "North", TODAY)[0].after
        await press(pilot, "escape")
        await until_screen(pilot, PlanScreen)

    drive(almoner(ending, tmp_path), steps, size)


# small things ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("room", "kept"),
    [(21, (8, 12)), (20, (8, 11)), (17, (8, 8)), (16, (7, 8)), (13, (4, 8)), (12, (4, 7)), (1, (0, 0))],
)
def test_the_farthest_weeks_give_way_first_then_the_oldest(room: int, kept: tuple[int, int]) -> None:
    assert fitting(8, 12, room) == kept


@given(st.integers(0, 20), st.integers(0, 20), st.integers(1, 45))
def test_as_many_weeks_are_kept_as_there_is_room_for(back: int, ahead: int, room: int) -> None:
    kept_back, kept_ahead = fitting(back, ahead, room)
    assert kept_back + kept_ahead + 1 == min(back + ahead + 1, room)
    assert kept_back <= back
    assert kept_ahead <= ahead


@given(
    st.one_of(st.none(), st.integers(0, 20_000)),
    st.sampled_from(["room", "steady", "near", "over", ""]),
    st.booleans(),
    st.sampled_from([PAST, BOOKED, ASSUMED]),
    st.sampled_from([4, 5]),
)
def test_a_cell_is_as_wide_as_its_column(used: int | None, band: str, away: bool, layer: str, width: int) -> None:
    cell = HeatCell(TODAY, layer, 1, 1, 1, used, band, away)
    shown = drawn(cell, width)
    assert len(shown) == width
    assert ("·" in shown) == away
    assert ("░" in shown) == (layer == ASSUMED and not away and used is not None)


def test_a_waterfall_ends_where_the_load_is() -> None:
    steps = steps_of(1500, 1800, [("New cases", 900, "#fff"), ("Closed", -600, "#fff"), ("Other", 0, "#fff")], "#fff")
    assert [(s.words, s.begins, s.ends) for s in steps] == [
        ("Then", 0, 1500), ("New cases", 1500, 2400), ("Closed", 2400, 1800), ("Now", 0, 1800),
    ]  # fmt: skip
    lines = waterfall(steps, lambda s: str(s.ends), 60, 20).plain.splitlines()
    bars = [(len(line) - len(line.rstrip("█▏▎▍▌▋▊▉▐")), len(line)) for line in lines if line.strip()]
    assert bars[1][1] > bars[0][1], "new work reaches further"
    assert max(end for _, end in bars) <= 60


def test_a_picture_is_never_larger_than_its_room_and_holds_no_control_characters() -> None:
    across = axis("cases", [1, 19])
    assert all(across.low <= place <= across.high for place, _ in across.ticks or ())
    shown = plotted([Dot(1, 2, "A", "#ff0000"), Dot(19, 3, "B", "#00ff00")], across, Axis("y", 0, 5), 40, 12,
                    across=[(2.5, "#888888")], down=[(10, "#888888")])  # fmt: skip
    assert isinstance(shown, Text)
    lines = shown.plain.splitlines()
    assert len(lines) <= 12
    assert max(map(len, lines)) <= 40
    assert "\x1b" not in shown.plain
    assert {"A", "B"} <= set(shown.plain)
    assert not any(getattr(span.style, "bgcolor", None) for span in shown.spans)
