"""The schemes that ship: sums worked by hand from their sources; and what a scheme may not say."""

from __future__ import annotations

import copy
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import domain
from domain.core.enums import Pathway
from domain.core.errors import BadInput
from domain.load.schemes import Scheme, read_schemes
from domain.load.weighting import default_answers, score

PACKS = Path(domain.__file__).parent / "packs"


@cache
def shipped() -> dict[str, Scheme]:
    found: dict[str, Scheme] = {}
    for file in sorted(PACKS.glob("weighting*.toml")):
        pack, problems = read_schemes(tomllib.loads(file.read_text(encoding="utf-8")), file.name)
        assert problems == (), file.name
        assert pack is not None
        found |= {scheme.id: scheme for scheme in pack.schemes}
    return found


WEIGHING = [name for name, scheme in shipped().items() if scheme.factors]
FAMILIES = ("starter-older-disability", "starter-permanence")
FRAMES = [name for name, scheme in shipped().items() if not scheme.factors]

# scheme, answers, points: each sum by hand from the published table, or for the starters from the pack's own.
SUMS = [
    ("probation-tool", "tier=a3 setting=community", 206),
    ("probation-tool", "tier=a3 setting=licence", 219),
    ("probation-tool", "tier=b2 setting=custody", 48),
    ("probation-tool", "tier=c3 setting=licence", 77),
    ("probation-tool", "tier=a0 setting=licence", 0),
    ("probation-tool", "tier=d1 setting=community", 29),
    ("probation-tool", "tier=report_standard setting=community", 138),
    ("probation-tool", "tier=report_fast setting=custody", 65),
    ("probation-tool", "tier=report_parole setting=licence", 120),
    ("three-factor", "complexity=3 risk=2 travel=1", 6),
    ("contact-frequency", "contact=fortnightly", 0.5),
    ("hours-budget", "level=high", 4),
    ("hours-budget", "level=low", 1),
    ("appointments", "treatment=core", 7.5),
    ("heads-scotland-children", "counts=one", 1),
    ("heads-scotland-adults", "counts=one", 1),
    ("heads-western-australia", "counts=one", 1),
    ("heads-reviewing-officer", "counts=one", 1),
    ("heads-cwla", "work=investigation", 8.33),
    ("heads-cwla", "work=ongoing", 5.88),
    ("starter-children", "legal=court complexity=tangled risk=high family=first travel=often", 13),
    ("starter-children", "legal=plan complexity=active risk=changing family=sibling travel=near", 6),
    ("starter-adults", "complexity=active risk=changing legal=enquiry specialist=one travel=sometimes", 8),
    ("starter-adults", "complexity=settled risk=none legal=none specialist=none travel=near", 1),
    (
        "starter-older-disability",
        (
            "work=safeguarding complexity=tangled risk=high travel=often long_term=yes autism=yes "
            "mental_health=yes dementia=yes"
        ),
        16,
    ),
    (
        "starter-older-disability",
        (
            "work=annual_review complexity=settled risk=none travel=near long_term=no autism=no "
            "mental_health=no dementia=no"
        ),
        1,
    ),
    (
        "starter-older-disability",
        (
            "work=annual_review complexity=settled risk=known travel=near long_term=no autism=no "
            "mental_health=no dementia=yes"
        ),
        3,
    ),
    (
        "starter-older-disability",
        "work=hospital complexity=active risk=known travel=near long_term=yes autism=no mental_health=no dementia=no",
        7,
    ),
    ("starter-permanence", "work=proceedings complexity=tangled risk=high family=first travel=often", 14),
    ("starter-permanence", "work=settled complexity=settled risk=none family=sibling travel=near", 3),
    ("starter-permanence", "work=placed complexity=active risk=known family=first travel=sometimes", 8),
]


