"""Points on screen and on the command line: weighing with few keys, history, what is to be weighed, calibration."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, Select, TextArea

from storage.load.history.points_history import Weighed, case_history
from storage.opening import open_database
from storage.records.database import Database
from tests.clocks import CLOCK
from tests.conftest import TODAY
from tests.tui.driving import almoner, drive, press, settled, text, until, until_screen
from tests.tui.hands import paste
from tests.tui.shell import Shell
from tests.units import amend, record
from tui.cases.case_screen import CaseScreen
from tui.load.case_points_screen import CasePointsScreen
from tui.load.points_screen import PointsScreen

ANSWERS = {"legal": "plan", "complexity": "active", "risk": "known", "family": "first", "travel": "near"}  # 6 points


@pytest.fixture
def starters(team: Database) -> Database:
    """Team North under the starting point for children's teams, which allows 2 points by hand."""
    with team.unit("A. Hughes", TODAY) as unit:
        amend(unit, "team", "North", {"scheme": "starter-children", "full_time_points": 1000})
        unit.finish("Chosen")
    return team


def weigh(database: Database, on: str = "2026-06-01", **answers: str) -> None:
    with database.unit("A. Hughes", TODAY) as unit:
        given = {"case": "C-1001", "scheme": "starter-children", "on": on}
        record(unit, "weighting", {**given, "answers": {**ANSWERS, **answers}, "why": "first"})
        unit.finish("Weighed")


def weighings(database: Database) -> list[Weighed]:
    """What is kept, read afresh: the application has closed its database."""
    with open_database(database.path, CLOCK) as again:
        return case_history(again.reader(), "C-1001")


# weighing --------------------------------------------------------------------------------------------------------


def test_one_key_accepts_the_answers_as_they_stand(starters: Database, tmp_path: Path) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await pilot.app.push_screen(CaseScreen("C-1001"))
        await until(pilot, "▸ today")
        await press(pilot, "l")
        await until(pilot, "Comes to 7 points (now 7, assumed)")
        assert len([s for s in pilot.app.screen.query(Select) if (s.id or "").startswith("field-factor_")]) == 5
        await press(pilot, "ctrl+s")
        await until(pilot, "C-1001 weighs 7 points")

    drive(almoner(starters, tmp_path), steps)
    (kept,) = weighings(starters)
    assert (kept.points, kept.on, kept.why, kept.uplift) == (700, TODAY, "first", 0)


def test_points_by_hand_are_counted_as_typed_and_need_a_reason(starters: Database, tmp_path: Path) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await pilot.app.push_screen(CaseScreen("C-1001"))
        await until(pilot, "▸ today")
        await press(pilot, "l")
        await until(pilot, "Comes to 7 points")
        pilot.app.screen.query_one("#field-uplift", Input).focus()
        await paste(pilot, "3")
        await until(pilot, "3 is more than starter-children allows")
        await press(pilot, "backspace")
        await paste(pilot, "1,5")
        await until(pilot, "Comes to 8.5 points")
        await press(pilot, "ctrl+s")
        await until(pilot, "Say why points were added")
        pilot.app.screen.query_one("#field-uplift_reason", TextArea).focus()
        await paste(pilot, "Press interest")
        await press(pilot, "ctrl+s")
        await until(pilot, "C-1001 weighs 8.5 points")

    drive(almoner(starters, tmp_path), steps)
    (kept,) = weighings(starters)
    assert (kept.points, kept.uplift, kept.uplift_reason) == (850, 150, "Press interest")


def test_the_points_of_a_table_follow_the_other_answer(team: Database, tmp_path: Path) -> None:
    with team.unit("A. Hughes", TODAY) as unit:
        amend(unit, "team", "North", {"scheme": "probation-tool"})
        unit.finish("Chosen")

    async def steps(pilot: Pilot[Any]) -> None:
        await pilot.app.push_screen(CaseScreen("C-1001"))
        await until(pilot, "▸ today")
        await press(pilot, "l")
        await until(pilot, "Comes to 50 points (now 50, assumed)")
        pilot.app.screen.query_one("#field-factor_setting", Select).value = "custody"
        await until(pilot, "Comes to 23 points")
        assert "field-uplift" not in {w.id for w in pilot.app.screen.query(Input)}

    drive(almoner(team, tmp_path), steps)


# the history of one case -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
def test_the_history_is_one_key_from_the_case_and_agreed_there(
    starters: Database, tmp_path: Path, size: tuple[int, int]
) -> None:
    weigh(starters)
    weigh(starters, on="2026-09-01", risk="high")

    async def steps(pilot: Pilot[Any]) -> None:
        await pilot.app.push_screen(CaseScreen("C-1001"))
        await until(pilot, "▸ today")
        await press(pilot, "P")
        await until_screen(pilot, CasePointsScreen)
        await until(pilot, "8 under version 1")
        await press(pilot, "down")
        await until(pilot, "6 under version 1")
        assert "A child protection plan, or looked after by agreement" in " ".join(text(pilot).split())
        await press(pilot, "A")
        await until(pilot, "Agree the weighing of C-1001")
        await paste(pilot, "2/6/2026")
        await press(pilot, "ctrl+s")
        await until(pilot, "agreed by the worker")

    drive(almoner(starters, tmp_path), steps, size)
    newest, oldest = weighings(starters)
    assert (newest.agreed_worker, str(oldest.agreed_worker), oldest.agreed_supervisor) == (None, "2026-06-02", None)
    assert oldest.points == 600


def test_a_case_nobody_weighed_says_so(starters: Database, tmp_path: Path) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await pilot.app.push_screen(CasePointsScreen("C-1001"))
        await until(pilot, "Nobody has weighed this case yet")

    drive(almoner(starters, tmp_path), steps)


