"""A disk that is full: said as it is, and what was typed stays where it was typed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from storage.database import sqlite
from storage.records.database import Database
from tests.tui.driving import almoner, drive, press, text, until
from tests.tui.shell import Shell

SPECIALISMS = ", ".join(f"Language{n}{'x' * 150}" for n in range(60))


@pytest.fixture
def full(team: Database, monkeypatch: pytest.MonkeyPatch) -> Database:
    """The team on a disk where the database cannot grow."""
    pages = team.reader().value("PRAGMA page_count")
    monkeypatch.setattr(sqlite, "PRAGMAS", (*sqlite.PRAGMAS, f"PRAGMA max_page_count={pages}"))
    return team


def test_a_form_says_that_no_room_is_left_and_keeps_what_was_typed(full: Database, tmp_path: Path) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await until(pilot, "Okafor")
        await press(pilot, "g", *"C-1001", "enter")
        await until(pilot, "ooked after, aged")
        await press(pilot, "e")
        await until(pilot, "Edit C-1001")
        field = next(one for one in pilot.app.screen.query(Input) if one.id == "field-factors")
        field.value = SPECIALISMS
        await press(pilot, "ctrl+s")
        await until(pilot, "no room left")
        assert "doctor" not in text(pilot)
        for _ in range(3):
            if any(one.id == "field-factors" for one in pilot.app.screen.query(Input)):
                break
            await press(pilot, "escape")
        assert pilot.app.screen.query_one("#field-factors", Input).value == SPECIALISMS
        assert full.reader().value("SELECT factors FROM cases") == "[]"

    drive(almoner(full, tmp_path), steps, (100, 40))


def test_a_command_says_that_no_room_is_left(full: Database, capsys: pytest.CaptureFixture[str]) -> None:
    almoner = Shell(capsys, full.path)
    answer = almoner("amend", "case", "C-1001", f"factors={SPECIALISMS}")
    assert answer.code == 2
    assert "no room left" in answer.err
    assert "doctor" not in answer.err
    assert full.reader().value("SELECT count(*) FROM change_set") == 1
