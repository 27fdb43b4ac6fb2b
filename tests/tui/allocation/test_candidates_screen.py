"""Who takes this case? Asked and answered on the screen, by keys alone."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from storage.records.database import Database
from tests.storage.allocation.test_allocate import HEAD
from tests.tui.driving import almoner, drive, press, settled, text, until, until_screen
from tests.tui.hands import paste
from tests.units import case, conflict, put, worker
from tui.allocation.candidates_screen import HeadroomScreen
from tui.grid.grid import Grid


def opened(team: Database, folder: Path, reference: str, steps: Any, size: tuple[int, int] = (120, 40)) -> None:
    """Go to a case by its reference, press a, and go on."""

    async def on(pilot: Pilot[Any]) -> None:
        await until(pilot, "Okafor")
        await press(pilot, "g")
        await paste(pilot, reference)
        await settled(pilot)
        await press(pilot, "enter")
        await until_screen(pilot, "CaseScreen")
        await settled(pilot)
        await press(pilot, "a")
        await until_screen(pilot, HeadroomScreen)
        await until(pilot, "Begum")
        await settled(pilot)
        await steps(pilot)

    drive(almoner(team, folder), on, size)


def held(team: Database) -> list[tuple[Any, ...]]:
    """Every allocation, once the application has closed the database."""
    with contextlib.closing(sqlite3.connect(team.path)) as conn:
        query = 'SELECT "case", worker, role, starts, ends, overruled, approved_by, note FROM allocation ORDER BY id'
        return conn.execute(query).fetchall()


def order(pilot: Pilot[Any]) -> list[str]:
    return [taker.worker.staff_id for taker in pilot.app.screen.query_one(Grid).found]


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
def test_workers_stand_in_order_with_load_before_and_after(
    team: Database, tmp_path: Path, size: tuple[int, int]
) -> None:
    put(team, case())

    async def steps(pilot: Pilot[Any]) -> None:
        assert order(pilot) == ["W3", "W2", "W1"]
        shown = text(pilot)
        assert "7 % → 12 %" in shown
        assert "✓ may" in shown
        assert "◐ caution" in shown
        assert "nobody holds it" in shown

    opened(team, tmp_path, "C-2", steps, size)


def test_enter_gives_the_case_asking_only_for_the_day(team: Database, tmp_path: Path) -> None:
    put(team, case())

    async def steps(pilot: Pilot[Any]) -> None:
        await press(pilot, "enter")
        await until(pilot, "Allocate C-2 to Begum, Nasreen")
        assert "Because" not in text(pilot)
        assert "Approved by" not in text(pilot)
        await press(pilot, "ctrl+s")
        await until_screen(pilot, "CaseScreen")
        await until(pilot, "Begum")

    opened(team, tmp_path, "C-2", steps)
    assert held(team)[-1][:3] == ("C-2", "W3", "allocated_worker")


def test_a_caution_asks_for_a_note_and_a_change_of_worker_for_a_reason(team: Database, tmp_path: Path) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await press(pilot, "down", "enter")
        await until(pilot, "Allocate C-1001 to Hughes, Ann")
        assert "Because" in text(pilot)
        assert "◐ This grade holds no cases (Team manager)" in text(pilot)
        await press(pilot, "ctrl+s")
        await until(pilot, "manager-holds")
        await paste(pilot, "for a week")
        await press(pilot, "ctrl+s")
        await until(pilot, "say why the worker changes")
        await press(pilot, "enter", "down", "enter")
        await press(pilot, "ctrl+s")
        await until_screen(pilot, "CaseScreen")

    opened(team, tmp_path, "C-1001", steps)
    last = held(team)[-1]
    assert (last[1], last[5], last[7]) == ("W1", '["manager-holds"]', "for a week")


def test_a_hard_rule_asks_who_approved_it(team: Database, tmp_path: Path) -> None:
    put(team, case(), conflict("W3", "risk_to_worker"))

    async def steps(pilot: Pilot[Any]) -> None:
        assert order(pilot) == ["W2", "W1", "W3"]
        await press(pilot, "end", "enter")
        await until(pilot, "Approved by")
        await press(pilot, "ctrl+s")
        await until(pilot, "Say who approved it")
        await paste(pilot, HEAD)
        await press(pilot, "ctrl+s")
        await until_screen(pilot, "CaseScreen")

    opened(team, tmp_path, "C-2", steps)
    assert held(team)[-1][5:7] == ('["conflict-hard"]', HEAD)


def test_where_nobody_can_approve_it_no_question_is_asked(team: Database, tmp_path: Path) -> None:
    put(team, case(pathway="looked_after"), worker("W4", grade="student", name="Begum, Tuli"))

    async def steps(pilot: Pilot[Any]) -> None:
        await press(pilot, "end", "enter")
        await until(pilot, "Nobody can approve an exception from this rule")
        await press(pilot, "escape")
        await until_screen(pilot, HeadroomScreen)

    opened(team, tmp_path, "C-2", steps)
    assert not [row for row in held(team) if row[0] == "C-2"]


def test_siblings_move_together_by_one_key(team: Database, tmp_path: Path) -> None:
    put(team, case(sibling_group="S"), case("C-3", sibling_group="S"))
    put(team, ("allocation", {"case": "C-3", "worker": "W2", "starts": "2026-10-01"}))

    async def steps(pilot: Pilot[Any]) -> None:
        assert order(pilot)[0] == "W2"
        await press(pilot, "b")
        await until(pilot, "Siblings go with it")
        await settled(pilot)
        assert not any(taker.hard for taker in pilot.app.screen.query_one(Grid).found)
        await press(pilot, "down", "enter")
        await until(pilot, "Allocate C-2 and C-3 to Begum")
        pilot.app.screen.query_one("#field-reason").focus()
        await press(pilot, "enter", "down", "enter", "ctrl+s")
        await until_screen(pilot, "CaseScreen")

    opened(team, tmp_path, "C-2", steps)
    assert {row[0] for row in held(team) if row[1] == "W3"} == {"C-2", "C-3"}


def test_the_working_stands_beside_the_list_where_there_is_room(team: Database, tmp_path: Path) -> None:
    put(team, case())

    async def steps(pilot: Pilot[Any]) -> None:
        assert "Capacity today" in text(pilot)
        await press(pilot, "d")
        assert "Capacity today" not in text(pilot)

    opened(team, tmp_path, "C-2", steps)


def test_the_working_takes_the_lists_place_where_there_is_none(team: Database, tmp_path: Path) -> None:
    put(team, case())

    async def steps(pilot: Pilot[Any]) -> None:
        assert "Capacity today" not in text(pilot)
        await press(pilot, "d")
        await until(pilot, "Number 1 of 3")
        await press(pilot, "d")
        await until(pilot, "✓ may")

    opened(team, tmp_path, "C-2", steps, (80, 24))


def test_every_team_is_looked_at_by_one_key(team: Database, tmp_path: Path) -> None:
    put(team, case(), ("team", {"name": "South"}), worker("S1", team="South", name="Begum, Ali"))

    async def steps(pilot: Pilot[Any]) -> None:
        assert "S1" not in order(pilot)
        await press(pilot, "o")
        await until(pilot, "Begum, Ali")
        assert "S1" in order(pilot)

    opened(team, tmp_path, "C-2", steps)


def test_everyone_ruled_out_is_said_at_the_top(team: Database, tmp_path: Path) -> None:
    put(team, case(must_have=["Urdu"]))

    async def steps(pilot: Pilot[Any]) -> None:
        assert "✗ Nobody here may take it: The case needs what this worker does not bring (3)" in text(pilot)

    opened(team, tmp_path, "C-2", steps)


def test_hostile_names_and_wishes_are_shown_as_they_are(team: Database, tmp_path: Path) -> None:
    put(
        team,
        case(must_have=["[red]Urdu[/red]"]),
        worker("W4", name="[/x] Begum [bold]", specialisms=["[red]Urdu[/red]"]),
    )

    async def steps(pilot: Pilot[Any]) -> None:
        assert "[/x] Begum [bold]" in text(pilot)
        assert "needs [red]Urdu[/red]" in text(pilot)
        await press(pilot, "enter")
        await until(pilot, "Allocate C-2 to [/x] Begum [bold]")

    opened(team, tmp_path, "C-2", steps)


def test_hidden_names_leave_initials(team: Database, tmp_path: Path) -> None:
    put(team, case())

    async def steps(pilot: Pilot[Any]) -> None:
        await press(pilot, "f2")
        await until(pilot, "names hidden")
        await settled(pilot)
        assert "Begum" not in text(pilot)
        assert "NB" in text(pilot)

    opened(team, tmp_path, "C-2", steps)


# what waits and what is to be put right -----------------------------------------------------------------------------


def test_what_waits_says_its_limits_and_a_review_is_one_key(team: Database, tmp_path: Path) -> None:
    put(team, case(opened="2026-11-01"))

    async def steps(pilot: Pilot[Any]) -> None:
        await until(pilot, "(unallocated)")
        await press(pilot, "tab", "end", "enter")
        await until_screen(pilot, "UnallocatedScreen")
        await until(pilot, "review: 12 days late")
        assert "19 days" in text(pilot)
        await press(pilot, "h")
        await until(pilot, "Review of C-2 while it is unallocated")
        await press(pilot, "ctrl+s")
        await until(pilot, "review by")
        assert "● review" not in text(pilot)
        await press(pilot, "a")
        await until_screen(pilot, HeadroomScreen)

    drive(almoner(team, tmp_path), steps, (120, 40))


def test_a_phantom_is_one_key_from_being_put_right(team: Database, tmp_path: Path) -> None:
    from tui.core.screens import page

    put(team, case(), ("allocation", {"case": "C-2", "worker": "W1", "starts": "2026-10-01"}))

    async def steps(pilot: Pilot[Any]) -> None:
        await until(pilot, "Okafor")
        pilot.app.push_screen(page("phantom"))
        await until(pilot, "Held by a grade that holds no cases")
        await settled(pilot)
        await press(pilot, "a")
        await until_screen(pilot, HeadroomScreen)
        await until(pilot, "Begum")
        await press(pilot, "enter")
        await until(pilot, "Because")
        await press(pilot, "tab", "tab", "enter", "down", "enter", "ctrl+s")
        await until(pilot, "Every open case that is allocated is held by somebody")

    drive(almoner(team, tmp_path), steps, (120, 40))
