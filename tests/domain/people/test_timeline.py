"""One fact over time: what stood before a change stays, what is booked later stays booked."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from domain.people.timeline import Span, Timeline, join

TODAY = date(2026, 11, 25)
DAY = timedelta(days=1)
days = st.integers(-60, 60).map(lambda n: TODAY + n * DAY)
changes = st.lists(st.tuples(days, st.integers(1, 4)), max_size=8)


def told(changes: list[tuple[date, int]]) -> Timeline:
    line = Timeline(9, ())
    for day, value in changes:
        line = line.from_day(day, value, TODAY)
    return line


def test_a_change_today_leaves_yesterday_alone() -> None:
    line = Timeline(100, ()).from_day(TODAY, 60, TODAY)
    assert (line.on(TODAY - DAY), line.on(TODAY), line.on(TODAY + DAY)) == (100, 60, 60)
    assert line.otherwise == 60, "what holds until further notice is what the record says"


def test_a_change_to_come_is_a_span_and_the_record_stays_as_it_is() -> None:
    line = Timeline(100, ()).from_day(TODAY + 40 * DAY, 60, TODAY)
    assert line == Timeline(100, (Span(TODAY + 40 * DAY, None, 60),))


def test_a_second_thought_on_the_same_day_leaves_one_past() -> None:
    line = told([(TODAY, 3), (TODAY, 4)])
    assert line == Timeline(4, (Span(None, TODAY - DAY, 9),))


def test_a_change_dated_back_moves_where_it_begins() -> None:
    line = told([(TODAY, 3), (TODAY - 30 * DAY, 3)])
    assert line == Timeline(3, (Span(None, TODAY - 31 * DAY, 9),))


def test_a_change_lasts_until_the_next_that_is_known() -> None:
    line = told([(TODAY + 30 * DAY, 2), (TODAY, 3)])
    assert [line.on(TODAY + n * DAY) for n in (-1, 0, 29, 30, 99)] == [9, 3, 3, 2, 2]


def test_nothing_is_kept_of_a_change_to_the_same() -> None:
    assert told([(TODAY, 9), (TODAY - DAY, 9), (TODAY + DAY, 9)]) == Timeline(9, ())


@given(changes, days, st.integers(1, 4))
def test_no_change_touches_a_day_before_it_or_after_the_next(
    before: list[tuple[date, int]], day: date, value: int
) -> None:
    line = told(before)
    after = line.from_day(day, value, TODAY)
    assert after.on(day) == value
    assert [after.on(day - n * DAY) for n in range(1, 130)] == [line.on(day - n * DAY) for n in range(1, 130)]
    turns = [span.first for span in line.spans if span.first > day]
    turns += [span.last + DAY for span in line.spans if span.first <= day <= span.last < date.max]
    if turns:
        assert all(after.on(one) == line.on(one) for one in (min(turns), min(turns) + 300 * DAY))
    else:
        assert after.on(day + 300 * DAY) == value


@given(changes)
def test_spans_stand_in_order_and_never_over_each_other(changes: list[tuple[date, int]]) -> None:
    spans = told(changes).spans
    assert all(one.last < other.first for one, other in pairwise(spans))
    assert all(span.first <= span.last for span in spans)


def test_of_two_who_are_one_each_day_keeps_what_was_said_of_whoever_was_here() -> None:
    first, change, last = date(2020, 1, 6), date(2026, 10, 1), date(2026, 10, 31)
    goes, stays = Timeline("North", (Span(date(2025, 1, 1), date(2025, 1, 31), "West"),)), Timeline("South", ())
    here = (Span(first, last, None), Span(change, None, None))
    done = join(goes, stays, here, old_counts=False)
    said = [done.line.on(day) for day in (first, date(2025, 1, 15), date(2026, 9, 30), change, date(2027, 1, 1))]
    assert said == ["North", "West", "North", "South", "South"]
    assert done.alone == (Span(first, date(2026, 9, 30), True),)
    assert done.differ == (Span(change, last, True),)
    kept = join(goes, stays, here, old_counts=True).line
    assert [kept.on(day) for day in (change, last, date(2026, 11, 1))] == ["North", "North", "South"]
    silent = join(goes, Timeline("", ()), here, old_counts=False)
    assert (silent.line.on(change), silent.differ) == ("North", ())
