"""One child under two references: found among the phantom cases, merged from the case's screen, and corrected."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from textual.pilot import Pilot

from storage.records.database import Database
from tests.tui.driving import almoner, drive, press, text, until
from tests.units import change, keep
from tui.allocation.phantom_screen import PhantomScreen
from tui.cases.case_screen import CaseScreen

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
