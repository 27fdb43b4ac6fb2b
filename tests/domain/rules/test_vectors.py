"""Every date in tests/vectors was worked out by hand; every shipped rule has a plain, a boundary and a negative one."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from domain.cases.subject import Happening, Subject
from domain.core.enums import Nation, SubjectKind
from domain.core.workdays import Workdays
from domain.due.engine import derive
from domain.due.obligation import Derivation
from storage.rules import pack_set

FOLDER = Path(__file__).parents[2] / "vectors"
PACKS = pack_set.load()


def _read() -> list[dict[str, Any]]:
    return [v for path in sorted(FOLDER.glob("*.toml")) for v in tomllib.loads(path.read_text("utf-8"))["vector"]]


VECTORS = _read()


def _derived(vector: dict[str, Any]) -> Derivation:
    worker = "grade" in vector
    subject = Subject(
        kind=SubjectKind.WORKER if worker else SubjectKind.CASE,
        reference="W101" if worker else "C-1001",
        born=vector.get("born"),
        expected_birth=vector.get("expected_birth"),
        closed=vector.get("closed"),
        happenings=[Happening(e["kind"], e["on"], e.get("details", {})) for e in vector["events"]],
        attributes={"grade": vector["grade"]} if worker else {},
    )
    known = PACKS.calendar(Nation.ENGLAND)
    terms = tuple((term["first"], term["last"]) for term in vector.get("terms", ()))
    return derive(subject, PACKS.rulebook, Workdays(known.nation, known.holidays, terms=terms) if terms else known)


@pytest.mark.parametrize("vector", VECTORS, ids=lambda v: f"{v['rule']}: {v['why']}")
def test_the_date_is_the_one_worked_out_by_hand(vector: dict[str, Any]) -> None:
    found = _derived(vector)
    among = found.floors if vector.get("floor") else found.obligations
    still_open = [o for o in among if o.rule == vector["rule"] and o.held_on is None]
    if vector.get("absent"):
        assert still_open == []
        return
    (one,) = still_open
    if vector.get("unset"):
        assert (one.legal_due, one.plan_by) == (None, None)
        return
    assert one.legal_due == vector["due"]
    assert one.plan_by == vector.get("plan_by", vector["due"])
    if "opens" in vector:
        assert one.opens == vector["opens"]
    if "cycle" in vector:
        assert one.cycle == vector["cycle"]


def test_every_active_rule_has_a_plain_a_boundary_and_a_negative_vector() -> None:
    sorts: dict[str, set[str]] = {}
    for vector in VECTORS:
        sorts.setdefault(vector["rule"], set()).add(vector["sort"])
    active = {rule.id for rule in PACKS.rulebook.all_rules.values() if rule.active}
    assert {name for name in active if sorts.get(name) != {"plain", "boundary", "not"}} == set()


def test_the_shipped_rules_are_the_ones_on_the_list() -> None:
    listed = (FOLDER / "rule-ids.txt").read_text("utf-8").split()
    assert sorted(PACKS.rulebook.all_rules) == listed
