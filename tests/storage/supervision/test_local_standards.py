"""What the shipped packs leave to each council: no date until a council's own pack gives the figure, then one."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from domain.cases.subject import Happening, Subject
from domain.core.enums import Nation, SubjectKind
from domain.due.engine import derive
from domain.due.obligation import Obligation
from storage.rules import pack_set

SHIPPED = pack_set.load()
VECTORS = Path(__file__).parents[2] / "vectors"
LEFT_OPEN = sorted(r.id for r in SHIPPED.rulebook.all_rules.values() if r.active and r.not_set)
OWN = """kind = "rules"
id = "our-standards"
title = "Our standards"
version = "1"
"""


def _open_vectors() -> Iterator[dict[str, Any]]:
    for path in sorted(VECTORS.glob("*.toml")):
        found = tomllib.loads(path.read_text("utf-8"))["vector"]
        yield from (v for v in found if v.get("unset") and v["sort"] == "plain" and v["rule"] in LEFT_OPEN)


def _council_pack(folder: Path) -> pack_set.PackSet:
    """Return the packs with five days given for everything that the shipped ones leave open."""
    given = [OWN]
    for name in LEFT_OPEN:
        rule = SHIPPED.rulebook.all_rules[name]
        keys = ("first", "then") if rule.kind == "staged" else ("interval",)
        lines = "\n".join(f"{key} = {{ days = 5 }}" for key in keys)
        given.append(f'[[rules]]\nid = "{name}"\nreplaces = "{name}"\n{lines}\n')
    (folder / "own.toml").write_text("\n".join(given), encoding="utf-8")
    return pack_set.load([folder])


def _only(vector: dict[str, Any], found: pack_set.PackSet) -> Obligation:
    subject = Subject(
        kind=SubjectKind.WORKER if "grade" in vector else SubjectKind.CASE,
        reference="X",
        happenings=[Happening(e["kind"], e["on"], e.get("details", {})) for e in vector["events"]],
        attributes={"grade": vector["grade"]} if "grade" in vector else {},
    )
    everything = derive(subject, found.rulebook, found.calendar(Nation.ENGLAND)).obligations
    (one,) = (o for o in everything if o.rule == vector["rule"] and o.held_on is None)
    return one


@pytest.fixture(scope="module")
def council(tmp_path_factory: pytest.TempPathFactory) -> pack_set.PackSet:
    return _council_pack(tmp_path_factory.mktemp("council"))


def test_the_whole_of_adult_safeguarding_is_left_to_the_council() -> None:
    rules = [r for r in SHIPPED.rulebook.all_rules.values() if r.pack == "england-adults-safeguarding" and r.active]
    assert len(rules) == 10
    assert all(rule.not_set and rule.tier == "local" and not rule.verified for rule in rules)


def test_a_council_may_set_every_one_of_them(council: pack_set.PackSet) -> None:
    assert council.problems == ()
    assert [name for name in LEFT_OPEN if council.rulebook.all_rules[name].not_set] == []


@pytest.mark.parametrize("vector", list(_open_vectors()), ids=lambda v: v["rule"])
def test_once_set_it_has_a_date(vector: dict[str, Any], council: pack_set.PackSet) -> None:
    before, after = _only(vector, SHIPPED), _only(vector, council)
    assert before.legal_due is None
    assert after.legal_due == after.anchor_on + timedelta(days=5)
    assert (after.series, after.cycle, after.anchor_on) == (before.series, before.cycle, before.anchor_on)


def test_a_first_review_may_be_counted_from_the_start_of_the_service(tmp_path: Path) -> None:
    said = '[[rules]]\nid = "plan_review_initial_service"\nreplaces = "plan_review_initial_service"\nactive = true\n'
    (tmp_path / "own.toml").write_text(OWN + said, encoding="utf-8")
    chosen = pack_set.load([tmp_path])
    assert chosen.problems == ()
    events = [
        {"kind": "care_plan_agreed", "on": date(2026, 1, 5)},
        {"kind": "service_started", "on": date(2026, 1, 19)},
    ]
    assert _only({"rule": "plan_review_initial", "events": events}, SHIPPED).legal_due == date(2026, 3, 2)
    assert _only({"rule": "plan_review_initial_service", "events": events}, chosen).legal_due == date(2026, 3, 16)


def test_what_is_not_in_force_is_switched_off_and_says_why() -> None:
    for name in ("lps_placeholder", "mha_s3_future", "ctr_statutory_future"):
        rule = SHIPPED.rulebook.all_rules[name]
        assert not rule.active
        assert "not commenced" in rule.reason
        assert (rule.valid_from, rule.valid_to) == (None, None)


def test_the_law_cannot_be_left_open_by_a_council(tmp_path: Path) -> None:
    said = """[[rules]]
id = "direct_payment_review_first"
replaces = "direct_payment_review_first"
interval = { not_set = true, reason = "We have not decided." }
"""
    (tmp_path / "own.toml").write_text(OWN + said, encoding="utf-8")
    (problem,) = pack_set.load([tmp_path]).problems
    assert (problem.rule, problem.key) == ("direct_payment_review_first", "interval")
    assert "is law" in problem.message
