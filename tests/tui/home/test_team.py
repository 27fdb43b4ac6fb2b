"""The Team screen: what needs me?"""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widgets import OptionList

from domain.core.errors import StorageProblem
from storage.records.database import Database
from tests.tui.driving import WAIT, almoner, drive, press, settled, text, until, until_screen
from tests.units import amend, record
from tui.core.frame import Areas
from tui.core.keys import BY_ID
from tui.grid.grid import Grid
from tui.home import team_screen as team_module
from tui.home.team_board import read_history


def test_a_row_a_worker_with_load_and_lateness(team: Database, tmp_path: Path) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await until(pilot, "Okafor, Chidi")
        lines = {line.split(",")[0].strip(): line for line in text(pilot).splitlines() if "," in line}
        assert "●" in lines["Okafor"], "their late visits"
        assert "0.6" in lines["Begum"]
        assert "holds no cases" in lines["Hughes"], "a team manager's grade carries none"

    drive(almoner(team, tmp_path), steps, (120, 30))


def test_what_needs_attention_comes_first_and_opens_its_list(team: Database, tmp_path: Path) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await until(pilot, "● late")
        await press(pilot, "enter")
        await until_screen(pilot, "DueScreen")
        await press(pilot, "escape")
        await until_screen(pilot, "TeamScreen")

    drive(almoner(team, tmp_path), steps)


def test_enter_on_a_worker_opens_the_worker(team: Database, tmp_path: Path) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await until(pilot, "Okafor, Chidi")
        await press(pilot, "tab", "down", "down", "enter")
        await until_screen(pilot, "WorkerScreen")
        await until(pilot, "Okafor")

    drive(almoner(team, tmp_path), steps)


def test_unallocated_cases_have_a_line_that_opens_them(team: Database, tmp_path: Path) -> None:
    with team.unit("A. Hughes") as unit:
        record(unit, "case", {"reference": "C-2", "team": "North", "pathway": "child_in_need", "opened": "2026-11-01"})
        unit.finish("A new case")

    async def steps(pilot: Pilot[Any]) -> None:
        await until(pilot, "(unallocated)")
        await press(pilot, "tab", "end", "enter")
        await until_screen(pilot, "UnallocatedScreen")
        await until(pilot, "C-2")
        await press(pilot, "enter")
        await until_screen(pilot, "CaseScreen")

    drive(almoner(team, tmp_path), steps)


def test_hidden_names_leave_initials(team: Database, tmp_path: Path) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await until(pilot, "names shown")
        await press(pilot, "f2")
        await until(pilot, "names hidden")
        await settled(pilot)
        for name in ("Okafor", "Begum", "Chidi", "Jamie"):
            assert name not in text(pilot)
        assert "CO" in text(pilot)
        await press(pilot, "f2")
        await until(pilot, "Okafor")

    drive(almoner(team, tmp_path), steps)


def test_the_last_change_is_undone_and_the_board_follows(team: Database, tmp_path: Path) -> None:
    with team.unit("A. Hughes") as unit:
        amend(unit, "worker", "W3", {"name": "Begum, Nadia"})
        unit.finish("Corrected a name")

    async def steps(pilot: Pilot[Any]) -> None:
        await until(pilot, "Begum, Nadia")
        await press(pilot, "u")
        await until(pilot, "not done since the program was opened")
        await press(pilot, "down", "enter")
        await until(pilot, "Begum, Nasreen")

    drive(almoner(team, tmp_path), steps)


def test_nothing_late_is_said_so(database: Database, tmp_path: Path) -> None:
    with database.unit("A. Hughes") as unit:
        record(unit, "team", {"name": "North"})
        unit.finish("A team")

    async def steps(pilot: Pilot[Any]) -> None:
        await until(pilot, "Nothing is late")
        await until(pilot, "No workers here yet")

    drive(almoner(database, tmp_path), steps)


def test_an_empty_database_says_what_to_do(database: Database, tmp_path: Path) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await until(pilot, "No workers here yet")
        assert "7 to take in an extract" in text(pilot)

    drive(almoner(database, tmp_path), steps, (80, 24))


def test_another_team_is_chosen_and_remembered(team: Database, tmp_path: Path) -> None:
    with team.unit("A. Hughes") as unit:
        record(unit, "team", {"name": "West"})
        record(unit, "worker", {"staff_id": "W9", "name": "Llŷr, Siân", "team": "West", "grade": "children-sw"})
        unit.finish("Another team")

    async def steps(pilot: Pilot[Any]) -> None:
        await until(pilot, "Okafor")
        await press(pilot, "t")
        await until(pilot, "Which team?")
        await press(pilot, *"west", "enter")
        await until(pilot, "Llŷr, Siân")
        await press(pilot, "q")

    drive(almoner(team, tmp_path), steps)
    assert almoner(team, tmp_path).office.team == "West"


def test_going_to_a_worker_by_a_few_letters(team: Database, tmp_path: Path) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await until(pilot, "Okafor")
        await press(pilot, "g", *"oka")
        await until(pilot, "Okafor, Chidi   W2")
        await press(pilot, "enter")
        await until_screen(pilot, "WorkerScreen")

    drive(almoner(team, tmp_path), steps)


