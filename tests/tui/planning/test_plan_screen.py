"""The plan screens by keys: work out, accept, pin, forbid, why, save, apply, undo, compare."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from domain.core.enums import ChangeReason
from storage.allocation.acts import allocate
from storage.opening import open_database
from storage.planning.saved_plans import saved_plans
from storage.records.database import Database
from tests.clocks import CLOCK, TODAY
from tests.storage.planning.plankit import THREE, north
from tests.tui.driving import almoner, drive, press, settled, text, until, until_screen
from tests.tui.hands import paste
from tests.units import amend
from tui.planning.plan_screen import ScenarioScreen
from tui.planning.plans_screen import PlansScreen

CASES = {**{f"C-{n}": ("W1", 30) for n in range(1, 6)}, "C-6": ("W2", 40), "C-7": ("W3", 40)}


@pytest.fixture(scope="session")
def _planned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("planned")
    north(folder, THREE, CASES).close()
    return folder


@pytest.fixture
def database(_planned: Path, tmp_path: Path) -> Iterator[Database]:
    shutil.copytree(_planned, tmp_path, dirs_exist_ok=True)
    with open_database(tmp_path / "almoner.db", CLOCK) as found:
        yield found


def allocations(database: Database) -> list[tuple[Any, ...]]:
    query = 'SELECT "case", worker, starts, ends, under FROM allocation ORDER BY id'
    return database.reader().raw.execute(query).fetchall()


def screen_of(pilot: Pilot[Any]) -> ScenarioScreen:
    screen = pilot.app.screen
    assert isinstance(screen, ScenarioScreen), screen
    return screen


def to_of(pilot: Pilot[Any]) -> dict[str, str]:
    plan = screen_of(pilot).plan
    assert plan is not None
    return {move.case: move.to for move in plan.moves}


async def until_other(pilot: Pilot[Any], case: str, worker: str) -> None:
    """Wait until the plan no longer gives the case to the worker."""
    for _ in range(300):
        if to_of(pilot).get(case) != worker:
            return
        await pilot.pause(0.02)
    raise AssertionError(text(pilot))


async def begin(pilot: Pilot[Any], target: str) -> None:
    """From anywhere: area 5, a new plan, everyone within ``target``."""
    await press(pilot, "5")
    await until_screen(pilot, "PlanScreen")
    await press(pilot, "n")
    await until(pilot, "Situation")
    await press(pilot, "tab")
    await paste(pilot, target)
    await press(pilot, "ctrl+s")
    await until(pilot, "cost ")


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
def test_mondays_plan_by_keys(database: Database, tmp_path: Path, size: tuple[int, int]) -> None:
    before = allocations(database)

    async def steps(pilot: Pilot[Any]) -> None:
        await until(pilot, "Needs you")
        await begin(pilot, "95")
        assert len(to_of(pilot)) == 2, "150 points less two of 30"
        case, worker = next(iter(to_of(pilot).items()))
        await press(pilot, "f")  # never this case to that worker
        await until_other(pilot, case, worker)
        assert len(to_of(pilot)) == 2
        await press(pilot, "home", "space", "down", "space")
        await until(pilot, "✓ 2 moves accepted")
        accepted = {one.case for one in screen_of(pilot).accepted}
        await press(pilot, "ctrl+s")
        await until(pilot, "Apply the 2 accepted moves alone")
        await press(pilot, "enter")
        await until(pilot, "✓ Applied.")
        kept = {row[0] for row in allocations(database) if row[4]}
        assert kept == accepted
        await press(pilot, "u")
        await until(pilot, "Taken back")
        for _ in range(200):
            if allocations(database) == before:
                break
            await pilot.pause(0.02)
        assert allocations(database) == before
        await until(pilot, "cost ")

    drive(almoner(database, tmp_path), steps, size=size)


def ticked(pilot: Pilot[Any]) -> dict[str, str]:
    """The accepted moves, as they are ticked: the case and its taker."""
    return {row.move.case: row.move.to for row in screen_of(pilot).grid.found if row.accepted}


async def accept_all(pilot: Pilot[Any]) -> None:
    await press(pilot, "home")
    for _ in to_of(pilot):
        await press(pilot, "space", "down")
    await until(pilot, f"✓ {len(to_of(pilot))} moves accepted")
    await press(pilot, "home")


async def is_told(pilot: Pilot[Any], case: str) -> None:
    await until(pilot, "Not accepted any more")
    assert any(case in toast.message for toast in pilot.app._notifications)


def test_what_was_accepted_is_not_ticked_for_another_taker(database: Database, tmp_path: Path) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await until(pilot, "Needs you")
        await begin(pilot, "95")
        await accept_all(pilot)
        agreed = to_of(pilot)
        case, worker = next(iter(agreed.items()))
        await press(pilot, "f")  # never this one to that worker
        await until_other(pilot, case, worker)
        await is_told(pilot, case)
        now = to_of(pilot)
        assert ticked(pilot) == {one: to for one, to in agreed.items() if now.get(one) == to}
        assert case not in ticked(pilot)

    drive(almoner(database, tmp_path), steps, size=(80, 24))


def test_fewer_moves_keep_accepted_only_what_they_still_propose(database: Database, tmp_path: Path) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await until(pilot, "Needs you")
        await begin(pilot, "95")
        await accept_all(pilot)
        agreed = to_of(pilot)
        await press(pilot, "minus")
        await until(pilot, "Not accepted any more")
        await press(pilot, "plus")
        await until(pilot, f"{len(agreed)} moves")
        assert not set(ticked(pilot).items()) - set(agreed.items())
        assert len(ticked(pilot)) < len(agreed), "what was dropped is not accepted again by itself"

    drive(almoner(database, tmp_path), steps, size=(120, 40))


def test_a_saved_plan_worked_out_again_keeps_accepted_only_the_same_moves(database: Database, tmp_path: Path) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await until(pilot, "Needs you")
        await begin(pilot, "95")
        await accept_all(pilot)
        agreed = to_of(pilot)
        await press(pilot, "S")
        await until(pilot, "Save this plan")
        await press(pilot, "ctrl+s")
        await until(pilot, "Saved as")
        await press(pilot, "escape")
        await until_screen(pilot, "PlanScreen")
        moved = next(iter(agreed))
        with database.unit("A. Hughes") as unit:  # meanwhile the case goes to somebody else by hand
            allocate(unit, moved, "W3" if agreed[moved] == "W2" else "W2", TODAY, reason=ChangeReason.MANAGE)
        await press(pilot, "p")
        await until_screen(pilot, PlansScreen)
        await press(pilot, "enter")
        await until(pilot, f"✓ {len(agreed)} moves accepted")
        await press(pilot, "r")
        await is_told(pilot, moved)
        assert moved not in ticked(pilot)
        assert set(ticked(pilot)) == set(agreed) - {moved}

    drive(almoner(database, tmp_path), steps, size=(120, 40))


def test_why_pin_and_the_curve(database: Database, tmp_path: Path) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await until(pilot, "Needs you")
        await begin(pilot, "")
        assert "Further moves" in text(pilot)
        assert "Before and after" in text(pilot)
        case, to = next(iter(to_of(pilot).items()))
        await press(pilot, "w")
        await until(pilot, f"Why not somebody else: {case}")
        await press(pilot, "escape")
        await press(pilot, "p")
        await until(pilot, f"Pin {case} to whom?")
        await press(pilot, "enter")
        await until(pilot, "▪")
        assert to_of(pilot)[case] == to
        before = screen_of(pilot).plan
        assert before is not None
        await press(pilot, "minus")
        await pilot.pause(0.1)
        fewer = screen_of(pilot).plan
        assert fewer is not None
        assert (fewer.further or 0) < (before.further or 0)
        assert "▸" in text(pilot)

    drive(almoner(database, tmp_path), steps, size=(140, 40))


def wishes(pilot: Pilot[Any]) -> tuple[list[str], list[str]]:
    scenario = screen_of(pilot).scenario
    assert scenario is not None
    return [pair.case for pair in scenario.pins], [pair.case for pair in scenario.forbids]


def test_a_wish_is_said_with_the_plan_lifted_and_taken_back(database: Database, tmp_path: Path) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await until(pilot, "Needs you")
        await begin(pilot, "")
        case = next(iter(to_of(pilot)))
        await press(pilot, "p")
        await until(pilot, f"Pin {case} to whom?")
        assert "%" in text(pilot), "everybody who may have it, with what it makes of their load"
        await press(pilot, "enter")
        await until(pilot, f"{case} pinned to")
        assert wishes(pilot) == ([case], [])
        await press(pilot, "f")
        await until(pilot, "kept from")
        await press(pilot, "u")
        await until(pilot, f"{case} pinned to")
        assert wishes(pilot) == ([case], []), "the last wish is taken back, nothing that was recorded"
        await press(pilot, "p")
        await until(pilot, f"Lift: {case} pinned to")
        await press(pilot, *"lift", "enter")
        await settled(pilot)
        assert wishes(pilot) == ([], [])

    drive(almoner(database, tmp_path), steps, size=(140, 40))


def test_a_plan_is_saved_opened_compared_and_deleted(database: Database, tmp_path: Path) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await until(pilot, "Needs you")
        for name, target in (("First", "90"), ("Second", "100")):
            await begin(pilot, target)
            await press(pilot, "S")
            await until(pilot, "Save this plan")
            screen = pilot.app.screen
            field = screen.query_one("#field-name")
            field.value = name  # type: ignore[attr-defined]
            await press(pilot, "ctrl+s")
            await until(pilot, f"Plan {name}: North")
            await press(pilot, "escape")
            await until_screen(pilot, "PlanScreen")
        await press(pilot, "p")
        await until_screen(pilot, PlansScreen)
        await until(pilot, "everyone within 90 %")
        await press(pilot, "b", "enter")
        await until(pilot, "Two plans")
        await press(pilot, "escape", "enter")
        await until_screen(pilot, ScenarioScreen)
        await until(pilot, "cost ")
        await press(pilot, "r")
        await until(pilot, "Further moves")
        await press(pilot, "escape")
        await until_screen(pilot, PlansScreen)
        await press(pilot, "D")
        await until(pilot, "Delete this plan?")
        await press(pilot, "down", "enter")
        await until(pilot, "1 line")
        assert len(saved_plans(database.reader())) == 1

    drive(almoner(database, tmp_path), steps, size=(120, 40))


def test_a_form_says_beside_the_field_what_is_wrong(database: Database, tmp_path: Path) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await until(pilot, "Needs you")
        await press(pilot, "5", "n")
        await until(pilot, "Situation")
        await press(pilot, "tab")
        await paste(pilot, "lots")
        await press(pilot, "ctrl+s")
        await until(pilot, "Write a whole number.")
        await press(pilot, "escape")
        await until(pilot, "What you filled in under “Plan for North”: not saved.")
        await press(pilot, "down", "enter")
        await until_screen(pilot, "PlanScreen")

    drive(almoner(database, tmp_path), steps, size=(80, 24))


def test_names_stay_hidden(database: Database, tmp_path: Path) -> None:
    with database.unit("A. Hughes") as unit:
        amend(unit, "worker", "W1", {"name": "Okafor, Chidi"})
        unit.finish("A name")

    async def steps(pilot: Pilot[Any]) -> None:
        await until(pilot, "Needs you")
        await begin(pilot, "90")
        assert "CO" in text(pilot)
        assert "Okafor" not in text(pilot)

    drive(almoner(database, tmp_path, no_names=True), steps, size=(120, 40))
