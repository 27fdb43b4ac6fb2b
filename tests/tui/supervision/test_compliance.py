"""Held in time, cases discussed and disagreements, on screen: reached by keys alone, at every size."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from storage.opening import open_database
from storage.records.database import Database
from storage.supervision.acts.disagreements import raise_one
from storage.supervision.disagreements import open_disagreements
from tests.clocks import CLOCK
from tests.conftest import TODAY
from tests.tui.driving import almoner, drive, offered, press, settled, text, until, until_screen
from tests.tui.hands import paste
from tests.units import put, record, worker
from tui.supervision.disagreements_screen import DisagreementsScreen

SIZES = [(80, 24), (120, 40)]


@pytest.fixture
def supervised(team: Database) -> Database:
    """W2 seen on 1 September and 30 September with one reflective part of two; C-1001 discussed on 1 September."""
    with team.unit("A. Hughes", TODAY) as unit:
        held = {"worker": "W2", "supervisor": "W1", "state": "held"}
        first = record(unit, "session", {**held, "on": "2026-09-01"})
        second = record(unit, "session", {**held, "on": "2026-09-30", "recorded_on": "2026-10-01"})
        record(unit, "discussion", {"session": first.id, "case": "C-1001", "answers": {"update": "Well"}})
        record(unit, "discussion", {"session": second.id, "topic": "reflection", "answers": {"analysis": "Why"}})
        missed = {"worker": "W2", "supervisor": "W1", "state": "missed", "reason": "In court", "on": "2026-10-28"}
        record(unit, "session", {**missed, "reason_code": "court"})
        unit.finish("Supervised")
    return team


async def show(pilot: Pilot[Any], words: str, kind: str) -> None:
    await press(pilot, "3")
    await until_screen(pilot, "SupervisionScreen")
    await settled(pilot)
    await press(pilot, "o")
    await until(pilot, "Held in time")
    await press(pilot, *words)
    await pilot.pause(0.2)
    await press(pilot, "enter")
    await until_screen(pilot, kind)
    await settled(pilot)


@pytest.mark.parametrize("size", SIZES)
def test_held_in_time_by_worker_supervisor_month_and_record(
    supervised: Database, tmp_path: Path, size: tuple[int, int]
) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await show(pilot, "held", "ComplianceScreen")
        await until(pilot, "Okafor, Chidi")
        assert "Not held: court 1" in text(pilot)
        assert "Records: 1 not made, 1 not agreed by both" in text(pilot)
        await press(pilot, "b")
        await until(pilot, "By supervisor")
        assert "Hughes, Ann" in text(pilot)
        await press(pilot, "b")
        await until(pilot, "by month due")
        assert "October 2026" in [row.name for row in pilot.app.screen.grid.found]
        await press(pilot, "b")
        await until(pilot, "not agreed by both")
        assert "1 Sep" in text(pilot)
        await press(pilot, "b", "w")
        await until(pilot, "Counted by due date in the period")

    drive(almoner(supervised, tmp_path), steps, size)


@pytest.mark.parametrize(("actor", "there"), [("W2", True), ("W3", False)])
def test_how_much_was_reflection_shows_to_the_pair_alone(
    supervised: Database, tmp_path: Path, actor: str, *, there: bool
) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await show(pilot, "held", "ComplianceScreen")
        await until(pilot, "Okafor, Chidi")
        seen = []
        for _ in range(3):
            seen.append("Between Okafor, Chidi and Hughes, Ann alone: reflection in 1 of 2 parts" in text(pilot))
            await press(pilot, "down")
        assert any(seen) is there

    drive(almoner(supervised, tmp_path, actor=actor), steps)


@pytest.mark.parametrize("size", SIZES)
def test_a_case_not_discussed_in_time_is_raised_by_a_key(
    supervised: Database, tmp_path: Path, size: tuple[int, int]
) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await show(pilot, "cases", "CoverageScreen")
        await until(pilot, "24 days over")  # 80 days since 1 September, policy 56
        assert "Okafor, Chidi" in text(pilot)
        await press(pilot, "a")
        await until(pilot, "raised")
        await press(pilot, "w")
        await until(pilot, "what was parked")

    drive(almoner(supervised, tmp_path), steps, size)
    with open_database(supervised.path, CLOCK) as again:
        rows = again.reader().raw.execute('SELECT worker, "case" FROM agenda_item').fetchall()
    assert rows == [("W2", "C-1001")]


def test_names_of_persons_served_hide_with_the_others(supervised: Database, tmp_path: Path) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await show(pilot, "cases", "CoverageScreen")
        await until(pilot, "C-1001")
        assert "Jamie" not in text(pilot)
        assert "Okafor" not in text(pilot)
        assert "CO" in text(pilot)

    drive(almoner(supervised, tmp_path, no_names=True), steps, (120, 40))


@pytest.mark.parametrize("size", SIZES)
def test_a_disagreement_is_raised_taken_on_and_ended_by_keys(
    supervised: Database, tmp_path: Path, size: tuple[int, int]
) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await show(pilot, "disag", "DisagreementsScreen")
        await until(pilot, "Nothing is unsettled")
        await press(pilot, "n")
        await until(pilot, "Raise a disagreement")
        await press(pilot, "tab")
        await paste(pilot, "C-1001")
        await press(pilot, "tab")
        await paste(pilot, "Whether to step down")
        await press(pilot, "ctrl+s")
        await settled(pilot)
        await until(pilot, "Talk it through")
        await press(pilot, "m")
        await until(pilot, "Next stage: Their managers")
        await press(pilot, "ctrl+s")
        await settled(pilot)
        await until(pilot, "Their managers")
        await press(pilot, "o")
        await until(pilot, "How it ended")
        await paste(pilot, "Stays as it is until the review")
        await press(pilot, "ctrl+s")
        await settled(pilot)
        await until(pilot, "Nothing is unsettled")
        await press(pilot, "d")
        await until(pilot, "Stays as it is")

    drive(almoner(supervised, tmp_path), steps, size)
    with open_database(supervised.path, CLOCK) as again:
        assert open_disagreements(again.reader(), TODAY) == []


def test_a_disagreement_may_be_about_those_who_work_in_the_team(supervised: Database, tmp_path: Path) -> None:
    put(
        supervised,
        ("team", {"name": "South"}),
        worker("W4", leaves=TODAY - timedelta(days=1)),
        worker("W5", leaves=TODAY),
        worker("W6", leaves=TODAY + timedelta(days=30)),
        worker("W7", team="South"),
    )

    async def steps(pilot: Pilot[Any]) -> None:
        await show(pilot, "disag", "DisagreementsScreen")
        await press(pilot, "n")
        await until(pilot, "Raise a disagreement")
        assert set(offered(pilot, "worker")) == {"W1", "W2", "W3", "W5", "W6"}

    drive(almoner(supervised, tmp_path), steps)


def test_the_list_of_disagreements_is_that_of_the_team(supervised: Database, tmp_path: Path) -> None:
    put(supervised, ("team", {"name": "South"}), worker("W7", team="South"))
    with supervised.unit("A. Hughes", TODAY) as unit:
        raise_one(unit, "How often we meet", "Okafor, Chidi", worker="W2")
        raise_one(unit, "Who covers in July", "W7, Sam", worker="W7")

    async def steps(pilot: Pilot[Any]) -> None:
        await show(pilot, "disag", "DisagreementsScreen")
        screen = pilot.app.screen
        assert isinstance(screen, DisagreementsScreen)
        assert [row.subject for row in screen.grid.found] == ["W2"]

    drive(almoner(supervised, tmp_path), steps)


@pytest.mark.parametrize(
    ("words", "kind", "said"),
    [
        ("held", "ComplianceScreen", "Nobody worked here in this period"),
        ("cases", "CoverageScreen", "There are no open cases here"),
        ("disag", "DisagreementsScreen", "Nothing is unsettled"),
    ],
)
def test_an_empty_database_says_so(database: Database, tmp_path: Path, words: str, kind: str, said: str) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await show(pilot, words, kind)
        await until(pilot, said)

    drive(almoner(database, tmp_path), steps, (80, 24))