def test_help_is_searched_and_its_lines_run(team: Database, tmp_path: Path) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await until(pilot, "Okafor")
        await press(pilot, "question_mark")
        await until(pilot, "What can be done here")
        await press(pilot, *"hide or show", "enter")
        await until(pilot, "names hidden")

    drive(almoner(team, tmp_path), steps)


def test_help_that_is_cut_can_be_read_below(team: Database, tmp_path: Path) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await press(pilot, "question_mark")
        await until(pilot, "What can be done here")
        whole = BY_ID["points"].tooltip
        await press(pilot, *"points")
        await until(pilot, "Points")
        await settled(pilot)
        said = " ".join(text(pilot).replace("│", " ").split())
        assert whole in said
        assert "…" in said

    drive(almoner(team, tmp_path), steps, (80, 24))


def test_the_palette_runs_what_help_runs(team: Database, tmp_path: Path) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await until(pilot, "Okafor")
        await press(pilot, "ctrl+p")
        await pilot.pause(0.2)
        await press(pilot, *"names")
        await pilot.pause(0.3)
        await press(pilot, "enter")
        await until(pilot, "names hidden")

    drive(almoner(team, tmp_path), steps)


@pytest.mark.parametrize("key", ["question_mark", "ctrl+p"])
def test_the_command_that_is_called_as_is_typed_is_marked_first(team: Database, tmp_path: Path, key: str) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await until(pilot, "Okafor")
        await press(pilot, key)
        await pilot.pause(0.2)
        await press(pilot, *"undo")
        await pilot.pause(0.3)
        await settled(pilot)
        marked = next(one for one in pilot.app.screen.query(OptionList) if one.option_count)
        assert "undo" in str(marked.get_option_at_index(0).prompt).lower()

    drive(almoner(team, tmp_path), steps)


def test_the_word_typed_in_a_list_takes_the_line_that_is_called_so(team: Database, tmp_path: Path) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await until(pilot, "Okafor")
        await press(pilot, "n")
        await until(pilot, "somebody who holds cases")
        await press(pilot, *"Case", "enter")
        await until(pilot, "New case")

    drive(almoner(team, tmp_path), steps)


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 50)])
def test_the_footer_shows_only_what_works_and_always_help(
    team: Database, tmp_path: Path, size: tuple[int, int]
) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await until(pilot, "Okafor")
        assert "Filter" not in text(pilot).splitlines()[-1]
        await press(pilot, "tab")
        footer = text(pilot).splitlines()[-1]
        assert "/ Filter" in footer
        assert footer.rstrip().endswith("? Help")
        assert "Record" not in footer

    drive(almoner(team, tmp_path), steps, size)


def test_a_click_on_an_area_leaves_what_lay_over_its_first_screen(team: Database, tmp_path: Path) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await until(pilot, "reviews and visits")
        await press(pilot, "enter")
        await until_screen(pilot, "DueScreen")
        await settled(pilot)
        assert "esc Back" in text(pilot).splitlines()[-1], "whatever else is offered"
        await asyncio.wait_for(pilot.click(Areas, offset=(3, 0)), WAIT)
        await until_screen(pilot, "TeamScreen")
        assert len(pilot.app.screen_stack) == 1

    drive(almoner(team, tmp_path), steps, (80, 24))


def test_what_has_no_room_is_named(team: Database, tmp_path: Path) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await until(pilot, "no room for")
        grid = pilot.app.screen.query_one(Grid)
        assert [str(key.value) for key in grid.sheet.columns][:3] == ["worker", "cases", "load"]

    drive(almoner(team, tmp_path), steps, (80, 24))


def test_a_changed_key_does_what_the_old_one_did(team: Database, tmp_path: Path) -> None:
    app = almoner(team, tmp_path)
    app.set_keymap({"names": "f9"})

    async def steps(pilot: Pilot[Any]) -> None:
        await until(pilot, "Okafor")
        await press(pilot, "f2")
        assert "names shown" in text(pilot)
        await press(pilot, "f9")
        await until(pilot, "names hidden")
        assert "f9 Names" in text(pilot)

    drive(app, steps)


def test_the_board_is_written_before_the_half_year_behind_it_is_read(
    team: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = almoner(team, tmp_path)
    display, displayed, there = app._display, [], []

    def show(screen: Screen[Any], renderable: Any) -> None:
        if renderable is not None and not app._batch_count:
            displayed.append("".join(s.text for strip in screen._compositor.render_strips() for s in strip))
        display(screen, renderable)

    def read(*asked: Any) -> Any:
        there.append("Okafor, Chidi" in "".join(displayed))
        return read_history(*asked)

    async def steps(pilot: Pilot[Any]) -> None:
        await settled(pilot)

    monkeypatch.setattr(app, "_display", show)
    monkeypatch.setattr(team_module, "read_history", read)
    drive(app, steps)
    assert there == [True]


def test_a_first_reading_that_fails_is_told_at_the_door(
    team: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: Any) -> None:
        raise StorageProblem("Another program is writing.", hint="Try again.")

    monkeypatch.setattr("tui.home.team_board.read_board", fails)

    async def steps(pilot: Pilot[Any]) -> None:
        await until_screen(pilot, "ErrorDialog")

    drive(almoner(team, tmp_path), steps)
