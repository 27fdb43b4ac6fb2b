"""What is booked counts before its day comes: who is full from Monday is not offered as empty on Friday."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from domain.core.errors import BadInput
from domain.people.people import Worker
from storage.allocation.acts import allocate
from storage.allocation.candidates import Offer, offer
from storage.allocation.unallocated import waiting
from storage.load.history.load_weeks import heat_map
from storage.load.worker_load import team_board
from storage.records import acts
from storage.records.database import Database
from tests.conftest import TODAY
from tests.units import amend, case, put, worker

DAY = timedelta(days=1)
MONDAY = date(2026, 11, 30)


def give(team: Database, who: str, *references: str, on: date = TODAY) -> None:
    with team.unit("A. Hughes", TODAY) as unit:
        for reference in references:
            allocate(unit, reference, who, on, note="Agreed")


def taker(found: Offer, who: str) -> Any:
    one = found.of(who)
    assert one is not None
    return one


@pytest.fixture
def many(team: Database) -> Database:
    """Twelve cases of five points with nobody."""
    put(team, *(case(f"C-{n}") for n in range(10, 22)))
    return team


BOOKED = tuple(f"C-{n}" for n in range(11, 17))


def test_who_is_full_from_monday_comes_after_who_is_not(many: Database) -> None:
    assert offer(many.reader(), "C-10", TODAY).takers[0].worker.staff_id == "W3"
    give(many, "W3", *BOOKED, on=MONDAY)
    found = offer(many.reader(), "C-10", TODAY)
    assert found.takers[0].worker.staff_id == "W2"
    busy = taker(found, "W3")
    assert (busy.now, busy.before, busy.worker.fullest_on, busy.worker.cases) == (0, 500, MONDAY, 6)
    assert busy.booked == "50 % booked from Mon 30 Nov 2026"
    assert busy.spare == 60_00 - 30_00, "three days a week"


def test_the_day_itself_is_the_fullest_once_it_has_come(many: Database) -> None:
    give(many, "W3", *BOOKED, on=MONDAY)
    busy = taker(offer(many.reader(), "C-10", MONDAY, today=MONDAY), "W3")
    assert (busy.now, busy.before, busy.worker.fullest_on, busy.booked) == (500, 500, None, "")


def test_a_reduction_to_come_makes_its_day_the_fullest_and_one_that_lapses_does_not(many: Database) -> None:
    give(many, "W3", "C-11", "C-12")
    put(many, ("reduction", {"worker": "W3", "percent": 50, "reason": "union", "starts": "2026-12-14"}))
    found = taker(offer(many.reader(), "C-10", TODAY), "W3")
    assert (found.now, found.before, found.worker.fullest_on) == (167, 333, date(2026, 12, 14))
    later = taker(offer(many.reader(), "C-10", date(2026, 12, 13), today=TODAY), "W3")
    assert later.before == 333


def test_hours_changed_from_a_day_to_come_count_from_then(many: Database) -> None:
    give(many, "W3", "C-11", "C-12")
    with many.unit("A. Hughes", TODAY) as unit:
        acts.amend(unit, Worker, "W3", {"fte": 30}, since=MONDAY)
    found = taker(offer(many.reader(), "C-10", TODAY), "W3")
    assert (found.now, found.before, found.worker.fullest_on) == (167, 333, MONDAY)


def test_who_will_be_away_altogether_is_told_of_and_comes_later(many: Database) -> None:
    away = {"worker": "W3", "percent": 100, "reason": "leave", "kind": "sickness", "starts": "2026-12-07"}
    put(many, ("reduction", away))
    found = offer(many.reader(), "C-10", TODAY)
    assert [f.words for f in taker(found, "W3").cautions] == ["Will be away (from Mon 7 Dec 2026)"]
    assert found.takers[0].worker.staff_id == "W2"


# both edges of an employment -------------------------------------------------------------------------------------


def test_who_starts_later_can_carry_nothing_until_then_and_is_offered_to_nobody_before(many: Database) -> None:
    start = date(2027, 1, 4)
    put(many, worker("W7", started=start))
    for day, can in ((TODAY, 0), (start - DAY, 0), (start, 100_00)):
        (line,) = team_board(many.reader(), None, day, "W7", today=TODAY)
        assert (line.capacity, line.here) == (can, day >= start)
    before, after = (taker(offer(many.reader(), "C-10", day, today=TODAY), "W7") for day in (start - DAY, start))
    assert [f.words for f in before.hard] == ["Has not started yet (Mon 4 Jan 2027)"]
    assert after.may
    with pytest.raises(BadInput):
        give(many, "W7", "C-10")
    give(many, "W7", "C-10", on=start)


def test_a_leaver_with_cases_has_no_capacity_on_any_day_after_the_last(many: Database) -> None:
    give(many, "W3", "C-11", "C-12")
    with many.unit("A. Hughes", TODAY) as unit:
        amend(unit, "worker", "W3", {"leaves": TODAY})
        unit.finish("Leaves")
    seen = {}
    for day in (TODAY - DAY, TODAY, TODAY + DAY, TODAY + 2 * DAY):
        (line,) = team_board(many.reader(), None, day, "W3", today=day)
        seen[day] = (line.capacity, line.here)
    assert list(seen.values()) == [(60_00, True), (60_00, True), (0, False), (0, False)]
    shown = heat_map(many.reader(), "North", TODAY + DAY, back=0, ahead=1)
    (row,) = (row for row in shown.rows if row.staff_id == "W3")
    assert [cell.capacity for cell in row.cells] == [0, 0]


# with nobody, and booked -----------------------------------------------------------------------------------------


def test_a_case_booked_to_somebody_says_to_whom_and_from_when(many: Database) -> None:
    give(many, "W3", "C-11", on=MONDAY)
    lying = {one.case.reference: (one.booked_to, one.booked_from) for one in waiting(many.reader(), "North", TODAY)}
    assert lying["C-11"] == ("W3", MONDAY)
    assert lying["C-12"] == (None, None)
    assert "C-11" not in {one.case.reference for one in waiting(many.reader(), "North", MONDAY)}
    found = offer(many.reader(), "C-11", TODAY)
    assert (found.booked_to, found.booked_from) == ("W3", MONDAY)


@pytest.mark.parametrize("kind", ["sickness", "other", "maternity"])
def test_whoever_can_carry_nothing_from_tomorrow_is_told_of_whatever_the_reason(many: Database, kind: str) -> None:
    gone = {"worker": "W3", "percent": 100, "reason": "away", "kind": kind, "starts": TODAY + DAY}
    put(many, ("reduction", gone))
    found = offer(many.reader(), "C-10", TODAY)
    assert [f.rule for f in taker(found, "W3").cautions] == ["away-ahead"]
    assert found.takers[0].worker.staff_id == "W2"


def test_a_case_that_closed_since_counts_on_the_days_before_whichever_way_they_are_asked(many: Database) -> None:
    give(many, "W3", "C-11", "C-12", on=TODAY - 3 * DAY)
    with many.unit("A. Hughes", TODAY) as unit:
        amend(unit, "case", "C-11", {"closed": str(TODAY), "close_reason": "Home"})
        unit.finish("Closed")
    before = TODAY - DAY
    by_today, by_on = (team_board(many.reader(), None, before, "W3", today=day)[0] for day in (before, TODAY))
    assert (by_today.cases, by_today.points) == (by_on.cases, by_on.points) == (2, 10_00)
    assert team_board(many.reader(), None, TODAY, "W3")[0].cases == 1
