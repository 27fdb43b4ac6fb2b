"""What was recorded, on a command and on screen; and the application on an earlier day, which only reads."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from storage.home.as_of.rebuilding import open_as_of
from storage.opening import open_database
from storage.records.database import Database
from tests.clocks import clock_on
from tests.conftest import TODAY
from tests.tui.driving import almoner, drive, press, settled, text, until, until_screen
from tests.tui.shell import Shell
from tests.units import amend, record
from tui.core.frame import AsOf
from tui.core.keys import BY_ID, WRITES
from tui.home.history.history_screen import HistoryScreen

NEXT = TODAY + timedelta(days=1)


@pytest.fixture
def later(team: Database) -> Database:
    """The team, where a visit of 2 November was recorded on the 21st, and the case's name and area were changed."""
    with open_database(team.path, clock_on(NEXT), actor="Okafor, Chidi") as database, database.unit() as unit:
        record(unit, "event", {"case": "C-1001", "kind": "lac_visit", "on": "2026-11-02", "note": "Spoke to Jamie"})
        unit.finish("Recorded event 2 on C-1001")
    with open_database(team.path, clock_on(NEXT), actor="Okafor, Chidi") as database, database.unit() as unit:
        amend(unit, "case", "C-1001", {"area": "Leeds", "name": "Jo Doe"})
        amend(unit, "worker", "W3", {"fte": 80})
        unit.finish("Changed case C-1001")
    return team


@pytest.fixture
def shell(later: Database, capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(capsys, later.path)


# the command ---------------------------------------------------------------------------------------------------------


def test_history_in_json_has_the_binding_keys(shell: Shell) -> None:
    changed, visit, made = shell("history", "case", "C-1001", "--json").json
    assert {"set", "at", "on_day", "actor", "user", "what", "lines"} <= visit.keys()
    assert (visit["set"], visit["at"], visit["actor"]) == (2, "2026-11-21T12:00:00Z", "Okafor, Chidi")
    assert (visit["on_day"], visit["late_days"]) == ("2026-11-02", 19)
    (line,) = visit["lines"]
    assert (line["kind"], line["key"], line["before"]) == ("event", 2, None)
    assert line["after"] == {"case": "C-1001", "kind": "lac_visit", "note": "Spoke to Jamie", "on": "2026-11-02"}
    assert changed["lines"][0]["before"] == {"area": "", "name": "Jamie Doe"}
    assert made["set"] == 1


def test_numbers_are_as_show_prints_them(shell: Shell) -> None:
    (newest, *_) = shell("history", "team", "North", "--json").json
    assert newest["lines"][0]["after"]["full_time_points"] == 100


def test_without_names_no_personal_value_is_printed(shell: Shell) -> None:
    for form in ("--json", "--csv", ""):
        for about in (("case", "C-1001"), ()):
            answer = shell("history", *about, "--no-names", *filter(None, [form]))
            assert answer.code == 0
            assert not any(word in answer.out for word in ("Jamie", "Jo Doe", "Okafor", "2019-05-04")), answer.out
    (newest, *_) = shell("history", "case", "C-1001", "--no-names", "--json").json
    assert newest["lines"][0]["after"] == {"area": "Leeds", "name": None}


def test_a_table_marks_what_was_late(shell: Shell) -> None:
    assert "19 days later" in shell("history", "case", "C-1001").out
    assert "19 days later" in shell("history").out


def test_csv_has_a_row_for_each_record(shell: Shell) -> None:
    head, *rows = shell("history", "--csv").out.splitlines()
    assert head.startswith("set,at,on_day,late_days,actor,user,what,undoes,kind,key,before,after")
    assert sum(row.startswith("1,") for row in rows) == 7


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("history case", "Say which one"),
        ("history case C-404", "No case"),
        ("history nothing 1", "nothing"),
        ("history --from 2026-11-22 --to 2026-11-21", "begins after it ends"),
        ("history --from soon", "not a date"),
    ],
)
def test_what_cannot_be_answered_says_why(shell: Shell, words: str, said: str) -> None:
    answer = shell(*words.split())
    assert (answer.code, answer.out) == (2, "")
    assert said in answer.err


