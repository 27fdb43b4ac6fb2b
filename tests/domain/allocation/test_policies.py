"""Policies as packs say them: strict, honest about where they come from, and every word known."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from domain.allocation.policies import Known, Policy, PolicyPack, read_policies, unknown_words, written_out
from storage.rules import pack_set

SHIPPED = pack_set.load()
KNOWN = Known(SHIPPED.grades, SHIPPED.event_kinds, SHIPPED.factors, SHIPPED.specialisms, SHIPPED.in_force)
HEAD = {"kind": "policies", "id": "own", "title": "Ours", "version": "1"}


def pack(**policy: Any) -> dict[str, Any]:
    return {**HEAD, "policies": [{"id": "x", "title": "Ours", "kind": "away", "basis": "local", **policy}]}


def fault(**policy: Any) -> str:
    found, problems = read_policies(pack(**policy), "own.toml")
    assert found is None
    (problem,) = problems
    assert problem.column.startswith("policies.x")
    return f"{problem.column.removeprefix('policies.x').lstrip('.')}: {problem.message}".lstrip(": ")


def test_the_shipped_policies_have_no_problem_and_say_whose_they_are() -> None:
    assert not SHIPPED.problems
    for policy in SHIPPED.policies.values():
        assert policy.citations or policy.basis == "local", policy.id
        if policy.basis == "published":
            assert any(citation.confidence in ("H", "M", "L") for citation in policy.citations), policy.id


def test_every_kind_of_rule_but_none_too_many_is_shipped() -> None:
    kinds = set(Policy.model_fields["kind"].annotation.__args__)  # type: ignore[union-attr]
    assert {policy.kind for policy in SHIPPED.policies.values()} == kinds


@pytest.mark.parametrize(
    ("policy", "said"),
    [
        ({"kind": "warant"}, "kind: "),
        ({"most": 12}, "most: does not belong to a rule of kind away"),
        ({"kind": "new_cases"}, "one_per: a rule of kind new_cases needs it"),
        ({"kind": "grades"}, "allowed: a rule of kind grades needs one of allowed, not_allowed"),
        ({"kind": "grades", "allowed": ["asye"], "not_allowed": ["student"]}, "allowed: say either"),
        ({"approver": "Head of service"}, "approver: only a hard rule has one"),
        ({"basis": "published"}, "citations: a rule that is not local needs one"),
        ({"kind": "unallocated", "review_days": 7, "hard": True}, "hard: "),
        ({"kind": "most_cases", "most": 0}, "most: "),
        ({"kind": "warrant", "warrant": {"event": "amhp_approved"}}, "warrant: months: say how long it lasts"),
        ({"kind": "warrant", "warrant": {"event": "e", "detail": "topic", "months": 1}}, "warrant: detail: "),
        ({"when": {"pathway": ["court"]}}, "when.pathway: unknown key"),
        ({"colour": "red"}, "colour: unknown key"),
    ],
)
def test_a_policy_that_makes_no_sense_is_refused_with_its_key(policy: dict[str, Any], said: str) -> None:
    assert fault(**policy).startswith(said)


@pytest.mark.parametrize(
    ("policy", "key", "least", "most"),
    [
        ({"kind": "most_cases"}, "most", 1, 1000),
        ({"kind": "new_cases"}, "one_per", 1, 100),
        ({"kind": "over_percent"}, "percent", 1, 1000),
        ({"kind": "leaving"}, "within_weeks", 1, 104),
        ({"kind": "unallocated"}, "review_days", 1, 366),
        ({"kind": "unallocated"}, "escalate_days", 1, 366),
    ],
)
def test_a_figure_lies_within_its_limits(policy: dict[str, Any], key: str, least: int, most: int) -> None:
    for figure in (least, most):
        found, _ = read_policies(pack(**policy, **{key: figure}), "own.toml")
        assert found is not None
        assert getattr(found.policies[0], key) == figure
    for figure in (least - 1, most + 1):
        assert fault(**policy, **{key: figure}).startswith(f"{key}: ")


def test_readers_find_what_an_approval_must_be_under_the_word_that_the_pack_uses() -> None:
    warrant = {"event": "training_completed", "detail": "topic", "is": "ABE", "years": 3}
    read, _ = read_policies(pack(kind="warrant", warrant=warrant), "own.toml")
    assert read is not None
    assert read.policies[0].as_item()["warrant"] == {**warrant, "ended": []}


def test_two_policies_of_one_id_are_refused() -> None:
    twice = pack()
    twice["policies"] *= 2
    found, problems = read_policies(twice, "own.toml")
    assert found is None
    assert "x is there twice" in str(problems[0])


def test_a_grade_or_event_that_nobody_knows_is_named() -> None:
    of_grades = {"id": "g", "title": "G", "kind": "grades", "basis": "local", "allowed": ["asye", "wizard"]}
    warrant = {"event": "knighted", "ended": ["amhp_ended"], "years": 1}
    of_events = {"id": "w", "title": "W", "kind": "warrant", "basis": "local", "warrant": warrant}
    read = PolicyPack.model_validate({**HEAD, "policies": [of_grades, of_events]})
    assert list(unknown_words(read, KNOWN)) == [
        ("g", "allowed", "there is no grade wizard"),
        ("w", "warrant", "there is no kind of event knighted"),
    ]


@pytest.mark.parametrize(
    ("policy", "key", "said"),
    [
        ({"when": {"factors": ["libery"]}}, "when.factors", "there is no factor libery; did you mean liberty?"),
        ({"when": {"in_force": ["dols-standart"]}}, "when.in_force", "there is no thing in force dols-standart; did"),
        ({"grades": ["adult-sw"]}, "grades", "there is no grade adult-sw; did you mean adults-sw?"),
        ({"unless_brings": ["woman workr"]}, "unless_brings", "there is no specialism woman workr; did you mean woman"),
    ],
)
def test_a_word_that_nobody_declared_is_refused_with_the_nearest(policy: dict[str, Any], key: str, said: str) -> None:
    read = PolicyPack.model_validate(pack(**policy))
    ((_, where, words),) = unknown_words(read, KNOWN)
    assert where == key
    assert words.startswith(said)


@pytest.mark.parametrize(
    ("warrant", "said"),
    [
        ({"event": "amhp_aproved", "years": 5}, "there is no kind of event amhp_aproved; did you mean amhp_approved?"),
        (
            {"event": "training_completed", "detail": "topik", "is": "bia", "months": 12},
            "training_completed has no detail topik; did you mean topic?",
        ),
    ],
)
def test_an_approval_names_an_event_and_a_detail_that_there_are(warrant: dict[str, Any], said: str) -> None:
    read = PolicyPack.model_validate(pack(kind="warrant", warrant=warrant))
    assert list(unknown_words(read, KNOWN)) == [("x", "warrant", said)]


@pytest.mark.parametrize("spelled", ["Deprivation of liberty", "dols", "LIBERTY"])
def test_a_policy_may_spell_a_factor_as_it_likes(spelled: str) -> None:
    read = PolicyPack.model_validate(pack(when={"factors": [spelled]}))
    assert list(unknown_words(read, KNOWN)) == []
    (means,) = written_out(read.policies[0], KNOWN)["when"]["means"]
    assert means["id"] == "liberty"
    assert "dols-standard" in means["in_force"]


def test_either_needs_two_to_choose_from() -> None:
    assert fault(when={"either": True, "pathways": ["court"]}).startswith("when: either: give two or more")


def test_kinds_of_grade_stand_for_every_grade_of_them() -> None:
    read = PolicyPack.model_validate(pack(kind="grades", not_allowed_kinds=["student"], grade_kinds=["non_registered"]))
    item = written_out(read.policies[0], KNOWN)
    assert item["not_allowed"] == ["student"]
    assert item["bound"] == ["care-officer", "non-registered", "occupational-therapist", "personal-adviser"]


def test_a_council_puts_its_own_rule_in_the_place_of_a_shipped_one(tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text(
        'kind = "policies"\nid = "own"\ntitle = "Ours"\nversion = "1"\n'
        '[[policies]]\nid = "has-left"\ntitle = "Gone"\nkind = "leaving"\nbasis = "local"\nactive = false\n'
    )
    found = pack_set.load([tmp_path])
    assert not found.problems
    assert not found.policies["has-left"].active
    assert found.policies.keys() == SHIPPED.policies.keys()


def test_a_pack_with_a_fault_leaves_everything_as_it_was(tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text(
        'kind = "policies"\nid = "own"\ntitle = "Ours"\nversion = "1"\n'
        '[[policies]]\nid = "has-left"\ntitle = "Gone"\nkind = "leaving"\nbasis = "local"\nactive = false\n'
        '[[policies]]\nid = "g"\ntitle = "G"\nkind = "grades"\nbasis = "local"\nallowed = ["wizard"]\n'
    )
    found = pack_set.load([tmp_path])
    (problem,) = found.problems
    assert (problem.file, problem.rule, problem.key) == ("own.toml", "g", "allowed")
    assert found.policies["has-left"].active


def test_the_example_of_the_manual_is_a_pack(tmp_path: Path) -> None:
    text = (Path(pack_set.__file__).resolve().parents[2] / "docs" / "policies.md").read_text("utf-8")
    example = text.split("```toml\n")[1].split("```")[0]
    assert tomllib.loads(example)["kind"] == "policies"
    (tmp_path / "council.toml").write_text(example, encoding="utf-8")
    found = pack_set.load([tmp_path])
    assert not found.problems
    assert found.policies["children-unallocated"].escalate_days == 14
