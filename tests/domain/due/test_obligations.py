"""Events in, obligations out: cycles, restarts, contradictions, and what must never make a difference."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.cases.subject import Happening, Subject
from domain.core.dates import status
from domain.core.enums import SubjectKind
from domain.core.errors import NotFound
from domain.due.engine import derive
from domain.due.explanation import explain
from domain.due.obligation import Obligation, obligation_id
from tests.domain.rules.rulekit import ENGLAND, SHIPPED, case, day, due, found

RULES = SHIPPED.rulebook
BECAME = ("became_looked_after", "2026-03-02")


def _series(subject: Subject, series: str) -> list[Obligation]:
    return [o for o in found(RULES, subject).obligations if o.series == series]


def test_each_review_counts_from_the_one_before_as_it_was_really_held() -> None:
    child = case(BECAME, ("lac_review_held", "2026-04-24"), ("lac_review_held", "2026-07-10"))
    assert [(o.rule, o.cycle, o.legal_due, o.held_on) for o in _series(child, "lac_review")] == [
        ("lac_review_1", 1, day("2026-03-30"), day("2026-04-24")),
        ("lac_review_2", 2, day("2026-07-24"), day("2026-07-10")),
        ("lac_review_n", 3, day("2027-01-10"), None),
    ]


def test_coming_back_into_care_starts_again_and_no_cycle_number_is_used_twice() -> None:
    child = case(
        BECAME,
        ("lac_review_held", "2026-03-20"),
        ("ceased_looked_after", "2026-05-01"),
        ("became_looked_after", "2026-08-03"),
    )
    reviews = _series(child, "lac_review")
    assert [(o.rule, o.cycle) for o in reviews] == [("lac_review_1", 1), ("lac_review_1", 3)]
    assert reviews[-1].legal_due == day("2026-09-01")  # the August holiday is not counted
    assert [(o.cycle, o.series) for o in found(RULES, child).lapsed if o.series == "lac_review"] == [(2, "lac_review")]


def test_leaving_and_coming_back_on_one_day() -> None:
    child = case(BECAME, ("ceased_looked_after", "2026-05-01"), ("became_looked_after", "2026-05-01"))
    assert [o.anchor_on for o in _series(child, "lac_review")] == [day("2026-05-01")]


def test_in_care_for_one_day_only() -> None:
    child = case(BECAME, ("ceased_looked_after", "2026-03-02"))
    assert _series(child, "lac_review") == []


def test_a_closed_case_has_nothing_open_and_keeps_its_history() -> None:
    events = [BECAME, ("lac_review_held", "2026-03-20"), ("lac_review_held", "2026-09-01")]
    closed = found(RULES, case(*events, closed=day("2026-05-01"), pathways=("looked_after",)))
    assert [o.held_on for o in closed.obligations if o.series == "lac_review"] == [day("2026-03-20")]
    assert all(o.held_on for o in closed.obligations)
    assert closed.gaps == ()


@pytest.mark.parametrize(
    ("pathway", "series", "words"),
    [
        ("looked_after", "lac_review", "reviews cannot be dated"),
        ("looked_after", "lac_visit", "no placement start recorded: visits cannot be dated"),
        ("child_protection", "cp_visit", "no plan start recorded"),
        ("care_act", "plan_review", "no agreed care and support plan recorded"),
        ("direct_payment", "direct_payment_review", "no first direct payment recorded"),
    ],
)
def test_a_missing_start_is_said(pathway: str, series: str, words: str) -> None:
    gaps = {gap.series: gap.message for gap in found(RULES, case(pathways=(pathway,))).gaps}
    assert words in gaps[series]


def test_obligations_follow_events_whatever_the_pathway() -> None:
    assert [o.rule for o in _series(case(BECAME, pathways=("child_in_need",)), "lac_review")] == ["lac_review_1"]


def test_leaving_before_becoming_is_reported_and_breaks_nothing() -> None:
    result = found(RULES, case(("ceased_looked_after", "2026-01-05"), BECAME))
    gaps = [gap.message for gap in result.gaps if gap.series == "lac_review"]
    assert gaps == ["Ceased to be looked after recorded on Mon 5 Jan 2026 with no start before it"]
    assert [o.legal_due for o in result.obligations if o.series == "lac_review"] == [day("2026-03-30")]


def test_becoming_twice_is_reported_and_the_first_counts() -> None:
    result = found(RULES, case(BECAME, ("became_looked_after", "2026-03-09")))
    assert any("again on Mon 9 Mar 2026" in gap.message for gap in result.gaps)
    assert [o.legal_due for o in result.obligations if o.series == "lac_review"] == [day("2026-03-30")]


def test_a_review_with_no_start_is_reported() -> None:
    gaps = [gap.message for gap in found(RULES, case(("lac_review_held", "2026-03-20"))).gaps]
    assert any("with no start before it" in gap for gap in gaps)


def test_twice_on_one_day_is_once() -> None:
    once = case(BECAME, ("lac_review_held", "2026-03-20"))
    twice = case(BECAME, BECAME, ("lac_review_held", "2026-03-20"), ("lac_review_held", "2026-03-20"))
    assert found(RULES, once) == found(RULES, twice)


def test_the_schedule_of_visits_follows_the_child() -> None:
    visits = _series(
        case(
            ("interim_care_order_made", "2026-01-05"),
            ("placement_started", "2026-01-05", {"with_parent": True}),
            ("lac_visit", "2026-01-12"),
            ("lac_review_held", "2026-01-30"),
            ("lac_visit", "2026-02-06"),
            ("care_order_made", "2026-02-23"),
            ("lac_visit", "2026-03-02"),
            ("placement_ended", "2026-03-16"),
            ("placement_started", "2026-03-16", {}),
        ),
        "lac_visit",
    )
    assert [(o.rule, o.cycle, o.legal_due) for o in visits] == [
        ("visit_reg24_or_ico_home", 1, day("2026-01-12")),
        ("visit_reg24_or_ico_home", 2, day("2026-01-19")),
        ("visit_co_home", 3, day("2026-03-02")),
        ("visit_standard", 5, day("2026-03-23")),
    ]


def test_home_long_after_the_care_order_counts_from_the_last_visit() -> None:
    visits = _series(
        case(
            ("care_order_made", "2025-01-06"),
            ("placement_started", "2025-02-03"),
            ("lac_visit", "2026-02-20"),
            ("placement_ended", "2026-03-02"),
            ("placement_started", "2026-03-02", {"with_parent": True}),
        ),
        "lac_visit",
    )
    assert (visits[-1].rule, visits[-1].legal_due) == ("visit_co_home", day("2026-04-03"))


def test_re_designation_in_the_middle_of_a_placement() -> None:
    events = [("placement_started", "2025-03-10"), ("lac_visit", "2025-03-12"), ("lac_visit", "2026-04-13")]
    assert "2026-05-25" in due(RULES, *events)
    changed = [*events, ("placement_changed", "2026-04-01", {"intended_to_18": True})]
    assert "2026-07-13" in due(RULES, *changed)


def test_reviews_go_on_when_an_adoptive_placement_ends() -> None:
    events = [BECAME, ("lac_review_held", "2026-03-20"), ("placed_for_adoption", "2026-04-07")]
    assert [o.held_on for o in _series(case(*events), "lac_review")] == [day("2026-03-20")]
    back = _series(case(*events, ("placement_ended", "2026-05-05")), "lac_review")
    assert (back[-1].cycle, back[-1].legal_due) == (2, day("2026-06-20"))


def test_after_the_adoption_review_visits_cannot_be_dated_and_that_is_said() -> None:
    events = [
        ("placed_for_adoption", "2026-05-04"),
        ("adoption_review_held", "2026-05-29"),
        ("lac_visit", "2026-05-29"),
    ]
    assert any("the adoption review decides" in gap.message for gap in found(RULES, case(*events)).gaps)


def test_a_start_that_turns_up_later_takes_the_place_of_a_chain_begun_by_an_answer() -> None:
    events = [("plan_review_held", "2026-03-02"), ("care_plan_agreed", "2026-06-01")]
    assert due(RULES, *events) == ["2026-07-27"]


def test_a_council_in_another_nation_is_not_bound_by_english_rules() -> None:
    from domain.core.enums import Nation

    assert found(RULES, case(BECAME, nation=Nation.SCOTLAND)).obligations == ()


# what must never make a difference -----------------------------------------------------------------------------

KINDS = sorted(SHIPPED.event_kinds)
DETAILS = st.dictionaries(
    st.sampled_from(["seen", "with_parent", "regulation", "status", "s47", "plan_made", "intended_to_18"]),
    st.sampled_from([True, False, "24", "C1", "C2", "19"]),
    max_size=3,
)
EVENTS = st.lists(
    st.builds(Happening, st.sampled_from(KINDS), st.dates(date(2024, 1, 1), date(2026, 12, 31)), DETAILS), max_size=25
)


def _subject(events: list[Happening], born: date | None) -> Subject:
    return Subject(SubjectKind.CASE, "C-1001", pathways=("looked_after",), born=born, happenings=tuple(events))


@given(EVENTS, st.randoms(), st.none() | st.dates(date(2006, 1, 1), date(2025, 1, 1)))
def test_the_order_of_typing_makes_no_difference(events: list[Happening], chance: object, born: date | None) -> None:
    shuffled = list(events)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert derive(_subject(events, born), RULES, ENGLAND) == derive(_subject(shuffled, born), RULES, ENGLAND)


OF_AGE = ("born", "eligible")  # what nobody records: it follows from the birth date and the days looked after


@given(EVENTS, st.none() | st.dates(date(2006, 1, 1), date(2025, 1, 1)))
def test_whatever_is_recorded_the_dates_hang_together(events: list[Happening], born: date | None) -> None:
    result = derive(_subject(events, born), RULES, ENGLAND)
    known = {(event.kind, event.on) for event in events}
    for one in (*result.obligations, *result.lapsed):
        if one.legal_due is None or one.plan_by is None:
            assert RULES.all_rules[one.rule].not_set
        else:
            assert one.plan_by <= one.legal_due
            assert ENGLAND.is_working(one.plan_by)
        assert (one.anchor_event, one.anchor_on) in known or one.anchor_event in OF_AGE
    numbered = [(o.series, o.cycle) for o in (*result.obligations, *result.lapsed, *result.floors)]
    assert len(numbered) == len(set(numbered))
    still_open = [o.series for o in result.obligations if o.held_on is None]
    assert len(still_open) == len(set(still_open))


@given(EVENTS, st.none() | st.dates(date(2006, 1, 1), date(2025, 1, 1)))
def test_every_date_can_be_explained(events: list[Happening], born: date | None) -> None:
    subject = _subject(events, born)
    for one in derive(subject, RULES, ENGLAND).obligations:
        told = explain(subject, RULES, ENGLAND, one.series, one.cycle)
        assert told.obligation == one
        assert told.rule.id == one.rule


@given(st.dates(date(2016, 1, 1), date(2030, 1, 1)), st.integers(0, 200))
def test_typing_an_event_before_the_chain_changes_no_date_in_it(start: date, early: int) -> None:
    chain = [Happening("became_looked_after", start), Happening("lac_review_held", start + timedelta(days=25))]
    other = Happening("case_note", start - timedelta(days=early))
    assert (
        derive(_subject(chain, None), RULES, ENGLAND).obligations
        == derive(_subject([other, *chain], None), RULES, ENGLAND).obligations
    )


# status, ids, working ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("legal_due", "plan_by", "expected"),
    [
        ("2026-11-19", "2026-11-19", "overdue"),
        ("2026-11-20", "2026-11-20", "due"),
        ("2026-11-22", "2026-11-19", "due"),  # the day to plan by has gone, the legal date has not
        ("2026-12-04", "2026-12-04", "due"),
        ("2026-12-05", "2026-12-04", "due"),
        ("2026-12-07", "2026-12-07", "upcoming"),
    ],
)
def test_status(legal_due: str, plan_by: str, expected: str) -> None:
    assert status(day(legal_due), day(plan_by), day("2026-11-20")) == expected


def test_an_id_is_short_stable_and_its_own() -> None:
    ids = {
        obligation_id(kind, reference, series, cycle)
        for kind in SubjectKind
        for reference in ("C-1", "C-11")
        for series in ("lac_review", "lac_visit")
        for cycle in (1, 11)
    }
    assert len(ids) == 24
    assert all(len(one) == 10 and set(one) <= set("0123456789abcdef") for one in ids)
    assert obligation_id("case", "C-1", "lac_review", 1) == obligation_id(SubjectKind.CASE, "C-1", "lac_review", 1)


def test_the_working_shows_anchor_rule_holidays_and_source() -> None:
    told = explain(case(("became_looked_after", "2026-03-16")), RULES, ENGLAND, "lac_review_1")
    words = {step.step: step.detail for step in told.steps}
    assert words["Counts from"] == "Became looked after on Mon 16 Mar 2026"
    assert "Fri 3 Apr 2026, Mon 6 Apr 2026" in words["Counting"]
    assert words["Due"] == "Due by Wed 15 Apr 2026"
    assert "regulation 33(1)" in words["Source"]


def test_the_working_shows_both_dates_where_the_schedule_changed() -> None:
    child = case(
        ("placement_started", "2025-03-10", {"intended_to_18": True}),
        ("lac_visit", "2025-03-12"),
        ("lac_visit", "2026-03-02"),
    )
    steps = explain(child, RULES, ENGLAND, "lac_visit").steps
    compared = [step.detail for step in steps if step.step == "Compared"]
    assert [words.rsplit(" gives ", 1)[1] for words in compared] == ["Mon 13 Apr 2026", "Tue 2 Jun 2026"]


def test_the_working_names_the_day_to_plan_by() -> None:
    told = explain(case(BECAME, ("lac_review_held", "2026-03-27")), RULES, ENGLAND, "lac_review")
    assert any(step.step == "Plan by" and step.date == day("2026-06-26") for step in told.steps)


def test_nothing_to_explain_says_why() -> None:
    with pytest.raises(NotFound, match="no placement start recorded"):
        explain(case(("lac_visit", "2026-03-02"), pathways=("looked_after",)), RULES, ENGLAND, "visit_standard")
    with pytest.raises(NotFound, match="nothing calls for it"):
        explain(case(), RULES, ENGLAND, "no_such_rule")


def test_the_engine_has_no_clock() -> None:
    import inspect

    from domain.core import intervals, workdays
    from domain.due import chains, cycles, engine, explanation, one_offs, override_effect
    from domain.rules import conditions, rule_index

    for module in (
        chains,
        conditions,
        cycles,
        explanation,
        intervals,
        engine,
        one_offs,
        rule_index,
        override_effect,
        workdays,
    ):
        source = inspect.getsource(module)
        assert "today()" not in source
        assert "now(" not in source
    assert "today" not in inspect.signature(derive).parameters
