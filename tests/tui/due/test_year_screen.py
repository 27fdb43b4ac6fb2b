"""The year of a case and the month of a team, on screen and as commands; and what cannot be right on a case."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from storage.due.due_month import due_month
from storage.files.settings import Settings
from storage.records.database import Database
from tests.conftest import TODAY
from tests.tui.driving import almoner, drive, press, text, until, until_screen
from tests.tui.shell import Shell
from tests.units import record
from tui.cases.case_screen import CaseScreen
from tui.due.due_list.due_screen import DueScreen
from tui.due.month_screen import MonthScreen
from tui.due.year_screen import PlannerScreen


@pytest.fixture
def visited(team: Database) -> Database:
    with team.unit("A. Hughes", TODAY) as unit:
        record(unit, "event", {"case": "C-1001", "kind": "placement_started", "on": "2026-03-16"})
        visit = {"case": "C-1001", "kind": "lac_visit", "on": "2026-10-19", "details": {"seen": True}}
        record(unit, "event", visit)
        unit.finish("Placed and visited")
    return team


@pytest.fixture
def shell(visited: Database, capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(capsys, visited.path)


def test_the_year_shows_what_is_open_and_what_follows_if_held(visited: Database, tmp_path: Path) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await pilot.app.push_screen(CaseScreen("C-1001"))
        await until(pilot, "▸ today")
        await press(pilot, "y")
        await until_screen(pilot, PlannerScreen)
        await until(pilot, "◇ if held on time")
        screen = pilot.app.screen
        assert isinstance(screen, PlannerScreen)
        rows = screen.grid.found
        assert [row.line.legal_due or date.max for row in rows] == sorted(r.line.legal_due or date.max for r in rows)
        months = [row.month for row in rows if row.month]
        assert len(months) == len(set(months)), "each month is named once"
        at = next(n for n, row in enumerate(rows) if row.line.series == "lac_visit" and row.line.if_held)
        screen.grid.sheet.move_cursor(row=at)
        await pilot.pause(0.05)
        await press(pilot, "w")
        await until(pilot, "Not made yet")
        screen.grid.sheet.move_cursor(row=at - 1 if not rows[at - 1].line.if_held else 0)
        await pilot.pause(0.05)
        await press(pilot, "w")
        await until(pilot, "Why ")
        await press(pilot, "escape", "escape")
        await until_screen(pilot, CaseScreen)

    drive(almoner(visited, tmp_path), steps, size=(80, 24))


def test_the_month_goes_on_by_keys_and_opens_a_day(visited: Database, tmp_path: Path) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await pilot.app.push_screen(DueScreen())
        await until(pilot, "● Overdue")
        await press(pilot, "m")
        await until_screen(pilot, MonthScreen)
        await until(pilot, "November 2026: North")
        screen = pilot.app.screen
        assert isinstance(screen, MonthScreen)
        assert screen.grid.marked == TODAY
        await press(pilot, "down", "right", "right", "right")
        assert screen.grid.marked == date(2026, 11, 30)
        await press(pilot, "enter")
        await until_screen(pilot, DueScreen)
        await until(pilot, "Looked-after visit")
        assert pilot.app.screen.query_one("DueGrid").filter == "on:2026-11-30"  # type: ignore[attr-defined]
        await press(pilot, "escape")
        await until_screen(pilot, MonthScreen)
        await press(pilot, "right")
        await until(pilot, "December 2026: North")
        assert screen.grid.marked == date(2026, 12, 1), "the days go on into the next month"
        assert "25 holiday" in text(pilot)
        await press(pilot, "pageup")
        await until(pilot, "November 2026: North")
        await press(pilot, "pagedown", "pagedown")
        await until(pilot, "2027: North")
        await press(pilot, "home")
        await until(pilot, "November 2026: North")

    drive(almoner(visited, tmp_path), steps, size=(80, 24))


def test_pile_ups_are_marked(visited: Database, tmp_path: Path) -> None:
    with visited.unit("A. Hughes", TODAY) as unit:
        case = {"team": "North", "pathway": "looked_after", "opened": "2026-03-02"}
        for number in range(12):
            reference = f"[/x]{number}"
            record(unit, "case", {**case, "reference": reference})
            record(unit, "event", {"case": reference, "kind": "became_looked_after", "on": "2026-11-02"})
        unit.finish("Twelve at once")
    piles = [day for day in due_month(visited.reader(), TODAY, date(2026, 11, 1), "North").days if day.pile_up]
    assert piles

    async def steps(pilot: Pilot[Any]) -> None:
        await pilot.app.push_screen(MonthScreen())
        await until(pilot, f"{max(day.things for day in piles)} ▲")
        assert f"▲ {len(piles)} day" in text(pilot)

    drive(almoner(visited, tmp_path), steps)


def test_the_year_as_a_command(shell: Shell) -> None:
    lines = shell("due", "--case", "C-1001", "--year", "--json").json
    visits = [(one["legal_due"], one["if_held_on_time"]) for one in lines if one["series"] == "lac_visit"]
    assert visits[:2] == [("2026-11-30", False), ("2027-01-11", True)]
    assert all((one["id"] is None) == one["if_held_on_time"] for one in lines)
    assert "◇ if held on time" in shell("due", "--case", "C-1001", "--year").out
    assert shell("due", "--case", "C-1001", "--year", "--csv").out.startswith("id,rule,series")


def test_the_month_as_a_command(shell: Shell) -> None:
    days = shell("due", "--month", "2026-11", "--team", "North", "--json").json
    assert len(days) == 30
    assert next(day["things"] for day in days if day["date"] == "2026-11-30") == 1
    table = shell("due", "--month", "2026-12").out
    assert table.startswith("December 2026: every team")
    assert "bank holiday" in table


def test_when_a_day_is_full_is_asked_for_or_as_set(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ALMONER_HOME", str(tmp_path))
    month = ("due", "--month", "2026-12")
    assert "more than 3 on one day: 3 workers, one thing a day each" in shell(*month).err
    Settings(tmp_path / "settings.json", most_a_day=4).save()
    assert "more than 12 on one day: 3 workers, 4 things a day each" in shell(*month).err
    assert "more than 6 on one day" in shell(*month, "--most", "2").err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--month", "2026-12", "--most", "0"], "no number from 1 to 50"),
        (["--month", "2026-12", "--most", "[/x]51"], "no number from 1 to 50"),
        (["--most", "2"], "--most needs --month"),
        (["--case", "C-1001", "--year", "--most", "2"], "--most cannot stand beside --year"),
        (["--month", "2026-13"], "is not a month"),
        (["--month", "[/x]\x1b[2J"], "is not a month"),
        (["--month", "9" * 400], "is not a month"),
        (["--year"], "--year needs a case"),
        (["--year", "--case", "C-404"], "There is no case"),
        (["--year", "--case", "C-1001", "--within", "7"], "--within cannot stand beside --year"),
        (["--month", "2026-12", "--case", "C-1001"], "--case cannot stand beside --month"),
    ],
)
def test_what_cannot_be_asked_is_said(words: list[str], said: str, shell: Shell) -> None:
    answer = shell("due", *words)
    assert (answer.code, answer.out) == (2, "")
    assert said in answer.err


def test_contradictions_stand_in_words_on_the_case_and_in_show(
    visited: Database, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    with visited.unit("A. Hughes", TODAY) as unit:
        record(unit, "event", {"case": "C-1001", "kind": "ceased_looked_after", "on": "2026-03-02"})
        unit.finish("Left before entering")
    shell = Shell(capsys, visited.path)
    gaps = shell("show", "case", "C-1001", "--json").json["gaps"]
    assert "before became looked after on Mon 16 Mar 2026" in gaps[0]["message"]
    assert "gaps" not in shell("show", "case", "C-1001", "--toml").out
    assert "before became looked after" in shell("show", "case", "C-1001").out

    async def steps(pilot: Pilot[Any]) -> None:
        await pilot.app.push_screen(CaseScreen("C-1001"))
        await until(pilot, "● cannot be right")
        await until(pilot, "before became looked after on Mon 16 Mar")

    drive(almoner(visited, tmp_path), steps, size=(200, 40))
