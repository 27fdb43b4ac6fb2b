"""Registrations by keys: what is late and what it rules out, renewed, taken back, put right, told why."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from storage.records.database import Database
from tests.storage.learning.test_registrations import registration
from tests.tui.driving import almoner, drive, press, settled, text, until, until_screen
from tests.tui.hands import paste
from tests.tui.home.test_hostile_screens import RAW
from tests.tui.learning.test_needs_screen import kept
from tests.units import put, worker
from tui.core.screens import page


def from_area(team: Database, folder: Path, steps: Any, size: tuple[int, int] = (120, 40)) -> None:
    async def on(pilot: Pilot[Any]) -> None:
        await press(pilot, "4")
        await until_screen(pilot, "LearningScreen")
        await settled(pilot)
        await press(pilot, "R")
        await until_screen(pilot, "RegistrationsScreen")
        await settled(pilot)
        await steps(pilot)

    drive(almoner(team, folder), on, size)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
def test_what_lapsed_stands_first_with_what_it_rules_out(team: Database, tmp_path: Path, size: tuple[int, int]) -> None:
    put(team, registration("swe", "W2", granted="2026-01-10"), registration("amhp", granted="2021-01-01"))

    async def steps(pilot: Pilot[Any]) -> None:
        shown = text(pilot)
        assert shown.index("● lapsed") < shown.index("◐ due") < shown.index("– not recorded")
        assert "Thu 1 Jan ?" in shown
        assert "Begum, Nasreen may not hold mental health cases marked AMHP" in shown
        await press(pilot, "w")
        await until(pilot, "Approval is renewed every 5 years")
        assert "Rules out now" in text(pilot)
        await press(pilot, "end")
        assert "? unverified: nobody has read this figure" in text(pilot)
        await press(pilot, "escape", "f2")
        await settled(pilot)
        assert "Begum" not in text(pilot)

    from_area(team, tmp_path, steps, size)


def test_a_renewal_is_recorded_and_taken_back(team: Database, tmp_path: Path) -> None:
    put(team, registration("swe", granted="2026-01-10", expires="2026-11-01", number="SW7"))

    async def steps(pilot: Pilot[Any]) -> None:
        await until(pilot, "● lapsed")
        await press(pilot, "r")
        await until(pilot, "Recorded last: Sat 10 Jan, until Sun 1 Nov")
        await press(pilot, "ctrl+s")
        await until(pilot, "✓ current")
        assert kept(team, "SELECT granted, expires, number FROM registration ORDER BY id") == [
            ("2026-01-10", "2026-11-01", "SW7"),
            ("2026-11-20", None, "SW7"),
        ]
        await press(pilot, "u")
        await until(pilot, "● lapsed")

    from_area(team, tmp_path, steps)
    assert kept(team, "SELECT count(*) FROM registration") == [(1,)]


def test_what_was_recorded_is_put_right_or_refused_beside_its_field(team: Database, tmp_path: Path) -> None:
    put(team, registration("dbs", granted="2024-01-10", expires="2026-11-01"))

    async def steps(pilot: Pilot[Any]) -> None:
        await press(pilot, "e")
        await until(pilot, "Disclosure and Barring Service check: W3")
        pilot.app.screen.query_one("#field-expires", Input).value = "1 Jan 2020"
        await press(pilot, "ctrl+s")
        await until(pilot, "It cannot expire before it")
        pilot.app.screen.query_one("#field-expires", Input).value = "1 Jan 2029"
        await press(pilot, "ctrl+s")
        await until(pilot, "✓ current")

    from_area(team, tmp_path, steps)
    assert kept(team, "SELECT granted, expires, ended_on FROM registration") == [("2024-01-10", "2029-01-01", None)]


def test_training_is_recorded_from_the_worker_s_page(team: Database, tmp_path: Path) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        pilot.app.push_screen(page("worker", "W3"))
        await until(pilot, "No open cases")
        await press(pilot, "R")
        await until(pilot, "Data protection")
        await press(pilot, "n")
        await until(pilot, "What is recorded?")
        await paste(pilot, "prevent")
        await press(pilot, "enter")
        await until(pilot, "Had on")
        await press(pilot, "ctrl+s")
        await until(pilot, "no interval")

    drive(almoner(team, tmp_path), steps, (120, 40))
    rows = kept(team, """SELECT worker, kind, "on", details FROM worker_event""")
    assert rows == [("W3", "training_completed", "2026-11-20", '{"topic": "prevent"}')]


def test_an_empty_team_and_hostile_names_are_shown_as_they_are(team: Database, tmp_path: Path) -> None:
    put(team, ("team", {"name": "[/x] South"}), worker("W9", name="[red]Ann[/red]\x1b[2J", team="[/x] South"))
    put(team, registration("pe1", "W9", number="[@click=app.quit()]9[/]"), ("team", {"name": "Empty"}))

    async def steps(pilot: Pilot[Any]) -> None:
        pilot.app.office.show_team("[/x] South")  # type: ignore[attr-defined]
        await press(pilot, "f5")
        await until(pilot, "[red]Ann[/red]")
        await press(pilot, "w")
        await until(pilot, "Registration, Social Work England, W9")
        assert not RAW.search(text(pilot))
        await press(pilot, "escape")
        pilot.app.office.show_team("Empty")  # type: ignore[attr-defined]
        await press(pilot, "f5")
        await until(pilot, "Nothing is recorded here")

    from_area(team, tmp_path, steps)
