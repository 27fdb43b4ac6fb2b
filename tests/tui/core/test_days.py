"""Days as people type them into a form."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.core.days import read_day, spoken

FRIDAY = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("today", date(2026, 11, 20)),
        ("Yesterday", date(2026, 11, 19)),
        ("thu", date(2026, 11, 19)),
        ("last Thursday", date(2026, 11, 19)),
        ("fri", date(2026, 11, 20)),
        ("sat", date(2026, 11, 14)),
        ("-3", date(2026, 11, 17)),
        ("19 nov", date(2026, 11, 19)),
        ("19/11", date(2026, 11, 19)),
        ("1 dec", date(2025, 12, 1)),
        ("29 feb", date(2024, 2, 29)),
        ("19/11/2026", date(2026, 11, 19)),
        ("2026-11-19", date(2026, 11, 19)),
    ],
)
def test_what_has_happened_lies_behind(typed: str, meant: date) -> None:
    assert read_day(typed, FRIDAY) == meant


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("wed", date(2026, 11, 25)),
        ("fri", date(2026, 11, 27)),
        ("tomorrow", date(2026, 11, 21)),
        ("+14", date(2026, 12, 4)),
        ("1 dec", date(2026, 12, 1)),
        ("19 nov", date(2027, 11, 19)),
    ],
)
def test_what_is_planned_lies_ahead(typed: str, meant: date) -> None:
    assert read_day(typed, FRIDAY, ahead=True) == meant


@pytest.mark.parametrize("typed", ["", "soon", "31/02", "32 nov", "30 feb", "19/11/26", "th", "11/19/2026"])
def test_what_is_no_day_is_said_in_words(typed: str) -> None:
    with pytest.raises(ValueError, match=r"not a date|no such day|four figures"):
        read_day(typed, FRIDAY)


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.sampled_from(["mon", "tue", "wed", "thu", "fri", "sat", "sun"]))
def test_a_weekday_is_never_more_than_a_week_away(today: date, word: str) -> None:
    behind, ahead = read_day(word, today), read_day(word, today, ahead=True)
    assert timedelta() <= today - behind < timedelta(days=7)
    assert timedelta() < ahead - today <= timedelta(days=7)


def test_a_form_says_back_what_it_understood() -> None:
    assert spoken(date(2026, 11, 19), FRIDAY) == "Thu 19 Nov, yesterday"
    assert spoken(date(2026, 11, 25), FRIDAY) == "Wed 25 Nov, in 5 days"