@pytest.mark.parametrize(("name", "answers", "points"), SUMS)
def test_sums_worked_by_hand(name: str, answers: str, points: float) -> None:
    given_answers = dict(pair.split("=") for pair in answers.split())
    found = score(shipped()[name], given_answers)
    assert found.points == round(points * 100)
    assert found.points == sum(line.points for line in found.lines)
    assert len(found.lines) == len(shipped()[name].factors)


def test_each_kind_of_work_of_the_two_job_families_weighs_by_itself() -> None:
    kinds = {name: {o.value for o in shipped()[name].factors[0].options} for name in FAMILIES}
    assert kinds == {
        "starter-older-disability": {
            "assessment", "short_term", "annual_review", "safeguarding", "hospital", "continuing_care",
            "provider_concern", "carer", "transition",
        },
        "starter-permanence": {"new_placement", "settled", "proceedings", "matching", "placed", "leaving_care"},
    }  # fmt: skip
    ticks = [factor.id for factor in shipped()["starter-older-disability"].factors if factor.is_tick]
    assert ticks == ["long_term", "autism", "mental_health", "dementia"], "one by one, not as one count"


@pytest.mark.parametrize("name", FAMILIES)
def test_points_that_nobody_published_say_so(name: str) -> None:
    scheme = shipped()[name]
    assert scheme.status == "starter"
    assert "not published" in scheme.title
    assert any(c.confidence == "local" and not c.verified and "calibrate" in c.text for c in scheme.citations)


def test_a_brother_or_sister_has_an_answer_of_their_own_until_somebody_weighs_the_case() -> None:
    for name in ("starter-children", "starter-permanence"):
        scheme = shipped()[name]
        first, other = (default_answers(scheme, [Pathway.LOOKED_AFTER], further=further) for further in (False, True))
        assert (first["family"], other["family"]) == ("first", "sibling")
        assert {**first, "family": "sibling"} == other
    adults = shipped()["starter-adults"]
    assert default_answers(adults, [Pathway.CARE_ACT], further=True) == default_answers(adults, [Pathway.CARE_ACT])


def test_every_scheme_that_weighs_has_a_sum_worked_by_hand() -> None:
    assert {name for name, *_ in SUMS} == set(WEIGHING)


@pytest.mark.parametrize(
    ("name", "fits", "does_not"),
    [
        ("hours-budget", {"level": "high"}, 30),
        ("hours-budget", {"level": "low"}, 120),
        ("contact-frequency", {"contact": "weekly"}, 20),
        ("heads-scotland-children", {"counts": "one"}, 15),
        ("heads-western-australia", {"counts": "one"}, 15),
        ("heads-cwla", {"work": "investigation"}, 12),
        ("heads-cwla", {"work": "ongoing"}, 17),
        ("probation-tool", {"tier": "d1", "setting": "community"}, 75),
    ],
)
def test_as_many_cases_make_a_full_load_as_the_source_says(name: str, fits: dict[str, str], does_not: int) -> None:
    scheme = shipped()[name]
    one = score(scheme, fits).points
    assert scheme.full_time_points is not None
    assert does_not * one <= scheme.full_time_points < (does_not + 1) * one


def test_the_probation_table_is_whole() -> None:
    tiers = shipped()["probation-tool"].factor("tier")
    assert tiers is not None
    tables = [option.points for option in tiers.options if isinstance(option.points, dict)]
    assert len(tables) == 16
    assert sum(len(table) for table in tables) == 48
    # The three columns added up by hand from the published table.
    assert [sum(table[where] for table in tables) for where in ("community", "licence", "custody")] == [
        1432_00, 1288_00, 469_00,
    ]  # fmt: skip


def test_the_probation_tool_counts_four_weeks_over_the_red_line() -> None:
    scheme = shipped()["probation-tool"]
    assert (scheme.full_time_points, scheme.red_weeks) == (2176_00, 4)


def test_four_sessions_of_appointments_carry_twelve_new_cases() -> None:
    a_session = 2 * 11.25
    assert 4 * a_session * 100 == 12 * score(shipped()["appointments"], {"treatment": "core"}).points


