"""The Supervision screen: a month by keys alone, from the agreement to a session missed and booked again."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from domain.supervision.sessions import AgreementFields
from storage.records.database import Database
from storage.supervision.acts import agreements
from storage.supervision.month_board import BoardRow
from tests.conftest import TODAY
from tests.tui.driving import almoner, drive, press, text, until, until_screen
from tests.tui.hands import paste
from tests.units import record
from tui.core.look import Look
from tui.core.themes import DARK, PALETTES
from tui.supervision.month_screen import SupervisionScreen
from tui.supervision.month_text import due_cell

PAIR = {"worker": "W2", "supervisor": "W1"}


@pytest.fixture
def agreed(team: Database) -> Database:
    with team.unit("A. Hughes", TODAY) as unit:
        agreements.make(
            unit,
            AgreementFields.model_validate({**PAIR, "starts": "2026-01-05", "weekday": 2, "standard": "four-weekly"}),
        )
        record(unit, "session", {**PAIR, "on": "2026-10-28", "state": "held", "recorded_on": "2026-10-28"})
        record(unit, "session", {**PAIR, "on": "2026-11-18"})
        unit.finish("Agreed")
    return team


async def opened(pilot: Pilot[Any]) -> SupervisionScreen:
    """Area 3, on Okafor's row."""
    await press(pilot, "3")
    await until_screen(pilot, SupervisionScreen)
    screen = pilot.app.screen
    assert isinstance(screen, SupervisionScreen)
    await until(pilot, "Okafor")
    for _ in range(3):
        if screen.grid.current is None or screen.grid.current.worker != "W2":
            await press(pilot, "down")
    return screen


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 50)])
def test_the_month_is_shown_at_every_size(agreed: Database, tmp_path: Path, size: tuple[int, int]) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        screen = await opened(pilot)
        shown = text(pilot)
        assert "Supervision, November 2026" in shown
        assert "✓ 28" in shown
        assert "● 18 Nov?" in shown or "● 18?" in shown or "● held? 18 Nov" in shown
        assert "Due" in shown
        assert "Agreed: line management: every four weeks, not signed" in shown
        assert "Wed 18 Nov 10:00 not recorded yet" in " ".join(shown.split())
        assert screen.grid.found[-1].worker == "W1", "managers' own rows stand apart, at the end"

    drive(almoner(agreed, tmp_path), steps, size)


def test_a_session_missed_is_booked_again(agreed: Database, tmp_path: Path) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        screen = await opened(pilot)
        await press(pilot, "m")
        await until(pilot, "it was not held on its day")
        await press(pilot, *"missed", "enter")
        await until(pilot, "To be held by")
        await press(pilot, "enter")
        await until(pilot, "Safeguarding crisis")
        await press(pilot, *["down"] * 4, "enter", "ctrl+s")
        await until(pilot, "✗")
        assert screen.grid.current is not None
        mark = screen.grid.current.sessions[-1]
        assert (mark.state, mark.reason, mark.rebook_by) == ("missed", "Court", date(2026, 11, 25))
        await press(pilot, "m")
        await until(pilot, "New day")
        await paste(pilot, "tue")
        await press(pilot, "ctrl+s")
        await until(pilot, "◐")
        assert [m.on for m in screen.grid.current.sessions][-1] == date(2026, 11, 24)

    drive(almoner(agreed, tmp_path), steps)


def test_r_records_the_session_booked_as_held_and_u_takes_it_back(agreed: Database, tmp_path: Path) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        screen = await opened(pilot)
        await press(pilot, "r")
        await until(pilot, "Held on")
        await press(pilot, "ctrl+s")
        await until(pilot, "Held: supervision of W2")
        assert screen.grid.current is not None
        assert [m.state for m in screen.grid.current.sessions] == ["held", "held"]
        await press(pilot, "u")
        await until(pilot, "Taken back")
        assert [m.state for m in screen.grid.current.sessions] == ["held", "planned"]

    drive(almoner(agreed, tmp_path), steps)


