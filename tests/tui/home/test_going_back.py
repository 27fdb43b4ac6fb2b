"""`u` and `U`: one step after the other, shown before it surprises anybody, and never a dead end."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from storage.records.database import Database
from storage.supervision.acts import signing
from storage.supervision.session.session_reads import session_card
from tests.conftest import TODAY
from tests.storage.supervision.recordkit import full
from tests.tui.driving import almoner, drive, press, settled, text, until
from tests.units import amend
from tui.supervision.session.record_screen import RecordScreen

SIZES = pytest.mark.parametrize("size", [(80, 24), (120, 40)])


def rename(database: Database, name: str, actor: str = "A. Hughes", worker: str = "W3") -> None:
    with database.unit(actor, TODAY) as unit:
        amend(unit, "worker", worker, {"name": name})
        unit.finish(f"Named {name}")


def names(database: Database) -> list[str]:
    return database.reader().values("SELECT name FROM worker ORDER BY staff_id")


async def rename_here(pilot: Pilot[Any], name: str) -> None:
    """Whoever sits at the program changes a name in it."""

    def work(unit: Any) -> None:
        amend(unit, "worker", "W3", {"name": name})
        unit.finish(f"Named {name}")

    await pilot.app.office.desk.run(work)  # type: ignore[attr-defined]


def test_what_was_done_just_now_goes_back_at_once_step_by_step_and_forward_again(
    team: Database, tmp_path: Path
) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await until(pilot, "Okafor")
        await rename_here(pilot, "First, A")
        await rename_here(pilot, "Second, A")
        await press(pilot, "u")
        await until(pilot, "Taken back: Named Second, A")
        assert "U brings it forward again" in text(pilot)
        await press(pilot, "u")
        await until(pilot, "Taken back: Named First, A")
        assert "Begum, Nasreen" in names(team)
        await press(pilot, "U")
        await until(pilot, "Brought forward again: Named First, A")
        await press(pilot, "U", "u", "u")
        await settled(pilot)
        assert "Begum, Nasreen" in names(team)
        await press(pilot, "U", "U", "U")
        await until(pilot, "nothing to bring forward")
        assert "Second, A" in names(team)

    drive(almoner(team, tmp_path), steps)


@SIZES
def test_what_was_done_before_the_program_was_opened_is_shown_and_asked_about(
    team: Database, tmp_path: Path, size: tuple[int, int]
) -> None:
    rename(team, "Begum, Nadia")

    async def steps(pilot: Pilot[Any]) -> None:
        await until(pilot, "Begum, Nadia")
        await press(pilot, "u")
        await until(pilot, "Take this back?")
        assert "Named Begum, Nadia" in text(pilot)
        assert "1 record" in text(pilot)
        await press(pilot, "escape")
        await settled(pilot)
        assert "Begum, Nadia" in names(team)
        await press(pilot, "u")
        await until(pilot, "Take this back?")
        await press(pilot, "down", "enter")
        await until(pilot, "Taken back: Named Begum, Nadia")

    drive(almoner(team, tmp_path), steps, size)


@SIZES
def test_a_step_that_cannot_go_says_why_and_offers_the_one_before_it(
    team: Database, tmp_path: Path, size: tuple[int, int]
) -> None:
    rename(team, "Okafor, C", worker="W2")

    async def steps(pilot: Pilot[Any]) -> None:
        await until(pilot, "Okafor, C")
        await rename_here(pilot, "Mine, A")
        rename(team, "Theirs, A", actor="N. Begum")
        await press(pilot, "u")
        await until(pilot, "This cannot be taken back")
        shown = " ".join(text(pilot).replace("│", " ").split())
        assert "changed again since, by N. Begum" in shown
        assert "Named Okafor, C" in shown
        await press(pilot, "down", "enter")
        await until(pilot, "Taken back: Named Okafor, C")
        assert names(team) == ["Hughes, Ann", "Okafor, Chidi", "Theirs, A"]

    drive(almoner(team, tmp_path), steps, size)


@SIZES
def test_the_last_to_agree_a_record_is_asked_first(team: Database, tmp_path: Path, size: tuple[int, int]) -> None:
    number = full(team)
    with team.unit("W2", TODAY) as unit:
        signing.sign(unit, number)

    async def steps(pilot: Pilot[Any]) -> None:
        await pilot.app.push_screen(RecordScreen(number))
        await until(pilot, "Records of session")
        await press(pilot, "A")
        await until(pilot, "Agree as the last one?")
        await press(pilot, "escape")
        await settled(pilot)
        assert session_card(team.reader(), number).agreed_supervisor is None
        await press(pilot, "A")
        await until(pilot, "Agree as the last one?")
        await press(pilot, "down", "enter")
        await until(pilot, "Everybody has agreed it")
        await press(pilot, "u")
        await until(pilot, "This cannot be taken back")
        assert session_card(team.reader(), number).agreed_supervisor == TODAY

    drive(almoner(team, tmp_path), steps, size)


def test_the_changes_of_a_case_say_who_had_signed_in_where_that_is_somebody_else(
    team: Database, tmp_path: Path
) -> None:
    team.login = "abegum"
    with team.unit("A. Hughes", TODAY) as unit:
        amend(unit, "case", "C-1001", {"area": "Leeds"})
        unit.finish("Moved")

    async def steps(pilot: Pilot[Any]) -> None:
        await until(pilot, "Okafor")
        await press(pilot, "g", *"C-1001", "enter")
        await until(pilot, "A. Hughes, signed in as abegum")
        await press(pilot, "f2")
        await settled(pilot)
        assert "abegum" not in text(pilot)

    drive(almoner(team, tmp_path), steps, (120, 60))
