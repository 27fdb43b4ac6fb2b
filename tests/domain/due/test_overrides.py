"""One case's own interval: what it changes, from when, and what it may never do."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from domain.cases.subject import Subject
from domain.core.enums import Nation
from domain.due.explanation import explain
from domain.due.obligation import Obligation
from domain.due.overrides import Override, allowed
from domain.rules.compiler import PlacedRule, build
from tests.domain.rules.rulekit import ENGLAND, SHIPPED, WORDS, book, case, day, found, pack, rule

RULES = SHIPPED.rulebook
PLAN = ("cp_plan_started", "2026-03-02")
PLACED = ("placement_started", "2026-01-05")


def decided(rule: str, number: int, unit: str = "working_days", on: str = "2026-03-02", **said: Any) -> Override:
    given = {"case": "C-1001", "rule": rule, "unit": unit, "number": number, "decided_on": on, "id": 1}
    return Override.model_validate(
        {**given, "decided_by": "A. Hughes", "reason": "Agreed in supervision", "review_on": "2026-12-01", **said}
    )


def still_open(subject: Subject, series: str) -> Obligation:
    (one,) = [o for o in found(RULES, subject).obligations if o.series == series and o.held_on is None]
    return one


def test_a_local_figure_may_be_varied_either_way() -> None:
    for number, expected in ((5, "2026-03-09"), (15, "2026-03-23")):
        child = case(PLAN, overrides=(decided("cp_visit", number),))
        visits = [o for o in found(RULES, child).obligations if o.series == "cp_visit"]
        assert visits[0].legal_due == day(
            "2026-03-09" if number == 5 else "2026-03-16"
        )  # a first interval only shrinks
        seen = case(PLAN, ("cp_visit", "2026-03-02"), overrides=(decided("cp_visit", number),))
        assert still_open(seen, "cp_visit").legal_due == day(expected)


def test_it_counts_from_the_day_it_was_decided_and_leaves_the_past_alone() -> None:
    events = [PLAN, ("cp_visit", "2026-03-16"), ("cp_visit", "2026-04-01"), ("cp_visit", "2026-04-17")]
    before, after = (case(*events, overrides=o) for o in ((), (decided("cp_visit", 5, on="2026-04-17"),)))
    held = [o for o in found(RULES, before).obligations if o.series == "cp_visit" and o.held_on]
    assert held == [o for o in found(RULES, after).obligations if o.series == "cp_visit" and o.held_on]
    assert still_open(after, "cp_visit").legal_due == day("2026-04-24")


def test_decided_within_a_cycle_it_counts_at_once() -> None:
    events = [PLAN, ("cp_visit", "2026-03-09")]
    longer = case(*events, overrides=(decided("cp_visit", 15, on="2026-03-12"),))
    assert still_open(longer, "cp_visit").legal_due == day("2026-03-30")
    too_late = case(*events, overrides=(decided("cp_visit", 15, on="2026-03-25"),))
    assert still_open(too_late, "cp_visit").legal_due == day("2026-03-23")  # what was missed stays missed
    shorter = case(*events, overrides=(decided("cp_visit", 2, on="2026-03-18"),))
    assert still_open(shorter, "cp_visit").legal_due == day("2026-03-18")


def test_it_ends_when_it_is_ended() -> None:
    ended = decided("cp_visit", 5, ended_on="2026-04-01")
    child = case(PLAN, ("cp_visit", "2026-04-01"), overrides=(ended,))
    assert still_open(child, "cp_visit").legal_due == day("2026-04-17")


def test_the_law_may_be_tightened_and_never_loosened() -> None:
    events = [PLACED, ("lac_visit", "2026-01-09")]
    tighter = case(*events, overrides=(decided("lac_visit", 4, "weeks", "2026-01-05"),))
    assert still_open(tighter, "lac_visit").legal_due == day("2026-02-06")
    looser = case(*events, overrides=(decided("lac_visit", 8, "weeks", "2026-01-05"),))
    assert still_open(looser, "lac_visit").legal_due == day("2026-02-20")
    (gap,) = [gap for gap in found(RULES, looser).gaps if gap.series == "lac_visit"]
    assert "8 weeks" in gap.message
    assert "6 weeks that visit_standard allows" in gap.message


def test_a_first_interval_with_other_rules_in_its_series_is_only_shortened() -> None:
    alone = rule(series="seen", starts=["referral_received"], interval={"days": 10})
    young = rule(id="young", series="seen", starts=["referral_received"], interval={"days": 5}, when=[{"age_under": 1}])
    for rules, expected in ((book(alone), "2026-03-17"), (book(young, alone), "2026-03-12")):
        child = case(
            ("referral_received", "2026-03-02"), born=day("2020-03-02"), overrides=(decided("seen", 15, "days"),)
        )
        assert [o.legal_due for o in found(rules, child).obligations] == [day(expected)]


def test_a_councils_own_figure_may_be_varied_up_to_the_law_for_the_same_interval() -> None:
    """The law says 10 days, then every 20; the council says 5, then every 10."""
    law, own = (
        pack(rule(kind="staged", starts=["referral_received"], first={"days": first}, then={"days": then})).rules[0]
        for first, then in ((10, 20), (5, 10))
    )
    ours = build([PlacedRule(own, "own", "own.toml", Nation.ENGLAND, law=law)], WORDS).rule("rule")
    assert ours is not None
    assert allowed(ours, decided("rule", 20, "days")) is None
    refused = allowed(ours, decided("rule", 21, "days"))
    assert refused is not None
    assert "longer than the 20 days" in refused.message


def test_the_newest_decision_counts() -> None:
    child = case(
        PLAN,
        ("cp_visit", "2026-04-13"),
        overrides=(decided("cp_visit", 15, on="2026-04-01"), decided("cp_visit", 5, on="2026-03-02")),
    )
    assert still_open(child, "cp_visit").legal_due == day("2026-05-05")


def test_one_about_another_rule_changes_nothing() -> None:
    child = case(PLAN, overrides=(decided("cin_visit", 5),))
    assert found(RULES, child) == found(RULES, case(PLAN))


def test_the_working_says_who_decided() -> None:
    child = case(PLAN, ("cp_visit", "2026-03-02"), overrides=(decided("cp_visit", 5),))
    told = explain(child, RULES, ENGLAND, "cp_visit")
    assert any("5 working days instead of 10 working days, decided by A. Hughes" in step.detail for step in told.steps)


@pytest.mark.parametrize(
    ("rule", "number", "unit", "words"),
    [
        ("visit_standard", 8, "weeks", "8 weeks is longer than the 6 weeks that visit_standard allows"),
        ("visit_standard", 6, "weeks", None),
        ("rcpc_repeat", 7, "months", "6 months that rcpc_repeat allows"),
        ("cp_visit", 60, "working_days", None),
        ("cin_after_cp", 1, "months", "no interval of its own"),
        ("permanence_plan", 1, "months", "no interval of its own"),
    ],
)
def test_what_is_allowed(rule: str, number: int, unit: str, words: str | None) -> None:
    known = RULES.rule(rule)
    assert known is not None
    refused = allowed(known, decided(rule, number, unit))
    assert (refused is None) is (words is None)
    if refused is not None and words is not None:
        assert words in refused.message
        assert refused.field == "number"


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"review_on": "2026-03-02"}, "review_on: must lie after"),
        ({"ended_on": "2026-01-01"}, "ended_on: lies before"),
        ({"reason": ""}, "at least 1"),
        ({"number": 0}, "greater than 0"),
        ({"unit": "fortnights"}, "Input should be"),
    ],
)
def test_what_a_decision_must_say(said: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        decided("cp_visit", **{"number": 5, **said})


def test_an_override_has_its_interval() -> None:
    assert decided("cp_visit", 5).interval.after(date(2026, 3, 2), ENGLAND) == date(2026, 3, 9)
