"""Which actions are stale, and which are not: each reason both ways."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.supervision.actions import ActionFacts, alike, stale, state

TODAY = date(2026, 11, 20)
RING = "Ring the school about the reading support"


def kinds(told: ActionFacts) -> list[str]:
    return [reason.kind for reason in stale(told, TODAY)]


def told(what: str = RING, due: date | None = TODAY, carried: int = 0, earlier: tuple[str, ...] = ()) -> ActionFacts:
    return ActionFacts(what, due, carried, [(date(2026, 10, 1), words) for words in earlier])


def test_an_action_with_an_owner_a_day_ahead_and_something_to_do_is_not_stale() -> None:
    assert stale(told(), TODAY) == ()


@pytest.mark.parametrize(
    ("due", "found"),
    [(None, ["undated"]), (TODAY - timedelta(days=1), ["overdue"]), (TODAY, []), (TODAY + timedelta(days=1), [])],
)
def test_no_day_and_a_day_gone_by(due: date | None, found: list[str]) -> None:
    assert kinds(told(due=due)) == found


@pytest.mark.parametrize(("times", "found"), [(0, []), (1, []), (2, ["carried"]), (5, ["carried"])])
def test_carried_forward_twice_or_more(times: int, found: list[str]) -> None:
    assert kinds(told(carried=times)) == found


@pytest.mark.parametrize(
    ("before", "found"),
    [
        (RING, ["copied"]),
        ("Ring the school again about the reading support", ["copied"]),
        ("ring the SCHOOL about the reading support.", ["copied"]),
        ("Ring the school nurse about the dentist", []),
        ("Support the reading about the school ring", []),  # the same words, said otherwise
    ],
)
def test_nearly_the_same_words_as_an_earlier_action(before: str, found: list[str]) -> None:
    assert kinds(told(earlier=(before,))) == found


@pytest.mark.parametrize(
    "what",
    [
        "Monitor contact",
        "Continue with the plan",
        "Ongoing",
        "Keep an eye on attendance",
        "PEP",
        "School attendance",
        "?",
    ],
)
def test_what_nobody_could_see_to_be_done_is_vague(what: str) -> None:
    assert kinds(told(what)) == ["vague"]


@pytest.mark.parametrize(
    "what",
    [
        "Ring school",
        "Visit",
        "Legal meeting with the advocate on Friday",
        "Monitor attendance weekly with the school until it is above ninety percent",
    ],
)
def test_what_can_be_seen_to_be_done_is_not(what: str) -> None:
    assert kinds(told(what)) == []


def test_each_reason_is_said_in_words() -> None:
    found = stale(told("Monitor contact", TODAY - timedelta(days=3), 3), TODAY)
    assert [reason.words for reason in found] == [
        "3 days overdue",
        "carried forward 3 times",
        "“monitor” cannot be seen to be done: say what is different then",
    ]


@given(st.text(max_size=80), st.text(max_size=80))
def test_being_alike_is_a_percentage(one: str, other: str) -> None:
    assert 0 <= alike(one, other) <= 100


@given(st.lists(st.sampled_from(["ring", "the", "school", "nurse", "today"]), min_size=3, max_size=9))
def test_everything_is_like_itself(words: list[str]) -> None:
    assert alike(" ".join(words), " ".join(words)) == 100


@pytest.mark.parametrize(
    ("due", "done", "dropped", "why", "stands"),
    [
        (TODAY - timedelta(days=1), None, None, "", "late"),
        (None, None, None, "", "late"),
        (TODAY, None, None, "", "week"),
        (TODAY + timedelta(days=6), None, None, "", "week"),
        (TODAY + timedelta(days=7), None, None, "", "later"),
        (TODAY - timedelta(days=9), TODAY, None, "", "done"),
        (TODAY, None, TODAY, "Not wanted", "dropped"),
        (TODAY, None, TODAY, "Carried forward as action 7", "carried"),
    ],
)
def test_how_an_action_stands(due: date | None, done: date | None, dropped: date | None, why: str, stands: str) -> None:
    assert state(due, done, dropped, TODAY, why) == stands