# of a team -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
def test_the_teams_points_are_one_key_from_the_team(starters: Database, tmp_path: Path, size: tuple[int, int]) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await press(pilot, "P")
        await until_screen(pilot, PointsScreen)
        await until(pilot, "Never weighed")
        assert "1 to be weighed, 1 dormant" in " ".join(text(pilot).split())
        screen = pilot.app.screen
        assert isinstance(screen, PointsScreen)
        assert [(row.case, row.why) for row in screen.cases.found] == [
            ("C-1001", "Never weighed"), ("C-1001", "Dormant"),
        ]  # fmt: skip
        await press(pilot, "l")
        await until(pilot, "Comes to 7 points")
        await press(pilot, "ctrl+s")
        await until(pilot, "0 to be weighed")
        await until(pilot, "Looked after")
        await settled(pilot)
        assert "Today" in text(pilot), "the last of the months counts up to today"
        await press(pilot, "enter")
        await until_screen(pilot, CaseScreen)

    drive(almoner(starters, tmp_path), steps, size)


def test_an_empty_database_says_what_to_do(database: Database, tmp_path: Path) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await pilot.app.push_screen(PointsScreen())
        await until(pilot, "Every case has been weighed since")

    drive(almoner(database, tmp_path), steps, (80, 24))


# by command ------------------------------------------------------------------------------------------------------


@pytest.fixture
def shell(starters: Database, capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(capsys, Path(starters.path))


def test_the_history_by_command(starters: Database, shell: Shell) -> None:
    assert "Nobody has weighed C-1001 yet" in shell("points", "C-1001").err
    weigh(starters)
    (one,) = shell("points", "C-1001", "--json").json["weighings"]
    assert (one["points"], one["version"], one["why"], one["by"], one["agreed_worker"]) == (
        6, "1", "first", "A. Hughes", None,
    )  # fmt: skip
    assert [line["points"] for line in one["lines"]] == [2, 2, 1, 1, 0]
    assert "First weighing" in shell("points", "C-1001").out
    assert "A. Hughes" not in shell("--no-names", "points", "C-1001", "--json").out
    wrong = shell("points", "C-1001", "--under", "7")
    assert (wrong.code, "starter-children: 1" in wrong.err) == (2, True)


def test_what_is_to_be_weighed_and_what_is_dormant_by_command(starters: Database, shell: Shell) -> None:
    (one,) = shell("points", "--due", "--json").json
    assert (one["case"], one["why"], one["name"], one["points"]) == ("C-1001", "never", "Jamie Doe", 7)
    assert "Jamie" not in shell("points", "--due").out + shell("--no-names", "points", "--due", "--json").out
    (one,) = shell("points", "--dormant", "--team", "North", "--json").json
    assert (one["last_on"], one["since"], one["counts"]) == ("2026-03-16", "2026-06-15", 7)
    weigh(starters)
    assert "Every case has been weighed since" in shell("points", "--due").err


def test_mean_points_by_command(starters: Database, shell: Shell) -> None:
    assert "Nothing has been weighed yet" in shell("points").err
    weigh(starters, on="2026-10-15")
    found = shell("points", "--team", "North", "--months", "2", "--json").json["pathways"]
    assert [line["pathway"] for line in found] == ["looked_after", "all"]
    assert found[0]["months"] == [
        {"month": "2026-10", "cases": 1, "mean": 6.0}, {"month": "2026-11", "cases": 1, "mean": 6.0},
    ]  # fmt: skip
    assert "Looked after" in shell("points").out
    assert shell("points", "--csv").out.startswith("pathway,month,cases,mean\n")


@pytest.mark.parametrize("words", [("--months", "0"), ("--months", "many"), ("--under", "1")])
def test_what_makes_no_sense_is_refused(shell: Shell, words: tuple[str, ...]) -> None:
    answer = shell("points", *words)
    assert (answer.code, words[0] in answer.err) == (2, True)


def test_calibrating_is_a_proposal_until_it_is_applied(starters: Database, shell: Shell) -> None:
    weigh(starters)
    found = shell("calibrate", "--team", "North", "--json").json
    assert (found["full_time_points"], found["proposed"], found["applied"]) == (10, 6, False)
    assert "A proposal: nothing was changed" in shell("calibrate", "--team", "North").err
    assert shell("show", "team", "North", "--json").json["full_time_points"] == 10
    done = shell("calibrate", "--team", "North", "--percent", "80", "--apply")
    assert "it is now 7.5 points for 80 %" in done.out
    assert shell("show", "team", "North", "--json").json["full_time_points"] == 7.5
    shell("undo")
    assert shell("show", "team", "North", "--json").json["full_time_points"] == 10


@pytest.mark.parametrize("words", [(), ("--team", "North", "--percent", "0"), ("--team", "North", "--percent", "x")])
def test_calibrating_needs_a_team_and_a_percentage(shell: Shell, words: tuple[str, ...]) -> None:
    assert shell("calibrate", *words).code == 2


def test_a_scheme_is_shown_in_points_tables_and_all(shell: Shell) -> None:
    tool = shell("show", "scheme", "probation-tool", "--json").json
    assert tool["factors"][0]["options"][0]["points"] == {"community": 206, "licence": 219, "custody": 75}
    assert shell("show", "scheme", "budget-100", "--json").json["stable_points"] == 15
    assert shell("show", "scheme", "starter-children", "--json").json["most_uplift"] == 2
    assert {"probation-tool", "four-to-ten", "heads-cwla", "starter-adults"} <= {
        scheme["id"] for scheme in shell("list", "scheme", "--json").json
    }
