"""The demonstration's log: written down week by week, so that it can be looked at as it was."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from storage.demo.telling import DayRecords, Weeks

TODAY = date(2026, 11, 20)  # a Friday
DAY = timedelta(days=1)


def told(weeks: int = 4, **rows: list[dict[str, Any]]) -> list[DayRecords]:
    with Weeks(TODAY, weeks) as found:
        found.add(rows)
        return list(found)


def test_each_record_is_written_down_on_the_friday_of_its_week() -> None:
    found = told(event=[{"on": TODAY - 8 * DAY}, {"on": TODAY - 7 * DAY}, {"on": TODAY - 6 * DAY}, {"on": TODAY}])
    assert [(one.on, [number for number, _ in one.new["event"]]) for one in found] == [
        (TODAY - 7 * DAY, [1, 2]),
        (TODAY, [3, 4]),
    ]


def test_what_is_older_than_the_weeks_told_is_written_down_at_once_and_what_is_to_come_today() -> None:
    found = told(event=[{"on": date(2020, 1, 1)}, {"on": TODAY - 35 * DAY}, {"on": TODAY + 9 * DAY}])
    assert [(one.on, len(one.new["event"])) for one in found] == [(TODAY - 35 * DAY, 2), (TODAY, 1)]


def test_how_something_ended_is_written_down_when_it_did() -> None:
    case = {"reference": "C-1", "opened": TODAY - 20 * DAY, "closed": TODAY - 3 * DAY, "close_reason": "Home"}
    first, last = told(case=[case])
    assert first.new["case"] == [(1, {"reference": "C-1", "opened": TODAY - 20 * DAY})]
    assert (last.on, last.changed["case"]) == (TODAY, [(1, case)])


def test_a_first_day_to_come_is_known_before() -> None:
    (only,) = told(worker=[{"staff_id": "W1", "started": TODAY + 40 * DAY}])
    assert only.new["worker"][0][1]["started"] == TODAY + 40 * DAY


def test_nothing_is_written_down_before_what_it_names() -> None:
    case = {"reference": "C-1", "opened": TODAY - 2 * DAY}
    (only,) = told(case=[case], event=[{"case": "C-1", "on": TODAY - 20 * DAY}])
    assert set(only.new) == {"case", "event"}


def test_what_all_wrote_down_in_a_week_comes_before_the_next_and_numbers_go_by_the_teams() -> None:
    with Weeks(TODAY, 4) as found:
        for _ in range(2):
            found.add({"event": [{"on": TODAY - 15 * DAY}, {"on": TODAY}]})
        numbers = [(one.on, one.new["event"][0][0]) for one in found]
    assert numbers == [(TODAY - 14 * DAY, 1), (TODAY - 14 * DAY, 3), (TODAY, 2), (TODAY, 4)]
    assert found.read["event"] == 4
