"""Rules without a figure of their own, days that an event gives, fixed days and days of the year."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from domain.core.enums import Nation
from domain.due.explanation import explain
from domain.rules.compiler import PlacedRule, Vocabulary, build, faults
from domain.rules.pack_vocabulary import EventKind
from domain.rules.rule_index import RuleBook
from tests.domain.rules.rulekit import ENGLAND, WORDS, book, case, day, due, found, pack, rule

START = ("referral_received", "2026-03-02")
OPEN = {"not_set": True, "reason": "The law sets no clock."}
UNSET = {"starts": ["referral_received"], "interval": OPEN}
GRANTED = EventKind.model_validate(
    {"kind": "granted", "title": "Granted", "details": [{"name": "ends", "title": "Granted until", "type": "day"}]}
)


def _granted(**said: Any) -> RuleBook:
    words = Vocabulary({**WORDS.kinds, "granted": GRANTED}, WORDS.grades)
    specs = pack(rule(kind="dated", starts=["granted"], **said)).rules
    placed = [PlacedRule(spec, "own", "own.toml", Nation.ENGLAND) for spec in specs]
    assert list(faults(placed, words)) == []
    return build(placed, words)


# local standard not set ------------------------------------------------------------------------------------------


def test_what_a_council_must_set_is_asked_without_a_date() -> None:
    (one,) = found(book(rule(**UNSET)), case(START)).obligations
    assert (one.legal_due, one.plan_by, one.anchor_on, one.held_on) == (None, None, day("2026-03-02"), None)


def test_it_is_answered_like_any_other_and_never_late() -> None:
    (one,) = found(book(rule(**UNSET)), case(START, ("case_note", "2026-03-09"))).obligations
    assert (one.legal_due, one.held_on) == (None, day("2026-03-09"))


def test_it_says_that_the_local_standard_is_not_set() -> None:
    working = explain(case(START), book(rule(**UNSET)), ENGLAND, "rule")
    (said,) = [step for step in working.steps if step.step == "Due"]
    assert (said.detail, said.date) == ("local standard not set: The law sets no clock.", None)


def test_only_the_later_reviews_may_be_left_open() -> None:
    rules = book(rule(kind="staged", starts=["referral_received"], first={"days": 10}, then=OPEN))
    assert due(rules, START) == ["2026-03-12"]
    cycles = found(rules, case(START, ("case_note", "2026-03-10"))).obligations
    assert [(o.cycle, o.legal_due) for o in cycles] == [(1, day("2026-03-12")), (2, None)]


def test_a_rule_with_a_figure_takes_over_within_the_cycle() -> None:
    rules = book(
        rule(id="open", series="s", when=[{"age_under": 5}], **UNSET),
        rule(id="set", series="s", starts=["referral_received"], interval={"days": 10}),
    )
    assert due(rules, START, born=day("2021-03-05")) == ["2026-03-12"]


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({**UNSET, "tier": "guidance"}, "is local"),
        ({**UNSET, "interval": {"not_set": True}}, "say why"),
        ({**UNSET, "interval": {**OPEN, "days": 3}}, "found days and not_set"),
        ({**UNSET, "limit": "minimum"}, "a floor needs a figure"),
        ({**UNSET, "interval": {"days": 1}, "opens": OPEN}, "leave it out"),
        ({**UNSET, "interval": {"yearly": "02-30"}}, "String should match"),
        ({**UNSET, "interval": {"days": 1, "at_least_days": 5}}, "belongs to yearly"),
        ({"kind": "dated", "starts": ["referral_received"]}, "which detail"),
        ({"kind": "age", "birthday": 5, "side": "before", "interval": {"yearly": "09-01"}}, "counted back"),
    ],
)
def test_what_may_not_be_said(said: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        pack(rule(**said))


# a day of the year -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "expected"), [("2026-11-29", "2026-11-30"), ("2026-11-30", "2027-11-30"), ("2026-12-01", "2027-11-30")]
)
def test_the_next_day_of_the_year(start: str, expected: str) -> None:
    rules = book(rule(starts=["referral_received"], interval={"yearly": "11-30"}))
    assert due(rules, ("referral_received", start)) == [expected]


@pytest.mark.parametrize(("start", "expected"), [("2026-08-31", "2026-11-30"), ("2026-09-01", "2027-11-30")])
def test_a_day_of_the_year_so_many_days_on(start: str, expected: str) -> None:
    rules = book(rule(starts=["referral_received"], interval={"yearly": "11-30", "at_least_days": 91}))
    assert due(rules, ("referral_received", start)) == [expected]


def test_the_first_september_after_a_birthday() -> None:
    rules = book(rule(kind="age", birthday=13, interval={"yearly": "09-01"}))
    assert due(rules, born=day("2012-08-31")) == ["2025-09-01"]
    assert due(rules, born=day("2012-09-01")) == ["2026-09-01"]


# a day that the event gives --------------------------------------------------------------------------------------


@pytest.mark.parametrize("given", ["2026-09-30", "30/09/2026", day("2026-09-30")])
def test_the_day_that_an_event_gives(given: Any) -> None:
    rules = _granted(detail="ends", opens={"days": 28})
    (one,) = found(rules, case(("granted", "2026-03-02", {"ends": given}))).obligations
    assert (one.legal_due, one.opens) == (day("2026-09-30"), day("2026-09-02"))


def test_so_long_before_the_day_that_an_event_gives() -> None:
    rules = _granted(detail="ends", before={"days": 21})
    assert due(rules, ("granted", "2026-03-02", {"ends": "2026-09-30"})) == ["2026-09-09"]


def test_a_given_day_beyond_the_ceiling_is_cut_to_it() -> None:
    rules = _granted(detail="ends", ceiling={"months": 12, "count_from": "include"})
    assert due(rules, ("granted", "2026-03-02", {"ends": "2028-01-01"})) == ["2027-03-01"]


@pytest.mark.parametrize(("details", "words"), [({}, "is not recorded"), ({"ends": "soon"}, "is not a day")])
def test_a_missing_day_is_said_and_never_guessed(details: dict[str, str], words: str) -> None:
    rules = _granted(detail="ends", ceiling={"months": 12})
    result = found(rules, case(("granted", "2026-03-02", details)))
    assert result.obligations == ()
    assert words in result.gaps[0].message


def test_each_event_answers_the_one_before_it() -> None:
    rules = _granted(detail="ends", answers=["granted"], same_day=False)
    events = [("granted", "2026-03-02", {"ends": "2026-09-30"}), ("granted", "2026-09-20", {"ends": "2027-03-31"})]
    assert [(o.cycle, o.held_on) for o in found(rules, case(*events)).obligations] == [
        (1, day("2026-09-20")),
        (2, None),
    ]
    assert due(rules, *events) == ["2027-03-31"]


@pytest.mark.parametrize(("same_day", "held"), [(True, day("2026-03-02")), (False, None)])
def test_an_answer_on_the_very_day_counts_unless_the_rule_says_otherwise(same_day: bool, held: date | None) -> None:
    rules = _granted(detail="ends", same_day=same_day)
    events = [("granted", "2026-03-02", {"ends": "2026-09-30"}), ("case_note", "2026-03-02")]
    assert [o.held_on for o in found(rules, case(*events)).obligations] == [held]


def test_the_working_says_from_when_it_may_be_done() -> None:
    events = case(("granted", "2026-03-02", {"ends": "2026-09-30"}))
    for said, expected in (({"opens": {"days": 28}}, ["the window opens on Wed 2 Sep 2026"]), ({}, [])):
        working = explain(events, _granted(detail="ends", **said), ENGLAND, "rule")
        assert [step.detail for step in working.steps if step.step == "Not before"] == expected


@pytest.mark.parametrize(
    ("count_from", "due_on", "words"),
    [("exclude", "2026-03-12", "that day is day 0"), ("include", "2026-03-11", "counting that day as day 1")],
)
def test_the_working_says_whether_the_first_day_counts(count_from: str, due_on: str, words: str) -> None:
    rules = book(rule(starts=["referral_received"], interval={"days": 10, "count_from": count_from}))
    assert due(rules, START) == [due_on]
    steps = explain(case(START), rules, ENGLAND, "rule").steps
    assert [step.detail for step in steps if step.step == "Counting"] == [f"10 days after Mon 2 Mar 2026; {words}"]
    assert not any(step.step == "Compared" for step in steps)  # there was one date alone


def test_two_days_given_on_one_day_are_one_and_the_earlier_stands() -> None:
    said = [("granted", "2026-03-02", {"ends": "2026-09-30"}), ("granted", "2026-03-02", {"ends": "2026-06-30"})]
    assert due(_granted(detail="ends"), *said, *said) == ["2026-06-30"]


def test_a_rule_cannot_hang_on_a_detail_that_is_not_a_day() -> None:
    (spec,) = pack(rule(kind="dated", starts=["referral_received"], detail="assessment_needed")).rules
    (problem,) = faults([PlacedRule(spec, "own", "own.toml", Nation.ENGLAND)], WORDS)
    assert "has no day called assessment_needed" in problem.message


# a fixed day -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ([("granted", "2026-06-01")], ["2026-06-02"]),
        ([("granted", "2026-06-02")], []),
        ([("granted", "2026-03-02"), ("cin_plan_ended", "2026-06-01")], []),
        ([("granted", "2026-03-02"), ("cin_plan_ended", "2026-06-09")], []),
        ([("granted", "2026-03-02", {"ends": "2026-06-01"})], []),
        ([("granted", "2026-03-02", {"ends": "2026-06-02"})], ["2026-06-02"]),
        ([("granted", "2026-03-02"), ("granted", "2026-04-02")], ["2026-06-02"]),
        ([("granted", "2026-03-02"), ("case_note", "2026-05-01")], ["2026-06-02"]),
        ([("granted", "2026-03-02"), ("case_note", "2026-06-20")], []),
    ],
)
def test_what_ran_on_a_fixed_day_is_asked_once(events: list[tuple[Any, ...]], expected: list[str]) -> None:
    rules = _granted(on=day("2026-06-02"), detail="ends", stops=["cin_plan_ended"])
    assert due(rules, *events) == expected


def test_what_began_and_ended_on_one_day_was_never_running_on_a_later_one() -> None:
    rules = _granted(on=day("2026-06-02"), detail="ends", stops=["cin_plan_ended"])
    result = found(rules, case(("granted", "2026-03-02"), ("cin_plan_ended", "2026-03-02")))
    assert (result.obligations, result.lapsed) == ((), ())


def test_the_working_names_the_day_it_was_given() -> None:
    rules = _granted(detail="ends", before={"days": 21}, ceiling={"months": 12})
    working = explain(case(("granted", "2026-03-02", {"ends": "2026-09-30"})), rules, ENGLAND, "rule")
    (said,) = [step.detail for step in working.steps if step.step == "Given day"]
    assert said == "21 days before the day that the event gives, at the latest 12 months from Mon 2 Mar 2026"
