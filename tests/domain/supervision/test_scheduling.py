"""A series of sessions: in time, on days on which both are there and free, and never two at once."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from domain.core.enums import Nation
from domain.core.intervals import Interval
from domain.core.workdays import Workdays
from domain.supervision.scheduling import Away, Booked, Diary, Proposed, Wanted, series

HOLIDAYS = frozenset({date(2026, 12, 25), date(2026, 12, 28), date(2027, 1, 1), date(2027, 3, 26), date(2027, 3, 29)})
DAYS = Workdays(Nation.ENGLAND, HOLIDAYS, closures=frozenset({date(2026, 12, 29)}))
TODAY = date(2026, 11, 20)  # a Friday
MONTHLY, FOUR_WEEKS = Interval("months", 1), Interval("weeks", 4)
WEDNESDAYS = Wanted(2, "10:00", 90)
DAY = timedelta(days=1)


def dates(
    every=FOUR_WEEKS, anchor=date(2026, 10, 28), first=TODAY, until=date(2027, 2, 20), wanted=WEDNESDAYS, **diary
):
    return series(wanted, lambda _day: every, anchor, first, until, Diary(DAYS, **diary))


def test_four_weekly_on_wednesdays() -> None:
    assert [one.on for one in dates()] == [
        date(2026, 11, 25), date(2026, 12, 23), date(2027, 1, 20), date(2027, 2, 17),
    ]  # fmt: skip


def test_a_month_on_wednesdays_is_the_last_wednesday_before_the_month_is_over() -> None:
    found = dates(MONTHLY)
    assert [(one.on, one.due) for one in found][:2] == [
        (date(2026, 11, 25), date(2026, 11, 28)),
        (date(2026, 12, 23), date(2026, 12, 25)),
    ]


def test_leave_moves_a_session_to_the_nearest_day_and_says_why() -> None:
    leave = Away(date(2026, 11, 25), date(2026, 11, 25), "W1 away: annual leave")
    one = dates(MONTHLY, away=[leave])[0]
    assert one == Proposed(
        date(2026, 11, 26), date(2026, 11, 28), date(2026, 11, 25), ("Wed 25 Nov 2026: W1 away: annual leave",)
    )


def test_where_no_later_day_is_in_time_an_earlier_one_is_taken() -> None:
    leave = Away(date(2026, 11, 25), date(2026, 12, 4), "W1 away: annual leave")
    assert dates(away=[leave])[0].on == date(2026, 11, 24)


def test_a_session_that_cannot_be_in_time_takes_the_first_day_after_and_says_all_that_stood_in_the_way() -> None:
    leave = Away(TODAY, date(2026, 11, 27), "W2 away: sickness")
    one = dates(away=[leave])[0]
    assert (one.on, one.late) == (date(2026, 11, 30), True)
    assert "Wed 25 Nov 2026: W2 away: sickness" in one.moved
    assert "Sat 28 Nov 2026: weekend" in one.moved


def test_one_already_late_is_held_as_soon_as_can_be() -> None:
    assert dates(anchor=date(2026, 9, 1))[0].on == TODAY


def test_bank_holidays_and_closure_days_are_left_out() -> None:
    one = dates(anchor=date(2026, 11, 27), wanted=Wanted(4, "10:00", 90))[0]
    assert (one.on, one.moved) == (date(2026, 12, 24), ("Fri 25 Dec 2026: bank holiday",))


def test_only_a_session_at_the_same_time_is_in_the_way() -> None:
    day = date(2026, 11, 25)
    morning = Booked(day, "10:30", 60, "W1 with W3")
    assert dates(booked=[morning])[0].on == date(2026, 11, 24)
    assert dates(booked=[morning._replace(start="11:30")])[0].on == day
    assert dates(booked=[morning._replace(start="09:00")])[0].on == day


def test_a_session_that_goes_on_past_midnight_is_in_the_way_of_the_next_day_s() -> None:
    night = Booked(date(2026, 11, 24), "23:00", 600, "W1 with W3")  # until nine on the 25th
    assert dates(booked=[night])[0].on == date(2026, 11, 25)
    assert dates(booked=[night], wanted=Wanted(2, "08:59", 90))[0].on == date(2026, 11, 24)
    assert night.overlaps(date(2026, 11, 25), "08:59", 5)
    assert not night.overlaps(date(2026, 11, 25), "09:00", 5)
    early = Booked(date(2027, 1, 1), "00:30", 60, "W1 with W3")  # over the turn of the year
    assert early.overlaps(date(2026, 12, 31), "23:45", 46)
    assert not early.overlaps(date(2026, 12, 31), "23:45", 45)


def test_somebody_away_for_good_has_no_dates() -> None:
    assert dates(away=[Away(TODAY, None, "W2 away")]) == ()


def test_the_interval_may_change_along_the_way() -> None:
    def every(day: date) -> Interval:
        return Interval("weeks", 1) if day < date(2026, 12, 9) else Interval("weeks", 2)

    diary = Diary(DAYS)
    found = series(WEDNESDAYS, every, date(2026, 11, 18), TODAY, date(2027, 1, 10), diary)
    assert [one.on for one in found] == [
        date(2026, 11, 25), date(2026, 12, 2), date(2026, 12, 9), date(2026, 12, 23), date(2027, 1, 6),
    ]  # fmt: skip


# what must hold of every series ------------------------------------------------------------------------------------

near = st.dates(date(2026, 10, 1), date(2027, 6, 1))
clock = st.sampled_from(["09:00", "09:30", "10:00", "11:00", "14:00"])
absences = st.lists(
    st.builds(lambda first, n: Away(first, first + DAY * n, "away"), near, st.integers(0, 20)), max_size=4
)
sessions = st.lists(st.builds(Booked, near, clock, st.integers(30, 120), st.just("another")), max_size=12)
intervals = st.one_of(
    st.builds(Interval, st.just("weeks"), st.integers(1, 6)), st.builds(Interval, st.just("months"), st.integers(1, 2))
)
wishes = st.builds(Wanted, st.one_of(st.none(), st.integers(0, 4)), clock, st.integers(30, 120))


@given(every=intervals, anchor=near, wanted=wishes, away=absences, booked=sessions)
def test_every_session_is_on_a_working_day_on_which_both_are_there_and_free(
    every, anchor, wanted, away, booked
) -> None:
    found = dates(every, anchor, TODAY, date(2027, 6, 1), wanted, away=away, booked=booked)
    for one in found:
        assert DAYS.is_working(one.on)
        assert one.on not in DAYS.closures
        assert not any(absence.covers(one.on) for absence in away)
        assert not any(other.overlaps(one.on, wanted.start, wanted.minutes) for other in booked)
    assert all(earlier.on < later.on for earlier, later in pairwise(found))


@given(every=intervals, anchor=near, wanted=wishes, away=absences, booked=sessions)
def test_no_session_is_late_while_any_day_in_time_would_do(every, anchor, wanted, away, booked) -> None:
    diary = Diary(DAYS, away, booked)
    last = anchor
    for one in dates(every, anchor, TODAY, date(2027, 6, 1), wanted, away=away, booked=booked):
        first = max(TODAY, last + DAY)
        if one.late:
            day = first
            while day <= one.due:
                assert diary.clash(day, wanted.start, wanted.minutes)
                day += DAY
        assert one.due == every.after(last)
        assert bool(one.moved) == (one.on != one.wanted)
        last = one.on
