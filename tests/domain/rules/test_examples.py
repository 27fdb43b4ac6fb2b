"""Worked examples as packs carry them: right ones pass, wrong ones say what the rules give instead."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from pydantic import ValidationError

from domain.due.examples import Vector, misses
from tests.domain.rules.rulekit import ENGLAND, SHIPPED, book, rule

FOLDER = Path(__file__).parents[2] / "vectors"
VISITS = book(rule(kind="staged", starts=["cin_plan_started"], first={"days": 10}, then={"days": 20}))
KINDS = {"cin_plan_started", "case_note"}
STARTED = [{"kind": "cin_plan_started", "on": "2026-01-05"}]


def missed(**said: object) -> list[tuple[str, str]]:
    return [tuple(one) for one in misses(Vector.model_validate({"rule": "rule", **said}), VISITS, ENGLAND, KINDS)]


def test_every_example_of_the_shipped_rules_comes_out() -> None:
    examples = [one for file in FOLDER.glob("*.toml") for one in tomllib.loads(file.read_text("utf-8"))["vector"]]
    assert len(examples) > 100
    for one in map(Vector.model_validate, examples):
        found = misses(one, SHIPPED.rulebook, ENGLAND, SHIPPED.event_kinds)
        assert not found, f"{one.rule}: {one.why}"


def test_a_right_example_is_passed_over() -> None:
    assert missed(events=STARTED, due="2026-01-15", cycle=1) == []
    assert missed(events=[], absent=True) == []


def test_a_wrong_one_says_both_dates_and_why_it_was_there() -> None:
    assert missed(events=STARTED, due="2026-01-16", why="ten days") == [
        ("due", "the rules give Thu 15 Jan 2026, the example Fri 16 Jan 2026 (ten days)"),
        ("plan_by", "the rules give Thu 15 Jan 2026, the example Fri 16 Jan 2026 (ten days)"),
    ]
    assert missed(events=STARTED, absent=True) == [("absent", "the rules give Thu 15 Jan 2026, the example nothing")]
    assert missed(due="2026-01-16") == [("due", "the rules give no open date, the example one")]


def test_a_weekend_needs_its_planning_day() -> None:
    saturday = [{"kind": "cin_plan_started", "on": "2026-01-07"}]
    assert [key for key, _ in missed(events=saturday, due="2026-01-17")] == ["plan_by"]
    assert missed(events=saturday, due="2026-01-17", plan_by="2026-01-16") == []


def test_unknown_rules_and_events_are_named() -> None:
    assert missed(rule="other", absent=True) == [("rule", "there is no rule other")]
    assert missed(events=[{"kind": "party", "on": "2026-01-05"}], absent=True) == [
        ("events", "there is no event party")
    ]


@pytest.mark.parametrize("answer", [{}, {"due": "2026-01-15", "absent": True}, {"absent": True, "unset": True}])
def test_an_example_has_exactly_one_answer(answer: dict[str, object]) -> None:
    with pytest.raises(ValidationError, match="say the day"):
        Vector.model_validate({"rule": "rule", **answer})
