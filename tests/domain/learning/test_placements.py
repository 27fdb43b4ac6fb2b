"""Placement days: what counts, when the days are done, and the supervision that goes with them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.core.enums import DayKind
from domain.learning.placements import DayLine, Placement, entitled

MONDAY = date(2026, 9, 7)
FOUR_DAYS = (100, 100, 100, 100)
CHRISTMAS = frozenset({date(2026, 12, 25), date(2026, 12, 28), date(2027, 1, 1)})


def placement(days: int = 70, *lines: DayLine, **more: Any) -> Placement:
    recorded = {line.on: line for line in lines}
    return Placement(MONDAY, days * 100, more.pop("pattern", FOUR_DAYS), recorded, **more)


def sick(on: date) -> DayLine:
    return DayLine(on, "sick", 100)


def nth_week(day: date) -> int:
    return (day - MONDAY).days // 7 + 1


def test_seventy_days_at_four_a_week_are_half_done_in_week_nine_and_done_in_week_eighteen() -> None:
    found = placement()
    assert found.midway is not None
    assert found.ends is not None
    assert (nth_week(found.midway), nth_week(found.ends)) == (9, 18)


def test_seventy_days_bring_fourteen_supervisions() -> None:
    attended = [DayLine(MONDAY + timedelta(days=7 * (n // 5) + n % 5), "attended", 100) for n in range(70)]
    rule = {"minutes": 90, "placement_days": 5}
    assert entitled(rule, placement(70, *attended, pattern=(100,) * 5)) == (14 * 90, 14 * 90)
    assert entitled({"minutes": 60, "placement_days": 5}, placement(100)) == (0, 20 * 60)


def test_a_day_missed_is_made_up_on_the_next_day_of_the_pattern() -> None:
    plain, missed = placement(), placement(70, sick(MONDAY))
    assert plain.ends == date(2027, 1, 5)  # Tuesday of week 18
    assert missed.ends == date(2027, 1, 6)
    assert missed.missed == 100


def test_a_day_worked_outside_the_pattern_brings_the_end_forward() -> None:
    assert placement(70, DayLine(MONDAY + timedelta(days=4), "attended", 100)).ends == date(2027, 1, 4)


def test_recall_days_count_and_skills_days_do_not() -> None:
    found = placement(70, DayLine(MONDAY, "recall", 100), DayLine(MONDAY + timedelta(days=1), "skills", 100))
    assert found.done == 100
    assert found.missed == 0
    assert found.ends == date(2027, 1, 6)


def test_half_a_day_counts_half() -> None:
    assert placement(70, DayLine(MONDAY, "attended", 50)).done == 50
    assert placement(1, pattern=(50,)).ends == MONDAY + timedelta(days=7)


def test_a_placement_rests_over_a_closure_and_on_bank_holidays() -> None:
    """Worked with a calendar: 35 days of four a week by 4 November, a reading week, and Christmas."""
    reading_week = (date(2026, 11, 2), date(2026, 11, 8))
    christmas = (date(2026, 12, 21), date(2027, 1, 1))
    found = placement(70, closures=[reading_week, christmas], holidays=CHRISTMAS)
    assert found.midway == date(2026, 11, 11)  # 8 weeks to 29 October are 32 days; then Monday 9th to Wednesday 11th
    # by 17 December: 14 working weeks, 56 days; from 4 January 14 more: three weeks and two days
    assert found.ends == date(2027, 1, 26)


def test_a_bank_holiday_that_was_worked_counts_as_recorded() -> None:
    holiday = frozenset({MONDAY})
    assert placement(1, holidays=holiday).ends == MONDAY + timedelta(days=1)
    assert placement(1, DayLine(MONDAY, "attended", 100), holidays=holiday).ends == MONDAY


def test_a_pattern_without_days_never_ends() -> None:
    assert placement(pattern=(0, 0)).ends is None


def test_planned_days_that_passed_without_a_word_are_asked_about() -> None:
    found = placement(70, sick(MONDAY), closures=[(date(2026, 9, 9), date(2026, 9, 9))])
    assert found.unrecorded(date(2026, 9, 14)) == (date(2026, 9, 8), date(2026, 9, 10))


def test_weekly_supervision_counts_the_weeks_that_were_attended() -> None:
    days = (MONDAY, MONDAY + timedelta(days=1), MONDAY + timedelta(days=14))
    due, whole = entitled({"minutes": 90, "weekly": True}, placement(70, *(DayLine(d, "attended", 100) for d in days)))
    assert due == 2 * 90
    assert whole == 18 * 90  # 18 weeks: every week has a planned day


@pytest.mark.parametrize(
    ("when", "day"),
    [
        ({"start": True}, date(2026, 9, 6)),
        ({"weeks": 2}, date(2026, 9, 21)),
        ({"placement_day": 5}, date(2026, 9, 14)),
        ({"halfway": True}, date(2026, 11, 4)),
        ({"weeks_before_end": 2}, date(2026, 12, 22)),
        ({"end": True}, date(2027, 1, 5)),
        ({"unset": "each university sets it"}, None),
    ],
)
def test_stages_fall_by_days_done_and_by_the_end(when: dict[str, Any], day: date | None) -> None:
    assert placement().stage_day(when) == day


# a day at a time ---------------------------------------------------------------------------------------------------

OFFSETS = st.integers(0, 200)
LINES = st.dictionaries(OFFSETS, st.tuples(st.sampled_from(list(DayKind)), st.sampled_from([50, 100])), max_size=60)
CLOSURES = st.lists(st.tuples(OFFSETS, st.integers(0, 20)), max_size=4)


def walked(found: Placement, wanted: int) -> date | None:
    """Count day by day for twenty years."""
    done = 0
    for n in range(7300):
        day = found.starts + timedelta(days=n)
        line = found.recorded.get(day)
        if line is not None:
            done += line.part if line.kind in ("attended", "recall") else 0
        elif day not in found.holidays and not any(a <= day <= b for a, b in found.closures):
            done += found.pattern[day.weekday()] if day.weekday() < len(found.pattern) else 0
        if done >= wanted:
            return day
    return None


@settings(max_examples=300)
@given(
    start=st.dates(date(2026, 1, 1), date(2026, 12, 31)),
    target=st.integers(1, 200),
    pattern=st.lists(st.sampled_from([0, 50, 100]), min_size=1, max_size=7).filter(any),
    lines=LINES,
    closures=CLOSURES,
    holidays=st.sets(OFFSETS, max_size=12),
)
def test_the_projected_end_is_that_of_counting_day_by_day(
    start: date,
    target: int,
    pattern: list[int],
    lines: dict[int, tuple[DayKind, int]],
    closures: list[tuple[int, int]],
    holidays: set[int],
) -> None:
    def on(n: int) -> date:
        return start + timedelta(days=n)

    recorded = {on(n): DayLine(on(n), kind.value, part) for n, (kind, part) in lines.items()}
    rests = [(on(n), on(n + length)) for n, length in closures]
    found = Placement(start, target * 50, pattern, recorded, rests, frozenset(map(on, holidays)))
    assert found.ends == walked(found, target * 50)
    assert found.midway == walked(found, (target * 50 + 1) // 2)


# as it looks now ---------------------------------------------------------------------------------------------------


def test_the_end_is_reckoned_from_today_and_what_is_not_recorded_was_not_worked() -> None:
    """4.5 of 70 days recorded by Friday 20 November, at four days a week, no holidays: 65.5 are left from Monday on."""
    days = [DayLine(MONDAY + timedelta(days=n), "attended", 100) for n in range(4)]
    lines = (*days, DayLine(MONDAY + timedelta(days=7), "attended", 50))
    found = placement(70, *lines, today=date(2026, 11, 20))
    assert found.done == 450
    # 16 weeks of four are 64 days, from 23 November to 11 March; one and a half more: Tuesday 16 March.
    assert found.ends == date(2027, 3, 16)
    assert found.plan_ends == date(2027, 1, 6)  # by the plan: half a day was lost
    assert len(found.unrecorded(date(2026, 11, 20))) == 11 * 4 - 5


@pytest.mark.parametrize(
    ("today", "ends"),
    [
        (date(2026, 9, 6), date(2026, 9, 8)),  # before it begins
        (date(2026, 9, 7), date(2026, 9, 8)),
        (date(2026, 9, 8), date(2026, 9, 9)),  # Monday was not recorded
        (date(2026, 9, 10), date(2026, 9, 14)),  # Thursday counts, Friday is no day of the pattern
    ],
)
def test_each_day_that_passes_without_a_record_puts_the_end_off(today: date, ends: date) -> None:
    assert placement(2, today=today).ends == ends


def test_a_register_that_is_full_ends_where_the_plan_does_also_once_all_is_done() -> None:
    days = [DayLine(MONDAY + timedelta(days=n), "attended", 100) for n in range(2)]
    for today in (date(2026, 9, 8), date(2026, 9, 9), date(2026, 12, 1)):
        assert placement(2, *days, today=today).ends == date(2026, 9, 8)


def test_an_empty_register_puts_no_stage_off() -> None:
    for today in (None, date(2026, 11, 20), date(2027, 6, 1)):
        found = placement(70, today=today)
        assert found.stage_day({"halfway": True}) == placement().midway
        assert found.stage_day({"weeks_before_end": 2}) == date(2026, 12, 22)


def test_what_is_recorded_of_days_to_come_is_no_day_done_and_no_day_missed() -> None:
    days = [DayLine(MONDAY + timedelta(days=7 * n), "attended", 100) for n in range(3)]
    away = sick(MONDAY + timedelta(days=1))
    before, first, later = (placement(70, *days, away, today=MONDAY + timedelta(days=n)) for n in (-1, 0, 8))
    assert [(one.done, one.missed) for one in (before, first, later)] == [(0, 0), (100, 0), (200, 100)]
    weekly = {"minutes": 60, "weekly": True}
    assert [entitled(weekly, one)[0] for one in (before, first, later)] == [0, 60, 120]
    assert len({entitled(weekly, one)[1] for one in (before, first)}) == 1  # a week planned is a week in all
