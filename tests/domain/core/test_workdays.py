"""Working days of each nation, and months counted by the calendar."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.core.enums import Nation
from domain.core.workdays import Workdays, add_months, add_weeks, birthday
from storage.rules.pack_set import calendar

ENGLAND = calendar(Nation.ENGLAND)
DAYS = st.dates(date(2000, 1, 1), date(2050, 12, 31))


@pytest.mark.parametrize(
    ("start", "n", "expected"),
    [
        (date(2026, 3, 16), 20, date(2026, 4, 15)),  # over Easter
        (date(2026, 12, 11), 20, date(2027, 1, 13)),  # over Christmas, Boxing Day on a Saturday
        (date(2026, 3, 7), 1, date(2026, 3, 9)),  # from a Saturday
        (date(2026, 4, 7), -1, date(2026, 4, 2)),  # back over Easter
        (date(2026, 3, 16), 0, date(2026, 3, 16)),
    ],
)
def test_the_nth_working_day(start: date, n: int, expected: date) -> None:
    assert ENGLAND.add(start, n) == expected


def test_the_holidays_of_england_are_those_of_the_published_list() -> None:
    listed = {(1, 1), (4, 3), (4, 6), (5, 4), (5, 25), (8, 31), (12, 25), (12, 28)}
    days = {date(2026, 1, 1) + timedelta(days=n) for n in range(365)}
    assert {(d.month, d.day) for d in days if d.weekday() < 5 and not ENGLAND.is_working(d)} == listed
    listed = {(1, 1), (3, 26), (3, 29), (5, 3), (5, 31), (8, 30), (12, 27), (12, 28)}
    days = {date(2027, 1, 1) + timedelta(days=n) for n in range(365)}
    assert {(d.month, d.day) for d in days if d.weekday() < 5 and not ENGLAND.is_working(d)} == listed


@pytest.mark.parametrize("day", [date(2022, 6, 2), date(2022, 6, 3), date(2022, 9, 19), date(2023, 5, 8)])
def test_one_off_holidays_count(day: date) -> None:
    assert not ENGLAND.is_working(day)


@pytest.mark.parametrize(
    ("nation", "day"),
    [
        (Nation.SCOTLAND, date(2026, 1, 2)),
        (Nation.SCOTLAND, date(2026, 8, 3)),
        (Nation.SCOTLAND, date(2026, 11, 30)),
        (Nation.NORTHERN_IRELAND, date(2026, 3, 17)),
        (Nation.NORTHERN_IRELAND, date(2026, 7, 13)),
    ],
)
def test_nations_differ(nation: Nation, day: date) -> None:
    assert not calendar(nation).is_working(day)
    assert ENGLAND.is_working(day)
    assert calendar(Nation.WALES).is_working(day)


def test_a_closure_brings_the_plan_forward_and_never_lengthens_a_limit() -> None:
    closed = Workdays(Nation.ENGLAND, ENGLAND.holidays, frozenset({date(2026, 12, 24)}))
    assert closed.on_or_before(date(2026, 12, 25)) == date(2026, 12, 23)
    assert closed.on_or_after(date(2026, 12, 24)) == date(2026, 12, 29)
    assert closed.add(date(2026, 12, 23), 1) == date(2026, 12, 24)


@given(DAYS, st.integers(1, 60))
def test_counting_forward_and_counting_between_agree(start: date, n: int) -> None:
    end = ENGLAND.add(start, n)
    assert ENGLAND.is_working(end)
    assert ENGLAND.between(start, end) == n


@given(DAYS)
def test_the_day_to_plan_by_is_the_nearest_working_day_before(day: date) -> None:
    planned = ENGLAND.on_or_before(day)
    assert planned <= day
    assert ENGLAND.is_working(planned)
    assert ENGLAND.between(planned, day) == 0


@pytest.mark.parametrize(
    ("start", "n", "expected"),
    [
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2027, 8, 31), 6, date(2028, 2, 29)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2026, 3, 31), -1, date(2026, 2, 28)),
    ],
)
def test_months_end_on_the_same_number_or_the_last_of_the_month(start: date, n: int, expected: date) -> None:
    assert add_months(start, n) == expected


@given(DAYS, st.integers(0, 240))
def test_months_from_an_anchor_never_drift(anchor: date, n: int) -> None:
    found = add_months(anchor, n)
    assert (found.year - anchor.year) * 12 + found.month - anchor.month == n
    assert found.day == anchor.day or (found + timedelta(days=1)).day == 1


def test_weeks_and_birthdays() -> None:
    assert add_weeks(date(2026, 2, 20), 6) == date(2026, 4, 3)
    assert birthday(date(2008, 2, 29), 18) == date(2026, 2, 28)
    assert birthday(date(2008, 2, 29), 20) == date(2028, 2, 29)
