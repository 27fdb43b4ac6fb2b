"""One child under two references, one worker under two staff ids: found, merged or said to be two, and corrected."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from storage.opening import open_database
from storage.records.database import Database
from tests.clocks import CLOCK
from tests.tui.driving import almoner, drive, press, text, until
from tests.units import change, keep
from tui.allocation.phantom_screen import PhantomScreen
from tui.cases.case_screen import CaseScreen
from tui.people.worker_screen import WorkerScreen

Pressing = Pilot[Any]


def twice(team: Database, born: str = "2019-05-04") -> None:
    child = {"name": "Jamie Doe", "born": born}
    keep(team, "case", reference="c1001", team="North", pathway="court", opened="2026-02-02", **child)
    keep(team, "event", case="c1001", kind="lac_visit", on="2026-11-02")


def references(team: Database) -> list[str]:
    return team.reader().values("SELECT reference FROM cases ORDER BY reference")


async def open_case(pilot: Pressing, reference: str) -> CaseScreen:
    screen = CaseScreen(reference)
    await pilot.app.push_screen(screen)
    await until(pilot, "▸ today")
    return screen


def test_phantom_cases_show_one_child_twice(team: Database, tmp_path: Path) -> None:
    twice(team)

    async def steps(pilot: Pressing) -> None:
        await pilot.app.push_screen(PhantomScreen())
        await until(pilot, "Probably one child")
        assert "c1001" in text(pilot)

    drive(almoner(team, tmp_path), steps, size=(120, 40))


def test_a_case_is_merged_once_it_is_confirmed_what_moves(team: Database, tmp_path: Path) -> None:
    twice(team)

    async def steps(pilot: Pressing) -> None:
        screen = await open_case(pilot, "c1001")
        await press(pilot, "M")
        await until(pilot, "Into case")
        await press(pilot, "ctrl+s")
        await until(pilot, "c1001 goes into C-1001")
        assert "1 event" in text(pilot)
        assert references(team) == ["C-1001", "c1001"]
        await press(pilot, "down", "enter")
        await until(pilot, "merged into C-1001")
        assert references(team) == ["C-1001"]
        await until(pilot, "▸ today")
        assert screen.reference == "C-1001"

    drive(almoner(team, tmp_path), steps, size=(120, 40))


def test_saying_no_merges_nothing(team: Database, tmp_path: Path) -> None:
    twice(team)

    async def steps(pilot: Pressing) -> None:
        await open_case(pilot, "c1001")
        await press(pilot, "M")
        await until(pilot, "Into case")
        await press(pilot, "ctrl+s")
        await until(pilot, "c1001 goes into C-1001")
        await press(pilot, "escape")
        assert references(team) == ["C-1001", "c1001"]

    drive(almoner(team, tmp_path), steps, size=(120, 40))


def test_what_contradicts_is_asked_first(team: Database, tmp_path: Path) -> None:
    twice(team, born="2019-05-05")

    async def steps(pilot: Pressing) -> None:
        await open_case(pilot, "c1001")
        await press(pilot, "M")
        await until(pilot, "Into case")
        await press(pilot, "ctrl+s")
        await until(pilot, "Which counts?")
        await press(pilot, "enter")
        await until(pilot, "c1001 goes into C-1001")
        await press(pilot, "down", "enter")
        await until(pilot, "merged into C-1001")
        assert team.reader().value("SELECT born FROM cases") == "2019-05-05"

    drive(almoner(team, tmp_path), steps, size=(120, 40))


def test_an_open_screen_follows_a_reference_that_was_corrected(team: Database, tmp_path: Path) -> None:
    async def steps(pilot: Pressing) -> None:
        screen = await open_case(pilot, "C-1001")
        change(team, "case", "C-1001", reference="C-77")
        screen.read_again()
        await until(pilot, "C-77")
        assert screen.reference == "C-77"

    drive(almoner(team, tmp_path), steps, size=(120, 40))


# workers -------------------------------------------------------------------------------------------------------------


def twice_here(team: Database, name: str = "Okafor, Chidi") -> None:
    keep(team, "worker", staff_id="W02", name=name, team="North", grade="children-sw")


def staff_ids(team: Database) -> list[str]:
    return team.reader().values("SELECT staff_id FROM worker ORDER BY staff_id")


def test_a_worker_is_merged_from_their_screen_as_a_case_is(team: Database, tmp_path: Path) -> None:
    twice_here(team, "Okafor-Smith, Chidi")

    async def steps(pilot: Pressing) -> None:
        screen = WorkerScreen("W02")
        await pilot.app.push_screen(screen)
        await until(pilot, "Staff id  W02")
        await press(pilot, "M")
        await until(pilot, "Into worker")
        assert "W2" in text(pilot), "whom they are like is proposed"
        await press(pilot, "ctrl+s")
        await until(pilot, "Which counts?")
        await press(pilot, "down", "enter")
        await until(pilot, "W02 goes into W2")
        await press(pilot, "down", "enter")
        await until(pilot, "W02 is merged into W2")
        await until(pilot, "Staff id  W2\n")
        assert screen.staff_id == "W2"

    drive(almoner(team, tmp_path), steps, size=(120, 40))
    with open_database(team.path, CLOCK) as again:
        assert staff_ids(again) == ["W1", "W2", "W3"]
        assert again.reader().value("SELECT name FROM worker WHERE staff_id = 'W2'") == "Okafor, Chidi"


@pytest.mark.parametrize("into", ["W99", "W02"])
def test_who_cannot_be_merged_into_is_said_in_the_form(team: Database, tmp_path: Path, into: str) -> None:
    twice_here(team)

    async def steps(pilot: Pressing) -> None:
        await pilot.app.push_screen(WorkerScreen("W02"))
        await until(pilot, "Staff id  W02")
        await press(pilot, "M")
        await until(pilot, "Into worker")
        await press(pilot, "end", "backspace", "backspace", *into, "ctrl+s")
        await until(pilot, "no worker 'W99'" if into == "W99" else "the same worker already")
        assert "Into worker" in text(pilot)

    drive(almoner(team, tmp_path), steps, size=(100, 30))


# two that are two ----------------------------------------------------------------------------------------------------


def test_two_alike_on_the_list_are_said_to_be_two_and_undo_shows_them_again(team: Database, tmp_path: Path) -> None:
    twice(team)
    twice_here(team)

    async def steps(pilot: Pressing) -> None:
        await pilot.app.push_screen(PhantomScreen())
        await until(pilot, "Probably one worker")
        assert "Probably one child" in text(pilot)
        await press(pilot, "home", "N")
        await until(pilot, "How they differ")
        await press(pilot, "ctrl+s")
        assert "How they differ" in text(pilot), "without a reason it is not taken"
        await press(pilot, *"Twins", "ctrl+s")
        await until(pilot, "c1001 and C-1001 are two.")
        await until(pilot, "1 probably one worker")
        assert "Probably one child" not in text(pilot)
        await press(pilot, "N")
        await until(pilot, "W02 and W2 are two")
        await press(pilot, *"Cousins", "ctrl+s")
        await until(pilot, "✓ Every open case")
        await press(pilot, "u")
        await until(pilot, "Probably one worker")

    drive(almoner(team, tmp_path), steps, size=(120, 40))


def test_two_alike_on_the_list_are_merged(team: Database, tmp_path: Path) -> None:
    twice_here(team)

    async def steps(pilot: Pressing) -> None:
        await pilot.app.push_screen(PhantomScreen())
        await until(pilot, "Probably one worker")
        assert "Allocate" not in text(pilot), "that is for cases"
        await press(pilot, "M")
        await until(pilot, "Into worker")
        await press(pilot, "ctrl+s")
        await until(pilot, "W02 goes into W2")
        await press(pilot, "down", "enter")
        await until(pilot, "✓ Every open case")

    drive(almoner(team, tmp_path), steps, size=(120, 40))
