"""What will be otherwise in the weeks ahead counts today: who moves, leaves, or has another grade or fewer hours."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from domain.allocation.candidates import Taker
from storage.allocation.candidates import offer
from storage.records.database import Database
from tests.conftest import TODAY
from tests.units import amend, case, put, worker

DAY = timedelta(days=1)
MOVES = date(2027, 1, 4)


@pytest.fixture
def many(team: Database) -> Database:
    """Some cases with nobody, and a second team."""
    put(team, ("team", {"name": "South", "scheme": "three-factor", "full_time_points": 10_000}))
    put(team, *(case(f"C-{n}") for n in range(10, 13)))
    return team


def change(database: Database, who: str, since: date, **fields: Any) -> None:
    with database.unit("A. Hughes", TODAY) as unit:
        amend(unit, "worker", who, fields, since=since)
        unit.finish("Changed")


def takers(database: Database, on: date = TODAY, **more: Any) -> dict[str, Taker]:
    return {one.worker.staff_id: one for one in offer(database.reader(), "C-10", on, today=TODAY, **more).takers}


def test_who_moves_to_another_team_has_no_room_here_and_comes_after_who_stays(many: Database) -> None:
    assert next(iter(takers(many))) == "W3"
    change(many, "W3", MOVES, team="South")
    found = takers(many)
    mover = found["W3"]
    assert next(iter(found)) == "W2"
    assert [one.words for one in mover.cautions] == ["Moves to South on Mon 4 Jan 2027"]
    assert (mover.worker.capacity_now, mover.worker.capacity, mover.spare) == (60_00, 0, 0)
    assert mover.booked == "can carry nothing from Mon 4 Jan 2027"
    assert "W3" not in takers(many, MOVES)


def test_who_joins_this_team_later_is_not_offered_before_and_loses_nothing_by_it(many: Database) -> None:
    put(many, worker("W7", team="South"))
    change(many, "W7", MOVES, team="North")
    assert "W7" not in takers(many)
    assert "W7" not in takers(many, MOVES - DAY)
    assert "W7" in takers(many, MOVES)
    joins = takers(many, everywhere=True)["W7"]
    assert [one.rule for one in joins.cautions] == ["other-team"]
    assert joins.spare == 100_00
    assert joins.told == ("Moves to North on Mon 4 Jan 2027",)


def test_a_move_for_a_time_says_until_when(many: Database) -> None:
    put(many, ("worker-period", {"worker": "W3", "team": "South", "from": "2027-01-04", "until": "2027-01-31"}))
    assert [one.words for one in takers(many)["W3"].cautions] == [
        "Moves to South on Mon 4 Jan 2027 (until Sun 31 Jan 2027)"
    ]


def test_a_move_after_the_weeks_looked_at_is_not_told(many: Database) -> None:
    change(many, "W3", TODAY + timedelta(weeks=12, days=1), team="South")
    assert not takers(many)["W3"].cautions
    change(many, "W3", TODAY + timedelta(weeks=12), team="South")
    assert takers(many)["W3"].cautions


def test_a_grade_that_ends_is_told_with_its_last_day(many: Database) -> None:
    put(many, worker("W7", grade="asye"))
    change(many, "W7", MOVES, grade="children-sw")
    (told,) = (one for one in takers(many)["W7"].cautions if one.rule == "grade-ahead")
    assert told.words.startswith("Newly qualified")
    assert "until Sun 3 Jan 2027, then" in told.words


def test_fewer_hours_are_a_caution_and_more_are_only_told(many: Database) -> None:
    change(many, "W2", MOVES, fte=50)
    change(many, "W3", MOVES, fte=80)
    found = takers(many)
    assert [one.words for one in found["W2"].cautions] == ["37 hours a week, 18.5 from Mon 4 Jan 2027"]
    assert not found["W3"].cautions
    assert found["W3"].told == ("22.2 hours a week, 29.6 from Mon 4 Jan 2027",)


def test_hours_written_the_other_way_are_no_change(many: Database) -> None:
    change(many, "W2", MOVES, hours=3700, fte=None)
    assert not takers(many)["W2"].cautions


@pytest.mark.parametrize("days", [0, 1, 5, 80])
def test_who_leaves_within_the_weeks_has_no_room(many: Database, days: int) -> None:
    change(many, "W3", TODAY, leaves=TODAY + days * DAY)
    found = takers(many)
    leaver = found["W3"]
    assert next(iter(found)) == "W2"
    assert (leaver.spare, leaver.worker.fullest_on) == (0, TODAY + (days + 1) * DAY)


def test_who_leaves_later_has_the_room_they_have(many: Database) -> None:
    change(many, "W3", TODAY, leaves=TODAY + timedelta(weeks=12))
    assert takers(many)["W3"].spare == 60_00


def test_who_starts_within_the_weeks_is_not_taken_for_somebody_without_capacity(many: Database) -> None:
    put(many, worker("W7", started=MOVES))
    assert takers(many)["W7"].spare == 100_00
