"""Paths typed on screens: none ends the application, and what stands there goes only when the person says so."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from storage.records.database import Database
from tests.storage.supervision.recordkit import full
from tests.tui.driving import almoner, drive, press, settled, text, until, until_screen
from tui.core.screens import page

SIZES = pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])
BAD = {"~nobodyx/out": "cannot be found", "x" * 300: "cannot be used", "a\0b": "cannot be found"}
Opening = Callable[[Pilot[Any]], Awaitable[None]]


async def export_of_a_list(pilot: Pilot[Any]) -> None:
    await press(pilot, "2")
    await until(pilot, "C-1001")
    await press(pilot, "x")
    await until_screen(pilot, "ExportDialog")


async def export_of_calendars(pilot: Pilot[Any]) -> None:
    await press(pilot, "6")
    await until(pilot, "never exported")
    await press(pilot, "x")
    await until_screen(pilot, "CalendarExportDialog")


async def dry_run_of_mail(pilot: Pilot[Any]) -> None:
    await press(pilot, "6")
    await until(pilot, "never exported")
    await press(pilot, "o", "y")
    await until_screen(pilot, "Form")


async def feeds_without_a_folder(pilot: Pilot[Any]) -> None:
    await press(pilot, "6")
    await until(pilot, "never exported")
    await press(pilot, "f", "p")
    await until_screen(pilot, "Form")


async def folder_of_backups(pilot: Pilot[Any]) -> None:
    await press(pilot, "7")
    await until(pilot, "beside the database")
    await press(pilot, "up", "up", "up", "enter")
    await until_screen(pilot, "Form")


async def an_extract(pilot: Pilot[Any]) -> None:
    pilot.app.push_screen(page("import"))
    await until_screen(pilot, "ImportScreen")
    await settled(pilot)


async def typed(pilot: Pilot[Any], path: str) -> None:
    """Put a path into the first line of what is open, and accept it."""
    pilot.app.screen.query(Input).first().value = path
    await press(pilot, "ctrl+s" if type(pilot.app.screen).__name__ == "Form" else "enter")


async def said(pilot: Pilot[Any], words: str) -> None:
    """Wait until ``words`` are on the screen, wherever their lines are broken."""
    for _ in range(200):
        if words in " ".join(text(pilot).replace("│", " ").split()):
            return
        await pilot.pause(0.02)
    raise AssertionError(text(pilot))


@pytest.mark.parametrize(
    "opening",
    [export_of_a_list, export_of_calendars, dry_run_of_mail, feeds_without_a_folder, folder_of_backups, an_extract],
)
@pytest.mark.parametrize("path", BAD, ids=["no home", "too long", "nul"])
def test_a_path_that_cannot_be_is_said_and_the_application_goes_on(
    team: Database, tmp_path: Path, opening: Opening, path: str
) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await opening(pilot)
        await typed(pilot, path)
        await said(pilot, BAD[path])

    drive(almoner(team, tmp_path), steps, (120, 40))


@SIZES
def test_a_list_is_saved_over_an_earlier_file_once_that_is_agreed(
    team: Database, tmp_path: Path, size: tuple[int, int]
) -> None:
    kept = tmp_path / "list.csv"
    kept.write_text("earlier")

    async def steps(pilot: Pilot[Any]) -> None:
        await export_of_a_list(pilot)
        await typed(pilot, str(kept))
        await until(pilot, "Replace what is there?")
        assert "No, keep it" in text(pilot)
        await press(pilot, "enter")
        await until(pilot, "Nothing was written")
        assert kept.read_text() == "earlier"
        await press(pilot, "escape")
        await until_screen(pilot, "ExportDialog")
        await typed(pilot, str(kept))
        await until(pilot, "Replace what is there?")
        await press(pilot, "down", "enter")
        await until(pilot, "Saved as")

    drive(almoner(team, tmp_path), steps, size)
    assert "C-1001" in kept.read_text("utf-8-sig")


def test_no_list_is_saved_over_the_database_or_a_file_of_another_kind(team: Database, tmp_path: Path) -> None:
    other = tmp_path / "letter.docx"
    other.write_text("Dear")
    before = team.path.read_bytes()

    async def steps(pilot: Pilot[Any]) -> None:
        await export_of_a_list(pilot)
        for place, words in ((team.path, "this is the database that is open"), (other, "is no CSV file, so it stays")):
            await typed(pilot, str(place))
            await until(pilot, words)
            await press(pilot, "escape")
            await until_screen(pilot, "ExportDialog")

    drive(almoner(team, tmp_path), steps, (160, 40))
    assert team.path.read_bytes() == before
    assert other.read_text() == "Dear"


def test_of_calendars_only_what_another_program_made_is_asked_about(team: Database, tmp_path: Path) -> None:
    app = almoner(team, tmp_path)
    out = tmp_path / "out"
    out.mkdir()
    (out / "w2-new.ics").write_text("BEGIN:VCALENDAR\r\nPRODID:another\r\n")
    app.office.settings.calendar_folder = str(out)

    async def steps(pilot: Pilot[Any]) -> None:
        await export_of_calendars(pilot)
        await press(pilot, "enter")
        await until(pilot, "Replace what is there?")
        assert not (out / "w1-new.ics").exists()
        await press(pilot, "down", "enter")
        await until(pilot, "files with")
        await settled(pilot)
        await press(pilot, "x", "enter")
        await until(pilot, "Nothing is new")

    drive(app, steps, (120, 40))
    assert "another" not in (out / "w2-new.ics").read_text()


def test_a_form_stays_when_what_stands_in_its_folder_is_kept(team: Database, tmp_path: Path) -> None:
    number = full(team)

    async def steps(pilot: Pilot[Any]) -> None:
        pilot.app.push_screen(page("record", number))
        await until_screen(pilot, "RecordScreen")
        await settled(pilot)
        for again in (False, True):
            await press(pilot, "x")
            await until_screen(pilot, "Form")
            await typed(pilot, str(tmp_path / "papers"))
            if not again:
                await until(pilot, "1 file in")
                await until_screen(pilot, "RecordScreen")
        await until(pilot, "Replace what is there?")
        await press(pilot, "escape")
        await until(pilot, "Nothing was written. Name another place.")
        assert type(pilot.app.screen).__name__ == "Form"
        await press(pilot, "ctrl+s")
        await until(pilot, "Replace what is there?")
        (made,) = (tmp_path / "papers").iterdir()
        before = made.stat().st_ino
        await press(pilot, "down", "enter")
        await until_screen(pilot, "RecordScreen")
        assert made.stat().st_ino != before

    drive(almoner(team, tmp_path), steps, (120, 40))
