"""Days are read strictly: ISO, or day before month; never guessed."""

from __future__ import annotations

import contextlib
import re
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.core.dates import ago, distance, from_serial, parse_day, short_day, show_day

days = st.dates(date(1900, 1, 1), date(2199, 12, 31))
forms = st.sampled_from(
    ["%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%d %b %Y", "%d-%b-%Y", "%d %B %Y", "%a %d %B %Y", "%Y%m%d"]
)
times = st.sampled_from(["", " 00:00:00", "T09:30:00", " 23:59:59.997", "T00:00:00Z"])


@given(days, forms, times)
def test_every_form_gives_the_same_day(day: date, form: str, time: str) -> None:
    assert parse_day(day.strftime(form) + time) == day


@pytest.mark.parametrize(
    ("text", "day"),
    [("1/2/2026", date(2026, 2, 1)), ("3rd March 2026", date(2026, 3, 3)), ("4 Sept 2026", date(2026, 9, 4))],
)
def test_day_comes_before_month(text: str, day: date) -> None:
    assert parse_day(text) == day


@pytest.mark.parametrize(
    "text",
    [
        "",
        "soon",
        "31/02/2026",
        "02/13/2026",
        "2026-13-01",
        "01/02/26",
        "1899-12-31",
        "2200-01-01",
        "46000",
        "12:30",
        "29/02/2025",
        "1 Foo 2026",
        "٠١/٠٢/٢٠٢٦x",
    ],
)
def test_what_is_not_a_day_is_refused_in_words(text: str) -> None:
    with pytest.raises(ValueError) as refused:
        parse_day(text)
    assert str(refused.value)


@given(st.text(max_size=30))
def test_no_text_does_worse_than_a_refusal(text: str) -> None:
    with contextlib.suppress(ValueError):
        assert isinstance(parse_day(text), date)


def test_spreadsheet_numbers() -> None:
    assert from_serial(46_000) == date(2025, 12, 9)
    assert from_serial(1) == date(1900, 1, 1)
    assert from_serial(59) == date(1900, 2, 28)
    assert from_serial(61) == date(1900, 3, 1)
    for wrong in (0, 60, 73_051):
        with pytest.raises(ValueError, match="not a spreadsheet"):
            from_serial(wrong)


def test_days_as_they_are_shown() -> None:
    today = date(2026, 11, 20)
    assert show_day(date(2026, 11, 27), today) == "Fri 27 Nov"
    assert show_day(date(2027, 1, 4), today) == "Mon 4 Jan 2027"
    assert distance(date(2026, 11, 27), today) == "in 7 days"
    assert distance(date(2026, 10, 28), today) == "23 days late"
    assert distance(date(2026, 11, 19), today) == "1 day late"
    assert distance(today, today) == "today"
    assert ago(date(2026, 11, 8), today) == "12 days ago"


def test_a_year_that_is_not_this_one_is_always_shown() -> None:
    today = date(2026, 11, 20)
    assert short_day(date(2026, 2, 8), today) == "8 Feb"
    assert [short_day(date(year, 2, 8), today) for year in (2024, 2027)] == ["8 Feb 2024", "8 Feb 2027"]
    assert short_day(date(2026, 2, 8)) == "8 Feb 2026"


def test_long_distances_are_written_like_other_long_numbers() -> None:
    today = date(2026, 11, 20)
    assert distance(date(2024, 2, 8), today) == "1,016 days late"
    assert distance(date(2030, 11, 20), today) == "in 1,461 days"
    assert ago(date(2021, 3, 12), today) == "2,079 days ago"


# Headings of weeks and months side by side, which the title above them dates, and one that writes the year its own way.
DATED_BY_THEIR_TITLE = {"due_strip.py", "pictures_screen.py", "month_screen.py", "week_register.py", "calendar_text.py"}


def test_days_are_put_into_words_in_one_place() -> None:
    root = Path(__file__).resolve().parents[3]
    found = {
        path.name
        for folder in ("domain", "storage", "tui")
        for path in (root / folder).rglob("*.py")
        if re.search(r"\.day\}.*MONTHS\[", path.read_text("utf-8"))
    }
    assert found - {"dates.py"} == DATED_BY_THEIR_TITLE
