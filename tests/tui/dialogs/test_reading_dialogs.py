"""What dialogs say can be read in a small window: lines stand below one another, and the way on is named."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.screen import Screen

from domain.core.errors import AlmonerError, StaleRecord
from storage.records.database import Database
from tests.tui.driving import almoner, drive, press, text, until, until_screen
from tui.dialogs.clash import ClashDialog
from tui.dialogs.confirm import ConfirmDialog
from tui.dialogs.form import Field, Form
from tui.dialogs.message import ErrorDialog, MessageDialog
from tui.dialogs.text_clash import TextClashDialog
from tui.due.why_dialog import WhyDialog, Working

STALE = StaleRecord(
    "B. Somebody changed this case meanwhile.",
    clashes=[("name", "Wiśniewska, Bożena", "Wiśniewska, Ola", "Wiśniewska, B."), ("area", "", "Town", "Hills")],
    by="B. Somebody",
    hint="Choose what shall stand.",
)


def shown(team: Database, folder: Path, dialog: Screen[Any], *keys: str) -> list[str]:
    """What a dialog shows at 80x24 after ``keys``: its lines without the frame."""
    found: list[str] = []

    async def steps(pilot: Pilot[Any]) -> None:
        await until(pilot, "Okafor")
        pilot.app.push_screen(dialog)
        await until_screen(pilot, type(dialog))
        await press(pilot, *keys)
        found.extend(line.strip(" │┃").rstrip() for line in text(pilot).splitlines())

    drive(almoner(team, folder), steps, (80, 24))
    return found


def test_a_clash_sets_the_three_values_below_one_another(team: Database, tmp_path: Path) -> None:
    lines = shown(team, tmp_path, ClashDialog(STALE, {"name": "Name"}))
    at = next(n for n, line in enumerate(lines) if line.startswith("Name"))
    assert lines[at : at + 8] == [
        "Name   theirs stands",
        "was     Wiśniewska, Bożena",
        "theirs  Wiśniewska, Ola",
        "yours   Wiśniewska, B.",
        "area   theirs stands",
        "was     –",
        "theirs  Town",
        "yours   Hills",
    ]


def test_choosing_in_a_clash_says_whose_value_stands(team: Database, tmp_path: Path) -> None:
    lines = shown(team, tmp_path, ClashDialog(STALE, {"name": "Name"}), "space")
    assert "Name   yours stands" in lines
    assert "area   theirs stands" in lines


@pytest.mark.parametrize(
    ("dialog", "above", "below"),
    [
        (ConfirmDialog("Delete?", "It stays deleted.", yes="Yes"), "It stays deleted.", "No, leave it as it is"),
        (MessageDialog("Note", "It went wrong.", "Try again."), "It went wrong.", "Try again."),
        (Form("New", [Field("name", "Name")], lambda _: None, about="A new one."), "A new one.", "Name"),  # type: ignore[arg-type,return-value]
        (TextClashDialog(STALE, {"name": "Name"}), "B. Somebody changed this case meanwhile. Choose what shall stand.",
         "Name   both stand, theirs first"),
        (WhyDialog(Working("Why", "Because.", [], ["Act 1989"], ["Pack local."])), "Act 1989", "Pack local."),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Screen) else "",
)  # fmt: skip
def test_parts_of_a_dialog_stand_apart(
    team: Database, tmp_path: Path, dialog: Screen[Any], above: str, below: str
) -> None:
    lines = shown(team, tmp_path, dialog)
    at = lines.index(above)
    assert lines[at + 1] == ""
    assert lines[at + 2].startswith(below)


@pytest.mark.parametrize(
    "dialog",
    [MessageDialog("Note", "Done."), ErrorDialog(AlmonerError("It went wrong.")), WhyDialog(Working("Why", "So.", []))],
    ids=lambda dialog: type(dialog).__name__,
)
def test_what_is_only_read_is_closed_and_nothing_is_chosen(team: Database, tmp_path: Path, dialog: Screen[Any]) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await until(pilot, "Okafor")
        for key in ("enter", "escape"):
            pilot.app.push_screen(dialog)
            await until_screen(pilot, type(dialog))
            assert text(pilot).splitlines()[-1].split() == ["⏎", "Close"]
            await press(pilot, key)
            await until_screen(pilot, "TeamScreen")

    drive(almoner(team, tmp_path), steps, (80, 24))


def test_a_passing_notice_leaves_the_keys_and_what_a_list_says_readable(team: Database, tmp_path: Path) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await until(pilot, "Okafor")
        said, keys = text(pilot).splitlines()[-2:]
        pilot.app.notify("Saved as /tmp/almoner-team-2026-11-20.csv", markup=False)
        await until(pilot, "Saved as")
        lines = text(pilot).splitlines()
        assert (lines[-3], lines[-1]) == (said, keys)

    drive(almoner(team, tmp_path), steps, (80, 24))
