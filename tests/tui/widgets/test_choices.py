"""Choosing in a form by typing a few letters of what is meant."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Select

from storage.records.database import Database
from tests.tui.driving import almoner, drive, press, text, until, until_screen
from tui.core.choice import Choice
from tui.dialogs.form import CHOICE, Field, Form

TEAMS = [Choice("N", "North"), Choice("C", "Court work [interim]", "2 workers"), Choice("Z", "Żak's own")]


def choose(team: Database, folder: Path, *keys: str) -> list[Any]:
    """Type ``keys`` on the choice field of a form, save, and return what was kept."""
    kept: list[Any] = []

    async def keep(values: dict[str, Any]) -> None:
        kept.append(values["team"])

    async def steps(pilot: Pilot[Any]) -> None:
        await until(pilot, "Okafor")
        await pilot.app.push_screen(Form("Move", [Field("team", "Team", CHOICE, options=TEAMS)], keep))
        await until_screen(pilot, "Form")
        await press(pilot, *keys)
        assert not pilot.app.screen.query_one(Select).expanded, text(pilot)
        await press(pilot, "ctrl+s")
        await until_screen(pilot, "TeamScreen")

    drive(almoner(team, folder), steps)
    return kept


@pytest.mark.parametrize(
    ("keys", "chosen"),
    [
        (["n", "enter"], "N"),
        (["c", "o", "enter"], "C"),  # and not "choose", which stands for no choice
        (["i", "n", "t", "e", "r", "enter"], "C"),
        (["enter", "w", "o", "r", "k", "e", "enter"], "C"),  # in the quieter words, already open
        (["z", "a", "k", "enter"], "Z"),  # an accent need not be typed
        (["q", "escape"], None),  # q is a letter here
    ],
    ids=["one letter", "two letters", "in the middle", "open", "accent", "no match"],
)
def test_a_choice_is_found_by_typing_letters_of_it(
    team: Database, tmp_path: Path, keys: list[str], chosen: str | None
) -> None:
    assert choose(team, tmp_path, *keys) == [chosen]
