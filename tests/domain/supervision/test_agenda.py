"""The order of an agenda, and how a case stands against the policy for its risk."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.supervision.agenda import KINDS, Item, Weighed, discussion_state, in_order, policy_days, since_words


def item(kind: str, state: str = "ok", key: str = "", parked: str = "", behind: int = 0) -> Weighed:
    return Weighed(Item(kind, "W2", kind, "", None, state, parked, key or f"{kind}:{state}"), behind)


def order(*found: Weighed) -> list[str]:
    return [one.key for one in in_order(found)]


def test_wellbeing_opens_and_the_next_date_closes_before_what_is_parked() -> None:
    found = order(item("next", "late"), item("case", "late", parked="later"), item("action", "late"), item("wellbeing"))
    assert found == ["wellbeing:ok", "action:late", "next:late", "case:late"]


def test_late_comes_before_new_before_due_before_what_is_as_it_should_be() -> None:
    states = ["ok", "due", "new", "late"]
    assert order(*(item("case", state) for state in states)) == ["case:late", "case:new", "case:due", "case:ok"]


def test_what_is_late_comes_before_anything_that_is_not_whatever_it_is() -> None:
    assert order(item("action", "new"), item("leave", "late")) == ["leave:late", "action:new"]


def test_within_a_kind_what_is_furthest_behind_comes_first() -> None:
    near, far = item("case", "late", "near", behind=3), item("case", "late", "far", behind=30)
    assert order(near, far) == ["far", "near"]


@given(st.lists(st.sampled_from(KINDS), min_size=2, max_size=12), st.integers())
def test_the_order_does_not_depend_on_the_order_of_reading(kinds: list[str], seed: int) -> None:
    found = [item(kind, "due", f"{kind}:{n}", behind=n % 3) for n, kind in enumerate(kinds)]
    mixed = random.Random(seed).sample(found, len(found))
    assert in_order(found) == in_order(mixed)


@pytest.mark.parametrize(
    ("days", "policy", "known", "state"),
    [
        (29, 28, 400, "late"),
        (28, 28, 400, "due"),
        (22, 28, 400, "due"),
        (21, 28, 400, "ok"),
        (None, 28, 29, "late"),
        (None, 28, 28, "new"),
        (None, None, 400, "new"),
        (900, None, 900, "ok"),
    ],
)
def test_a_case_against_its_policy(days: int | None, policy: int | None, known: int, state: str) -> None:
    assert discussion_state(days, policy, known) == state


def test_the_shortest_interval_of_the_pathways_counts() -> None:
    intervals = [
        {"pathways": ["looked_after"], "days": 56},
        {"pathways": ["court"], "days": 28},
        {"days": 31},
        {"pathways": ["court"], "days": 7, "active": False},
    ]
    assert policy_days(intervals, ["looked_after", "court"]) == 28
    assert policy_days(intervals, ["looked_after"]) == 56
    assert policy_days(intervals, ["care_act"]) == 31
    assert policy_days(intervals[:2], ["care_act"]) is None


def test_how_long_since_is_said() -> None:
    assert since_words(None, 28) == "never discussed, policy 28 days"
    assert since_words(1, None) == "1 day since discussed"