def test_a_period_and_somebody(shell: Shell) -> None:
    assert [one["set"] for one in shell("history", "--from", "2026-11-21", "--json").json] == [3, 2]
    assert [one["set"] for one in shell("history", "--to", "2026-11-20", "--json").json] == [1]
    assert [one["set"] for one in shell("history", "--by", "W2", "--json").json] == [3, 2]
    assert shell("history", "--by", "Nobody", "--json").json == []


# the screen ----------------------------------------------------------------------------------------------------------


def test_a_cases_history_opens_from_its_page(later: Database, tmp_path: Path) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await press(pilot, "g", *"C-1001", "enter")
        await until_screen(pilot, "CaseScreen")
        await press(pilot, "H")
        await until_screen(pilot, HistoryScreen)
        await until(pilot, "Changed case C-1001")
        assert "19 days later" in text(pilot)
        assert "Area: – → Leeds" in text(pilot)
        assert "fte" not in text(pilot), "the worker's line of that change is not about the case"
        await press(pilot, "down")
        await until(pilot, "of Mon 2 Nov, recorded 19 days later")
        await press(pilot, "f2")
        await settled(pilot)
        assert "Jamie" not in text(pilot)

    drive(almoner(later, tmp_path), steps, (120, 40))


def test_the_whole_log_opens_anywhere(later: Database, tmp_path: Path) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await press(pilot, "2", "L")
        await until_screen(pilot, HistoryScreen)
        await until(pilot, "Set up the team")
        await press(pilot, "/", *"visit", "enter")
        await settled(pilot)
        assert "Set up the team" not in text(pilot)

    drive(almoner(later, tmp_path), steps, (100, 30))


def test_a_worker_has_a_history_of_their_own(later: Database, tmp_path: Path) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await press(pilot, "g", *"W3", "enter")
        await until_screen(pilot, "WorkerScreen")
        await press(pilot, "H")
        await until_screen(pilot, HistoryScreen)
        await until(pilot, "History: worker W3")

    drive(almoner(later, tmp_path), steps)


# an earlier day ------------------------------------------------------------------------------------------------------


def test_the_application_on_an_earlier_day_says_so_everywhere_and_offers_nothing_that_writes(
    later: Database, tmp_path: Path
) -> None:
    later.close()
    then = open_as_of(later.path, TODAY, clock_on(NEXT), actor="A. Hughes")

    async def steps(pilot: Pilot[Any]) -> None:
        writing = {BY_ID[one].runs for one in WRITES}
        for key in ("1", "2", "3", "4", "5", "6", "7"):
            await press(pilot, key)
            await settled(pilot)
            assert "As it was on record on Fri 20 Nov 2026" in text(pilot), key
            offered = {active.binding.action for active in pilot.app.screen.active_bindings.values()}
            assert not offered & writing, key
        await press(pilot, "g", *"C-1001", "enter")
        await until_screen(pilot, "CaseScreen")
        await settled(pilot)
        stack = len(pilot.app.screen_stack)
        await press(pilot, "r", "e", "p", "l", "C", "u")
        assert len(pilot.app.screen_stack) == stack, "no form opened"
        assert not await pilot.app.run_action("screen.record")
        assert "2 Nov" not in text(pilot)

    drive(almoner(then, tmp_path), steps)


def test_an_act_that_is_asked_for_all_the_same_is_refused(later: Database, tmp_path: Path) -> None:
    later.close()
    then = open_as_of(later.path, TODAY, clock_on(NEXT), actor="A. Hughes")

    async def steps(pilot: Pilot[Any]) -> None:
        pilot.app.screen.act(lambda unit: "Done")  # type: ignore[attr-defined]
        await until(pilot, "reads only")

    drive(almoner(then, tmp_path), steps)


def test_the_banner_takes_no_room_on_an_ordinary_day(team: Database, tmp_path: Path) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        assert not pilot.app.screen.query_one(AsOf).display

    drive(almoner(team, tmp_path), steps)
