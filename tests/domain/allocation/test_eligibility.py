"""Each kind of rule: a worker whom it lets through, and one whom it does not, with the reason in words."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from domain.allocation.eligibility import Asked, Sibling, about, can_speak, findings, lapses
from domain.allocation.policies import Known, Policy, written_out
from domain.allocation.waiting import limits
from domain.allocation.whole_team import eligible
from domain.cases.in_force import InForce
from domain.core.enums import Role
from storage.rules import pack_set
from tests.domain.allocation.policykit import ON, case, colleague, rule, said, worker

SHIPPED = pack_set.load()
KNOWN = Known(SHIPPED.grades, SHIPPED.event_kinds, SHIPPED.factors, SHIPPED.specialisms, SHIPPED.in_force)
STANDING = InForce("dols-standard", "Standard DoLS authorisation", date(2026, 11, 3), date(2026, 11, 25))
RULES = list(SHIPPED.written_policies().values())
NEWLY = worker(grade="asye", grade_title="Newly qualified", newly_qualified=True)
SIBLING = case(siblings=(Sibling("C-2", "W5", 600),))
NOT_MET: list[tuple[dict[str, Any], Any, Any, str]] = [
    (rule("grades", allowed=["asye"]), case(), worker(grade_title="Social worker"), "Rule (Social worker)"),
    (rule("grades", not_allowed=["children-sw"]), case(), worker(), "Rule (children-sw)"),
    (rule("registered_only"), case(), worker(registered=False, grade_title="Student"), "Rule (Student)"),
    (rule("only_jointly"), case(), NEWLY, "Rule (nobody holds it with them)"),
    (rule("only_jointly"), case(beside=(colleague(newly_qualified=True),)), NEWLY, "Rule (nobody holds it with them)"),
    (rule("only_jointly"), case(beside=(colleague(registered=False),)), NEWLY, "Rule (nobody holds it with them)"),
    (rule("only_jointly"), case(beside=(colleague(worker="W2"),)), NEWLY, "Rule (nobody holds it with them)"),
    (rule("only_jointly"), case(beside=(colleague(role="consultant"),)), NEWLY, "Rule (nobody holds it with them)"),
    (rule("warrant", warrant={"event": "e", "years": 5}), case(), worker(), "Rule (no approval recorded)"),
    (
        rule("warrant", warrant={"event": "e", "years": 5}),
        case(),
        worker(approvals={"x": date(2021, 11, 19)}),
        "Rule (lapsed on Thu 19 Nov 2026)",
    ),
    (rule("most_cases", most=6), case(), worker(), "Rule (holds 6 of 6)"),
    (rule("most_cases"), case(), worker(cases=40, scheme_most=40), "Rule (holds 40 of 40)"),
    (rule("new_cases", one_per=6), case(), worker(cases=12, new_cases=2), "Rule (2 new in four weeks)"),
    (rule("new_cases", one_per=6), case(), worker(cases=6, new_cases=1), "Rule (1 new in four weeks)"),
    (rule("over_percent", percent=59), case(), worker(), "Rule (60 %, red above 59 %)"),
    (rule("over_percent"), case(), worker(points=10_010), "Rule (110.1 %, red above 110 %)"),
    (
        rule("conflict", why=["conflict_of_interest"]),
        case(conflicts={"W2": ("known_to_worker", "conflict_of_interest")}),
        worker(),
        "Rule (conflict of interest)",
    ),
    (
        rule("needs", asks="must_have"),
        case(must_have=("Urdu", "woman worker")),
        worker(specialisms=("Woman  Worker",)),
        "Rule (Urdu)",
    ),
    (rule("needs", asks="prefers"), case(prefers=("Polish",)), worker(), "Rule (Polish)"),
    (rule("siblings_together"), SIBLING, worker(), "Rule (C-2 is with W5)"),
    (rule("leaving"), case(), worker(leaves=date(2026, 11, 19)), "Rule (Thu 19 Nov 2026)"),
    (rule("leaving", within_weeks=6), case(), worker(leaves=date(2027, 1, 1)), "Rule (on Fri 1 Jan 2027)"),
    (rule("away"), case(), worker(away=True), "Rule (until further notice)"),
    (rule("away"), case(), worker(away=True, back=date(2026, 12, 1)), "Rule (until Tue 1 Dec 2026)"),
    (rule("manager_holds"), case(), worker(holds_cases=False, grade_title="Team manager"), "Rule (Team manager)"),
    (rule("other_team"), case(), worker(team="South"), "Rule (South)"),
    (rule("travel"), case(area="Leeds"), worker(areas=("York",)), "Rule (Leeds)"),
    (rule("span"), case(), worker(span=(7, 6)), "Rule (7, agreed 6)"),
    (rule("span", most=5), case(), worker(span=(6, None)), "Rule (6, agreed 5)"),
]
MET: list[tuple[dict[str, Any], Any, Any]] = [
    (rule("grades", allowed=["children-sw"]), case(), worker()),
    (rule("grades", not_allowed=["asye"]), case(), worker()),
    (rule("registered_only"), case(), worker()),
    (rule("only_jointly"), case(beside=(colleague(),)), NEWLY),
    (rule("warrant", warrant={"event": "e", "years": 5}), case(), worker(approvals={"x": date(2021, 11, 20)})),
    (rule("most_cases", most=7), case(), worker()),
    (rule("most_cases"), case(), worker(cases=99)),
    (rule("new_cases", one_per=6), case(), worker(cases=12, new_cases=1)),
    (rule("new_cases", one_per=6), case(), worker(cases=5, new_cases=5)),
    (rule("over_percent", percent=60), case(), worker()),
    (rule("over_percent"), case(), worker(capacity=None)),
    (rule("over_percent"), case(scheme="a"), worker(points=20_000, scheme="b")),
    (rule("conflict", why=["risk_to_worker"]), case(conflicts={"W2": ("known_to_worker",)}), worker()),
    (rule("conflict", why=["risk_to_worker"]), case(conflicts={"W3": ("risk_to_worker",)}), worker()),
    (rule("needs", asks="must_have"), case(must_have=("URDU",)), worker(specialisms=("urdu",))),
    (rule("needs", asks="must_have"), case(prefers=("Urdu",)), worker()),
    (rule("siblings_together"), SIBLING, worker(staff_id="W5")),
    (rule("siblings_together"), case(siblings=(Sibling("C-2", None, 600),)), worker()),
    (rule("leaving"), case(), worker(leaves=ON)),
    (rule("leaving", within_weeks=6), case(), worker(leaves=date(2027, 1, 2))),
    (rule("leaving", within_weeks=6), case(), worker(leaves=date(2026, 11, 19))),
    (rule("away"), case(), worker()),
    (rule("manager_holds"), case(), worker()),
    (rule("other_team"), case(), worker()),
    (rule("travel"), case(area="Leeds"), worker(areas=("LEEDS",))),
    (rule("travel"), case(area="Leeds"), worker()),
    (rule("travel"), case(), worker(areas=("York",))),
    (rule("span"), case(), worker(span=(9, None))),
    (rule("span"), case(), worker(span=(6, 6))),
]


@pytest.mark.parametrize(("against", "a_case", "a_worker", "words"), NOT_MET)
def test_a_rule_speaks_against_a_worker_in_words(against: Any, a_case: Any, a_worker: Any, words: str) -> None:
    assert said(against, a_case, a_worker) == [words]


@pytest.mark.parametrize(("against", "a_case", "a_worker"), MET)
def test_a_rule_that_is_kept_says_nothing(against: Any, a_case: Any, a_worker: Any) -> None:
    assert said(against, a_case, a_worker) == []


def test_every_kind_is_tried_both_ways() -> None:
    kinds = {policy["kind"] for policy in RULES} - {"unallocated", "change_of_worker"}  # these say nothing of a worker
    assert {one[0]["kind"] for one in NOT_MET} == kinds == {one[0]["kind"] for one in MET}


@pytest.mark.parametrize(
    ("when", "fits"),
    [
        ({"family": "children"}, True),
        ({"family": "adults"}, False),
        ({"pathways": ["court", "child_protection"]}, True),
        ({"pathways": ["court"]}, False),
        ({"factors": ["Liberty"]}, True),
        ({"factors": ["autism"]}, False),
        ({"nations": ["wales"]}, False),
        ({"family": "children", "pathways": ["court"]}, False),
    ],
)
def test_a_rule_is_about_the_cases_it_names(when: dict[str, Any], fits: bool) -> None:
    a_case = case(factors=("LIBERTY",))
    assert bool(said(rule("away", when=when), a_case, worker(away=True))) is fits


def test_transition_belongs_to_both_families() -> None:
    assert case(pathways=("transition",)).families == {"children", "adults"}


def test_a_rule_binds_the_workers_and_roles_it_names_and_sleeps_when_switched_off() -> None:
    gone = worker(away=True)
    assert said(rule("away", newly_qualified=True), case(), gone) == []
    assert said(rule("away", grades=["asye"]), case(), gone) == []
    assert said(rule("away", active=False), case(), gone) == []
    assert said(rule("away"), case(), gone, role=Role.CO_WORKER) == []
    assert said(rule("away", roles=["co_worker"]), case(), gone, role=Role.CO_WORKER)


def test_moving_the_siblings_too_keeps_them_together() -> None:
    assert said(rule("siblings_together"), SIBLING, worker(), together=True) == []


def test_for_cover_the_allocated_worker_counts_as_the_colleague() -> None:
    jointly = rule("only_jointly", roles=["allocated_worker", "cover"])
    held = case(beside=(colleague(role=Role.ALLOCATED),))
    assert said(jointly, held, NEWLY, role=Role.COVER) == []
    assert said(jointly, held, NEWLY)  # who takes it over has nobody beside them


def test_the_present_holder_is_told_so_first() -> None:
    found = findings([rule("away")], case(holder="W2"), worker(away=True), Asked(ON))
    assert [(f.rule, f.hard) for f in found] == [("holds-it", True), ("x", False)]


def test_an_approval_lapses_on_the_same_day_of_the_month() -> None:
    assert lapses({"months": 1}, date(2026, 1, 31)) == date(2026, 2, 28)
    assert lapses({"years": 5}, date(2021, 11, 20)) == date(2026, 11, 20)


# what ships ---------------------------------------------------------------------------------------------------------


def rule_part(kind: str, **says: Any) -> Policy:
    return Policy.model_validate({"id": "x", "title": "Rule", "kind": kind, "basis": "local", **says})


def written(policy: Policy) -> dict[str, Any]:
    return written_out(policy, KNOWN)


def shipped(a_case: Any, a_worker: Any) -> dict[str, bool]:
    return {f.rule: f.hard for f in findings(about(RULES, a_case), a_case, a_worker, Asked(ON))}


def test_newly_qualified_workers_hold_child_protection_and_court_only_jointly() -> None:
    assert shipped(case(), NEWLY) == {"newly-qualified-jointly": True}
    assert shipped(case(pathways=("court",)), NEWLY) == {"newly-qualified-jointly": True}
    assert shipped(case(pathways=("looked_after",)), NEWLY) == {}
    assert shipped(case(beside=(colleague(),)), NEWLY) == {}


def test_what_touches_liberty_does_not_go_to_the_lower_level() -> None:
    touching = case(pathways=("looked_after",), factors=("liberty",))
    assert shipped(touching, worker()) == {"children-liberty": True}
    assert shipped(touching, worker(grade="children-advanced-sw")) == {}
    for low in ("student", "asye", "personal-adviser", "non-registered"):
        assert shipped(touching, worker(grade=low))["children-liberty"], low


@pytest.mark.parametrize("marked", [{"factors": ("DoLS",)}, {"in_force": (STANDING,)}])
def test_what_touches_an_adults_liberty_goes_to_the_senior_level_first(marked: dict[str, Any]) -> None:
    adults = case(pathways=("care_act",), **marked)
    assert shipped(adults, worker(grade="adults-sw")) == {"adults-liberty-senior": False}
    assert shipped(adults, worker(grade="adults-senior-sw")) == {}
    for low in ("student", "care-officer", "non-registered"):
        barred = shipped(adults, worker(grade=low, registered=False))
        assert barred["adults-liberty"], low
        assert barred["adults-unregistered-work"], low
    assert shipped(adults, worker(grade="asye", newly_qualified=True)) == {"adults-liberty": True}


@pytest.mark.parametrize(
    "factor", ["autism", "Advanced dementia", "long-term condition", "transition", "mental health"]
)
def test_specialist_work_goes_to_the_senior_level_first_and_to_nobody_unregistered(factor: str) -> None:
    adults = case(pathways=("care_act",), factors=(factor,))
    assert shipped(adults, worker(grade="adults-sw")) == {"adults-specialist-work": False}
    assert shipped(adults, worker(grade="asye", newly_qualified=True)) == {"adults-specialist-work": False}
    assert (
        shipped(adults, worker(grade="adults-senior-sw")) == shipped(adults, worker(grade="senior-practitioner")) == {}
    )
    for low in ("student", "care-officer"):
        assert shipped(adults, worker(grade=low, registered=False))["adults-unregistered-work"], low
    assert shipped(case(pathways=("care_act",)), worker(grade="care-officer", registered=False)) == {}


@pytest.mark.parametrize(
    ("pathway", "rule_id"),
    [
        ("transition", "adults-specialist-work"),
        ("mental_health", "adults-specialist-work"),
        ("mental_capacity", "adults-unregistered-work"),
    ],
)
def test_a_pathway_says_as_much_as_its_factor(pathway: str, rule_id: str) -> None:
    assert rule_id in shipped(case(pathways=(pathway,)), worker(grade="care-officer", registered=False))


def test_newly_qualified_workers_hold_adult_safeguarding_and_capacity_only_jointly() -> None:
    for pathway in ("safeguarding_adult", "mental_capacity", "mental_health"):
        alone = case(pathways=(pathway,))
        assert shipped(alone, NEWLY)["adults-newly-qualified-jointly"], pathway
        assert "adults-newly-qualified-jointly" not in shipped(alone._replace(beside=(colleague(),)), NEWLY)
    assert shipped(case(pathways=("care_act",)), NEWLY) == {}


def test_twenty_one_adults_are_enough_for_a_newly_qualified_worker() -> None:
    a_case = case(pathways=("care_act",))
    assert shipped(a_case, NEWLY._replace(cases=20)) == {}
    assert shipped(a_case, NEWLY._replace(cases=21)) == {"adults-newly-qualified-most": False}


@pytest.mark.parametrize(
    ("pathway", "rule_id"), [("child_in_need", "children-student-jointly"), ("care_act", "adults-student-jointly")]
)
def test_a_student_holds_a_case_beside_a_registered_colleague(pathway: str, rule_id: str) -> None:
    student = worker(grade="student", registered=False)
    alone = case(pathways=(pathway,))
    assert shipped(alone, student) == {rule_id: False}
    assert shipped(alone._replace(beside=(colleague(),)), student) == {}
    assert shipped(alone._replace(beside=(colleague(newly_qualified=True),)), student) == {rule_id: False}


def test_an_enquiry_or_a_plan_in_force_counts_whatever_the_pathway() -> None:
    enquiry = InForce("safeguarding-enquiry", "Safeguarding enquiry", date(2026, 11, 1))
    officer = worker(grade="care-officer", registered=False)
    assert shipped(case(pathways=("care_act",), in_force=(enquiry,)), officer) == {"adults-safeguarding": True}
    plan = InForce("child-protection-plan", "Child protection plan", date(2026, 11, 1))
    in_need = case(pathways=("child_in_need",), in_force=(plan,))
    assert shipped(in_need, NEWLY) == {"newly-qualified-jointly": True}
    assert shipped(in_need, worker(grade="non-registered", registered=False)) == {"children-qualified": True}


def test_a_finding_says_what_is_recorded_that_makes_the_rule_speak() -> None:
    marked = case(pathways=("care_act", "transition"), factors=("Autistic", "zebra"), in_force=(STANDING,))
    found = {f.rule: f.because for f in findings(about(RULES, marked), marked, worker(grade="adults-sw"), Asked(ON))}
    assert found["adults-specialist-work"] == ("factor “Autistic”", "pathway Transition")
    assert found["adults-liberty-senior"] == (STANDING.words,)


def test_who_brings_what_frees_from_a_rule_is_not_bound_by_it() -> None:
    says: dict[str, Any] = {"unless_brings": ["British Sign Language"], "allowed": ["asye"]}
    signing = written(rule_part("grades", **says))
    assert said(signing, case(), worker())
    assert said(signing, case(), worker(specialisms=("Sign-language",))) == []


def test_a_need_is_met_by_any_spelling_of_what_a_worker_brings() -> None:
    asked = written(rule_part("needs", asks="must_have"))
    assert said(asked, case(must_have=("BSL",)), worker(specialisms=("sign language",))) == []
    assert said(asked, case(must_have=("Ur-du",)), worker(specialisms=("ur du",))) == []
    assert said(asked, case(must_have=("Urdu",)), worker(specialisms=("Udru",))) == ["Rule (Urdu)"]


def test_a_student_holds_a_child_in_need_and_no_child_protection_plan() -> None:
    student = worker(grade="student", registered=False)
    beside = (colleague(),)
    assert shipped(case(pathways=("child_in_need",), beside=beside), student) == {}
    assert shipped(case(beside=beside), student) == {"children-qualified": True}
    assert shipped(case(pathways=("court",), beside=beside), student) == {"children-unregistered-work": True}


def test_an_assessment_under_the_mental_health_act_needs_a_warrant_in_date() -> None:
    needs_one = case(pathways=("mental_health",), factors=("amhp",))
    assert shipped(needs_one, worker()) == {"amhp-approval": True}
    assert shipped(needs_one, worker(approvals={"amhp-approval": date(2024, 1, 1)})) == {}
    assert shipped(needs_one, worker(approvals={"amhp-approval": date(2021, 11, 19)})) == {"amhp-approval": True}
    assert shipped(case(pathways=("mental_health",)), worker()) == {}


def test_twelve_children_are_enough_for_a_newly_qualified_worker() -> None:
    a_case = case(pathways=("child_in_need",))
    assert shipped(a_case, NEWLY._replace(cases=11)) == {}
    assert shipped(a_case, NEWLY._replace(cases=12)) == {"newly-qualified-most": False}


def test_a_childs_case_is_reviewed_weekly_and_escalated_after_four_weeks() -> None:
    found = limits(RULES, case())
    assert (found.review_days, found.escalate_days, found.seen_days) == (7, 28, 28)
    assert limits(RULES, case(pathways=("care_act",))).review_days is None


def test_the_shortest_limit_counts() -> None:
    shorter = rule("unallocated", review_days=14, escalate_days=14)
    assert limits([*RULES, shorter], case())[:3] == (7, 14, 28)


# many at once -------------------------------------------------------------------------------------------------------


def test_many_cases_at_once_give_what_each_would_alone() -> None:
    staff = [
        worker(), NEWLY._replace(staff_id="W3"), worker(staff_id="W4", grade="student", registered=False),
        worker(staff_id="W5", specialisms=("Urdu",)), worker(staff_id="W6", leaves=ON - timedelta(days=1)),
    ]  # fmt: skip
    several = [
        case(), case(reference="C-2", beside=(colleague(),)), case(reference="C-3", must_have=("urdu",)),
        case(reference="C-4", conflicts={"W2": ("risk_to_worker",)}), case(reference="C-5", pathways=("care_act",)),
        case(reference="C-6", holder="W2", beside=(colleague(worker="W2", role=Role.ALLOCATED),)),
    ]  # fmt: skip
    found = eligible(RULES, several, staff, ON)
    for one in several:
        free = one._replace(holder=None)
        alone = {
            w.staff_id: tuple(f for f in findings(about(RULES, free), free, w, Asked(ON)) if f.hard) for w in staff
        }
        assert found[one.reference] == {name: those for name, those in alone.items() if those}
    assert set(found["C-1"]) == {"W3", "W4", "W6"}
    assert set(found["C-4"]) == {"W2", "W3", "W4", "W6"}


@pytest.mark.parametrize(("against", "a_case", "a_worker", "words"), NOT_MET)
def test_a_rule_that_speaks_is_one_that_can(against: Any, a_case: Any, a_worker: Any, words: str) -> None:
    assert can_speak(against, a_case)


@pytest.mark.parametrize("kind", ["conflict", "siblings_together", "travel", "needs"])
def test_a_rule_is_not_asked_where_the_case_has_nothing_it_looks_at(kind: str) -> None:
    says: dict[str, dict[str, Any]] = {"conflict": {"why": ["other"]}, "needs": {"asks": "prefers"}}
    assert not can_speak(rule(kind, **says.get(kind, {})), case())
