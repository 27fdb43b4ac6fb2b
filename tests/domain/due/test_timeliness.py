"""On time or not: per event, and per person all of whose events were."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from domain.due.obligation import Obligation
from domain.due.timeliness import (
    LATE,
    NOT_HELD,
    ON_TIME,
    OTHER,
    Judged,
    Measures,
    Period,
    Tally,
    outcome,
    periods,
    share,
    year_to,
)
from tests.domain.rules.rulekit import ENGLAND, book, case, day, found, rule

YEAR = Period(date(2026, 1, 1), date(2026, 6, 30))
VISITS = rule(
    id="visit", kind="staged", starts=["cin_plan_started"], answers=["cin_visit"], stops=["cin_plan_ended"],
    first={"days": 10}, then={"days": 20}, measure="Visits",
)  # fmt: skip


def cycle(due: str | None, held: str | None = None, ended: str | None = None) -> Obligation:
    days = [day(text) if text else None for text in (due, held, ended)]
    return Obligation("visit", "visit", 1, days[0], days[0], None, "started", date(2026, 1, 1), days[1], days[2])


def outcomes(*events: tuple[str, str], period: Period = YEAR, **said: object) -> list[tuple[date | None, str]]:
    rules = book(VISITS)
    derivation = found(rules, case(*events, **said), ENGLAND)
    return [(one.cycle.legal_due, one.outcome) for one in Measures(rules).judged(derivation, period)]


def test_held_on_the_legal_date_is_on_time_and_a_day_after_it_is_late() -> None:
    assert outcome(cycle("2026-03-02", held="2026-03-02"), date(2026, 6, 30)) == ON_TIME
    assert outcome(cycle("2026-03-02", held="2026-03-03"), date(2026, 6, 30)) == LATE


def test_what_is_not_due_by_the_end_is_not_judged() -> None:
    assert outcome(cycle("2026-07-01", held="2026-06-01"), date(2026, 6, 30)) is None
    assert outcome(cycle("2026-06-30"), date(2026, 6, 30)) == NOT_HELD
    assert outcome(cycle(None), date(2026, 6, 30)) is None, "a local standard that is not set"


def test_a_cycle_that_lapsed_counts_only_when_its_date_had_passed() -> None:
    assert outcome(cycle("2026-03-02", ended="2026-03-02"), date(2026, 6, 30)) is None
    assert outcome(cycle("2026-03-02", ended="2026-03-03"), date(2026, 6, 30)) == NOT_HELD


def test_a_late_visit_is_late_once_and_the_next_counts_from_the_day_it_was_held() -> None:
    events = [("cin_plan_started", "2026-01-05"), ("cin_visit", "2026-01-20"), ("cin_visit", "2026-02-09")]
    assert outcomes(*events, ("cin_plan_ended", "2026-02-20")) == [
        (date(2026, 1, 15), LATE),  # ten days from 5 January
        (date(2026, 2, 9), ON_TIME),  # twenty days from 20 January
    ]


def test_a_plan_that_ended_with_a_visit_outstanding_leaves_it_not_held() -> None:
    events = [("cin_plan_started", "2026-01-05"), ("cin_visit", "2026-01-12")]
    assert outcomes(*events, ("cin_plan_ended", "2026-02-20"))[-1] == (date(2026, 2, 1), NOT_HELD)
    assert outcomes(*events, closed=day("2026-01-30")) == [(date(2026, 1, 15), ON_TIME)]


def test_only_due_dates_of_the_period_count_whenever_they_were_held() -> None:
    events = [("cin_plan_started", "2025-12-20"), ("cin_visit", "2026-01-09")]  # due 30 December
    assert outcomes(*events, ("cin_plan_ended", "2026-01-20")) == []


def test_people_count_when_every_one_of_theirs_was_on_time() -> None:
    good, bad = (Judged("Visits", cycle("2026-03-02"), went, True) for went in (ON_TIME, LATE))
    tally = Tally()
    for person in ([good, good, good], [good, bad], []):
        tally.count(person)
    assert (tally.due, tally.on_time, tally.late, tally.percent) == (5, 4, 1, 80.0)
    assert (tally.people, tally.people_on_time, tally.people_percent) == (2, 1, 50.0)


def test_a_timescale_nobody_has_verified_marks_the_measure() -> None:
    tally = Tally()
    tally.count([Judged("Visits", cycle("2026-03-02"), ON_TIME, False)])
    assert not tally.verified


def test_a_series_without_a_measure_counts_among_the_others() -> None:
    rules = book({**VISITS, "measure": ""})
    derivation = found(rules, case(("cin_plan_started", "2026-01-05"), ("cin_visit", "2026-01-12")), ENGLAND)
    assert {one.measure for one in Measures(rules).judged(derivation, YEAR)} == {OTHER}


def test_a_year_is_twelve_months_both_ends_included() -> None:
    assert year_to(date(2026, 2, 28)) == Period(date(2025, 3, 1), date(2026, 2, 28))
    assert year_to(date(2024, 2, 29)) == Period(date(2023, 3, 1), date(2024, 2, 29))


def test_a_percentage_never_rounds_to_all_or_nothing() -> None:
    assert share(0, 0) is None
    assert share(1999, 2000) == 99.9
    assert share(1, 5000) == 0.1
    assert (share(0, 7), share(7, 7), share(2, 3)) == (0.0, 100.0, 66.7)


@given(
    st.integers(-400, 400),
    st.none() | st.integers(-400, 400),
    st.none() | st.integers(-400, 400),
    st.integers(0, 400),
)
def test_every_cycle_due_by_the_end_is_exactly_one_of_three_or_lapsed_in_time(
    due: int, held: int | None, ended: int | None, last: int
) -> None:
    start = date(2026, 1, 1)
    days = [None if n is None else start + timedelta(days=n) for n in (due, held, ended)]
    one = Obligation("visit", "visit", 1, days[0], days[0], None, "x", start, days[1], days[2])
    went = outcome(one, start + timedelta(days=last))
    if due > last:
        assert went is None
    elif held is not None:
        assert went == (ON_TIME if held <= due else LATE)
    else:
        assert went == (None if ended is not None and ended <= due else NOT_HELD)


# periods -----------------------------------------------------------------------------------------------------------


def test_the_usual_periods_end_yesterday_or_with_the_month_or_year_before() -> None:
    assert periods(day("2026-11-20")) == {
        "Last 12 months": Period(day("2025-11-20"), day("2026-11-19")),
        "Last 3 months": Period(day("2026-08-20"), day("2026-11-19")),
        "Last month": Period(day("2026-10-01"), day("2026-10-31")),
        "Financial year so far": Period(day("2026-04-01"), day("2026-11-19")),
        "Financial year before": Period(day("2025-04-01"), day("2026-03-31")),
    }


def test_a_financial_year_begins_once_it_has_a_day_behind_it() -> None:
    """On 1 April nothing of the new year has passed: the year so far is still the old one."""
    assert periods(day("2026-04-01"))["Financial year so far"] == Period(day("2025-04-01"), day("2026-03-31"))
    assert periods(day("2026-04-02"))["Financial year so far"] == Period(day("2026-04-01"), day("2026-04-01"))
