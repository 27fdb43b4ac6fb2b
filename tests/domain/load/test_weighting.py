"""Weighing a case: answers to a scheme's questions become points that explain themselves."""

import copy
import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import domain
from domain.core.enums import Pathway, Role
from domain.core.errors import BadInput
from domain.load.capacity import band
from domain.load.schemes import Scheme, SchemePack, read_schemes
from domain.load.weighting import default_answers, score

SHIPPED = Path(domain.__file__).parent / "packs" / "weighting.toml"


@pytest.fixture(scope="module")
def written() -> dict[str, Any]:
    return tomllib.loads(SHIPPED.read_text(encoding="utf-8"))


@pytest.fixture
def draft(written) -> dict[str, Any]:
    return copy.deepcopy(written)


@pytest.fixture(scope="module")
def pack(written) -> SchemePack:
    found, problems = read_schemes(written, "weighting.toml")
    assert problems == ()
    assert found is not None
    return found


@pytest.fixture(scope="module")
def three_factor(pack) -> Scheme:
    return next(scheme for scheme in pack.schemes if scheme.id == "three-factor")


@pytest.fixture(scope="module")
def contact(pack) -> Scheme:
    return next(scheme for scheme in pack.schemes if scheme.id == "contact-frequency")


def test_three_factors_add_up_line_by_line(three_factor) -> None:
    found = score(three_factor, {"complexity": "3", "risk": "2", "travel": "1"})
    assert found.points == 6_00
    assert [(line.factor, line.value, line.points) for line in found.lines] == [
        ("complexity", "3", 3_00),
        ("risk", "2", 2_00),
        ("travel", "1", 1_00),
    ]


@pytest.mark.parametrize(("step", "points"), [("1", 3_00), ("3", 9_00)])
def test_a_case_weighs_three_to_nine(three_factor, step, points) -> None:
    assert score(three_factor, dict.fromkeys(("complexity", "risk", "travel"), step)).points == points


def test_no_full_time_load_is_published_for_three_factors_and_the_pack_says_so(three_factor) -> None:
    assert three_factor.full_time_points is None
    assert "No full-time load is published" in three_factor.full_time_note


@pytest.mark.parametrize(("seen", "points"), [("weekly", 1_00), ("fortnightly", 50), ("monthly", 25), ("quarterly", 8)])
def test_a_case_counts_by_how_often_the_person_is_seen(contact, seen, points) -> None:
    assert score(contact, {"contact": seen}).points == points


def test_contact_frequency_allows_twenty_weighted_and_forty_people(contact) -> None:
    assert (contact.full_time_points, contact.most_cases) == (20_00, 40)


def test_answers_may_be_given_as_numbers(three_factor) -> None:
    assert score(three_factor, {"complexity": 3, "risk": 3, "travel": 3}).points == 9_00


@pytest.mark.parametrize(
    ("answers", "field"),
    [
        ({"complexity": "3", "risk": "2", "travel": "1", "mood": "4"}, "mood"),
        ({"complexity": "7", "risk": "2", "travel": "1"}, "complexity"),
        ({"complexity": "3", "risk": "2"}, "travel"),
        ({}, "complexity"),
    ],
)
def test_a_wrong_or_missing_answer_is_named(three_factor, answers, field) -> None:
    with pytest.raises(BadInput) as caught:
        score(three_factor, answers)
    assert caught.value.field == field
    assert field in str(caught.value)
    assert caught.value.hint


@given(st.text(), st.text())
def test_hostile_answers_are_refused_in_plain_words(three_factor, name, value) -> None:
    with pytest.raises(BadInput) as caught:
        score(three_factor, {"complexity": "x" + value, name: "1"})
    assert len(str(caught.value)) < 300
    str(caught.value).encode()


def test_every_pathway_has_assumed_answers_that_can_be_scored(pack) -> None:
    for scheme in pack.schemes:
        assert scheme.defaults_status == "assumed"
        for pathway in Pathway:
            assert any(pathway in assumption.pathways for assumption in scheme.defaults), (scheme.id, pathway)
            assert score(scheme, default_answers(scheme, [pathway])).points > 0


def test_a_case_on_two_pathways_takes_the_heavier_default_of_each_factor(three_factor) -> None:
    answers = default_answers(three_factor, [Pathway.CHILD_PROTECTION, Pathway.LOOKED_AFTER])
    assert answers == {"complexity": "3", "risk": "3", "travel": "2"}


def test_a_pathway_without_a_default_takes_each_factors_own(draft) -> None:
    draft["schemes"][0]["defaults"] = []
    pack, _ = read_schemes(draft, "weighting.toml")
    answers = default_answers(pack.schemes[0], [Pathway.COURT])
    assert answers == {"complexity": "2", "risk": "2", "travel": "1"}


def test_the_allocated_worker_carries_the_whole_case(pack) -> None:
    for scheme in pack.schemes:
        assert scheme.shares[Role.ALLOCATED] == 100
        assert scheme.shares_note.startswith("Assumed")


def test_the_red_line_is_at_110_percent(pack) -> None:
    for scheme in pack.schemes:
        assert [(b.key, b.glyph) for b in scheme.bands] == [
            ("room", "▽"),
            ("steady", ""),
            ("near", "△"),
            ("over", "▲"),
        ]
        assert band(1100, scheme.band_edges()) == "near"
        assert band(1101, scheme.band_edges()) == "over"
        assert band(949, scheme.band_edges()) == "room"


