"""Who works here, as forms offer them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from storage.people.staff import staff
from storage.records.database import Database
from tests.conftest import TODAY
from tests.units import put, worker


@pytest.mark.parametrize(("days", "is_there"), [(-1, False), (0, True), (1, True), (90, True)])
def test_whoever_leaves_is_offered_up_to_the_last_day(team: Database, days: int, is_there: bool) -> None:
    put(team, worker("W9", leaves=TODAY + timedelta(days=days)))
    assert ("W9" in {one.staff_id for one in staff(team.reader(), TODAY)}) is is_there


def test_whoever_is_yet_to_start_is_offered(team: Database) -> None:
    put(team, worker("W9", started=TODAY + timedelta(days=10)))
    assert "W9" in {one.staff_id for one in staff(team.reader(), TODAY)}


def test_one_team_or_all_of_them(team: Database) -> None:
    put(team, ("team", {"name": "South"}), worker("W9", team="South"))
    assert [one.staff_id for one in staff(team.reader(), TODAY, "South")] == ["W9"]
    assert {one.staff_id for one in staff(team.reader(), TODAY)} == {"W1", "W2", "W3", "W9"}
