"""Leaving by esc, an area's key or q: what is typed or chosen and not kept is asked about once, never dropped."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from storage.planning.saved_plans import saved_plans
from storage.records.database import Database
from tests.storage.planning.plankit import THREE, north
from tests.tui.driving import almoner, drive, press, settled, text, until, until_screen
from tests.tui.hands import burst
from tui.core.choice import Choice
from tui.dialogs.form import CHOICE, DAY, MANY, NOTE, YES, Field, Form

SIZES = ((80, 24), (120, 40))
ASKS = "not saved"


CASES = {**{f"C-{n}": ("W1", 30) for n in range(1, 6)}, "C-6": ("W2", 40), "C-7": ("W3", 40)}


@pytest.fixture
def planned(tmp_path: Path) -> Iterator[Database]:
    """A team in which one worker has far more than the others."""
    with north(tmp_path, THREE, CASES) as found:
        yield found


async def fill_in(pilot: Pilot[Any]) -> None:
    """Open the form that asks who works here, half filled in."""
    await until(pilot, "Okafor")
    await press(pilot, "7")
    await until(pilot, "Who is working")
    await press(pilot, "down", "enter")
    await until_screen(pilot, "Form")
    await press(pilot, "X")


@pytest.mark.parametrize("size", SIZES)
def test_a_half_filled_form_asks_before_it_goes(team: Database, tmp_path: Path, size: tuple[int, int]) -> None:
    app = almoner(team, tmp_path)

    async def steps(pilot: Pilot[Any]) -> None:
        await fill_in(pilot)
        await press(pilot, "escape")
        await until(pilot, f"What you filled in under “Who is working?”: {ASKS}")
        await press(pilot, "enter")
        await until_screen(pilot, "Form")
        assert "X" in app.screen.query_one(Input).value
        await press(pilot, "escape", "escape")
        await until_screen(pilot, "Form")
        await press(pilot, "escape", "down", "enter")
        await until_screen(pilot, "SettingsScreen")

    drive(app, steps, size)
    assert app.office.actor == "A. Hughes"


def test_a_form_as_it_came_up_is_left_without_a_question(team: Database, tmp_path: Path) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await fill_in(pilot)
        await press(pilot, "backspace", "escape")
        await until_screen(pilot, "SettingsScreen")

    drive(almoner(team, tmp_path), steps)


@pytest.mark.parametrize("gap", [0.01, 0.03])
def test_escape_held_down_loses_nothing(team: Database, tmp_path: Path, gap: float) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await fill_in(pilot)
        await burst(pilot, *["escape"] * 15, gap=gap)
        await settled(pilot) if not pilot.app.screen.is_modal else await pilot.pause(0.2)
        assert any(isinstance(one, Form) for one in pilot.app.screen_stack)

    drive(almoner(team, tmp_path), steps)


KINDS = [
    (Field("a", "A"), ("x",)),
    (Field("a", "A", NOTE), ("x",)),
    (Field("a", "A", DAY), ("t", "h", "u")),
    (Field("a", "A", YES), ("space",)),
    (Field("a", "A", CHOICE, options=[Choice("x", "Ex"), Choice("y", "Why")]), ("enter", "down", "enter")),
    (Field("a", "A", MANY, options=[Choice("x", "Ex"), Choice("y", "Why")]), ("space",)),
]


@pytest.mark.parametrize(("field", "keys"), KINDS, ids=[one.kind for one, _ in KINDS])
def test_every_kind_of_field_counts_once_something_stands_in_it(
    team: Database, tmp_path: Path, field: Field, keys: tuple[str, ...]
) -> None:
    async def save(_: dict[str, Any]) -> None:
        """Never reached."""

    async def steps(pilot: Pilot[Any]) -> None:
        await until(pilot, "Okafor")
        form = Form("Ask", [field], save)
        pilot.app.push_screen(form)
        await until_screen(pilot, "Form")
        assert not form.unsaved
        await press(pilot, *keys)
        await pilot.pause()
        assert form.unsaved
        await press(pilot, "escape")
        await until(pilot, ASKS)

    drive(almoner(team, tmp_path), steps, (80, 24))


async def plan(pilot: Pilot[Any]) -> None:
    """Work a plan out, and accept its first move."""
    await until(pilot, "Needs you")
    await press(pilot, "5")
    await until_screen(pilot, "PlanScreen")
    await press(pilot, "n")
    await until(pilot, "Situation")
    await press(pilot, "tab", *"90", "ctrl+s")
    await until_screen(pilot, "ScenarioScreen")
    await until(pilot, "Plan for")
    await settled(pilot)
    await press(pilot, "space")
    await until(pilot, "1 move accepted")


@pytest.mark.parametrize("size", SIZES)
def test_a_plan_with_accepted_moves_asks_before_esc_q_and_its_areas_key(
    planned: Database, tmp_path: Path, size: tuple[int, int]
) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await plan(pilot)
        for key in ("escape", "5", "q", "ctrl+q"):
            await press(pilot, key)
            await until(pilot, f"This plan with 1 accepted move: {ASKS}")
            await press(pilot, "enter")
            await until_screen(pilot, "ScenarioScreen")
        await press(pilot, "escape", "down", "enter")
        await until_screen(pilot, "PlanScreen")

    drive(almoner(planned, tmp_path), steps, size)


def test_a_plan_stays_where_it_was_while_another_area_is_looked_at(planned: Database, tmp_path: Path) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await plan(pilot)
        await press(pilot, "2")
        await until_screen(pilot, "DueScreen")
        await press(pilot, "q")
        await until(pilot, f"This plan with 1 accepted move: {ASKS}")
        await press(pilot, "escape", "5")
        await until(pilot, "1 move accepted")

    drive(almoner(planned, tmp_path), steps, (120, 40))


def test_a_saved_plan_keeps_what_was_accepted_and_is_left_without_a_question(planned: Database, tmp_path: Path) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await plan(pilot)
        await press(pilot, "S")
        await until(pilot, "Save this plan")
        await press(pilot, "ctrl+s")
        await until(pilot, "Saved as")
        await settled(pilot)
        await press(pilot, "escape")
        await until_screen(pilot, "PlanScreen")
        await press(pilot, "p")
        await until_screen(pilot, "PlansScreen")
        await settled(pilot)
        await press(pilot, "enter")
        await until(pilot, "1 move accepted")
        assert len(saved_plans(planned.reader())) == 1

    drive(almoner(planned, tmp_path), steps, (120, 40))


def test_quitting_with_nothing_at_stake_asks_nothing(team: Database, tmp_path: Path) -> None:
    app = almoner(team, tmp_path)

    async def steps(pilot: Pilot[Any]) -> None:
        await until(pilot, "Okafor")
        await press(pilot, "q")
        assert app._exit

    drive(app, steps)
    assert app.return_code == 0


def test_chosen_columns_ask_before_they_go(team: Database, tmp_path: Path) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await until(pilot, "Okafor")
        await press(pilot, "tab", "c")
        await until_screen(pilot, "ColumnsDialog")
        await press(pilot, "down", "space", "escape")
        await until(pilot, f"The columns you chose: {ASKS}")

    drive(almoner(team, tmp_path), steps, (80, 24))


def test_a_typed_path_stands_there_again_on_coming_back(team: Database, tmp_path: Path) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await until(pilot, "Okafor")
        await press(pilot, "7")
        await until(pilot, "Who is working")
        await press(pilot, "enter")
        await until_screen(pilot, "ImportScreen")
        await press(pilot, *"/tmp/x", "escape")
        await until_screen(pilot, "SettingsScreen")
        await press(pilot, "enter")
        await until(pilot, "/tmp/x")
        assert "File or folder" in text(pilot)

    drive(almoner(team, tmp_path), steps, (80, 24))
