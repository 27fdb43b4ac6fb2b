"""What falls due in the twelve months ahead, worked out by hand."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from domain.due.year_ahead import month_starts, year_ahead
from tests.domain.rules.rulekit import ENGLAND, book, case, day, rule

TODAY = day("2026-11-20")
START = ("referral_received", TODAY.isoformat())
OPEN = {"not_set": True, "reason": "The law sets no clock."}


@pytest.mark.parametrize(("days", "is_ahead"), [(364, True), (365, True), (366, False)])
def test_the_year_reaches_the_same_day_of_the_next(days: int, is_ahead: bool) -> None:
    rules = book(rule(starts=["referral_received"], interval={"days": days}))
    found = [one.obligation.legal_due for one in year_ahead(case(START), rules, ENGLAND, TODAY)]
    assert found == ([TODAY + timedelta(days=days)] if is_ahead else [])


def test_what_has_no_date_stays_in_sight_behind_what_has_one() -> None:
    undated = rule(id="undated", starts=["referral_received"], interval=OPEN)
    rules = book(undated, rule(starts=["referral_received"], interval={"days": 10}))
    found = [one.obligation.legal_due for one in year_ahead(case(START), rules, ENGLAND, TODAY)]
    assert found == [day("2026-11-30"), None]


def test_the_months_are_this_one_and_the_twelve_after_it() -> None:
    months = month_starts(TODAY)
    assert (months[0], months[-1], len(months)) == (date(2026, 11, 1), date(2027, 11, 1), 13)
