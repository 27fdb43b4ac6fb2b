"""Load and capacity on screen: the bar and its weeks, and all that is recorded about them by keys alone."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from storage.cases.steps import give
from storage.home.worker_page import WorkerFile, worker_file
from storage.records.database import Database
from tests.conftest import TODAY
from tests.tui.driving import almoner, drive, press, settled, text, until, until_screen
from tests.tui.hands import paste
from tests.units import amend, record
from tui.load.load_bar import load_bar
from tui.people.worker_screen import WorkerScreen

Pressing = Pilot[Any]
HEAVY = {"complexity": "3", "risk": "3", "travel": "3"}


@pytest.fixture
def red(team: Database) -> Database:
    """Okafor at 9 of 8 points since five weeks before the present one."""
    with team.unit("A. Hughes", TODAY) as unit:
        amend(unit, "team", "North", {"full_time_points": 8_00}, since=date(2025, 1, 1))
        amend(unit, "case", "C-1001", {"closed": "2026-04-01", "close_reason": "Home"})
        record(unit, "case", {"reference": "C-9", "team": "North", "pathway": "looked_after", "opened": "2026-01-05"})
        record(unit, "weighting", {"case": "C-9", "scheme": "three-factor", "on": "2026-01-06", "answers": HEAVY})
        give(unit, "C-9", "W2", date(2026, 11, 16) - timedelta(weeks=4))
        unit.finish("Too much")
    return team


def file_of(database: Database, worker: str = "W2") -> WorkerFile:
    file = worker_file(database.reader(), worker, TODAY)
    assert file is not None
    return file


async def open_worker(pilot: Pressing, staff_id: str = "W2") -> None:
    await until(pilot, "Needs you")
    await pilot.app.push_screen(WorkerScreen(staff_id))
    await until(pilot, "Load today")
    await settled(pilot)


async def choose_new(pilot: Pressing, letters: str, words: str) -> None:
    await press(pilot, "n")
    await until(pilot, "New for")
    await press(pilot, *letters, "enter")
    await until(pilot, words)


# the bar ---------------------------------------------------------------------------------------------------------


def test_a_load_of_cases_alone_is_drawn_as_one_bar() -> None:
    assert load_bar(1000, 0, 100, 0, 20) == "███████████████│    "


def test_the_three_parts_have_a_shade_each() -> None:
    """20 stable, 60 cases and 20 extra of 100: three, nine and three of fifteen cells up to the stroke at 100 %."""
    assert load_bar(1000, 20_00, 100_00, 20_00, 20) == "▒▒▒█████████▓▓▓│    "


def test_what_lies_beyond_a_full_load_keeps_its_part() -> None:
    drawn = load_bar(1200, 0, 120_00, 20_00, 41)
    assert drawn.index("│") == 32
    assert set(drawn[:32]) == {"█"}
    assert set(drawn[33:]) == {"▓", " "}


def test_without_capacity_there_is_no_bar() -> None:
    assert load_bar(None, 15_00, 20_00, 5_00, 10) == " " * 10


# the board -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
def test_five_weeks_over_the_line_are_a_state_of_their_own(red: Database, tmp_path: Path, size: Any) -> None:
    async def steps(pilot: Pressing) -> None:
        await until(pilot, "▲ over 5 weeks")
        shown = text(pilot)
        assert "Okafor above 110 % for 5 weeks, no answer" in shown
        assert "Okafor at" not in shown, "said once"
        assert ("13 weeks" in shown.split(" no room")[0]) is (size[0] > 80)

    drive(almoner(red, tmp_path), steps, size)


def test_the_weeks_are_drawn_oldest_first(red: Database, tmp_path: Path) -> None:
    async def steps(pilot: Pressing) -> None:
        await until(pilot, "▲ over 5 weeks")
        (line,) = [line for line in text(pilot).splitlines() if "Okafor, Chidi" in line]
        assert "▁" * 8 + "█" * 5 + " " in line

    drive(almoner(red, tmp_path), steps, (120, 40))


def test_enter_opens_the_worker_and_e_the_answer(red: Database, tmp_path: Path) -> None:
    async def steps(pilot: Pressing) -> None:
        await until(pilot, "no answer")
        await press(pilot, "home")
        while "above 110" not in str(pilot.app.focused.get_option_at_index(pilot.app.focused.highlighted).prompt):  # type: ignore[union-attr]
            await press(pilot, "down")
        await press(pilot, "enter")
        await until_screen(pilot, WorkerScreen)
        await until(pilot, "e answers it with a plan")
        await press(pilot, "e")
        await until(pilot, "Workload concern   raised")
        await press(pilot, "enter")
        await until(pilot, "The load was above 110 % for 5 weeks, from Mon 19 Oct and still is.")
        await paste(pilot, "Two cases move by the end of the month")
        await press(pilot, "tab", "tab")
        await paste(pilot, "+14")
        await press(pilot, "ctrl+s")
        await until(pilot, "again on Fri 4 Dec")
        (kept,) = file_of(red).past.concerns
        assert (kept.state, kept.raised_on, kept.answered_by) == ("answered", date(2026, 11, 9), "A. Hughes")
        await press(pilot, "escape")
        await until(pilot, "Okafor at 113 %")

    drive(almoner(red, tmp_path), steps, (120, 40))


def test_hidden_names_stay_hidden_in_concerns(red: Database, tmp_path: Path) -> None:
    async def steps(pilot: Pressing) -> None:
        await until(pilot, "no answer")
        await press(pilot, "f2")
        await until(pilot, "names hidden")
        await settled(pilot)
        assert "Okafor" not in text(pilot)
        assert "CO above 110 % for 5 weeks, no answer" in text(pilot)

    drive(almoner(red, tmp_path), steps, (120, 40))


# what is recorded on a worker ------------------------------------------------------------------------------------


def test_a_ramp_is_set_and_shown_step_by_step(team: Database, tmp_path: Path) -> None:
    async def steps(pilot: Pressing) -> None:
        await open_worker(pilot)
        await choose_new(pilot, "steps", "Which steps?")
        await press(pilot, *"phased", "enter")
        await until(pilot, "Of a full load: 25 % at first, 50 % after 2 weeks")
        assert "Local example" in text(pilot)
        await press(pilot, "ctrl+s")
        await until(pilot, "75 % less, Phased return, Fri 20 Nov")
        assert file_of(team).capacity.today == 25_00
        await press(pilot, "u")
        await until(pilot, "= capacity today                 100")

    drive(almoner(team, tmp_path), steps, (120, 40))


def test_an_extra_responsibility_counts_as_load(team: Database, tmp_path: Path) -> None:
    async def steps(pilot: Pressing) -> None:
        await open_worker(pilot)
        before = file_of(team).line.points
        await choose_new(pilot, "extra", "Extra responsibility: W2")
        await paste(pilot, "Lead for missing children")
        await press(pilot, "tab")
        await paste(pilot, "lots")
        await press(pilot, "ctrl+s")
        await until(pilot, "Write a number")
        pilot.app.focused.value = "7.5"  # type: ignore[union-attr]
        await press(pilot, "ctrl+s")
        await until(pilot, "▓ Lead for missing children")
        assert file_of(team).line.points == before + 7_50
        assert file_of(team).capacity.today == 100_00, "it takes no capacity away"

    drive(almoner(team, tmp_path), steps, (120, 40))


def test_unplanned_hours_stand_beside_the_load(team: Database, tmp_path: Path) -> None:
    """3.7 h in four weeks of 37 h are 2.5 %, said as 2 %."""

    async def steps(pilot: Pressing) -> None:
        await open_worker(pilot)
        before = file_of(team).line
        await choose_new(pilot, "unplanned", "Unplanned hours: W2")
        await press(pilot, "tab")
        await paste(pilot, "3.7")
        await press(pilot, "tab")
        await paste(pilot, "Emergency placement")
        await press(pilot, "ctrl+s")
        await until(pilot, "3.7 h in 4 weeks, 3 % of")
        after = file_of(team).line
        assert (after.points, after.utilisation, after.unplanned) == (before.points, before.utilisation, 3_70)

    drive(almoner(team, tmp_path), steps, (120, 40))


def test_a_concern_is_raised_answered_and_closed(team: Database, tmp_path: Path) -> None:
    async def steps(pilot: Pressing) -> None:
        await open_worker(pilot)
        await choose_new(pilot, "concern", "Workload concern: W2")
        await press(pilot, "tab", "tab")
        await paste(pilot, "Three court reports in one week")
        await press(pilot, "ctrl+s")
        await until(pilot, "Concern of Fri 20 Nov: no answer")
        await press(pilot, "e", "enter")
        await until(pilot, "Three court reports in one week")
        await press(pilot, "ctrl+s")
        await until(pilot, "What will be done is needed")
        await paste(pilot, "A colleague takes one")
        await press(pilot, "tab", "tab")
        await paste(pilot, "+7")
        await press(pilot, "tab")
        await paste(pilot, "today")
        await press(pilot, "ctrl+s")
        await until(pilot, "closed")
        assert not file_of(team).past.concerns

    drive(almoner(team, tmp_path), steps, (120, 40))


def test_a_reduction_about_to_end_is_changed_where_it_is_said(team: Database, tmp_path: Path) -> None:
    with team.unit("A. Hughes", TODAY) as unit:
        less = {"worker": "W2", "percent": 20, "reason": "Student", "kind": "practice_educator"}
        record(unit, "reduction", {**less, "starts": "2026-09-01", "ends": "2026-11-27"})
        unit.finish("A student")

    async def steps(pilot: Pressing) -> None:
        await until(pilot, "Okafor: 20 % less, Student, ends Fri 27 Nov")
        await open_worker(pilot)
        await until(pilot, "ends in 7 days")
        await press(pilot, "e", "down", "enter")
        await until(pilot, "Less capacity: W2")
        pilot.app.screen.query_one("#field-ends").value = "29/1/2027"  # type: ignore[attr-defined]
        await press(pilot, "ctrl+s")
        await until(pilot, "29 Jan 2027")
        assert "ends in 7 days" not in text(pilot)

    drive(almoner(team, tmp_path), steps, (120, 40))


def test_who_supervises_more_people_than_agreed(team: Database, tmp_path: Path) -> None:
    with team.unit("A. Hughes", TODAY) as unit:
        amend(unit, "worker", "W1", {"supervises_most": 1})
        unit.finish("Agreed")

    async def steps(pilot: Pressing) -> None:
        await open_worker(pilot, "W1")
        await until(pilot, "2 of 1 agreed")

    drive(almoner(team, tmp_path), steps, (120, 40))


# hours -----------------------------------------------------------------------------------------------------------


def test_a_reduction_is_given_in_hours(team: Database, tmp_path: Path) -> None:
    """1.8 of 37 h are 4.9 %; per cent, filled in with the usual figure, gives way."""

    async def steps(pilot: Pressing) -> None:
        await open_worker(pilot)
        await choose_new(pilot, "", "Why less capacity")
        await press(pilot, *"lead role", "enter")
        await until(pilot, "Less capacity: W2")
        assert pilot.app.screen.query_one("#field-percent").value == "5"  # type: ignore[attr-defined]
        pilot.app.screen.query_one("#field-hours").value = "1.8"  # type: ignore[attr-defined]
        await press(pilot, "ctrl+s")
        await until(pilot, "W2: 1.8 h a week (4.9 %) less from")
        (less,) = file_of(team).reductions
        assert (less.percent, less.hours) == (None, 1_80)

    drive(almoner(team, tmp_path), steps, (120, 40))


def test_hours_typed_into_the_workers_form_take_the_place_of_fte(team: Database, tmp_path: Path) -> None:
    async def steps(pilot: Pressing) -> None:
        await open_worker(pilot)
        await press(pilot, "e")
        await until(pilot, "Edit W2")
        pilot.app.screen.query_one("#field-hours").value = "30"  # type: ignore[attr-defined]
        await press(pilot, "ctrl+s")
        await until(pilot, "30 h a week, FTE 0.81")
        assert file_of(team).line.contract_hours == 30_00

    drive(almoner(team, tmp_path), steps, (120, 40))


@pytest.mark.parametrize("size", [(170, 40), (80, 24)])
def test_the_team_in_sum_and_its_families_are_on_its_screen_as_far_as_there_is_room(
    team: Database, tmp_path: Path, size: tuple[int, int]
) -> None:
    with team.unit("A. Hughes", TODAY) as unit:
        for reference in ("C-31", "C-32"):
            child = {"reference": reference, "team": "North", "pathway": "looked_after", "sibling_group": "S-1"}
            record(unit, "case", {**child, "opened": "2026-10-01"})
            give(unit, reference, "W2", date(2026, 10, 5))
        amend(unit, "worker", "W2", {"agency": True})
        unit.finish("Siblings")

    async def wide(pilot: Pressing) -> None:
        await until(
            pilot,
            "3 workers, 2.6 FTE, 3 cases (3 unweighed), 2 families; agency 1 of 3 workers, 1 of 2.6 FTE, 3 of 3 cases",
        )
        (heading,) = [line for line in text(pilot).splitlines() if "Worker" in line and "Cases" in line]
        assert "Families" in heading
        await pilot.app.push_screen(WorkerScreen("W2"))
        await until(pilot, "of 2 families")

    async def narrow(pilot: Pressing) -> None:
        await until(pilot, "3 workers, 2.6 FTE, 3 cases (3 unweighed), 2 families; 1 from an agency")
        (heading,) = [line for line in text(pilot).splitlines() if "Worker" in line and "Cases" in line]
        assert "Families" not in heading

    drive(almoner(team, tmp_path), wide if size[0] > 100 else narrow, size)
