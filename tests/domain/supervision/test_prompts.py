"""What gets a second look before a record is agreed, and what does not."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from domain.core.merge import Clash, both, merge
from domain.supervision.prompts import Answered, Nudge, alike, count_words, nudges

RULES: list[dict[str, Any]] = [
    {"kind": "no_decision"},
    {"kind": "no_rationale"},
    {"kind": "no_date"},
    {"kind": "no_experience"},
    {"kind": "copied", "percent": 85},
    {"kind": "too_short", "words": 5},
    {"kind": "too_short", "words": 12, "pathways": ["child_protection"]},
]
LONG = "She was seen at school on Monday and told her worker about the weekend with her father"
WELL: dict[str, Any] = {
    "answers": {"update": LONG, "voice": "She likes her room"},
    "voice": ("voice",),
    "reasons": ("It is safer now",),
    "days": (date(2026, 12, 4),),
}


def kinds(told: Answered, rules: list[dict[str, Any]] = RULES) -> list[str]:
    return [nudge.kind for nudge in nudges(told, rules)]


def told(**other: Any) -> Answered:
    return Answered("C-1", **{**WELL, **other})


def test_a_full_record_gets_no_nudge() -> None:
    assert kinds(told()) == []
    assert kinds(told(pathways=("child_protection",))) == []


@pytest.mark.parametrize(
    ("other", "kind", "words"),
    [
        ({"reasons": ()}, "no_decision", "no decision is recorded"),
        ({"reasons": ("a", " ")}, "no_rationale", "a decision says no because"),
        ({"reasons": ("", "")}, "no_rationale", "2 decisions say no because"),
        ({"days": ()}, "no_date", "nothing says by when: no follow-up day and no action with a day"),
        ({"answers": {"update": LONG, "voice": " "}}, "no_experience", "nothing says what life is like for the person"),
        ({"answers": {"voice": "All fine"}}, "too_short", "2 words; at least 5 are usual"),
        ({"last": {"update": LONG}}, "copied", "nearly the same words as last time: update"),
    ],
)
def test_each_gap_gets_its_nudge(other: dict[str, Any], kind: str, words: str) -> None:
    assert nudges(told(**other), RULES) == [Nudge("C-1", kind, words)]


def test_a_case_at_risk_needs_more_words() -> None:
    short = told(answers={"voice": "one two three four five six"}, pathways=("child_protection",))
    assert nudges(short, RULES) == [Nudge("C-1", "too_short", "6 words for this risk; at least 12 are usual")]
    assert kinds(told(answers={"voice": "one two three four five six"})) == []


def test_what_is_brought_forward_by_design_is_not_copied() -> None:
    assert kinds(told(last={"update": LONG}, standing=("update",))) == []
    assert kinds(told(last={"update": LONG.replace("Monday", "Tuesday")})) == []


def test_a_topic_of_the_personal_record_is_looked_at_for_copying_alone() -> None:
    assert kinds(Answered("learning", case=False, answers={"notes": "Fine"})) == []
    assert kinds(Answered("learning", case=False, answers={"notes": LONG}, last={"notes": LONG})) == ["copied"]


def test_a_council_switches_a_nudge_off() -> None:
    assert kinds(told(reasons=()), [{"kind": "no_decision", "active": False}]) == []
    assert kinds(told(), []) == []
    assert kinds(told(), [{"kind": "of_a_later_version"}]) == []


def test_alike_is_a_share_of_runs_of_words() -> None:
    assert alike(LONG, LONG) == 100
    assert alike(LONG, "") == 0
    assert alike("All is well", "All is well") == 0, "too short to have been copied"
    assert 0 < alike(LONG + " and more was said of the summer to come", LONG) < 85
    assert count_words("She's well, isn’t she? 3 times") == 6


def test_long_texts_are_compared_in_a_moment() -> None:
    long = " ".join(f"word{n}" for n in range(30_000))
    assert alike(long, long) == 100


# two people ----------------------------------------------------------------------------------------------------------


def test_what_only_one_of_two_changed_stands() -> None:
    was = {"a": "1", "b": "2", "c": "3"}
    merged, clashes = merge(was, {"a": "1", "b": "theirs", "c": "3"}, {"a": "mine", "b": "2"})
    assert (merged, clashes) == ({"a": "mine", "b": "theirs", "c": "3"}, [])


def test_what_both_changed_is_put_before_a_person() -> None:
    merged, clashes = merge({"a": "1"}, {"a": "theirs"}, {"a": "mine"})
    assert clashes == [Clash("a", "1", "theirs", "mine")]
    assert merged == {"a": "theirs"}
    assert merge({"a": "1"}, {"a": "same"}, {"a": "same"}) == ({"a": "same"}, [])


def test_a_field_that_was_emptied_is_gone() -> None:
    assert merge({"a": "1"}, {"a": "1"}, {"a": ""}) == ({}, [])
    assert merge({"a": "1"}, {"a": "theirs"}, {"a": ""})[1] == [Clash("a", "1", "theirs", "")]


def test_both_texts_are_said_once_each() -> None:
    assert both("theirs", "mine") == "theirs\n\nmine"
    assert both("a", "a and b") == "a and b"
    assert both("", "mine") == "mine"