def test_frames_have_no_points_and_say_so() -> None:
    assert set(FRAMES) == {"budget-100", "four-to-ten"}
    for name in FRAMES:
        assert shipped()[name].status == "frame"
        assert "not readable" in shipped()[name].summary
        with pytest.raises(BadInput, match="no points yet") as caught:
            score(shipped()[name], {})
        assert caught.value.field == "scheme"


def test_the_frame_of_100_points_has_15_stable_and_90_in_the_first_year() -> None:
    frame = shipped()["budget-100"]
    assert (frame.full_time_points, frame.stable_points, frame.grade_percent) == (100_00, 15_00, {"asye": 90})


@pytest.mark.parametrize("name", ["starter-children", "starter-adults"])
def test_a_starter_says_that_nobody_published_it(name: str) -> None:
    scheme = shipped()[name]
    assert scheme.status == "starter"
    assert "not published" in scheme.title
    assert scheme.full_time_points is None
    assert any(citation.confidence == "local" and not citation.verified for citation in scheme.citations)


@pytest.mark.parametrize("name", list(shipped()))
def test_every_scheme_is_cited_and_says_whose_shares_it_takes(name: str) -> None:
    scheme = shipped()[name]
    assert scheme.citations
    assert scheme.shares_note.startswith(("Assumed", "Ours"))


# uplift ----------------------------------------------------------------------------------------------------------

LIGHT = {"legal": "none", "complexity": "settled", "risk": "none", "family": "sibling", "travel": "near"}


def test_points_given_by_hand_are_a_line_of_their_own() -> None:
    found = score(shipped()["starter-children"], LIGHT, 150)
    assert found.points == 2_50
    assert (found.lines[-1].factor, found.lines[-1].points, found.lines[-1].answer) == ("uplift", 1_50, "+1.5")


def test_what_is_taken_by_hand_never_takes_a_case_below_nothing() -> None:
    found = score(shipped()["starter-children"], LIGHT, -200)
    assert found.points == 0
    assert sum(line.points for line in found.lines) == 0


@pytest.mark.parametrize(("name", "uplift"), [("starter-children", 201), ("starter-children", -201)])
def test_more_than_the_cap_is_refused(name: str, uplift: int) -> None:
    with pytest.raises(BadInput, match="more than starter-children allows") as caught:
        score(shipped()[name], LIGHT, uplift)
    assert caught.value.field == "uplift"
    assert "At most 2" in caught.value.hint


def test_where_a_scheme_names_no_cap_nothing_is_given_by_hand() -> None:
    with pytest.raises(BadInput, match="lets nothing be added"):
        score(shipped()["hours-budget"], {"level": "high"}, 1)


# whatever is answered --------------------------------------------------------------------------------------------


@given(st.data())
def test_points_are_never_negative_and_every_answer_scores(data: st.DataObject) -> None:
    scheme = shipped()[data.draw(st.sampled_from(WEIGHING))]
    answers = {f.id: data.draw(st.sampled_from([o.value for o in f.options])) for f in scheme.factors}
    most = scheme.most_uplift or 0
    found = score(scheme, answers, data.draw(st.integers(-most, most)))
    assert found.points >= 0
    assert found.points == sum(line.points for line in found.lines)


@given(st.sampled_from(WEIGHING), st.lists(st.sampled_from(list(Pathway)), max_size=4))
def test_default_answers_always_score(name: str, pathways: list[Pathway]) -> None:
    scheme = shipped()[name]
    answers = default_answers(scheme, pathways)
    assert set(answers) == {factor.id for factor in scheme.factors}
    assert score(scheme, answers).points >= 0


@given(st.sampled_from(WEIGHING))
def test_what_the_database_keeps_scores_as_the_pack_does(name: str) -> None:
    import json

    from domain.load.scoring import default_item_answers, score_item

    scheme = shipped()[name]
    kept = json.loads(json.dumps(scheme.as_item()))
    for pathway in Pathway:
        answers = default_answers(scheme, [pathway])
        assert default_item_answers(kept, [pathway.value]) == answers
        assert score_item(kept, answers).points == score(scheme, answers).points


