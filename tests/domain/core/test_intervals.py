"""How stretches of time are counted: terms, hours by the clock, and which of two can never end later."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.core.enums import Nation
from domain.core.intervals import Interval, within
from domain.core.workdays import Workdays
from tests.domain.rules.rulekit import ENGLAND, book, day, due, found, rule
from tests.domain.rules.rulekit import case as a_case

TERMS = ((day("2026-01-05"), day("2026-03-27")), (day("2026-04-13"), day("2026-07-17")))
SCHOOL = Workdays(Nation.ENGLAND, ENGLAND.holidays, terms=TERMS)
LONDON = ZoneInfo("Europe/London")


@pytest.mark.parametrize(
    ("start", "terms", "expected"),
    [
        ("2025-12-01", 1, "2026-03-27"),
        ("2026-01-04", 1, "2026-03-27"),
        ("2026-01-05", 1, "2026-07-17"),
        ("2026-04-01", 1, "2026-07-17"),
        ("2025-12-01", 2, "2026-07-17"),
        ("2026-04-13", 1, None),
        ("2025-12-01", 3, None),
    ],
)
def test_a_term_ends_with_the_one_that_begins_next(start: str, terms: int, expected: str | None) -> None:
    assert Interval("terms", terms).reach(day(start), SCHOOL) == (day(expected) if expected else None)


@pytest.mark.parametrize(
    ("start", "time", "hours", "expected"),
    [
        ("2026-03-27", "23:30", 72, "2026-03-31"),  # clocks go forward: an hour is lost
        ("2026-10-24", "00:15", 72, "2026-10-26"),  # clocks go back: an hour is won
        ("2026-06-05", "14:30", 72, "2026-06-08"),
        ("2026-06-05", "14:30", 24, "2026-06-06"),
        ("2026-06-05", "no idea", 72, "2026-06-08"),
        ("2026-06-05", "99:99", 72, "2026-06-08"),
    ],
)
def test_hours_run_by_the_clock(start: str, time: str, hours: int, expected: str) -> None:
    assert Interval("hours", hours).reach(day(start), ENGLAND, time) == day(expected)


@given(st.datetimes(datetime(2000, 1, 1), datetime(2035, 1, 1)), st.integers(1, 10))
def test_hours_agree_with_the_time_zone_database(start: datetime, days: int) -> None:
    start = start.replace(second=0, microsecond=0)
    end = (start.replace(tzinfo=LONDON).astimezone(ZoneInfo("UTC")) + timedelta(hours=24 * days)).astimezone(LONDON)
    if start.replace(tzinfo=LONDON).astimezone(ZoneInfo("UTC")).astimezone(LONDON).replace(tzinfo=None) != start:
        return  # an hour that never was
    assert Interval("hours", 24 * days).reach(start.date(), ENGLAND, f"{start:%H:%M}") == end.date()


def test_at_once_is_the_day_itself() -> None:
    assert Interval("at_once", 1, include=True).after(day("2026-03-02")) == day("2026-03-02")
    assert Interval("at_once", 1).words == "at once"
    assert due(
        book(rule(starts=["referral_received"], interval={"at_once": True})), ("referral_received", "2026-03-02")
    )


def test_a_floor_in_the_law_and_a_term_cannot_be_compared_in_favour_of_the_longer() -> None:
    assert within(Interval("weeks", 12), Interval("months", 3))
    assert not within(Interval("weeks", 13), Interval("months", 3))
    assert not within(Interval("terms", 1), Interval("months", 6))
    assert not within(Interval("days", 1), Interval("terms", 1))
    assert within(Interval("at_once", 1), Interval("days", 1))


UNITS = st.sampled_from(["days", "weeks", "months", "years", "working_days"])


@given(UNITS, st.integers(1, 30), UNITS, st.integers(1, 30), st.dates(date(2015, 1, 1), date(2035, 1, 1)))
def test_what_is_within_never_ends_later(unit: str, n: int, other: str, m: int, start: date) -> None:
    mine, ceiling = Interval(unit, n), Interval(other, m)
    if within(mine, ceiling):
        assert mine.after(start, ENGLAND) <= ceiling.after(start, ENGLAND)


def test_without_terms_no_date_is_guessed() -> None:
    rules = book(rule(kind="staged", starts=["pep_held"], answers=["pep_held"], first={"terms": 1}, then={"terms": 1}))
    once = a_case(("pep_held", "2026-02-10"))
    assert found(rules, once).obligations == ()
    assert [gap.message for gap in found(rules, once).gaps] == ["no term dates set: A thing cannot be dated"]
    assert [o.legal_due for o in found(rules, once, SCHOOL).obligations] == [day("2026-07-17")]
    late = found(rules, a_case(("pep_held", "2026-05-10")), SCHOOL)
    assert "no term dates set after Fri 17 Jul 2026" in late.gaps[0].message
