"""What a rule may say, and that the engine does what it says."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from domain.cases.subject import Happening, Subject
from domain.core.enums import Nation, SubjectKind
from domain.rules.compiler import PlacedRule, faults
from domain.rules.conditions import Interval
from tests.domain.rules.rulekit import CITED, ENGLAND, WORDS, book, case, day, due, found, pack, rule

START = ("referral_received", "2026-03-02")
AFTER_TEN = {"starts": ["referral_received"], "interval": {"days": 10}}


@pytest.mark.parametrize(
    ("interval", "after", "before"),
    [
        ({"hours": 72}, "2026-03-05", "2026-02-27"),
        ({"working_days": 5}, "2026-03-09", "2026-02-23"),
        ({"days": 5}, "2026-03-07", "2026-02-25"),
        ({"weeks": 2}, "2026-03-16", "2026-02-16"),
        ({"months": 6}, "2026-09-02", "2025-09-02"),
        ({"years": 1}, "2027-03-02", "2025-03-02"),
    ],
)
def test_every_unit_counts_forwards_and_backwards(interval: dict[str, int], after: str, before: str) -> None:
    unit, number = next(iter(interval.items()))
    assert Interval(unit, number).after(day("2026-03-02"), ENGLAND) == day(after)
    assert Interval(unit, number).before(day("2026-03-02"), ENGLAND) == day(before)
    assert due(book(rule(starts=["referral_received"], interval=interval)), START) == [after]


@pytest.mark.parametrize(
    ("interval", "expected"),
    [
        ({"days": 21}, "2026-03-22"),
        ({"weeks": 1}, "2026-03-08"),
        ({"working_days": 5}, "2026-03-06"),
        ({"months": 6}, "2026-09-01"),
        ({"years": 1}, "2027-03-01"),
    ],
)
def test_a_period_beginning_with_the_day_counts_that_day(interval: dict[str, int], expected: str) -> None:
    rules = book(rule(starts=["referral_received"], interval={**interval, "count_from": "include"}))
    assert due(rules, START) == [expected]


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({**AFTER_TEN, "interval": {}}, "exactly one, found none"),
        ({**AFTER_TEN, "interval": {"days": 1, "weeks": 1}}, "found days and weeks"),
        ({**AFTER_TEN, "interval": {"days": 0}}, "greater than 0"),
        ({**AFTER_TEN, "interval": {"hours": 30}}, "multiple of 24"),
        ({**AFTER_TEN, "intervall": {"days": 1}}, "Extra inputs"),
        ({**AFTER_TEN, "active": False}, "say why"),
        ({**AFTER_TEN, "citations": []}, "at least one"),
        ({**AFTER_TEN, "tier": "regulation"}, "not shown as law"),
        ({**AFTER_TEN, "valid_from": day("2026-02-01"), "valid_to": day("2026-01-01")}, "before valid_from"),
        ({**AFTER_TEN, "when": [{"age_under": 5, "age_from": 3}]}, "exactly one"),
        ({**AFTER_TEN, "when": [{"fact": "legal.status"}]}, "is, in or not_in"),
        ({**AFTER_TEN, "when": [{"age_under": 5, "is": True}]}, "is tested"),
        ({**AFTER_TEN, "starts": [{"event": "referral_received", "is": True}]}, "which detail"),
        ({**AFTER_TEN, "answers": [{"event": "case_note", "effect": "restarts"}]}, "only a starting event"),
        ({**AFTER_TEN, "kind": "sometimes"}, "Input tag"),
        ({**AFTER_TEN, "citations": [{**CITED[0], "verified": True}]}, "was not seen"),
    ],
)
def test_what_a_rule_may_not_say(said: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        pack(rule(**said))


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"starts": ["born_again"]}, "there is no event born_again"),
        ({"starts": [{"event": "referral_received", "detail": "weather", "is": True}]}, "has no detail weather"),
        ({"when": [{"fact": "placement.colour", "is": "red"}]}, "no event says placement.colour"),
        ({"when": [{"happened": {"event": "rain"}}]}, "there is no event rain"),
        ({"answers": ["opened"]}, "there is no event opened"),
    ],
)
def test_words_that_no_event_pack_knows(said: dict[str, Any], words: str) -> None:
    (spec,) = pack(rule(**{**AFTER_TEN, **said})).rules
    (problem,) = faults([PlacedRule(spec, "own", "own.toml", Nation.ENGLAND)], WORDS)
    assert words in problem.message
    assert problem.file == "own.toml"


def test_a_staged_rule_has_a_first_and_a_later_interval() -> None:
    rules = book(rule(kind="staged", starts=["referral_received"], first={"days": 10}, then={"days": 20}))
    assert due(rules, START) == ["2026-03-12"]
    assert due(rules, START, ("case_note", "2026-03-20")) == ["2026-04-09"]


def test_until_an_event_then_otherwise() -> None:
    rules = book(
        rule(
            kind="until",
            starts=["referral_received"],
            first={"days": 3},
            every={"days": 7},
            until=["assessment_completed"],
            then={"days": 30},
        )
    )
    assert due(rules, START) == ["2026-03-05"]
    assert due(rules, START, ("case_note", "2026-03-05")) == ["2026-03-12"]
    assert due(rules, START, ("assessment_completed", "2026-03-06"), ("case_note", "2026-03-10")) == ["2026-04-09"]


def test_before_an_event_that_is_already_dated() -> None:
    rules = book(rule(kind="before", starts=["rcpc_held"], interval={"working_days": 5}))
    assert due(rules, ("rcpc_held", "2026-04-08")) == ["2026-03-30"]  # Easter lies between
    assert due(rules, ("rcpc_held", "2026-04-08"), ("case_note", "2026-03-25")) == []
    twice = [("rcpc_held", "2026-04-08"), ("case_note", "2026-03-25"), ("rcpc_held", "2026-10-08")]
    assert due(rules, *twice) == ["2026-10-01"]


def test_before_the_expected_birth() -> None:
    rules = book(rule(kind="before", starts=["expected_birth"], interval={"weeks": 6}, when=[{"unborn": True}]))
    assert due(rules, expected_birth=day("2026-06-30")) == ["2026-05-19"]
    assert due(rules, expected_birth=day("2026-06-30"), born=day("2026-06-20")) == []
    assert due(rules) == []


def test_from_the_day_the_case_opened() -> None:
    assert due(book(rule(starts=["opened"], interval={"days": 10})), opened=day("2026-03-02")) == ["2026-03-12"]


def test_by_a_birthday() -> None:
    by = book(rule(kind="age", birthday=16))
    assert due(by, born=day("2010-05-04")) == ["2026-05-04"]
    assert due(by) == []
    after = book(rule(kind="age", birthday=16, interval={"months": 3}, starts=["became_looked_after"]))
    assert due(after, ("became_looked_after", "2024-01-01"), born=day("2010-05-04")) == ["2026-08-04"]
    assert due(after, ("became_looked_after", "2026-07-01"), born=day("2010-05-04")) == ["2026-10-01"]
    assert due(after, born=day("2010-05-04")) == []
    before = book(rule(kind="age", birthday=18, interval={"months": 6}, side="before"))
    assert due(before, born=day("2010-08-31")) == ["2028-02-29"]


def test_a_birthday_outside_care_asks_nothing() -> None:
    rules = book(rule(kind="age", birthday=16, starts=["became_looked_after"], stops=["ceased_looked_after"]))
    events = [("became_looked_after", "2024-01-01"), ("ceased_looked_after", "2025-01-01")]
    assert due(rules, *events, born=day("2010-05-04")) == []


def test_with_another_rule() -> None:
    rules = book(
        rule(id="linked", kind="linked", linked_to="rule", answers=["permanence_decided"]),
        rule(starts=["referral_received"], interval={"days": 10}),
    )
    assert [(o.rule, o.legal_due) for o in found(rules, case(START)).obligations] == [
        ("rule", day("2026-03-12")),
        ("linked", day("2026-03-12")),
    ]
    assert due(rules, START, ("permanence_decided", "2026-03-05")) == ["2026-03-12"]


def test_after_the_third_event_in_a_period() -> None:
    said = {"starts": ["missing_started"], "count": 3, "within": {"days": 30}, "interval": {"working_days": 5}}
    rules = book(rule(kind="counted", **said))
    two = [("missing_started", "2026-03-02"), ("missing_started", "2026-03-09")]
    assert due(rules, *two) == []
    assert due(rules, *two, ("missing_started", "2026-03-16")) == ["2026-03-23"]
    assert due(rules, *two, ("missing_started", "2026-04-02")) == []
    assert due(rules, *two, ("missing_started", "2026-03-16"), ("case_note", "2026-03-18")) == []


def test_a_floor_is_never_open_and_an_early_end_is_reported() -> None:
    rules = book(rule(limit="minimum", starts=["cp_plan_ended"], answers=["cin_plan_ended"], interval={"months": 3}))
    waiting = found(rules, case(("cp_plan_ended", "2026-03-02")))
    assert waiting.obligations == ()
    assert [o.legal_due for o in waiting.floors] == [day("2026-06-02")]
    early = found(rules, case(("cp_plan_ended", "2026-03-02"), ("cin_plan_ended", "2026-05-01")))
    assert "not allowed before Tue 2 Jun 2026" in early.gaps[0].message
    late = found(rules, case(("cp_plan_ended", "2026-03-02"), ("cin_plan_ended", "2026-06-02")))
    assert late.gaps == ()


PLACED = ("placement_started", "2026-03-02", {"placement_type": "U4", "with_parent": True})


@pytest.mark.parametrize(
    ("condition", "events", "said", "expected"),
    [
        ({"fact": "placement.with_parent", "is": True}, [PLACED], {}, True),
        ({"fact": "placement.with_parent", "is": False}, [PLACED], {}, False),
        ({"fact": "placement.placement_type", "in": ["U4", "U5"]}, [PLACED], {}, True),
        ({"fact": "placement.placement_type", "not_in": ["U4"]}, [PLACED], {}, False),
        ({"fact": "placement.regulation", "not_in": ["24"]}, [PLACED], {}, True),
        ({"fact": "legal.status", "is": "C2"}, [("care_order_made", "2026-03-01")], {}, True),
        ({"fact": "legal.status", "is": "C2"}, [("care_order_made", "2026-03-03")], {}, False),
        ({"age_under": 5}, [], {"born": day("2021-04-03")}, True),
        ({"age_under": 5}, [], {"born": day("2021-03-02")}, False),
        ({"age_from": 5}, [], {"born": day("2021-03-02")}, True),
        ({"age_from": 5}, [], {}, False),
        ({"elapsed": {"since": "placement_started", "at_least": {"months": 1}}}, [], {}, False),
        (
            {"elapsed": {"since": "placement_started", "at_least": {"months": 1}}},
            [("placement_started", "2026-02-02")],
            {},
            True,
        ),
        ({"elapsed": {"since": "placement_started", "under": {"weeks": 2}}}, [PLACED], {}, True),
        ({"happened": {"event": "cin_visit"}}, [("cin_visit", "2026-02-02")], {}, True),
        (
            {"happened": {"event": "cin_visit", "since": "placement_started"}},
            [("cin_visit", "2026-02-02"), PLACED],
            {},
            False,
        ),
        ({"not_happened": {"event": "cin_visit"}}, [], {}, True),
        ({"not_happened": {"event": "cin_visit"}}, [("cin_visit", "2026-02-02")], {}, False),
        ({"answered": {"at_most": 0}}, [], {}, True),
        ({"answered": {"at_least": 1}}, [], {}, False),
        ({"pathway": ["looked_after"]}, [], {"pathways": ("looked_after",)}, True),
        ({"pathway": ["looked_after"]}, [], {"pathways": ("care_act",)}, False),
        ({"attribute": "service", "is": "north"}, [], {"attributes": {"service": "north"}}, True),
        ({"attribute": "service", "not_in": ["north"]}, [], {}, True),
        ({"unborn": False}, [], {"born": day("2020-01-01")}, True),
        ({"unborn": True}, [], {"expected_birth": day("2026-06-01")}, True),
        ({"any": [{"age_from": 5}, {"pathway": ["care_act"]}]}, [], {"pathways": ("care_act",)}, True),
        ({"any": [{"age_from": 5}, {"pathway": ["care_act"]}]}, [], {}, False),
    ],
)
def test_every_condition_decides(
    condition: dict[str, Any], events: list[tuple[Any, ...]], said: dict[str, Any], expected: bool
) -> None:
    rules = book(rule(starts=["referral_received"], interval={"days": 10}, when=[condition]))
    assert bool(due(rules, START, *events, **said)) is expected


def test_the_kind_of_grade_decides() -> None:
    said = {"applies_to": "worker", "starts": ["started_work"], "answers": ["supervision_held"]}
    rules = book(rule(**said, interval={"days": 10}, when=[{"grade_kind": True, "not_in": ["newly_qualified"]}]))
    work = (Happening("started_work", day("2026-03-02")),)
    for grade, expected in (("sw", 1), ("asye", 0)):
        worker = Subject(SubjectKind.WORKER, "W101", happenings=work, attributes={"grade": grade})
        assert len(found(rules, worker).obligations) == expected


def test_a_rule_applies_from_its_first_day_to_its_last() -> None:
    old = rule(id="old", series="s", starts=["referral_received"], interval={"days": 10}, valid_to=day("2026-03-02"))
    new = rule(id="new", series="s", starts=["referral_received"], interval={"days": 5}, valid_from=day("2026-03-03"))
    rules = book(old, new)
    assert due(rules, ("referral_received", "2026-03-03")) == ["2026-03-08"]
    assert due(rules, ("referral_received", "2026-02-02")) == ["2026-02-12"]
    (one,) = found(rules, case(START)).obligations  # comes into force within the cycle: the earlier date stands
    assert (one.rule, one.legal_due) == ("new", day("2026-03-07"))


def test_a_rule_switched_off_asks_nothing() -> None:
    assert due(book(rule(**AFTER_TEN, active=False, reason="Not in force yet")), START) == []


def test_the_first_rule_that_applies_is_the_one() -> None:
    rules = book(
        rule(id="young", series="s", starts=["referral_received"], interval={"days": 5}, when=[{"age_under": 5}]),
        rule(id="rest", series="s", starts=["referral_received"], interval={"days": 10}),
    )
    assert due(rules, START, born=day("2024-01-01")) == ["2026-03-07"]
    assert due(rules, START, born=day("2014-01-01")) == ["2026-03-12"]


def test_an_answer_on_the_day_of_the_start_counts_unless_the_rule_says_otherwise() -> None:
    same = ("case_note", "2026-03-02")
    assert due(book(rule(**AFTER_TEN)), START, same) == []
    assert due(book(rule(**AFTER_TEN, same_day=False)), START, same) == ["2026-03-12"]


def test_a_condition_that_ends_within_the_cycle_takes_the_date_away() -> None:
    rules = book(rule(**AFTER_TEN, when=[{"age_under": 5}]))
    assert due(rules, START, born=day("2021-03-10")) == []
    assert due(rules, START, born=day("2021-03-13")) == ["2026-03-12"]
