"""Calendars are for who supervises, manages and is in a team on the day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from storage.calendar.changed_since import basis, moved
from storage.calendar.contents import gather
from storage.calendar.recipients import people
from storage.records.database import Database
from tests.conftest import TODAY
from tests.units import change_from, keep, put, worker

MONDAY = date(2026, 11, 23)


@pytest.fixture
def moving(team: Database) -> Database:
    """Okafor, who has a session on 1 December, moves to South and Lowe next Monday."""
    put(team, ("team", {"name": "South"}), worker("W8", team="South", name="Lowe, Sam"))
    keep(team, "session", worker="W2", supervisor="W1", on="2026-11-10", state="held")
    keep(team, "session", worker="W2", supervisor="W1", on="2026-12-01")
    change_from(team, MONDAY, "worker", "W2", team="South", supervisor="W8", line_manager="W8")
    return team


def about_okafor(database: Database, recipient: str, day: date) -> set[str]:
    lines = gather(database.reader(), [recipient], day)[recipient].lines
    return {line.key.partition(":")[0] for line in lines if line.reference == "W2"}


@pytest.mark.parametrize(("day", "old"), [(TODAY, True), (MONDAY - timedelta(days=1), True), (MONDAY, False)])
def test_the_old_team_and_supervisor_have_it_up_to_the_day_before(moving: Database, day: date, old: bool) -> None:
    assert about_okafor(moving, "team:North", day) == ({"session"} if old else set())
    assert about_okafor(moving, "team:South", day) == (set() if old else {"session"})
    assert ("due" in about_okafor(moving, "W1", day)) is old
    assert ("due" in about_okafor(moving, "W8", day)) is (not old)
    assert ("W2" in {one.staff_id for one in people(moving.reader(), day, "South")}) is (not old)


def test_what_changed_concerns_the_team_and_the_supervisor_of_the_day(moving: Database) -> None:
    then = {day: basis(moving.reader(), day) for day in (TODAY, MONDAY)}
    keep(moving, "action", owner="W2", set_on=TODAY, what="Read the guidance")
    found = {day: moved(moving.reader(), was, basis(moving.reader(), day)) or set() for day, was in then.items()}
    assert found[TODAY] >= {"team:North", "W1"}
    assert not found[TODAY] & {"team:South", "W8"}
    assert found[MONDAY] >= {"team:South", "W8"}
