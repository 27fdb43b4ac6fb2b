"""An interval of its own for one case: decided, shown, explained, refused past a limit, and ended."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Select

from storage.due import due_list
from storage.due.overrides import case_overrides
from storage.records.database import Database
from tests.conftest import TODAY
from tests.tui.driving import almoner, drive, press, text, until
from tests.tui.hands import paste
from tests.tui.shell import Shell
from tests.units import record
from tui.cases.case_screen import CaseScreen

OVERRIDE = (
    '[[override]]\ncase = "C-1001"\nrule = "visit_standard"\nnumber = {number}\nunit = "weeks"\n'
    'decided_on = 2026-10-19\ndecided_by = "Hughes, Ann"\nreason = "[/x] unsettled"\nreview_on = 2027-01-18\n'
)


@pytest.fixture
def visited(team: Database) -> Database:
    """C-1001, placed in March and visited in October: the next visit is due six weeks on."""
    with team.unit("A. Hughes", TODAY) as unit:
        for kind, on in (("placement_started", "2026-03-16"), ("lac_visit", "2026-10-19")):
            details = {"seen": True} if kind == "lac_visit" else {}
            record(unit, "event", {"case": "C-1001", "kind": kind, "on": on, "details": details})
        unit.finish("Placed and visited")
    return team


def visit(database: Database) -> date | None:
    lines = due_list.due(database.reader(), today=TODAY, case="C-1001")
    return next(line.legal_due for line in lines if line.series == "lac_visit")


async def on_visit(pilot: Pilot[Any]) -> CaseScreen:
    screen = CaseScreen("C-1001")
    await pilot.app.push_screen(screen)
    await until(pilot, "▸ today")
    for _ in range(200):
        lines = [n for n, row in enumerate(screen.grid.found) if row.line and row.line.series == "lac_visit"]
        if lines:
            break
        await pilot.pause(0.02)
    screen.grid.sheet.move_cursor(row=lines[0])
    await pilot.pause(0.1)
    return screen


def fill(pilot: Pilot[Any], **values: str) -> None:
    for name, value in values.items():
        field = pilot.app.screen.query_one(f"#field-{name}")
        setattr(field, "text" if name == "reason" else "value", value)


def test_an_interval_is_decided_shown_explained_and_ended(visited: Database, tmp_path: Path) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        assert visit(visited) == date(2026, 11, 30)
        await on_visit(pilot)
        await press(pilot, "o")
        await until(pilot, "Own interval: C-1001")
        assert "never longer" in text(pilot)
        fill(pilot, number="8", reason="[/x] unsettled", review_on="18/01/2027", decided_on="19/10/2026")
        await press(pilot, "ctrl+s")
        await until(pilot, "8 weeks is longer than the 6 weeks")
        fill(pilot, number="five")
        await press(pilot, "ctrl+s")
        await until(pilot, "Write a whole number")
        fill(pilot, number="5")
        await press(pilot, "ctrl+s")
        await until(pilot, "Own intervals")
        assert visit(visited) == date(2026, 11, 23)
        await until(pilot, "Own intervals")
        assert "5 weeks" in text(pilot)
        await on_visit(pilot)
        await press(pilot, "w")
        await until(pilot, "On this case 5 weeks")
        assert "[/x] unsettled" in text(pilot)
        await press(pilot, "escape", "o")
        await until(pilot, "End it")
        await paste(pilot, "end")
        await press(pilot, "enter")
        await until(pilot, "Ends on")
        await press(pilot, "ctrl+s")
        await until(pilot, "ended Fri 20 Nov")
        assert visit(visited) == date(2026, 11, 30)
        assert [one.ended_on for one in case_overrides(visited.reader(), "C-1001")] == [TODAY]

    drive(almoner(visited, tmp_path), steps, size=(130, 50))


def test_a_rule_without_an_interval_cannot_be_varied(team: Database, tmp_path: Path) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        screen = CaseScreen("C-1001")
        await pilot.app.push_screen(screen)
        await until(pilot, "▸ today")
        await press(pilot, "home", "o")
        await until(pilot, "Move to a date that is due first")

    drive(almoner(team, tmp_path), steps)


def test_documents_of_overrides_are_recorded_listed_and_shown(
    visited: Database, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    almoner = Shell(capsys, visited.path)
    refused = almoner.record("override", OVERRIDE.format(number=8), tmp_path)
    assert refused.code == 2
    assert "8 weeks is longer than the 6 weeks" in refused.err
    assert almoner.record("override", OVERRIDE.format(number=4), tmp_path).code == 0
    listed = almoner("list", "override", "--case", "C-1001", "--json").json
    assert [(one["number"], one["review_on"]) for one in listed] == [(4, "2027-01-18")]
    assert almoner("show", "override", str(listed[0]["id"]), "--toml").out.startswith("[[override]]")
    assert almoner("list", "override", "--open", "--no-names", "--json").json[0]["decided_by"] == "AH"
    assert "decided by Hughes, Ann" in almoner("why", "C-1001", "lac_visit").out
    assert "decided by AH" in almoner("why", "C-1001", "lac_visit", "--no-names").out
    assert "almoner list override" in almoner("show", "override", "99").err


def test_the_template_can_be_filled_in_as_it_stands(
    visited: Database, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    almoner = Shell(capsys, visited.path)
    template = almoner("record", "override", "--template").out
    assert almoner.record("override", template, tmp_path).code == 0


def test_hidden_names_hide_who_decided(visited: Database, tmp_path: Path) -> None:
    with visited.unit("A. Hughes", TODAY) as unit:
        decided = {"decided_on": "2026-10-19", "decided_by": "Hughes, Ann", "review_on": "2027-01-18"}
        record(
            unit,
            "override",
            {"case": "C-1001", "rule": "lac_visit", "unit": "weeks", "number": 2, "reason": "x", **decided},
        )
        unit.finish("Decided")

    async def steps(pilot: Pilot[Any]) -> None:
        await pilot.app.push_screen(CaseScreen("C-1001"))
        await until(pilot, "Own intervals")
        assert "Looked-after visit: 2 weeks" in text(pilot), "a series goes by the title of its rules"
        assert "Hughes, Ann:" not in text(pilot)
        await on_visit(pilot)
        await press(pilot, "w")
        await until(pilot, "On this case 2 weeks")
        assert "Hughes, Ann" not in text(pilot)

    drive(almoner(visited, tmp_path, no_names=True), steps, size=(130, 50))


def test_the_dialog_offers_every_rule_that_takes_turns(visited: Database, tmp_path: Path) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await on_visit(pilot)
        await press(pilot, "o")
        await until(pilot, "Own interval: C-1001")
        offered = pilot.app.screen.query_one("#field-rule", Select)
        assert offered.value == "visit_standard"
        assert "lac_visit" in {value for _, value in offered._options}

    drive(almoner(visited, tmp_path), steps)
