"""The newly qualified year: stages, phases, protected time and the checklist, by the worked examples."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.core.enums import Nation
from domain.core.workdays import Workdays, add_months
from domain.learning.asye import (
    Known,
    Year,
    checklist,
    lengthened,
    months_on,
    over_protected,
    phases,
    protected_minutes,
    sessions_due,
)

START = date(2026, 1, 5)  # a Monday
SPECS = [
    {"every": {"weeks": 1}, "until": {"weeks": 6}},
    {"every": {"weeks": 2}, "until": {"months": 6}},
    {"every": {"months": 1}},
]
FULL_YEAR = Year(START, 12)


def test_a_full_time_year_is_reviewed_at_three_six_and_twelve_months() -> None:
    assert [FULL_YEAR.reached(n) for n in (3, 6, 11, 12)] == [
        date(2026, 4, 5), date(2026, 7, 5), date(2026, 12, 5), date(2027, 1, 5),
    ]  # fmt: skip


def test_a_portfolio_is_handed_in_five_working_days_after_the_anniversary() -> None:
    holidays = Workdays(Nation.ENGLAND, frozenset({date(2027, 1, 1)}))
    assert FULL_YEAR.stage_day({"working_days_after": 5}, holidays) == date(2027, 1, 12)


def test_supervision_falls_due_six_times_weekly_nine_times_fortnightly_and_six_times_monthly() -> None:
    found = phases(START, FULL_YEAR.ends, SPECS)
    days = list(sessions_due(found))
    assert days[:6] == [date(2026, 1, 12) + timedelta(weeks=n) for n in range(6)]
    assert (days[6], days[14]) == (date(2026, 3, 2), date(2026, 6, 22))
    assert (days[15], days[20]) == (date(2026, 8, 5), date(2027, 1, 5))
    assert len(days) == 21


def test_a_phase_ends_where_the_settings_put_it() -> None:
    found = phases(START, FULL_YEAR.ends, SPECS, {"phase_1_weeks": 8, "phase_2_on": "2026-07-20"})
    assert [phase.until for phase in found] == [date(2026, 3, 2), date(2026, 7, 20), date(2027, 1, 5)]


def test_three_days_a_week_make_twelve_months_twenty() -> None:
    year = Year(START, 12, fte=60)
    assert [year.reached(n) for n in (3, 6, 12)] == [date(2026, 6, 5), date(2026, 11, 5), date(2027, 9, 5)]


def test_four_days_a_week_leave_part_of_a_month_over() -> None:
    """3 months at 0.8 are 3.75: from 7 December three quarters of the 31 days to 7 January, 23 of them."""
    assert months_on(date(2026, 9, 7), 3, 80) == date(2026, 12, 30)


def test_more_than_full_time_does_not_shorten_the_year() -> None:
    assert Year(START, 12, fte=120).ends == date(2027, 1, 5)


def test_an_absence_puts_off_what_comes_after_it_and_nothing_before() -> None:
    year = Year(START, 12, absences=[(date(2026, 5, 1), date(2026, 5, 30))])
    assert year.reached(3) == date(2026, 4, 5)
    assert year.reached(6) == date(2026, 8, 4)
    assert year.ends == date(2027, 2, 4)


def test_absences_that_overlap_count_once() -> None:
    twice = [(date(2026, 5, 1), date(2026, 5, 30)), (date(2026, 5, 20), date(2026, 6, 4))]
    assert lengthened(START, date(2026, 7, 5), twice) == date(2026, 7, 5) + timedelta(days=35)


def test_months_done_rise_to_the_whole() -> None:
    assert [FULL_YEAR.done(day) for day in (START, date(2026, 4, 5), date(2028, 1, 1))] == [0, 300, 1200]


def test_a_month_is_done_on_the_day_that_ends_it_and_not_the_day_before() -> None:
    """April: 30 of the 31 days to 5 May, which is 96 hundredths."""
    assert [FULL_YEAR.done(date(2026, 5, day)) for day in (4, 5)] == [396, 400]
    assert [FULL_YEAR.done(date(2027, 1, day)) for day in (4, 5, 6)] == [1196, 1200, 1200]


@pytest.mark.parametrize(("hours", "minutes"), [(3700, 222), (2220, 133)])
def test_ten_percent_of_the_contract_hours_are_protected(hours: int, minutes: int) -> None:
    assert protected_minutes(hours, 10) == minutes  # 3.7 h and 2.2 h a week


def test_a_load_above_the_protected_level_is_warned_about() -> None:
    assert over_protected(1001)
    assert not over_protected(1000)
    assert not over_protected(None)


UNITS = st.sampled_from(["days", "weeks", "months"])
LENGTH = st.builds(lambda unit, n: {unit: n}, UNITS, st.integers(1, 40))


@given(
    start=st.dates(date(2025, 1, 1), date(2027, 12, 31)),
    fte=st.integers(20, 120),
    ends=st.lists(LENGTH, max_size=4),
    moved=st.dictionaries(st.sampled_from(["phase_1_weeks", "phase_2_months", "phase_3_days"]), st.integers(1, 60)),
)
def test_phases_follow_one_another_without_a_gap_or_an_overlap(
    start: date, fte: int, ends: list[dict[str, int]], moved: dict[str, int]
) -> None:
    year = Year(start, 12, fte)
    specs = [*({"every": {"weeks": 1}, "until": until} for until in ends), {"every": {"months": 1}}]
    found = phases(start, year.ends, specs, moved)
    assert found[0].starts == start
    assert found[-1].until == year.ends
    assert all(phase.starts < phase.until for phase in found)
    assert all(before.until == after.starts for before, after in pairwise(found))


@given(start=st.dates(date(2025, 1, 1), date(2027, 12, 31)), fte=st.integers(10, 100), months=st.integers(1, 23))
def test_later_stages_never_come_sooner(start: date, fte: int, months: int) -> None:
    year = Year(start, 24, fte)
    assert year.reached(months) <= year.reached(months + 1)
    assert year.reached(months) >= add_months(start, months)


# the checklist -----------------------------------------------------------------------------------------------------

STAGES = {"review_3": date(2026, 4, 5), "review_6": date(2026, 7, 5), "final": date(2027, 1, 5)}
OBSERVATION = {
    "id": "observation", "title": "Direct observation", "count": 3, "by": ["review_3", "review_6", "final"],
    "evidence": "observation",
}  # fmt: skip
MAY = date(2026, 5, 4)


def known(**more: object) -> Known:
    return Known(**{"milestones": {}, "pieces": {}, "evidence": {}, "stages": STAGES, **more})  # type: ignore[arg-type]


def test_a_piece_is_late_once_the_stage_it_goes_with_has_passed() -> None:
    (line,) = checklist([OBSERVATION], known(), MAY)
    assert (line.need, line.have, line.due, line.state) == (3, 0, date(2026, 4, 5), "late")


def test_a_piece_is_not_late_on_the_day_of_its_stage_and_the_day_after_it_is() -> None:
    days = [date(2026, 4, day) for day in (4, 5, 6)]
    assert [checklist([OBSERVATION], known(), day)[0].state for day in days] == ["open", "open", "late"]


def test_the_next_piece_is_due_with_the_next_stage() -> None:
    (line,) = checklist([OBSERVATION], known(milestones={"observation_1": 1}), MAY)
    assert (line.have, line.due, line.state) == (1, date(2026, 7, 5), "open")


def test_a_piece_fills_from_milestones_parts_and_evidence_alike() -> None:
    filled = known(milestones={"observation_1": 2}, pieces={"observation_2": 1}, evidence={"observation": 1})
    (line,) = checklist([OBSERVATION], filled, date(2027, 2, 1))
    assert (line.have, line.state, line.due) == (3, "met", None)


def test_what_is_only_recommended_is_never_missing() -> None:
    wish = {"id": "self_assessment", "title": "Self-assessment", "count": 3, "required": False}
    assert checklist([wish], known(), MAY)[0].state == "optional"


def test_reviews_are_filled_by_their_stages() -> None:
    reviews = {"id": "reviews", "title": "Reviews", "filled": "stages", "stages": ["review_3", "review_6", "review_9"]}
    (line,) = checklist([reviews], known(milestones={"review_3": 1}), MAY)
    assert (line.need, line.have, line.due) == (2, 1, date(2026, 7, 5))


def test_supervision_is_measured_against_what_was_due_by_now() -> None:
    piece = {"id": "supervision", "title": "Supervision", "filled": "sessions"}
    asked = [date(2026, 1, 12), date(2026, 1, 19), date(2026, 6, 1)]
    behind = checklist([piece], known(asked=asked, sessions=[date(2026, 1, 12)]), MAY)[0]
    assert (behind.state, behind.due, behind.says) == ("late", date(2026, 1, 19), "1 held, 2 due by now")
    assert checklist([piece], known(asked=asked, sessions=asked[:2]), MAY)[0].state == "open"


def test_a_session_counts_as_due_from_its_own_day() -> None:
    piece = {"id": "supervision", "title": "Supervision", "filled": "sessions"}
    asked = [date(2026, 1, 12), date(2026, 1, 19)]
    lines = [checklist([piece], known(asked=asked), date(2026, 1, day))[0] for day in (11, 12, 18, 19)]
    assert [(line.says, line.state) for line in lines] == [
        ("0 held, 0 due by now", "open"),
        ("0 held, 1 due by now", "late"),
        ("0 held, 1 due by now", "late"),
        ("0 held, 2 due by now", "late"),
    ]


def test_a_workload_that_was_never_reduced_is_said() -> None:
    piece = {"id": "workload", "title": "Workload reduced", "filled": "reductions"}
    assert checklist([piece], known(), MAY)[0].state == "late"
    assert checklist([piece], known(reduced=True), MAY)[0].state == "met"
