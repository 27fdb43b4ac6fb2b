"""Policies as packs say them: strict, honest about where they come from, and every word known."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from domain.allocation.policies import Policy, PolicyPack, read_policies, unknown_words
from storage.rules import pack_set

SHIPPED = pack_set.load()
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
    assert list(unknown_words(read, {"asye"}, {"amhp_ended"})) == [
        ("g", "allowed", "there is no grade wizard"),
        ("w", "warrant", "there is no kind of event knighted"),
    ]


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
