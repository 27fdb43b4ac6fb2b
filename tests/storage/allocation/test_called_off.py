"""A booking that is called off counts for nothing, whether it is ended on its first day or taken away."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from domain.allocation.eligibility import new_in_month
from domain.cases.cases import Allocation
from domain.core.errors import BadInput
from storage.allocation.acts import allocate
from storage.allocation.candidates import needs, offer
from storage.allocation.unallocated import Waiting, waiting
from storage.planning.load import named_cases
from storage.records import acts
from storage.records.database import Database
from storage.records.undo import undo
from tests.conftest import TODAY
from tests.units import case, change, every, keep, put

OPENED, BOOKED = date(2026, 11, 1), date(2026, 12, 7)


@pytest.fixture
def booked(team: Database) -> Database:
    """U-1, which nobody holds, booked to Okafor."""
    put(team, case("U-1", opened=str(OPENED)))
    give(team, "W2", BOOKED)
    return team


def give(database: Database, worker: str, on: date) -> None:
    with database.unit("A. Hughes", TODAY) as unit:
        allocate(unit, "U-1", worker, on, note="Agreed")


def number(database: Database) -> int:
    with database.unit("A. Hughes", TODAY) as unit:
        return int(every(unit, "allocation", case="U-1")[-1].id)


def only(database: Database, on: date = TODAY) -> Waiting:
    (found,) = (one for one in waiting(database.reader(), "North", on) if one.case.reference == "U-1")
    return found


def planned(database: Database) -> list[Any]:
    return named_cases(database.reader(), ["U-1"], TODAY, TODAY)


def test_a_booking_ended_on_its_first_day_is_none(booked: Database) -> None:
    assert (only(booked).booked_to, offer(booked.reader(), "U-1", TODAY).booked_to, planned(booked)) == ("W2", "W2", [])
    change(booked, "allocation", number(booked), ends=str(BOOKED))
    assert (only(booked).booked_to, offer(booked.reader(), "U-1", TODAY).booked_to) == (None, None)
    (case,) = planned(booked)
    assert case.free_from is None, "nobody's allocation ends then"
    give(booked, "W3", TODAY)


def test_an_allocation_of_no_days_resets_no_clock(team: Database) -> None:
    put(team, case("U-1", opened=str(OPENED)))
    keep(team, "allocation", case="U-1", worker="W2", starts="2026-11-10", ends="2026-11-10")
    for day in (TODAY, date(2026, 11, 10), date(2026, 11, 11)):
        found = only(team, day)
        assert (found.since, found.last_worker) == (OPENED, None)
    assert needs(team.reader(), ["U-1"], TODAY)["U-1"].held_before == {}


def test_an_allocation_of_no_days_may_lie_within_another(team: Database) -> None:
    put(team, case("U-1", opened=str(OPENED)))
    keep(team, "allocation", case="U-1", worker="W2", starts="2026-11-05", ends=None)
    keep(team, "allocation", case="U-1", worker="W3", starts="2026-11-10", ends="2026-11-10")


def test_a_booking_that_has_not_begun_is_taken_away_and_brought_back(booked: Database) -> None:
    with booked.unit("A. Hughes", TODAY) as unit:
        acts.remove(unit, Allocation, number(booked))
    assert only(booked).booked_to is None
    with booked.unit("A. Hughes", TODAY) as unit:
        undo(unit)
    assert only(booked).booked_to == "W2"


def test_one_that_has_begun_stays(team: Database) -> None:
    put(team, case("U-1", opened=str(OPENED)))
    give(team, "W2", TODAY)
    with team.unit("A. Hughes", TODAY) as unit, pytest.raises(BadInput, match="stays") as why:
        acts.remove(unit, Allocation, number(team))
    assert "has not begun" in (why.value.hint or "")


def test_who_is_in_the_way_of_a_booking_is_told_the_way_out(booked: Database) -> None:
    with pytest.raises(BadInput) as why:
        keep(booked, "allocation", case="U-1", worker="W3", starts=str(TODAY))
    assert f"almoner remove allocation {number(booked)}" in (why.value.hint or "")


# new in a month --------------------------------------------------------------------------------------------------


def new_cases(database: Database, on: date) -> int:
    put(database, case("U-2"))
    found = offer(database.reader(), "U-2", on).of("W2")
    assert found is not None
    return found.worker.new_cases


@pytest.mark.parametrize(
    ("asked", "new"),
    [(BOOKED - timedelta(days=28), 0), (BOOKED - timedelta(days=27), 1), (BOOKED, 1), (BOOKED + timedelta(days=27), 1),
     (BOOKED + timedelta(days=28), 0)],
)  # fmt: skip
def test_a_booked_case_is_new_in_the_four_weeks_around_it(booked: Database, asked: date, new: int) -> None:
    assert new_cases(booked, asked) == new


def test_a_booking_called_off_is_not_new(booked: Database) -> None:
    change(booked, "allocation", number(booked), ends=str(BOOKED))
    assert new_cases(booked, BOOKED) == 0


def test_no_more_are_new_than_fall_in_one_month() -> None:
    def at(*days: int) -> int:
        return new_in_month([(f"C-{day}", TODAY + timedelta(days=day)) for day in days], TODAY)

    assert at(-20, 20) == 1
    assert at(-20, -1, 7, 20) == 3
    assert at() == 0