def test_a_series_is_booked_without_the_dates_that_are_left_out(agreed: Database, tmp_path: Path) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await opened(pilot)
        await press(pilot, "n")
        await until(pilot, "What is new?")
        await press(pilot, *"series", "enter")
        await until(pilot, "Series: W2 with W1")
        await press(pilot, "space", "ctrl+s")
        await until(pilot, "Booked:")
        days = agreed.reader().raw.execute("""SELECT "on" FROM session WHERE state = 'planned' ORDER BY 1""").fetchall()
        assert [day for (day,) in days][:3] == ["2026-11-18", "2027-01-13", "2027-02-10"]

    drive(almoner(agreed, tmp_path), steps)


def test_the_agreement_is_signed_by_whoever_is_working(agreed: Database, tmp_path: Path) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        screen = await opened(pilot)
        await press(pilot, "e")
        await until(pilot, "Another supervisor")
        await press(pilot, *"sign", "enter")
        await until(pilot, "W1 signed. W2 has yet to sign.")
        assert screen.grid.current is not None
        assert screen.grid.current.agreement.state == "one"

    drive(almoner(agreed, tmp_path), steps)


def test_another_person_cannot_sign(agreed: Database, tmp_path: Path) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await opened(pilot)
        await press(pilot, "e")
        await until(pilot, "Another supervisor")
        await press(pilot, *"sign", "enter")
        await until(pilot, "is not a worker here")

    drive(almoner(agreed, tmp_path, actor="Somebody"), steps)


def test_the_months_turn_and_come_back(agreed: Database, tmp_path: Path) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await opened(pilot)
        await press(pilot, "]")
        await until(pilot, "December 2026")
        await press(pilot, "[", "[")
        await until(pilot, "October 2026")
        await press(pilot, "0")
        await until(pilot, "November 2026")

    drive(almoner(agreed, tmp_path), steps)


def test_w_shows_the_working_behind_the_day(agreed: Database, tmp_path: Path) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await opened(pilot)
        await press(pilot, "w")
        await until(pilot, "Why Wed 25 Nov")
        assert "4 weeks instead of 1 month" in " ".join(text(pilot).split())

    drive(almoner(agreed, tmp_path), steps, (120, 40))


def test_a_new_agreement_is_drawn_up(team: Database, tmp_path: Path) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await opened(pilot)
        await press(pilot, "e")
        await until(pilot, "New supervision agreement")
        await press(pilot, "ctrl+s")
        await until(pilot, "Drawn up: W2 with W1")
        kept = team.reader().raw.execute("SELECT standard, starts, review_on, minutes FROM agreement").fetchone()
        assert kept == ("monthly", "2026-11-20", "2027-11-20", 90)

    drive(almoner(team, tmp_path), steps)


def test_o_leads_to_what_else_there_is(agreed: Database, tmp_path: Path) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await opened(pilot)
        await press(pilot, "o")
        await until(pilot, "Show")
        await press(pilot, "escape")
        await until(pilot, "Okafor")

    drive(almoner(agreed, tmp_path), steps)


def test_a_group_session_is_booked_for_several(agreed: Database, tmp_path: Path) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        screen = await opened(pilot)
        await press(pilot, "n")
        await until(pilot, "What is new?")
        await press(pilot, *"group", "enter")
        await until(pilot, "their staff ids")
        await press(pilot, "tab", "tab")
        await paste(pilot, "W3")
        await press(pilot, "tab")
        await paste(pilot, "thu")
        await press(pilot, "ctrl+s")
        await until(pilot, "Booked: supervision of W2")
        assert screen.grid.current is not None
        assert [m.others for m in screen.grid.current.sessions if m.kind == "group"] == [("W3",)]

    drive(almoner(agreed, tmp_path), steps)


@pytest.mark.parametrize(("due", "said"), [(date(2024, 2, 8), "● 8 Feb 2024"), (date(2026, 11, 27), "◐ 27 Nov")])
def test_supervision_due_in_another_year_says_which(due: date, said: str) -> None:
    row = BoardRow("W2", "Okafor, Chidi", "North", "W1", "Hughes, Ann", 0, None, due)
    assert due_cell(row, Look(PALETTES[DARK], TODAY)).plain == said
