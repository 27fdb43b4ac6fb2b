"""Every further word of the engine, one at a time: extensions, early answers, numbers, rows, links, adding up."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from domain.cases.subject import Happening, Subject
from domain.core.enums import Nation, SubjectKind
from domain.due.engine import derive
from domain.due.explanation import explain
from domain.due.obligation import Obligation
from domain.rules.compiler import PlacedRule, faults
from storage.rules import pack_set
from tests.domain.rules.rulekit import ENGLAND, SHIPPED, WORDS, book, case, day, due, found, pack, rule

START = ("referral_received", "2026-03-02")
EXTENDS = {"event": "assessment_started", "effect": "extends"}


def test_an_extension_is_put_on_top_of_the_date_and_starts_nothing() -> None:
    rules = book(
        rule(
            starts=["referral_received", EXTENDS], interval={"weeks": 2}, extension={"weeks": 1}, answers=["case_note"]
        )
    )
    assert due(rules, START, ("assessment_started", "2026-03-10")) == ["2026-03-23"]
    assert due(rules, START, ("assessment_started", "2026-03-10"), ("assessment_started", "2026-03-20")) == [
        "2026-03-30"
    ]
    assert due(rules, ("assessment_started", "2026-03-10")) == []
    assert due(rules, START, ("case_note", "2026-03-05"), ("assessment_started", "2026-03-10")) == []
    told = explain(case(START, ("assessment_started", "2026-03-10")), rules, ENGLAND, "rule")
    assert any("extended by 1 week to Mon 23 Mar 2026" in step.detail for step in told.steps)


def test_an_answer_before_the_start_counts_where_the_rule_says_so() -> None:
    rules = book(rule(starts=["referral_received"], interval={"days": 10}, early={"days": 14}))
    assert due(rules, ("case_note", "2026-02-16"), START) == []
    assert due(rules, ("case_note", "2026-02-15"), START) == ["2026-03-12"]
    restarts = [{"event": "referral_received", "effect": "restarts"}]
    again = book(rule(starts=restarts, interval={"days": 10}, early={"days": 14}))
    used = [START, ("case_note", "2026-03-05"), ("referral_received", "2026-03-09")]
    assert due(again, *used) == ["2026-03-19"]  # that answer was for the first start
    assert due(again, *used[:2], ("case_note", "2026-03-08"), used[2]) == []  # and this one to spare


def test_a_start_waits_for_its_birthday() -> None:
    said = {"starts": ["referral_received"], "interval": {"days": 10}, "when": [{"age_from": 4}]}
    waiting, plain = book(rule(**said, waits=True)), book(rule(**said))
    assert due(waiting, START, born=day("2022-06-20")) == ["2026-06-20"]
    assert due(waiting, START, born=day("2022-03-09")) == ["2026-03-12"]
    assert due(plain, START, born=day("2022-06-20")) == []
    assert due(waiting, START) == []


def test_time_in_care_adds_up() -> None:
    rules = book(
        rule(
            kind="age",
            birthday=16,
            interval={"months": 3},
            accrued={"birthday": 14, "at_least": {"days": 30}},
            starts=["became_looked_after"],
            stops=["ceased_looked_after"],
        )
    )
    born = day("2010-05-04")
    stays = [("became_looked_after", "2025-01-01"), ("ceased_looked_after", "2025-01-21")]
    assert due(rules, *stays, born=born) == []
    assert due(rules, *stays, ("became_looked_after", "2026-01-01"), born=born) == ["2026-08-04"]
    assert due(rules, *stays, ("became_looked_after", "2026-06-01"), born=born) == ["2026-09-11"]  # ten days more
    told = explain(case(*stays, ("became_looked_after", "2026-06-01"), born=born), rules, ENGLAND, "rule")
    assert told.obligation.anchor_on == day("2026-06-11")


def test_a_number_says_which_review_it_was() -> None:
    became = ("became_looked_after", "2025-03-03")

    def reviews(*events: tuple[Any, ...]) -> list[Obligation]:
        return [o for o in found(SHIPPED.rulebook, case(became, *events)).obligations if o.series == "lac_review"]

    (third,) = reviews(("lac_review_held", "2026-03-02", {"number": 3}))
    assert (third.rule, third.cycle, third.legal_due) == ("lac_review_n", 4, day("2026-09-02"))
    counted = reviews(("lac_review_held", "2025-03-28"), ("lac_review_held", "2026-03-02", {"number": "2"}))
    assert [(o.cycle, o.held_on) for o in counted[:2]] == [(1, day("2025-03-28")), (2, day("2026-03-02"))]
    odd = reviews(("lac_review_held", "2025-03-28", {"number": "last"}))
    assert [o.rule for o in odd] == ["lac_review_1", "lac_review_2"]


def test_a_link_may_follow_a_whole_series() -> None:
    rules = book(
        rule(kind="staged", starts=["referral_received"], first={"days": 10}, then={"days": 20}),
        rule(id="linked", kind="linked", linked_to="rule", answers=["permanence_decided"]),
    )
    asked = [o for o in found(rules, case(START, ("case_note", "2026-03-09"))).obligations if o.rule == "linked"]
    assert [o.legal_due for o in asked] == [day("2026-03-29")]
    assert [o.cycle for o in asked] == [2]  # the first was overtaken


def test_links_cannot_run_in_a_circle() -> None:
    one = rule(id="one", kind="linked", linked_to="other")
    other = rule(id="other", kind="linked", linked_to="one")
    placed = [PlacedRule(spec, "own", "own.toml", Nation.ENGLAND) for spec in pack(one, other).rules]
    assert {problem.message for problem in faults(placed, WORDS)} == {"that rule hangs on another itself"}


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"starts": [EXTENDS]}, "say by how much"),
        ({"opens": {"terms": 1}}, "counted in terms"),
        ({"interval": {"at_once": True, "days": 1}}, "found days and at_once"),
        ({"interval": {"terms": 0}}, "greater than 0"),
    ],
)
def test_what_the_new_words_may_not_say(said: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        pack(rule(**{"starts": ["referral_received"], "interval": {"days": 1}, **said}))


# everything switched on ----------------------------------------------------------------------------------------


def _all_on(folder: Path) -> pack_set.PackSet:
    off = [one.id for one in SHIPPED.rulebook.all_rules.values() if not one.active and not one.not_set]
    rules = "".join(f'[[rules]]\nid = "{name}"\nreplaces = "{name}"\nactive = true\n' for name in off)
    (folder / "on.toml").write_text(f'kind = "rules"\nid = "on"\ntitle = "On"\nversion = "1"\n{rules}')
    (folder / "terms.toml").write_text(
        'kind = "terms"\nid = "terms"\ntitle = "Terms"\nversion = "1"\nclosures = [2026-12-29]\n'
        '[[terms]]\nname = "Spring"\nfirst = 2026-01-05\nlast = 2026-03-27\n'
        '[[terms]]\nname = "Summer"\nfirst = 2026-04-13\nlast = 2026-07-17\n'
    )
    return pack_set.load([folder])


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory) -> pack_set.PackSet:
    """Return the shipped rules, all of them active, with school terms."""
    return _all_on(tmp_path_factory.mktemp("council"))


def test_every_rule_that_ships_switched_off_can_be_switched_on(everything: pack_set.PackSet) -> None:
    assert everything.problems == ()
    assert all(one.active or one.not_set for one in everything.rulebook.all_rules.values())
    assert everything.calendar("england").terms[0] == (day("2026-01-05"), day("2026-03-27"))
    assert everything.calendar("england").on_or_before(day("2026-12-29")) == day("2026-12-24")
    assert everything.calendar("wales").terms == ()


SERIES = SHIPPED.rulebook.index(Nation.ENGLAND, SubjectKind.CASE).series
KINDS = [sorted(one.kinds - {"opened", "expected_birth"}) for one in SERIES]
DETAILS = st.dictionaries(
    st.sampled_from(["seen", "with_parent", "regulation", "status", "s47", "bedroom_seen", "number", "time", "for"]),
    st.sampled_from([True, False, "24", "C1", "19", 3, "23:30", "2026-06-01"]),
    max_size=3,
)
DAYS = st.dates(date(2025, 6, 1), date(2026, 6, 30))
EVENTS = st.sampled_from(KINDS).flatmap(
    lambda kinds: st.lists(st.builds(Happening, st.sampled_from(kinds), DAYS, DETAILS), max_size=15)
)
BORN = st.none() | st.dates(date(2006, 1, 1), date(2025, 1, 1))


@given(EVENTS, st.randoms(), BORN)
def test_with_every_rule_on_the_order_of_typing_makes_no_difference(
    everything: pack_set.PackSet, events: list[Happening], chance: Any, born: date | None
) -> None:
    calendar, shuffled = everything.calendar("england"), list(events)
    chance.shuffle(shuffled)
    one, other = (derive(_child(e, born), everything.rulebook, calendar) for e in (events, shuffled))
    assert one == other


def _child(events: list[Happening], born: date | None) -> Subject:
    return Subject(SubjectKind.CASE, "C-1", opened=date(2024, 1, 1), born=born, happenings=tuple(events))


@given(EVENTS, BORN)
def test_what_was_held_stays_held_whatever_happens_later(
    everything: pack_set.PackSet, events: list[Happening], born: date | None
) -> None:
    calendar = everything.calendar("england")
    ordered = sorted(events, key=lambda h: h.on)
    early = [h for h in ordered if h.on < date(2026, 1, 1)]
    before = derive(_child(early, born), everything.rulebook, calendar)
    after = derive(_child(ordered, born), everything.rulebook, calendar)
    hanging = ("age", "linked", "in_a_row")  # care may end before the birthday, or what it hangs on be called off
    free = {one.id for one in everything.rulebook.all_rules.values() if one.kind not in hanging}
    held = {o for o in before.obligations if o.held_on is not None and o.rule in free}
    assert held <= set(after.obligations)


@given(EVENTS, BORN)
def test_with_every_rule_on_each_date_can_be_explained(
    everything: pack_set.PackSet, events: list[Happening], born: date | None
) -> None:
    subject, calendar = _child(events, born), everything.calendar("england")
    result = derive(subject, everything.rulebook, calendar)
    numbered = [(o.series, o.cycle) for o in (*result.obligations, *result.lapsed, *result.floors)]
    assert len(numbered) == len(set(numbered))
    for one in result.obligations:
        assert explain(subject, everything.rulebook, calendar, one.series, one.cycle).obligation == one
