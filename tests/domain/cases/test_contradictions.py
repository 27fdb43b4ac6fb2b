"""Events that cannot all be right are told in words; what is merely unusual is not."""

from __future__ import annotations

from datetime import date
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from domain.cases.contradictions import all_gaps, contradictions
from domain.cases.subject import Gap, Happening, Subject
from domain.core.enums import SubjectKind

TODAY = date(2026, 11, 20)
TITLES = {"became_looked_after": "Became looked after", "ceased_looked_after": "Ceased to be looked after"}


def told(*events: tuple[str, str], details: dict[str, Any] | None = None, **about: Any) -> list[str]:
    happenings = tuple(Happening(kind, date.fromisoformat(on), details or {}) for kind, on in events)
    return contradictions(Subject(SubjectKind.CASE, "C-1", happenings=happenings, **about), TITLES, TODAY)


def test_a_life_in_order_has_nothing_to_tell() -> None:
    assert told(
        ("became_looked_after", "2026-01-05"),
        ("placement_started", "2026-01-05"),
        ("placement_ended", "2026-03-02"),
        ("placement_started", "2026-03-02"),  # moved on the same day
        ("placement_ended", "2026-05-01"),
        ("placement_started", "2026-05-04"),
        ("lac_visit", "2026-05-05"),
        ("lac_visit", "2026-05-06"),
        ("case_note", "2026-05-06"),
        ("case_note", "2026-05-06"),
        born=date(2020, 1, 1),
    ) == []  # fmt: skip


def test_leaving_care_before_entering_it() -> None:
    found = told(("ceased_looked_after", "2026-02-02"), ("became_looked_after", "2026-03-16"))
    assert found == [
        "Ceased to be looked after recorded on Mon 2 Feb 2026, before became looked after on Mon 16 Mar 2026"
    ]


def test_the_same_thing_twice_on_one_day() -> None:
    twice = (("lac_review_held", "2026-04-13"), ("lac_review_held", "2026-04-13"))
    assert told(*twice) == ["lac review held recorded twice on Mon 13 Apr 2026"]
    assert told(*twice, twice[0]) == ["lac review held recorded 3 times on Mon 13 Apr 2026"]


def test_before_birth_after_closing_and_in_the_future() -> None:
    assert told(("lac_visit", "2019-12-31"), born=date(2020, 1, 1)) == [
        "lac visit recorded on Tue 31 Dec 2019, before the birth"
    ]
    assert told(("s47_started", "2019-12-31"), born=date(2020, 1, 1)) == [], (
        "an unborn child can be the subject of that"
    )
    assert told(("lac_visit", "2026-10-02"), closed=date(2026, 10, 1)) == [
        "lac visit recorded on Fri 2 Oct 2026, after the case closed on Thu 1 Oct 2026"
    ]
    assert told(("lac_visit", "2026-11-21")) == ["lac visit recorded on Sat 21 Nov 2026, which lies in the future"]


def test_the_engines_own_remark_about_the_same_thing_is_left_out() -> None:
    events = (
        Happening("ceased_looked_after", date(2026, 2, 2)),
        Happening("became_looked_after", date(2026, 3, 16)),
    )
    gaps = [
        Gap("lac_review", "Ceased to be looked after recorded on Mon 2 Feb 2026 with no start before it"),
        Gap("lac_visit", "no placement start recorded: visits cannot be dated"),
    ]
    found = all_gaps(Subject(SubjectKind.CASE, "C-1", happenings=events), gaps, TITLES, TODAY)
    assert [gap.series for gap in found] == ["", "lac_visit"]


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["became_looked_after", "ceased_looked_after", "placement_started", "placement_ended"]),
            st.dates(date(2026, 1, 1), date(2026, 1, 8)),
        ),
        max_size=12,
    ),
    st.randoms(use_true_random=False),
)
def test_the_order_of_typing_does_not_matter(events: list[tuple[str, date]], shuffling: Any) -> None:
    mixed = list(events)
    shuffling.shuffle(mixed)
    one, other = ([(kind, on.isoformat()) for kind, on in some] for some in (events, mixed))
    assert told(*one) == told(*other)
