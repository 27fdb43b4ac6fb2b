"""The Case screen: from what was to what is to come, and everything that is done on a case."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from textual.pilot import Pilot

from storage.cases import case_page
from storage.due import due_list
from storage.records.database import Database
from tests.conftest import TODAY
from tests.tui.driving import almoner, drive, press, text, until
from tests.tui.hands import paste
from tests.units import amend, record
from tui.cases.case_screen import CaseScreen

Pressing = Pilot[Any]
MISSING = "visits"


async def open_case(pilot: Pressing, reference: str = "C-1001") -> CaseScreen:
    screen = CaseScreen(reference)
    await pilot.app.push_screen(screen)
    await until(pilot, "▸ today")
    await until(pilot, "missing")
    return screen


async def on_line(screen: CaseScreen, pilot: Pressing, words: str) -> None:
    """Move the cursor to the line of the timeline that begins with ``words``."""
    at = next(n for n, row in enumerate(screen.grid.found) if row.title.startswith(words))
    screen.grid.sheet.move_cursor(row=at)
    await pilot.pause(0.05)


async def until_kept(pilot: Pressing, kept: Callable[[], bool]) -> None:
    """Wait until what was done has reached the database."""
    for _ in range(200):
        if kept():
            return
        await pilot.pause(0.02)
    raise AssertionError(text(pilot))


def events(database: Database) -> list[tuple[str, str]]:
    return [(e.kind, e.on.isoformat()) for e in case_page.case_events(database.reader(), "C-1001")]


def card(database: Database) -> case_page.CaseCard:
    found = case_page.case_card(database.reader(), "C-1001", TODAY)
    assert found is not None
    return found


def test_the_timeline_goes_from_what_was_over_today_to_what_is_due(team: Database, tmp_path: Path) -> None:
    async def steps(pilot: Pressing) -> None:
        screen = await open_case(pilot)
        kinds = [row.kind for row in screen.grid.found]
        assert kinds == sorted(kinds, key=["mark", "event", "now", "gap", "due"].index) or kinds.index("now") > 0
        titles = [row.title for row in screen.grid.found]
        assert titles.index("Became looked after") < titles.index("today")
        gaps = [row.title for row in screen.grid.found if row.kind == "gap"]
        assert any("placement" in gap and MISSING in gap for gap in gaps), gaps
        assert "With Okafor, Chidi since Mon 16 Mar 2026" in text(pilot)
        current = screen.grid.current
        assert current is not None
        assert current.kind == "due", "the cursor begins at what is due first"

    drive(almoner(team, tmp_path), steps)


def test_recording_an_event_by_a_few_letters_makes_the_next_date(team: Database, tmp_path: Path) -> None:
    async def steps(pilot: Pressing) -> None:
        screen = await open_case(pilot)
        await press(pilot, "r")
        await until(pilot, "What happened on C-1001?")
        await paste(pilot, "placement started")
        await press(pilot, "enter")
        await until(pilot, "Placement started: C-1001")
        await paste(pilot, "16 mar")
        await until(pilot, "Mon 16 Mar, 249 days ago")
        await press(pilot, "ctrl+s")
        await until(pilot, "Looked-after visit")
        assert ("placement_started", "2026-03-16") in events(team)
        current = screen.grid.current
        assert current is not None
        assert current.line is not None
        assert current.line.series == "lac_visit", "the cursor goes to the date that followed"
        await press(pilot, "u")
        await until(pilot, "missing")
        assert ("placement_started", "2026-03-16") not in events(team)

    drive(almoner(team, tmp_path), steps)


def test_giving_a_case_to_another_worker_shows_the_load_and_asks_why(team: Database, tmp_path: Path) -> None:
    async def steps(pilot: Pressing) -> None:
        await open_case(pilot)
        await press(pilot, "a")
        await until(pilot, "Who takes C-1001")
        assert "0 % → 12 %" in text(pilot), "Begum at 0.6 would carry 7 points of 60"
        await paste(pilot, "beg")
        await press(pilot, "enter")
        await until(pilot, "Allocate C-1001 to Begum")
        await press(pilot, "ctrl+s")
        await until(pilot, "say why the worker changes")
        await press(pilot, "enter")
        await pilot.pause(0.1)
        await press(pilot, "down", "enter", "ctrl+s")
        await until(pilot, "With Begum, Nasreen")
        assert (card(team).worker, card(team).since) == ("W3", TODAY)

    drive(almoner(team, tmp_path), steps)


def test_weighing_counts_the_points_as_answers_change(team: Database, tmp_path: Path) -> None:
    async def steps(pilot: Pressing) -> None:
        await open_case(pilot)
        before = card(team)
        assert before.assumed
        await press(pilot, "l")
        await until(pilot, f"Comes to {before.points // 100} points (now {before.points // 100}, assumed)")
        await press(pilot, "enter")
        await pilot.pause(0.1)
        await press(pilot, "home", "enter")
        await until(pilot, "Comes to")
        await press(pilot, "ctrl+s")
        await until(pilot, "▸ today")
        await until_kept(pilot, lambda: not card(team).assumed)
        after = card(team)
        assert not after.assumed
        assert after.points != before.points

    drive(almoner(team, tmp_path), steps)


def test_editing_names_the_field_that_cannot_be_taken_and_keeps_the_words(team: Database, tmp_path: Path) -> None:
    async def steps(pilot: Pressing) -> None:
        await open_case(pilot)
        await press(pilot, "e")
        await until(pilot, "Edit C-1001")
        await press(pilot, "tab")
        pilot.app.focused.value = "looked, nowhere"  # type: ignore[union-attr]
        await press(pilot, "ctrl+s")
        await until(pilot, "“nowhere” is not one pathway")
        assert "looked, nowhere" in text(pilot)
        pilot.app.focused.value = "looked, court"  # type: ignore[union-attr]
        await press(pilot, "ctrl+s")
        await until(pilot, "Looked after, Court")
        assert card(team).pathways == ("looked_after", "court")

    drive(almoner(team, tmp_path), steps)


def test_two_people_at_once_see_both_values_and_choose(team: Database, tmp_path: Path) -> None:
    async def steps(pilot: Pressing) -> None:
        await open_case(pilot)
        await press(pilot, "e")
        await until(pilot, "Edit C-1001")
        with team.unit("N. Begum", TODAY) as unit:
            amend(unit, "case", "C-1001", {"sibling_group": "Theirs"})
            unit.finish("Meanwhile")
        pilot.app.screen.query_one("#field-sibling_group").value = "Mine"  # type: ignore[attr-defined]
        await press(pilot, "ctrl+s")
        await until(pilot, "Changed by somebody else")
        shown = text(pilot)
        for words in ("Sibling group", "theirs stands", "theirs  Theirs", "yours   Mine"):
            assert words in shown
        await press(pilot, "space")
        await until(pilot, "yours stands")
        await press(pilot, "ctrl+s")
        await until(pilot, "▸ today")
        assert card(team).sibling_group == "Mine"

    drive(almoner(team, tmp_path), steps)


def test_closing_needs_a_reason_and_ends_what_was_due(team: Database, tmp_path: Path) -> None:
    async def steps(pilot: Pressing) -> None:
        await open_case(pilot)
        await press(pilot, "C")
        await until(pilot, "Close C-1001")
        await press(pilot, "ctrl+s")
        await until(pilot, "Because is needed")
        await paste(pilot, "Moved to another council")
        await press(pilot, "ctrl+s")
        await until(pilot, "Closed Fri 20 Nov 2026: Moved to another council")
        assert list(due_list.due(team.reader(), today=TODAY, case="C-1001")) == []
        await press(pilot, "u")
        await until(pilot, "With Okafor")
        assert card(team).closed is None

    drive(almoner(team, tmp_path), steps)


def test_an_event_recorded_wrongly_is_put_right_or_taken_away(team: Database, tmp_path: Path) -> None:
    async def steps(pilot: Pressing) -> None:
        screen = await open_case(pilot)
        await on_line(screen, pilot, "Became looked after")
        await press(pilot, "enter")
        await until(pilot, "Change it")
        await press(pilot, "enter")
        await until(pilot, "Became looked after: C-1001")
        await paste(pilot, "2026-03-17")
        await press(pilot, "ctrl+s")
        await until(pilot, "Thu 16 Apr")
        assert ("became_looked_after", "2026-03-17") in events(team)

    drive(almoner(team, tmp_path), steps)


def test_details_stand_beside_the_timeline_or_in_its_place(team: Database, tmp_path: Path) -> None:
    async def narrow(pilot: Pressing) -> None:
        await open_case(pilot)
        assert "Held by" not in text(pilot)
        await press(pilot, "d")
        await until(pilot, "Held by")
        assert "▸ today" not in text(pilot)
        await press(pilot, "d")
        await until(pilot, "▸ today")

    drive(almoner(team, tmp_path), narrow, size=(80, 24))


def test_beside_the_timeline_in_a_wide_window(team: Database, tmp_path: Path) -> None:
    async def wide(pilot: Pressing) -> None:
        await open_case(pilot)
        for words in ("Held by", "Changes", "Set up the team", "assumed from its pathways"):
            await until(pilot, words)

    drive(almoner(team, tmp_path), wide, size=(130, 40))


def test_hidden_names_and_hostile_ones(team: Database, tmp_path: Path) -> None:
    with team.unit("A. Hughes", TODAY) as unit:
        amend(unit, "case", "C-1001", {"name": "[/x] [10%] Doe", "close_reason": ""})
        record(unit, "event", {"case": "C-1001", "kind": "case_note", "on": TODAY, "note": "[bold]\x1b[2J[/] see [/x]"})
        unit.finish("Names")

    async def steps(pilot: Pressing) -> None:
        await open_case(pilot)
        assert "[/x] [10%] Doe" in text(pilot)
        assert "[bold][/] see [/x]" in text(pilot)
        await press(pilot, "f2")
        await until(pilot, "names hidden")
        for name in ("Doe", "Okafor"):
            assert name not in text(pilot)

    drive(almoner(team, tmp_path), steps, size=(130, 40))


def test_a_case_that_is_not_there_is_said_in_words(team: Database, tmp_path: Path) -> None:
    async def steps(pilot: Pressing) -> None:
        await pilot.app.push_screen(CaseScreen("C-77"))
        await until(pilot, "There is no case 'C-77'")

    drive(almoner(team, tmp_path), steps)
