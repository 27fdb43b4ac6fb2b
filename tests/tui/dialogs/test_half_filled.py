"""A form that was half filled in when the program had to go is offered again, to whoever filled it in, until used."""

from __future__ import annotations

import stat
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, TextArea

from storage.files.unfinished import HalfFilled, Unfinished
from storage.opening import open_database
from storage.records.database import Database
from tests.clocks import CLOCK, TODAY
from tests.tui.driving import Steps, almoner, drive, press, text, until, until_screen

Leave = Callable[[int], object]
REASON = "The carers are away; [x] ünd"


@pytest.fixture(autouse=True)
def leave(monkeypatch: pytest.MonkeyPatch) -> list[Leave]:
    """What a signal calls, the latest application's last."""
    asked: list[Leave] = []
    monkeypatch.setattr("tui.home.leaving.heed", asked.append)
    monkeypatch.setattr("tui.app.Almoner.heeds_signals", True)
    return asked


def left(leave: list[Leave]) -> Steps:
    async def steps(pilot: Pilot[Any]) -> None:
        await begun(pilot)
        await until_screen(pilot, "Form")
        pilot.app.screen.query_one("#field-to", Input).value = "1 dec 2026"
        pilot.app.screen.query_one("#field-reason", TextArea).text = REASON
        await pilot.pause()
        leave[-1](143)

    return steps


async def begun(pilot: Pilot[Any]) -> None:
    """Open the form that postpones what is due first."""
    await until(pilot, "Okafor")
    await press(pilot, "2")
    await until(pilot, "C-1001")
    await press(pilot, "p")


def kept(folder: Path) -> Path:
    return folder / "unfinished.json"


def test_what_was_filled_in_is_kept_privately_and_filled_in_again(
    team: Database, tmp_path: Path, leave: list[Leave]
) -> None:
    app = almoner(team, tmp_path)
    drive(app, left(leave))
    assert app.return_code == 143
    assert stat.S_IMODE(kept(tmp_path).stat().st_mode) == 0o600

    async def again(pilot: Pilot[Any]) -> None:
        await begun(pilot)
        await until(pilot, "Half filled in on")
        assert "The carers are away" in text(pilot)
        await press(pilot, "enter")
        await until_screen(pilot, "Form")
        await pilot.pause()
        assert pilot.app.screen.query_one("#field-reason", TextArea).text == REASON
        assert pilot.app.screen.query_one("#field-to", Input).value == "1 dec 2026"
        assert kept(tmp_path).exists(), "not used yet"
        await press(pilot, "ctrl+s")
        await until(pilot, "Planned for")

    drive(almoner(reopened(team), tmp_path), again)
    assert not kept(tmp_path).exists()
    with reopened(team) as database:
        assert database.reader().value("SELECT reason FROM postponement") == REASON


def reopened(team: Database) -> Database:
    return open_database(team.path, CLOCK)


@pytest.mark.parametrize(("keys", "there"), [(["down", "enter"], True), (["down", "down", "enter"], False)])
def test_it_waits_for_another_time_or_is_dropped(
    team: Database, tmp_path: Path, leave: list[Leave], keys: list[str], *, there: bool
) -> None:
    drive(almoner(team, tmp_path), left(leave))

    async def again(pilot: Pilot[Any]) -> None:
        await begun(pilot)
        await until(pilot, "Half filled in on")
        await press(pilot, *keys)
        await until_screen(pilot, "Form")
        assert pilot.app.screen.query_one("#field-reason", TextArea).text == ""

    drive(almoner(reopened(team), tmp_path), again)
    assert kept(tmp_path).exists() is there


def test_nobody_else_is_offered_it_and_no_other_form(team: Database, tmp_path: Path, leave: list[Leave]) -> None:
    drive(almoner(team, tmp_path), left(leave))

    async def again(pilot: Pilot[Any]) -> None:
        await begun(pilot)
        await until_screen(pilot, "Form")
        assert "Half filled" not in text(pilot)

    drive(almoner(reopened(team), tmp_path, actor="N. Begum"), again)


def test_an_untouched_form_leaves_nothing(team: Database, tmp_path: Path, leave: list[Leave]) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await begun(pilot)
        await until_screen(pilot, "Form")
        leave[-1](143)

    drive(almoner(team, tmp_path), steps)
    assert not kept(tmp_path).exists()


# the file --------------------------------------------------------------------------------------------------------

FORM = HalfFilled("a.db", "A. Hughes", "Move", ("to", "why"), "Monday", TODAY.isoformat(), {"why": "x"})


def test_a_month_later_it_is_forgotten(tmp_path: Path) -> None:
    Unfinished(kept(tmp_path)).keep(FORM)
    unfinished = Unfinished(kept(tmp_path))
    assert unfinished.of(FORM, TODAY + timedelta(days=31)) == [FORM]
    assert unfinished.of(FORM, TODAY + timedelta(days=32)) == []


@pytest.mark.parametrize("spoil", [lambda p: p.write_bytes(b"\xff{"), lambda p: p.write_text("[1]"), Path.mkdir])
def test_a_file_that_cannot_be_read_counts_as_none(tmp_path: Path, spoil: Callable[[Path], object]) -> None:
    spoil(kept(tmp_path))
    assert Unfinished(kept(tmp_path)).of(FORM, TODAY) == []
