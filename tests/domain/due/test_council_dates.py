"""The council's own due date beside ours: worked out by hand with a calendar."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.core.intervals import Interval
from domain.due.council_dates import BACK, FORWARD, INCLUSIVE, NOT_EXPLAINED, SAME, Anchors, explain_difference
from tests.domain.rules.rulekit import ENGLAND, day

THREE_MONTHS, SIX_MONTHS = Interval("months", 3), Interval("months", 6)
WORKING = Interval("working_days", 20)


def explained(council: str, interval: Interval, held: str, was_due: str | None = None) -> str:
    ours = interval.after(day(held), ENGLAND)
    anchors = Anchors(day(held), day(was_due) if was_due else None)
    return explain_difference(day(council), ours, anchors, [interval], ENGLAND)


def test_the_same_date_needs_no_explaining() -> None:
    assert explained("2026-06-02", THREE_MONTHS, "2026-03-02") == SAME


@pytest.mark.parametrize(
    ("council", "interval", "held", "words"),
    [
        # Mon 15 Dec 2025 and 3 months is Sun 15 Mar 2026; 91 days is Mon 16 Mar, which is also the Sunday moved on.
        ("2026-03-16", THREE_MONTHS, "2025-12-15", "91 days in place of 3 months"),
        # 14 Jan 2026 and 3 months is Tue 14 Apr; 91 days is Wed 15 Apr
        ("2026-04-15", THREE_MONTHS, "2026-01-14", "91 days in place of 3 months"),
        # 2 Feb 2026 and 6 months is 2 Aug; 183 days is 4 Aug
        ("2026-08-04", SIX_MONTHS, "2026-02-02", "183 days in place of 6 months"),
        # 2 Mar 2026 and 2 months is 2 May; 56 days is 27 Apr
        ("2026-04-27", Interval("months", 2), "2026-03-02", "56 days in place of 2 months"),
        # 16 Mar 2026 and 20 working days is 15 Apr (Good Friday and Easter Monday skipped); 28 days is 13 Apr
        ("2026-04-13", WORKING, "2026-03-16", "28 days in place of 20 working days"),
    ],
)
def test_other_units_are_told(council: str, interval: Interval, held: str, words: str) -> None:
    assert words in explained(council, interval, held)


def test_counted_from_the_day_it_was_due_not_the_day_it_was_held() -> None:
    # due 2 March, held 11 March: three months are 11 June; from the due date 2 June
    said = explained("2026-06-02", THREE_MONTHS, "2026-03-11", "2026-03-02")
    assert said == "counted from Mon 2 Mar 2026, when the one before was due, not from the day it was held"


def test_a_weekend_moved_on_or_back() -> None:
    # 14 Feb 2026 and 3 months is Thu 14 May; 13 Jan and 6 months is Mon 13 Jul; 28 Mar and 3 months is Sun 28 Jun
    assert FORWARD in explained("2026-06-29", THREE_MONTHS, "2026-03-28")
    assert BACK in explained("2026-06-26", THREE_MONTHS, "2026-03-28")


def test_the_first_day_counted() -> None:
    # 2 Mar 2026 and 3 months is 2 June, 92 days on: one day less is both inclusive counting and 91 days
    assert explained("2026-06-01", THREE_MONTHS, "2026-03-02") == f"{INCLUSIVE}; or 91 days in place of 3 months"


def test_two_departures_at_once_are_found_when_one_does_not_do() -> None:
    # due 2 March, held 10 March; 91 days from 2 March is 1 June; so is 2 June less a day
    said = explained("2026-06-01", THREE_MONTHS, "2026-03-10", "2026-03-02")
    assert "when the one before was due" in said
    assert " and 91 days in place of 3 months" in said


def test_what_no_convention_gives_is_not_explained() -> None:
    assert explained("2026-12-24", THREE_MONTHS, "2026-03-02") == NOT_EXPLAINED


def test_where_the_law_counts_weeks_working_days_are_tried() -> None:
    # 16 Mar 2026 and 4 weeks is 13 Apr; 20 working days end on 15 Apr
    assert explained("2026-04-15", Interval("weeks", 4), "2026-03-16") == "20 working days in place of 4 weeks"


def test_without_an_interval_only_the_date_itself_is_looked_at() -> None:
    ours, sunday = date(2026, 6, 28), Anchors(date(2026, 3, 1))
    assert explain_difference(date(2026, 6, 29), ours, sunday, [], ENGLAND) == FORWARD
    assert explain_difference(date(2026, 7, 15), ours, sunday, [Interval("terms", 1)], ENGLAND) == NOT_EXPLAINED


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(-60, 60))
def test_something_is_always_said_and_same_only_of_the_same(held: date, apart: int) -> None:
    ours = THREE_MONTHS.after(held)
    said = explain_difference(ours + timedelta(days=apart), ours, Anchors(held), [THREE_MONTHS], ENGLAND)
    assert said
    assert (said == SAME) is (apart == 0)
    if abs(apart) > 40:
        assert said == NOT_EXPLAINED


def test_bank_holidays_counted_as_working_days() -> None:
    # 2 Apr 2026 and 8 working days: Good Friday and Easter Monday skipped, 16 Apr; with them counted, 14 Apr
    assert explained("2026-04-14", Interval("working_days", 8), "2026-04-02") == "bank holidays counted as working days"
