"""Learning by keys: the board of learners, one learner's page, and the register a week is filled into in seconds."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, Static

from domain.core.enums import ChangeReason, DayKind
from storage.cases.steps import give
from storage.learning.learner_page import learner
from storage.opening import open_database
from storage.records.database import Database
from tests.clocks import CLOCK
from tests.conftest import TODAY
from tests.tui.driving import almoner, drive, offered, press, settled, text, until, until_screen
from tests.tui.hands import paste
from tests.units import amend, put, record, worker
from tui.core.screens import page
from tui.learning.attendance_screen import RegisterScreen
from tui.learning.learner_panel import LearnerSide
from tui.learning.learner_text import way
from tui.widgets.ticklist import TickList

STARTS = date(2026, 9, 7)  # a Monday; TODAY is Friday 20 November
MONDAY = date(2026, 11, 16)


def teach(team: Database) -> None:
    """Okafor is on a placement of 70 days, recorded up to last week; Begum in a first year, one review late."""
    with team.unit("A. Hughes", TODAY) as unit:
        placed = {"worker": "W2", "kind": "placement-70-per-five-days", "starts": STARTS, "educator": "W1"}
        number = record(unit, "programme", {**placed, "pattern": (100, 100, 100, 100, 0)}).id
        for week in range(10):
            for weekday in range(4):
                on = STARTS + timedelta(weeks=week, days=weekday)
                record(unit, "placement-day", {"programme": number, "on": on})
        for kind, on in (("pre_meeting", STARTS), ("induction", STARTS), ("midway", MONDAY)):
            record(unit, "milestone", {"programme": number, "kind": kind, "on": on})
        year = {"worker": "W3", "kind": "asye", "starts": date(2026, 8, 3), "educator": "W1"}
        second = record(unit, "programme", {**year, "settings": {"pro_rata": False}}).id
        record(unit, "milestone", {"programme": second, "kind": "agreement", "on": date(2026, 8, 20)})
        unit.finish("Learners")


def recorded(database: Database, programme: int) -> dict[date, str]:
    """What each day was, as the file has it now."""
    with open_database(database.path, CLOCK) as fresh:
        return {line.on: line.kind for line in learner(fresh.reader(), programme, TODAY).kept.days}


@pytest.fixture
def learning(team: Database) -> Database:
    teach(team)
    return team


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
def test_the_board_puts_late_ones_first_and_says_what_comes_next(
    learning: Database, tmp_path: Path, size: tuple[int, int]
) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await press(pilot, "4")
        await until_screen(pilot, "LearningScreen")
        await until(pilot, "Begum")
        lines = text(pilot).splitlines()
        first = next(n for n, line in enumerate(lines) if "Begum" in line)
        second = next(n for n, line in enumerate(lines) if "Okafor" in line)
        assert first < second
        assert "● late" in lines[first]
        assert "Review at 3 months" in lines[first]
        assert "█" in lines[second]
        assert "│" in lines[second]
        await press(pilot, "f2")
        await settled(pilot)
        assert "Begum" not in text(pilot)

    drive(almoner(learning, tmp_path), steps, size)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
def test_a_learner_s_page_shows_timeline_checklist_and_supervision(
    learning: Database, tmp_path: Path, size: tuple[int, int]
) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await press(pilot, "4")
        await until(pilot, "Okafor")
        await press(pilot, "down", "enter")
        await until_screen(pilot, "LearnerScreen")
        await until(pilot, "Checklist")
        shown = text(pilot)
        assert "40 of 70 days" in shown
        assert "✓ Mon 16 Nov" in shown
        assert "0/3 Direct" in shown
        assert "0 h given" in shown
        await press(pilot, "escape")
        await until_screen(pilot, "LearningScreen")

    drive(almoner(learning, tmp_path), steps, size)


def test_a_learner_s_page_shows_what_they_hold_and_what_policy_forbids(learning: Database, tmp_path: Path) -> None:
    with learning.unit("A. Hughes", TODAY) as unit:
        amend(unit, "worker", "W3", {"grade": "asye"})
        amend(unit, "case", "C-1001", {"pathways": ("child_protection",)})
        give(unit, "C-1001", "W3", TODAY, reason=ChangeReason.MANAGE)
        unit.finish("Allocated")

    async def steps(pilot: Pilot[Any]) -> None:
        await press(pilot, "4")
        await until(pilot, "Begum")
        await press(pilot, "enter")
        await until_screen(pilot, "LearnerScreen")
        side = pilot.app.screen.query_one(LearnerSide)
        await until(pilot, "Checklist")
        lines = str(side.query_one(Static).render()).splitlines()
        assert any("Caseload" in line and "case" in line for line in lines)
        assert any("C-1001 allocated worker: policy" in line for line in lines)

    drive(almoner(learning, tmp_path), steps, (120, 40))


def test_a_week_is_filled_with_one_key_corrected_with_two_and_saved_as_one(learning: Database, tmp_path: Path) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await press(pilot, "4")
        await until(pilot, "Okafor")
        await press(pilot, "down", "d")
        await until_screen(pilot, RegisterScreen)
        await until(pilot, "40 of 70 days")
        before = text(pilot)
        await press(pilot, "f")  # the week of today, Monday to Thursday
        await until(pilot, "44 of 70 days")
        await press(pilot, "up", "right", "right", "s")  # Wednesday was a day ill
        await until(pilot, "43 of 70 days")
        assert "4 days to save" in text(pilot)
        assert "was" in text(pilot)
        assert before != text(pilot)
        await press(pilot, "ctrl+s")
        await until(pilot, "Saved 4 days")

        days = recorded(learning, 1)
        assert [days.get(MONDAY + timedelta(days=n)) for n in range(5)] == [
            DayKind.ATTENDED, DayKind.ATTENDED, DayKind.SICK, DayKind.ATTENDED, None,
        ]  # fmt: skip
        await press(pilot, "u")
        await until(pilot, "40 of 70 days")

    drive(almoner(learning, tmp_path), steps, (100, 30))
    assert MONDAY not in recorded(learning, 1)


def test_nothing_is_marked_before_the_start_in_the_future_or_on_a_closed_day(
    learning: Database, tmp_path: Path
) -> None:
    with learning.unit("A. Hughes", TODAY) as unit:
        record(unit, "closure", {"programme": 1, "starts": MONDAY, "ends": MONDAY, "why": "Reading day"})
        unit.finish("Closed")

    async def steps(pilot: Pilot[Any]) -> None:
        pilot.app.push_screen(page("register", 1))
        await until(pilot, "40 of 70 days")
        await press(pilot, "right", "a")
        await until(pilot, "still to come")
        await press(pilot, "left", *["left"] * 4, "a")
        await until(pilot, "is closed: Reading day")
        screen = pilot.app.screen
        assert isinstance(screen, RegisterScreen)
        assert not screen.weeks.pending

    drive(almoner(learning, tmp_path), steps, (100, 30))


def test_leaving_asks_about_what_is_not_saved(learning: Database, tmp_path: Path) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        pilot.app.push_screen(page("register", 1))
        await until(pilot, "40 of 70 days")
        await press(pilot, "a", "escape")
        await until(pilot, "1 marked day: not saved")
        await press(pilot, "enter")
        await until_screen(pilot, RegisterScreen)
        await press(pilot, "escape")
        await until(pilot, "Save 1 day")
        await press(pilot, "down", "enter")
        await until(pilot, "Saved 1 day")
        assert not isinstance(pilot.app.screen, RegisterScreen)

    drive(almoner(learning, tmp_path), steps, (100, 30))
    assert TODAY in recorded(learning, 1)


def test_a_milestone_is_recorded_from_the_board(learning: Database, tmp_path: Path) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await press(pilot, "4")
        await until(pilot, "Begum")
        await press(pilot, "r")
        await until(pilot, "What happened?")
        await press(pilot, "enter")
        await until(pilot, "Review at 3 months")
        await press(pilot, "ctrl+s")
        await until(pilot, "Recorded: review at 3 months")

    drive(almoner(learning, tmp_path), steps, (100, 30))
    with open_database(learning.path, CLOCK) as database:
        assert learner(database.reader(), 2, TODAY).kept.reached["review_3"] == [TODAY]


def test_a_learner_is_of_the_team_and_whoever_teaches_them_of_any_until_they_have_left(
    learning: Database, tmp_path: Path
) -> None:
    put(
        learning,
        ("team", {"name": "South"}),
        worker("W4", leaves=TODAY - timedelta(days=1)),
        worker("W5", leaves=TODAY + timedelta(days=30)),
        worker("W6", team="South"),
        worker("W7", team="South", leaves=TODAY - timedelta(days=1)),
        worker("W8", team="South", leaves=TODAY),
    )

    async def steps(pilot: Pilot[Any]) -> None:
        await press(pilot, "4")
        await until(pilot, "Begum")
        await press(pilot, "n")
        await until(pilot, "Which programme?")
        await paste(pilot, "placement of 70 days")
        await press(pilot, "enter")
        await until(pilot, "Practice educator")
        assert set(offered(pilot, "worker")) == {"W1", "W2", "W3", "W5"}
        for who in ("educator", "on_site"):
            assert set(offered(pilot, who)) == {"W1", "W2", "W3", "W5", "W6", "W8"}
            assert set(offered(pilot, who)[:4]) == {"W1", "W2", "W3", "W5"}  # the team's own first

    drive(almoner(learning, tmp_path), steps)


def test_hostile_names_go_through_board_page_and_register(learning: Database, tmp_path: Path) -> None:
    raw = learning.engine().raw_connection()
    raw.cursor().execute("UPDATE worker SET name = '[/x]\x1b[2J' || staff_id")
    raw.cursor().execute("UPDATE programme SET university = '[red]', note = '[/x]'")
    raw.commit()
    raw.close()

    async def steps(pilot: Pilot[Any]) -> None:
        await press(pilot, "4")
        await until(pilot, "[/x]W")
        for name in ("learner", "register"):
            pilot.app.push_screen(page(name, 1))
            await settled(pilot)
            assert "\x1b" not in text(pilot)
            assert "[/x]W2" in text(pilot)

    drive(almoner(learning, tmp_path), steps, (100, 30))


def test_the_way_is_drawn_with_its_ticks_whatever_the_width() -> None:
    assert way(3500, 7000, (500,), 10) == "█████│····"
    assert way(7000, 7000, (), 8) == "████████"
    assert way(9000, 7000, (1000,), 8) == "███████│"
    assert way(1, 0, (), 6) == "      "


def test_capabilities_are_ticked_by_their_titles(learning: Database, tmp_path: Path) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        pilot.app.push_screen(page("learner", 2))
        await until_screen(pilot, "LearnerScreen")
        await settled(pilot)
        await press(pilot, "r")
        await until(pilot, "What happened?")
        await paste(pilot, "evidence")
        await press(pilot, "enter")
        await until(pilot, "· 1 Professionalism   Professional Cap")
        form = pilot.app.screen
        form.query_one("#field-title", Input).value = "Observed visit"
        form.query_one(TickList).focus()
        await press(pilot, "space", "down", "down", "space", "ctrl+s")
        await until_screen(pilot, "LearnerScreen")
        await until(pilot, "Observed visit")

    drive(almoner(learning, tmp_path), steps, (120, 40))
    with open_database(learning.path, CLOCK) as fresh:
        (row,) = fresh.reader().raw.execute("SELECT title, domains FROM evidence").fetchall()
    assert (row[0], json.loads(row[1])) == ("Observed visit", ["pcf.professionalism", "pcf.diversity-equality"])


def test_a_late_stage_is_closed_with_a_reason_and_a_placement_extended_by_keys(
    learning: Database, tmp_path: Path
) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await press(pilot, "4")
        await until(pilot, "Begum")
        await press(pilot, "r")
        await until(pilot, "What happened?")
        await paste(pilot, "close: review at 3")
        await press(pilot, "enter")
        await until(pilot, "Close: Review at 3 months")
        pilot.app.screen.query_one("#field-why").insert("Held with the next")  # type: ignore[attr-defined]
        await press(pilot, "ctrl+s")
        await until(pilot, "Closed: review at 3 months")
        pilot.app.push_screen(page("learner", 1))
        await until_screen(pilot, "LearnerScreen")
        await until(pilot, "Checklist")
        await press(pilot, "r")
        await until(pilot, "What happened?")
        await paste(pilot, "extended")
        await press(pilot, "enter")
        await until(pilot, "Agreed so far: 70 days")
        form = pilot.app.screen
        form.query_one("#field-days", Input).value = "85"
        form.query_one("#field-by", Input).value = "Hughes and the university"
        form.query_one("#field-why").insert("Ill for three weeks")  # type: ignore[attr-defined]
        await press(pilot, "ctrl+s")
        await until(pilot, "Extended to 85 days")
        await until(pilot, "of 85")

    drive(almoner(learning, tmp_path), steps, (120, 40))
    with open_database(learning.path, CLOCK) as database:
        closed = learner(database.reader(), 2, TODAY).kept.closed["review_3"]
        assert (closed.by, closed.why) == ("A. Hughes", "Held with the next")
        assert learner(database.reader(), 1, TODAY).kept.target == 8500
