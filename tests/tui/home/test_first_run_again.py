"""Looking around a second time: the demonstration that is there is gone on with, or asked about first."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from domain.people.people import TeamFields
from storage.demo.make import is_worked_in, make
from storage.opening import make_database, open_database
from tests.clocks import CLOCK, TODAY
from tests.tui.driving import almoner, drive, press, text, until, until_screen
from tests.tui.shell import Shell

pytestmark = pytest.mark.slow


@pytest.fixture
def demo(tmp_path: Path) -> Path:
    path = tmp_path / "demo.db"
    make(path, "team", 1, CLOCK)
    with open_database(path, CLOCK) as database, database.unit("A. Hughes", TODAY) as unit:
        unit.record(TeamFields(name="A-Own"))
        unit.finish("Recorded a team")
    return path


def test_going_on_with_the_demonstration_comes_first_and_keeps_what_was_recorded(demo: Path, tmp_path: Path) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await until(pilot, "Go on looking around")
        assert "Look around afresh" in text(pilot)
        await press(pilot, "enter")
        await until_screen(pilot, "TeamScreen")

    drive(almoner(None, tmp_path), steps, (80, 24))
    assert is_worked_in(demo)


def test_making_it_afresh_asks_first_and_enter_is_the_careful_answer(demo: Path, tmp_path: Path) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await until(pilot, "Go on looking around")
        await press(pilot, "down", "enter")
        await until(pilot, "Make the demonstration afresh?")
        await press(pilot, "enter")
        await until_screen(pilot, "WelcomeScreen")
        assert is_worked_in(demo)
        await press(pilot, "enter")
        await until(pilot, "Make the demonstration afresh?")
        await press(pilot, "down", "enter")
        await until(pilot, "Okafor")

    drive(almoner(None, tmp_path), steps, (80, 24))
    assert not is_worked_in(demo)


def test_another_database_of_that_name_is_no_demonstration_to_go_on_with(tmp_path: Path) -> None:
    make_database(tmp_path / "demo.db", CLOCK)

    async def steps(pilot: Pilot[Any]) -> None:
        await until(pilot, "Look around")
        assert "Go on" not in text(pilot)
        await press(pilot, "enter")
        await until(pilot, "no demonstration")

    drive(almoner(None, tmp_path), steps, (80, 24))


def test_the_command_wants_to_be_told_to_replace_it(demo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shell = Shell(capsys, demo)
    refused = shell("demo", "--path", str(demo), "--no-open")
    assert refused.code == 2
    assert "--overwrite" in refused.err
    assert is_worked_in(demo)
    assert shell("demo", "--path", str(demo), "--no-open", "--overwrite").code == 0
    assert not is_worked_in(demo)


def test_the_command_follows_no_link(demo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "link.csv").symlink_to(tmp_path / "target.csv")
    refused = Shell(capsys, demo)("demo", "--path", str(tmp_path / "link.csv"), "--no-open", "--overwrite")
    assert refused.code == 2
    assert "link" in refused.err
    assert not (tmp_path / "target.csv").exists()
