"""What settings remember by name follows that name, and never leads to an empty screen."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from domain.core.errors import BadInput
from storage.files.settings import load
from storage.home.remembered import followed
from storage.opening import open_database
from storage.records.database import Database
from storage.records.undo import undo
from tests.clocks import CLOCK
from tests.conftest import TODAY
from tests.storage.records.test_keys import rename
from tests.tui.driving import almoner, drive, press, text, until, until_screen
from tests.units import case, every, put, remove
from tui.core.screens import page

LED = {"north": "South East", "w104": "W940", "c-1001": "C-7"}


@pytest.mark.parametrize(
    ("filter_text", "now"),
    [
        ("team:north", 'team:"South East"'),
        ('late -team:"North" worker:W104', 'late -team:"South East" worker:W940'),
        ("case:C-1001 points:>8", "case:C-7 points:>8"),
        ("team:northern", "team:northern"),
        ("north", "north"),
        ('name:"a north b"', 'name:"a north b"'),
        ("", ""),
        ('team:"', 'team:"'),
    ],
)
def test_a_filter_asks_for_what_it_asked_for(filter_text: str, now: str) -> None:
    assert followed(filter_text, LED) == now


@pytest.fixture
def settings(team: Database, tmp_path: Path) -> Path:
    """Somebody worked in North as W3, with a filter and a view; there is a team that comes before it by name."""
    put(team, ("team", {"name": "Aire"}), case("C-9"))
    path = tmp_path / "settings.json"
    lists = {"worker-cases": {"filter": "supervisor:W3 -team:North"}}
    views = {"due": {"mine": {"filter": "worker:W3 late", "sort": "due"}}}
    path.write_text(json.dumps({"actor": "W3", "team": "North", "lists": lists, "views": views}))
    return path


async def take_back(pilot: Pilot[Any]) -> None:
    await press(pilot, "u")
    await until(pilot, "Take this back?")
    await press(pilot, "down", "enter")


def open_and_leave(team: Database, folder: Path, *words: str, actor: str = "") -> str:
    seen = []

    async def steps(pilot: Pilot[Any]) -> None:
        for one in words:
            await until(pilot, one)
        seen.append(text(pilot))
        pilot.app.office.settings.save()  # type: ignore[attr-defined]

    drive(almoner(team, folder, actor=actor), steps, (120, 40))
    return seen[0]


def test_a_team_that_was_renamed_is_shown_and_remembered_by_its_name_now(
    team: Database, tmp_path: Path, settings: Path
) -> None:
    rename(team, "team", "North", "South East")
    open_and_leave(team, tmp_path, "The team North is called South East now.", "Okafor, Chidi")
    kept = load(settings)
    assert kept.team == "South East"
    assert kept.lists["worker-cases"].filter == 'supervisor:W3 -team:"South East"'


def test_who_is_working_and_their_filters_follow_a_staff_id(team: Database, tmp_path: Path, settings: Path) -> None:
    with team.unit("W3", TODAY) as unit:
        unit.record(unit.kinds.named("case").read(case("C-10")[1]))
        unit.finish("Opened C-10")
    rename(team, "worker", "W3", "W33")
    open_and_leave(team, tmp_path, "Okafor, Chidi")
    kept = load(settings)
    assert (kept.actor, kept.lists["worker-cases"].filter) == ("W33", "supervisor:W33 -team:North")
    assert kept.views["due"]["mine"].filter == "worker:W33 late"
    with open_database(team.path, CLOCK) as again, again.unit("W33", TODAY) as unit:
        assert undo(unit) == "Opened C-10", "what they did under the staff id before is still theirs to undo"


def test_a_staff_id_given_to_somebody_else_since_is_theirs(team: Database, tmp_path: Path, settings: Path) -> None:
    with team.unit("W3", TODAY) as unit:
        unit.record(unit.kinds.named("case").read(case("C-10")[1]))
        unit.finish("Opened C-10")
    rename(team, "worker", "W3", "W33")
    with team.unit("A. Hughes", TODAY) as unit:
        (led,) = every(unit, "former-key")
        remove(unit, "former-key", led.id)
        unit.finish("W3 leads on no more")
    put(team, ("worker", {"staff_id": "W3", "name": "New, Ola", "team": "North", "grade": "children-sw"}))
    open_and_leave(team, tmp_path, "Okafor, Chidi")
    assert load(settings).lists["worker-cases"].filter == "supervisor:W3 -team:North"
    with (
        open_database(team.path, CLOCK) as again,
        again.unit("W33", TODAY) as unit,
        pytest.raises(BadInput, match="nothing of yours"),
    ):
        undo(unit)


def test_somebody_given_on_the_command_line_is_not_remembered(team: Database, tmp_path: Path, settings: Path) -> None:
    rename(team, "worker", "W3", "W33")
    open_and_leave(team, tmp_path, "Okafor, Chidi", actor="A. Hughes")
    assert load(settings).actor == "W33"


def test_a_team_of_another_database_gives_way_with_a_sentence(team: Database, tmp_path: Path, settings: Path) -> None:
    document = json.loads(settings.read_text())
    settings.write_text(json.dumps({**document, "team": "Elsewhere"}))
    open_and_leave(team, tmp_path, "There is no team Elsewhere here: Aire is shown.")
    assert load(settings).team == "Aire"


@pytest.mark.parametrize("name", ["phantom", "unallocated", "plans", "due", "supervision", "calendar", "coverage"])
def test_no_screen_asks_for_a_team_that_was_renamed_while_it_is_open(
    team: Database, tmp_path: Path, settings: Path, name: str
) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await until(pilot, "Okafor, Chidi")
        rename(team, "team", "North", "South East")
        await pilot.app.push_screen(page(name))
        await until(pilot, "is called South East now")
        assert pilot.app.office.team == "South East"  # type: ignore[attr-defined]

    drive(almoner(team, tmp_path, actor=""), steps, (120, 40))


def test_undoing_a_new_name_shows_the_team_by_the_old_one(team: Database, tmp_path: Path, settings: Path) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await until(pilot, "Okafor, Chidi")
        rename(team, "team", "North", "South East", actor="A. Hughes")
        await press(pilot, "f5")
        await until(pilot, "is called South East now")
        await take_back(pilot)
        await until(pilot, "is called North now")
        await until(pilot, "Okafor, Chidi")

    drive(almoner(team, tmp_path), steps, (120, 40))


def test_a_worker_screen_goes_back_with_a_staff_id_that_is_taken_back(
    team: Database, tmp_path: Path, settings: Path
) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        rename(team, "worker", "W3", "W33", actor="A. Hughes")
        await pilot.app.push_screen(page("worker", "W3"))
        await until_screen(pilot, "WorkerScreen")
        await until(pilot, "W33")
        await take_back(pilot)
        await until(pilot, "Staff id  W3\n")

    drive(almoner(team, tmp_path), steps, (120, 40))
