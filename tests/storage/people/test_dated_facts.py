"""Hours, grade, team, supervisors and full-time loads by their days: through the records, the door and undo."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from domain.core.errors import BadInput
from domain.people.people import Team, Worker
from storage.records import acts
from storage.records.database import Database
from storage.records.undo import undo
from tests.clocks import clock_on
from tests.conftest import TODAY
from tests.units import amend, every, get, keep

DAY = timedelta(days=1)
MONDAY = date(2027, 1, 4)


def change(database: Database, kind: str, key: str, since: date | None = None, **changes: object) -> None:
    with database.unit("A. Hughes", TODAY) as unit:
        acts.amend(unit, Worker if kind == "worker" else Team, key, changes, since=since)


def standing(database: Database, column: str, day: date, worker: str = "W2") -> object:
    """What the door says of a worker on a day."""
    return database.reader().value(
        f"SELECT {column} FROM worker_on(:day) w WHERE staff_id = :worker",
        day=day,
        worker=worker,
    )


def test_hours_changed_today_leave_yesterday_as_it_was(team: Database) -> None:
    change(team, "worker", "W2", fte=60)
    assert [standing(team, "fte", day) for day in (TODAY - DAY, TODAY, TODAY + DAY)] == [100, 60, 60]


def test_what_is_booked_comes_in_force_on_its_day_without_a_write(team: Database) -> None:
    change(team, "worker", "W2", since=MONDAY, fte=60, grade="children-advanced-sw")
    assert [standing(team, "fte", day) for day in (TODAY, MONDAY - DAY, MONDAY)] == [100, 100, 60]
    for day, hours in ((TODAY, 100), (MONDAY, 60)):
        with team.unit("A. Hughes", day) as unit:
            assert get(unit, "worker", "W2").fte == hours, "a typed read is of the unit's day"
    (period,) = team.reader().values("SELECT count(*) FROM worker_period")
    assert period == 1, "both fields in one period"


def test_the_past_may_have_been_without_a_supervisor(team: Database) -> None:
    keep(team, "worker", staff_id="W9", name="New, One", team="North", grade="children-sw")
    change(team, "worker", "W9", supervisor="W1")
    assert [standing(team, "supervisor", day, "W9") for day in (TODAY - DAY, TODAY)] == [None, "W1"]


def test_a_full_time_load_first_agreed_today_says_nothing_of_yesterday(team: Database) -> None:
    keep(team, "team", name="South")
    change(team, "team", "South", full_time_points=80_00)
    asked = "SELECT full_time_points FROM team_on(:day) t WHERE name = 'South'"
    assert [team.reader().value(asked, day=day) for day in (TODAY - DAY, TODAY)] == [None, 80_00]


def test_undo_takes_back_the_record_and_its_past_together(team: Database) -> None:
    change(team, "worker", "W2", fte=60)
    with team.unit("A. Hughes", TODAY) as unit:
        undo(unit)
    assert [standing(team, "fte", day) for day in (TODAY - DAY, TODAY)] == [100, 100]
    assert team.reader().value("SELECT count(*) FROM worker_period") == 0


def test_a_correction_from_the_first_day_leaves_no_other_past(team: Database) -> None:
    with team.unit("A. Hughes", TODAY) as unit:
        amend(unit, "worker", "W2", {"started": date(2025, 9, 1)})
        unit.finish("Started")
    change(team, "worker", "W2", since=date(2025, 9, 1), fte=80)
    assert team.reader().value("SELECT count(*) FROM worker_period") == 0
    assert standing(team, "fte", TODAY - 200 * DAY) == 80


def test_two_periods_cannot_say_the_same_of_one_day(team: Database) -> None:
    keep(team, "worker-period", worker="W2", **{"from": "2027-01-04", "until": "2027-03-31"}, fte=60)
    with pytest.raises(BadInput, match="says the FTE from Mon 4 Jan 2027 already"):
        keep(team, "worker-period", worker="W2", **{"from": "2027-03-31"}, fte=80)
    keep(team, "worker-period", worker="W2", **{"from": "2027-03-31"}, grade="children-advanced-sw")
    keep(team, "worker-period", worker="W2", **{"from": "2027-04-01"}, fte=80)
    days = (date(2027, 1, 3), date(2027, 1, 4), date(2027, 3, 31), date(2027, 4, 1))
    assert [standing(team, "fte", day) for day in days] == [100, 60, 60, 80]


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"from": "2027-02-01", "until": "2027-01-31", "fte": 60}, "cannot end before it begins"),
        ({"from": "2027-02-01"}, "give at least one of"),
        ({"from": "2027-02-01", "grade": "wizard"}, "not a grade"),
        ({"from": "2027-02-01", "team": "Nowhere"}, "there is no team"),
        ({"from": "2027-02-01", "supervisor": "W2"}, "themselves"),
        ({"from": "2027-02-01", "without": ["grade"]}, "there is always a grade"),
        ({"from": "2027-02-01", "supervisor": "W1", "without": ["supervisor"]}, "is given as well"),
    ],
)
def test_a_period_that_cannot_be_is_refused(team: Database, given: dict[str, object], why: str) -> None:
    with pytest.raises(BadInput, match=why):
        keep(team, "worker-period", worker="W2", **given)


def test_a_later_change_keeps_what_is_booked_after_it(team: Database) -> None:
    change(team, "worker", "W2", since=MONDAY, fte=60)
    change(team, "worker", "W2", fte=80)
    assert [standing(team, "fte", day) for day in (TODAY - DAY, TODAY, MONDAY)] == [100, 80, 60]


def test_an_amendment_after_the_day_has_come_goes_by_what_stands_then(team: Database) -> None:
    change(team, "worker", "W2", since=MONDAY, fte=60)
    late = MONDAY + 10 * DAY
    team.clock = clock_on(late)
    with team.unit("A. Hughes", late) as unit:
        done = acts.amend(unit, Worker, "W2", {"fte": 60})
        assert done.fields == (), "it says so already"
        acts.amend(unit, Worker, "W2", {"fte": 90})
    assert [standing(team, "fte", day) for day in (TODAY, MONDAY, late - DAY, late)] == [100, 60, 60, 90]


def test_the_log_names_each_period(team: Database) -> None:
    change(team, "worker", "W2", fte=60)
    with team.unit("A. Hughes", TODAY) as unit:
        (period,) = every(unit, "worker-period")
    assert (period.starts, period.ends, period.fte) == (None, TODAY - DAY, 100)


def test_the_one_day_before_a_change_on_the_second_day_of_work_is_kept(team: Database) -> None:
    first = date(2026, 11, 2)
    keep(team, "worker", staff_id="W9", name="New, One", team="North", grade="children-sw", started=first)
    change(team, "worker", "W9", since=first + DAY, fte=60)
    assert [standing(team, "fte", day, "W9") for day in (first, first + DAY)] == [100, 60]