# what a scheme may not say ---------------------------------------------------------------------------------------


@pytest.fixture
def draft() -> dict[str, Any]:
    """The probation tool's pack, to be spoilt."""
    return copy.deepcopy(tomllib.loads((PACKS / "weighting-probation.toml").read_text(encoding="utf-8")))


def faults(draft: dict[str, Any]) -> str:
    pack, problems = read_schemes(draft, "ours.toml")
    assert pack is None
    return "; ".join(f"{problem.column}: {problem.message}" for problem in problems)


def a_factor(name: str) -> dict[str, Any]:
    options = [{"value": "yes", "title": "Yes", "points": 1, "default": True}]
    return {"id": name, "title": name, "question": "Is it?", "options": options}


def test_a_sixth_question_is_refused(draft: dict[str, Any]) -> None:
    draft["schemes"][0]["factors"] += [a_factor(name) for name in "abc"]
    assert read_schemes(draft, "ours.toml")[1] == ()
    draft["schemes"][0]["factors"].append(a_factor("d"))
    assert "factors: at most 5 questions a case, found 6" in faults(draft)


def test_a_scheme_without_factors_is_refused_unless_it_is_a_frame(draft: dict[str, Any]) -> None:
    draft["schemes"][0]["factors"] = []
    assert "factors: missing; only a frame may have none" in faults(draft)


def test_every_answer_of_the_other_question_needs_points(draft: dict[str, Any]) -> None:
    del draft["schemes"][0]["factors"][0]["options"][2]["points"]["custody"]
    assert 'factors: tier "a1" has no points for setting "custody"' in faults(draft)


def test_points_for_an_answer_nobody_can_give_are_refused(draft: dict[str, Any]) -> None:
    draft["schemes"][0]["factors"][0]["options"][0]["points"]["abroad"] = 5
    assert 'factors: tier "a3" has points for "abroad", no answer of setting' in faults(draft)


@pytest.mark.parametrize(
    ("by", "said"),
    [
        ("tier", "goes by tier, which is no other factor"),
        ("mood", "goes by mood, which is no other factor"),
        (None, "points in a table need by"),
    ],
)
def test_a_table_goes_by_another_question(draft: dict[str, Any], by: str | None, said: str) -> None:
    draft["schemes"][0]["factors"][0].pop("by")
    if by:
        draft["schemes"][0]["factors"][0]["by"] = by
    assert said in faults(draft)


def test_negative_points_in_a_table_name_the_answer(draft: dict[str, Any]) -> None:
    draft["schemes"][0]["factors"][0]["options"][0]["points"]["licence"] = -1
    assert faults(draft) == "schemes.probation-tool.factors.tier.options.a3.points: licence: points cannot be negative"


def test_two_defaults_are_refused(draft: dict[str, Any]) -> None:
    draft["schemes"][0]["factors"][1]["options"][1]["default"] = True
    assert "exactly one answer must be the default, found community and licence" in faults(draft)


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("most_uplift", -1, "points cannot be negative"),
        ("stable_points", 2176, "leaves nothing of the full-time load for cases"),
        ("dormant_percent", 50, "say after how many weeks"),
        ("dormant_weeks", 0, "write more than 0"),
        ("grade_percent", {"asye": 120}, "write 100 or less"),
        ("red_weeks", 0, "write more than 0"),
    ],
)
def test_figures_that_make_no_sense_are_refused(draft: dict[str, Any], key: str, value: Any, said: str) -> None:
    draft["schemes"][0][key] = value
    assert said in faults(draft)


def test_the_share_of_holding_under_supervision_may_be_left_out(draft: dict[str, Any]) -> None:
    assert "supervised" not in draft["schemes"][0]["shares"]
    draft["schemes"][0]["shares"]["supervised"] = 60
    assert read_schemes(draft, "ours.toml")[1] == ()
