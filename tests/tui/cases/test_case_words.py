"""A factor typed into the case form that no rule knows: kept, and said with the word that may be meant."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from textual.pilot import Pilot
from textual.widgets import Input

from storage.records.database import Database
from tests.tui.driving import almoner, drive, press, until


def test_the_form_says_which_factor_no_rule_knows(team: Database, tmp_path: Path) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await until(pilot, "Okafor")
        await press(pilot, "g", *"C-1001", "enter")
        await until(pilot, "ooked after, aged")
        await press(pilot, "e")
        await until(pilot, "Edit C-1001")
        pilot.app.screen.query_one("#field-factors", Input).value = "autism, libery"
        await press(pilot, "ctrl+s")
        await until(pilot, "did you mean liberty?")
        assert team.reader().value("SELECT factors FROM cases") == '["autism", "libery"]'

    drive(almoner(team, tmp_path), steps, (100, 40))