def test_only_what_was_read_in_the_source_itself_counts_as_verified(pack) -> None:
    for scheme in pack.schemes:
        for citation in scheme.citations:
            assert citation.verified == (citation.confidence == "H")


def test_a_pack_survives_being_kept_as_json(pack) -> None:
    assert SchemePack.model_validate(json.loads(pack.model_dump_json())) == pack


def test_what_the_database_keeps_is_in_hundredths_and_ready_for_narrow_reads(contact) -> None:
    kept = json.loads(json.dumps(contact.as_item()))
    assert kept["full_time_points"] == 20_00
    assert [option["points"] for option in kept["factors"][0]["options"]] == [1_00, 50, 25, 8]
    assert band(1101, kept["band_edges"]) == "over"
    assert kept["shares"]["allocated_worker"] == 100


def test_a_frame_has_no_points_until_the_council_fills_it_in(draft) -> None:
    draft["schemes"][0] |= {"status": "frame", "factors": [], "defaults": []}
    pack, problems = read_schemes(draft, "weighting.toml")
    assert problems == ()
    with pytest.raises(BadInput, match="no points yet"):
        score(pack.schemes[0], {})


def _only_problem(draft: dict[str, Any]) -> tuple[str, str]:
    pack, problems = read_schemes(draft, "council.toml")
    assert pack is None
    (problem,) = problems
    assert problem.file == "council.toml"
    return problem.column, problem.message


def test_a_scheme_without_factors_is_a_problem(draft) -> None:
    del draft["schemes"][0]["factors"]
    draft["schemes"][0]["defaults"] = []
    assert _only_problem(draft) == ("schemes.three-factor", "factors: missing; only a frame may have none")


def test_a_default_for_a_missing_factor_is_a_problem(draft) -> None:
    del draft["schemes"][1]["factors"][0]
    draft["schemes"][1]["status"] = "frame"
    place, message = _only_problem(draft)
    assert place == "schemes.contact-frequency"
    assert "there is no factor contact" in message


def test_negative_points_are_a_problem(draft) -> None:
    draft["schemes"][0]["factors"][1]["options"][0]["points"] = -1
    assert _only_problem(draft) == ("schemes.three-factor.factors.risk.options.1.points", "points cannot be negative")


def test_thirds_of_a_point_are_a_problem(draft) -> None:
    draft["schemes"][1]["factors"][0]["options"][3]["points"] = 1 / 13
    assert _only_problem(draft)[1] == "points have at most two decimals"


def test_two_default_answers_are_a_problem(draft) -> None:
    draft["schemes"][0]["factors"][1]["options"][0]["default"] = True
    assert _only_problem(draft) == (
        "schemes.three-factor.factors.risk",
        "exactly one answer must be the default, found 1 and 2",
    )


def test_two_defaults_for_one_pathway_are_a_problem(draft) -> None:
    draft["schemes"][1]["defaults"].append({"pathways": ["court"], "answers": {"contact": "monthly"}})
    assert "court has two default answers to contact" in _only_problem(draft)[1]


def test_unknown_keys_are_a_problem(draft) -> None:
    draft["schemes"][0]["colour"] = "red"
    assert _only_problem(draft) == ("schemes.three-factor.colour", "unknown key")


def test_a_missing_key_is_a_problem(draft) -> None:
    del draft["schemes"][0]["citations"]
    assert _only_problem(draft) == ("schemes.three-factor.citations", "missing")


def test_a_forgotten_role_is_a_problem(draft) -> None:
    del draft["schemes"][0]["shares"]["cover"]
    assert _only_problem(draft)[1] == "shares: cover is missing"


@pytest.mark.parametrize("edges", [[100, 95, 110, None], [95, 100, 110, 120], [95, None, 110, None]])
def test_bands_that_do_not_rise_are_a_problem(draft, edges) -> None:
    for written_band, edge in zip(draft["schemes"][0]["bands"], edges, strict=True):
        written_band.pop("upto_percent", None)
        if edge is not None:
            written_band["upto_percent"] = edge
    assert _only_problem(draft)[1].startswith("bands: ")


def test_all_faults_of_a_pack_are_told_together(draft) -> None:
    draft["schemes"][0]["factors"][0]["options"][0]["points"] = "lots"
    draft["schemes"][1]["full_time_points"] = 0
    draft["notes"] = "x"
    _, problems = read_schemes(draft, "council.toml")
    assert len(problems) == 3


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from(["kind", "id", "title", "version", "schemes", "x"]), JUNK))
def test_any_junk_gives_problems_and_never_a_traceback(data) -> None:
    pack, problems = read_schemes(data, "junk.toml")
    assert pack is None
    assert problems
    for problem in problems:
        str(problem).encode()


@given(st.sampled_from(["factors", "shares", "bands", "defaults", "citations", "full_time_points", "status"]), JUNK)
def test_junk_inside_a_scheme_gives_problems_too(written, key, junk) -> None:
    data = {**written, "schemes": [{**written["schemes"][0], key: junk}]}
    pack, problems = read_schemes(data, "junk.toml")
    assert (pack is None) == bool(problems)
