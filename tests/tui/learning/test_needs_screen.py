"""Learning needs and progression on the screen, by keys alone."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from storage.records.database import Database
from tests.storage.learning.test_learning import evidence, need
from tests.tui.driving import almoner, drive, press, settled, text, until, until_screen
from tests.tui.hands import paste
from tests.units import put
from tui.core.screens import page
from tui.learning.needs_screen import LearningNeedsScreen
from tui.learning.progression_screen import ProgressionScreen


def shown(team: Database, folder: Path, screen: Any, steps: Any, size: tuple[int, int] = (120, 40)) -> None:
    async def on(pilot: Pilot[Any]) -> None:
        await until(pilot, "Okafor")
        pilot.app.push_screen(screen())
        await until_screen(pilot, LearningNeedsScreen if screen is needs else ProgressionScreen)
        await settled(pilot)
        await steps(pilot)

    drive(almoner(team, folder), on, size)


def needs() -> Any:
    return page("learning-needs")


def matrix() -> Any:
    return page("progression", "W3")


def kept(team: Database, query: str) -> list[tuple[Any, ...]]:
    with contextlib.closing(sqlite3.connect(team.path)) as conn:
        return conn.execute(query).fetchall()


def share(team: Database) -> None:
    put(
        team,
        need("Court skills", domains=["kss-cf.law"], due="2026-11-02"),
        need("Statements", "W2", domains=["kss-cf.law"]),
        need("Reading", "W2"),
    )


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
def test_needs_stand_by_capability_with_who_shares_them(team: Database, tmp_path: Path, size: tuple[int, int]) -> None:
    share(team)

    async def steps(pilot: Pilot[Any]) -> None:
        shown = text(pilot)
        assert shown.index("Court skills") < shown.index("Statements") < shown.index("Reading")
        assert "2 needs of 2 workers (Begum, Nasreen; Okafor, Chidi)" in shown
        assert "● Mon 2 Nov" in shown
        assert "– not set" in shown

    shown(team, tmp_path, needs, steps, size)


def test_one_course_is_planned_for_all_who_share_a_need(team: Database, tmp_path: Path) -> None:
    share(team)

    async def steps(pilot: Pilot[Any]) -> None:
        await press(pilot, "p")
        await until(pilot, "2 needs of 2 workers, planned as one")
        pilot.app.screen.query_one("#field-due", Input).value = "29 Jan 2027"
        await press(pilot, "ctrl+s")
        await until(pilot, "One course for 2 needs by Fri 29 Jan")

    shown(team, tmp_path, needs, steps)
    rows = kept(team, "SELECT id, method, due FROM learning_need ORDER BY id")
    assert rows == [(1, "course", "2027-01-29"), (2, "course", "2027-01-29"), (3, "other", None)]


def test_a_need_that_is_dropped_asks_why(team: Database, tmp_path: Path) -> None:
    share(team)

    async def steps(pilot: Pilot[Any]) -> None:
        await press(pilot, "r")
        await until(pilot, "what happened?")
        await paste(pilot, "dropped")
        await press(pilot, "enter")
        await until(pilot, "Court skills: dropped")
        await press(pilot, "ctrl+s")
        await until(pilot, "Why is needed")
        await paste(pilot, "moved to another team")
        await press(pilot, "ctrl+s")
        await until(pilot, "Press u to take that back")
        assert "Court skills" not in text(pilot).split("Press u")[0].split("Statements")[0].split("Capability")[-1]

    shown(team, tmp_path, needs, steps)
    assert kept(team, "SELECT outcome, why FROM learning_need WHERE id = 1") == [("dropped", "moved to another team")]


def test_a_cost_that_is_no_number_is_said_beside_its_field(team: Database, tmp_path: Path) -> None:
    share(team)

    async def steps(pilot: Pilot[Any]) -> None:
        await press(pilot, "e")
        await until(pilot, "Learning need: W3")
        pilot.app.screen.query_one("#field-cost", Input).value = "a lot"
        await press(pilot, "ctrl+s")
        await until(pilot, "Write pounds as a number")
        pilot.app.screen.query_one("#field-cost", Input).value = "£120.50"
        await press(pilot, "ctrl+s")
        await until_screen(pilot, LearningNeedsScreen)

    shown(team, tmp_path, needs, steps)
    assert kept(team, "SELECT cost, domains FROM learning_need WHERE id = 1") == [(12050, '["kss-cf.law"]')]


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
def test_criteria_show_what_is_there_and_what_lacks(team: Database, tmp_path: Path, size: tuple[int, int]) -> None:
    put(team, evidence(title="Observed review"))

    async def steps(pilot: Pilot[Any]) -> None:
        shown = text(pilot)
        assert "Example criteria" in shown
        assert "✓ met" in shown
        assert "8 criteria lack evidence" in shown
        await press(pilot, "down", "down", "down", "down")
        await until(pilot, "Observed review (observation")

    shown(team, tmp_path, matrix, steps, size)


def test_evidence_is_added_to_the_marked_criterion(team: Database, tmp_path: Path) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await press(pilot, "end", "r")
        await until(pilot, "Evidence: W3")
        await paste(pilot, "Endorsed in supervision")
        await press(pilot, "ctrl+s")
        await until(pilot, "✓ Fri 20 Nov")

    shown(team, tmp_path, matrix, steps)
    rows = kept(team, "SELECT worker, kind, criterion, title FROM evidence")
    assert rows == [("W3", "manager_statement", "manager-statement", "Endorsed in supervision")]


def test_a_grade_from_which_nothing_leads_on_says_so(team: Database, tmp_path: Path) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        assert "No progression in the packs leads on from Team manager" in text(pilot)

    shown(team, tmp_path, lambda: page("progression", "W1"), steps)
