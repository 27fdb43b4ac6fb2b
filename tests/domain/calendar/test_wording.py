"""What a calendar says of a due date or a session, and when it rings."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.calendar.wording import (
    EntryKind,
    Privacy,
    Reminder,
    Shown,
    for_obligation,
    for_session,
    initials_of,
    neutral_word,
    without,
)

MONDAY = date(2026, 7, 13)
SUNDAY = date(2026, 7, 12)
FRIDAY = date(2026, 7, 10)


def working_day_before(day: date) -> date:
    day -= timedelta(days=1)
    while day.weekday() > 4:
        day -= timedelta(days=1)
    return day


def review(legal_due: date = MONDAY, plan_by: date = MONDAY, **more) -> Reminder:
    told = {"key": "case:C-1001:lac_review:2", "kind": EntryKind.REVIEW, "word": "Review", "before": working_day_before}
    shown = Shown(more.pop("privacy", Privacy.REFERENCE), more.pop("reference", "C-1001"), more.pop("initials", "A.B."))
    return for_obligation(**(told | more), shown=shown, legal_due=legal_due, plan_by=plan_by)


@pytest.mark.parametrize(
    ("privacy", "summary"),
    [
        (Privacy.NONE, "Review due"),
        (Privacy.REFERENCE, "Review due (ref C-1001)"),
        (Privacy.INITIALS, "Review due (ref C-1001, A.B.)"),
    ],
)
def test_an_entry_says_as_much_as_privacy_allows(privacy, summary) -> None:
    assert review(privacy=privacy).summary == summary


@pytest.mark.parametrize("name", ["Ann Bell", "Jo", "Ilse Straßer", "Maria-José de la Cruz y Vega", "ß Weiß"])
@pytest.mark.parametrize("now", Privacy)
def test_a_summary_made_earlier_is_cut_to_what_is_allowed_now(name, now) -> None:
    for then in Privacy:
        made = review(privacy=then, initials=initials_of(name)).summary
        allowed = min(then, now, key=list(Privacy).index)
        assert without(made, now) == review(privacy=allowed, initials=initials_of(name)).summary


def test_cutting_a_summary_takes_no_longer_for_an_odd_reference() -> None:
    assert without(f"Review due (ref A, {'a' * 5_000}!)", Privacy.REFERENCE).startswith("Review due (ref A")


def test_the_entry_stands_on_the_true_date_and_names_the_day_to_plan_for() -> None:
    found = review(SUNDAY, FRIDAY)
    assert found.day == SUNDAY
    assert found.description.startswith("Due on Sun 12 Jul 2026; plan it by Fri 10 Jul 2026.")
    assert not found.busy


def test_the_description_never_carries_reference_or_title() -> None:
    for privacy in Privacy:
        assert "C-1001" not in review(privacy=privacy).description
        assert "looked" not in review(privacy=privacy).description


@pytest.mark.parametrize(
    ("due", "rings"),
    [
        (date(2026, 7, 14), datetime(2026, 7, 13, 9)),
        (MONDAY, datetime(2026, 7, 10, 9)),
        (SUNDAY, datetime(2026, 7, 10, 9)),
    ],
)
def test_the_alarm_rings_at_nine_on_the_working_day_before(due, rings) -> None:
    minutes = review(due, due).alarm_minutes_before
    assert datetime(due.year, due.month, due.day) - timedelta(minutes=minutes) == rings


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)))
def test_the_alarm_always_comes_before_the_day(due) -> None:
    assert 15 * 60 <= review(due, due).alarm_minutes_before <= 3 * 24 * 60


def test_a_session_blocks_its_time_and_rings_half_an_hour_before() -> None:
    found = for_session(
        key="session:7", starts_at=datetime(2026, 7, 15, 9, tzinfo=UTC), minutes=90, shown=Shown(reference="S-12")
    )
    assert (found.summary, found.busy, found.alarm_minutes_before) == ("Supervision (ref S-12)", True, 30)
    assert found.day is None


def test_days_and_times_are_those_of_the_clock_on_the_wall() -> None:
    early = datetime(2027, 7, 4, 23, 30, tzinfo=UTC)  # half past midnight on the fifth, in summer
    found = for_session(key="s", starts_at=early, minutes=60, shown=Shown())
    assert (found.on, found.clock, found.when) == (date(2027, 7, 5), "00:30", "Mon 5 Jul 2027, 00:30 to 01:30")
    assert found.rings is not None
    assert found.rings.replace(tzinfo=None) == datetime(2027, 7, 5, 0, 0)
    due = review()
    assert (due.on, due.clock, due.when) == (MONDAY, "", "Mon 13 Jul 2026")
    assert due.rings == datetime(2026, 7, 10, 9)


def test_an_alarm_is_half_an_hour_before_also_where_the_clocks_change_between() -> None:
    found = for_session(key="s", starts_at=datetime(2027, 3, 28, 1, 15, tzinfo=UTC), minutes=60, shown=Shown())
    assert found.rings is not None
    assert (found.clock, f"{found.rings:%H:%M}") == ("02:15", "00:45")


def test_without_references_a_session_is_only_supervision() -> None:
    start = datetime(2026, 7, 15, 9, tzinfo=UTC)
    found = for_session(key="s", starts_at=start, minutes=90, shown=Shown(Privacy.NONE, "S-12"))
    assert found.summary == "Supervision"


@pytest.mark.parametrize(
    ("title", "word"),
    [
        ("Initial child protection conference", "Meeting"),
        ("First core group", "Meeting"),
        ("Looked-after visit", "Visit"),
        ("Return home interview", "Contact"),
        ("Six-monthly health assessment", "Assessment"),
        ("Care and support plan review", "Review"),
        ("Pathway plan", "Plan"),
        ("Strengths and difficulties questionnaire", "Task"),
        ("", "Task"),
    ],
)
def test_a_neutral_word_gives_nobodys_status_away(title, word) -> None:
    assert neutral_word(title) == word


@given(st.text(max_size=300), st.text(max_size=100), st.sampled_from(Privacy))
def test_hostile_words_leave_one_short_line(title, reference, privacy) -> None:
    summary = review(word=neutral_word(title), reference=reference, privacy=privacy).summary
    assert 0 < len(summary) < 100
    assert "\n" not in summary
    summary.encode()


@pytest.mark.parametrize(
    "shape",
    [
        {},
        {"day": MONDAY, "starts_at": datetime(2026, 7, 13, 9, tzinfo=UTC), "minutes": 60},
        {"starts_at": datetime(2026, 7, 13, 9), "minutes": 60},
        {"starts_at": datetime(2026, 7, 13, 9, tzinfo=UTC), "minutes": 0},
        {"day": MONDAY, "alarm_minutes_before": -1},
    ],
)
def test_a_reminder_is_a_day_or_a_time_and_never_rings_late(shape) -> None:
    told = {"kind": "due", "key": "k", "summary": "s", "description": "", "category": "c", "busy": False}
    with pytest.raises(ValueError):
        Reminder(**({"alarm_minutes_before": None} | told | shape))
