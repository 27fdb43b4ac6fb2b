"""Both records on one screen: read, agreed, added to, copied and exported, by keys."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from storage.records.database import Database
from storage.supervision.session.session_reads import session_card
from tests.conftest import TODAY
from tests.storage.supervision.recordkit import full, session
from tests.tui.driving import Steps, almoner, drive, press, settled, text, until, until_screen
from tests.tui.hands import paste
from tests.units import keep
from tui.core.screens import page
from tui.supervision.session.record_screen import RecordScreen


def on_record(
    database: Database,
    folder: Path,
    number: int,
    steps: Steps,
    *,
    actor: str = "A. Hughes",
    size: tuple[int, int] = (120, 40),
    no_names: bool = False,
) -> None:
    async def opened(pilot: Pilot[Any]) -> None:
        pilot.app.push_screen(page("record", number))
        await until_screen(pilot, RecordScreen)
        await settled(pilot)
        await steps(pilot)

    drive(almoner(database, folder, actor=actor, no_names=no_names), opened, size)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])
def test_each_record_shows_as_it_will_be_filed(team: Database, tmp_path: Path, size: tuple[int, int]) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        shown = text(pilot)
        assert "Supervision: case record C-1001" in shown
        assert "Agreed: Okafor, Chidi not yet" in shown
        assert "Session to record: 2 days so far" in shown
        assert "Worth a second look" in shown
        await press(pilot, "down")
        await until(pilot, "personal record W2")
        assert "Settled at school" not in text(pilot)

    on_record(team, tmp_path, full(team), steps, size=size)


def test_one_agrees_takes_it_back_and_agrees_again(team: Database, tmp_path: Path) -> None:
    number = full(team)

    async def steps(pilot: Pilot[Any]) -> None:
        await press(pilot, "A")
        await settled(pilot)
        assert session_card(team.reader(), number).agreed_supervisor == TODAY
        await press(pilot, "A")
        await until(pilot, "Take my agreement back")
        await press(pilot, "down", "enter")
        await settled(pilot)
        assert session_card(team.reader(), number).agreed_supervisor is None

    on_record(team, tmp_path, number, steps)


def test_who_was_not_there_is_told_so(team: Database, tmp_path: Path) -> None:
    number = full(team)

    async def steps(pilot: Pilot[Any]) -> None:
        assert "Personal W2" not in text(pilot)
        assert "Kept back: the personal record is not shown (W2)" in text(pilot)
        await press(pilot, "A")
        await until(pilot, "W3 was not in session")
        assert session_card(team.reader(), number).agreed_worker is None

    on_record(team, tmp_path, number, steps, actor="W3")


def test_words_are_added_under_what_was_agreed(team: Database, tmp_path: Path) -> None:
    number = full(team)

    async def steps(pilot: Pilot[Any]) -> None:
        assert "e Add" not in text(pilot)
        await press(pilot, "W")
        await until(pilot, "The record is complete.")
        await press(pilot, "A")
        await until(pilot, "e Add")
        assert "Written up" not in text(pilot)
        await press(pilot, "e")
        await until(pilot, "What is added")
        await paste(pilot, "Her half-brother")
        await press(pilot, "ctrl+s")
        await settled(pilot)
        await press(pilot, "tab", "end")
        await until(pilot, "Her half-brother")

    on_record(team, tmp_path, number, steps)


def test_the_record_shown_is_copied_as_text(team: Database, tmp_path: Path) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await press(pilot, "c")
        assert pilot.app.clipboard.startswith("SUPERVISION: CASE RECORD C-1001\n")

    on_record(team, tmp_path, full(team), steps)


def test_documents_are_written_where_asked(team: Database, tmp_path: Path) -> None:
    number, folder = full(team), tmp_path / "out"

    async def steps(pilot: Pilot[Any]) -> None:
        await press(pilot, "x")
        await until(pilot, "Folder")
        await press(pilot, "home", "shift+end")
        await paste(pilot, str(folder))
        await press(pilot, "ctrl+s")
        await settled(pilot)

    on_record(team, tmp_path, number, steps)
    assert [file.name for file in folder.iterdir()] == [f"supervision-{number}-2026-11-18-case-c-1001.docx"]


def test_the_private_part_comes_and_goes_for_the_pair(team: Database, tmp_path: Path) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await press(pilot, "down")
        assert "Expecting in May" not in text(pilot)
        await press(pilot, "p")
        await until(pilot, "Expecting in May")
        await press(pilot, "p")
        await settled(pilot)
        assert "Expecting in May" not in text(pilot)

    on_record(team, tmp_path, full(team), steps)


def test_while_names_are_hidden_no_words_show_and_none_leave(team: Database, tmp_path: Path) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        shown = text(pilot)
        assert "Settled" not in shown
        assert "Okafor" not in shown
        await press(pilot, "c", "x")
        assert pilot.app.clipboard == ""
        assert isinstance(pilot.app.screen, RecordScreen)

    on_record(team, tmp_path, full(team), steps, no_names=True)


def test_hostile_and_very_long_text_is_shown_literally(team: Database, tmp_path: Path) -> None:
    number = session(team)
    words = "[bold]not markup[/] [10%] " + "long " * 60_000
    keep(team, "discussion", session=number, case="C-1001", answers={"update": words})

    async def steps(pilot: Pilot[Any]) -> None:
        assert "[bold]not markup[/] [10%]" in text(pilot)
        await press(pilot, "tab", "end")
        await until(pilot, "all of them in the document")

    on_record(team, tmp_path, number, steps)


def test_an_empty_session_says_so(team: Database, tmp_path: Path) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        assert "not recorded as held" in text(pilot)

    on_record(team, tmp_path, session(team, state="planned", on="2026-11-25"), steps)
