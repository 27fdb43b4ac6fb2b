"""Frameworks: titles not seen are marked, ids outlive numbers, faults are told."""

from __future__ import annotations

import tomllib
from datetime import date
from typing import Any

import pytest

from domain.learning.framework_packs import Framework, read_frameworks
from domain.learning.frameworks import in_force, known, meant, standing
from domain.learning.progression import Shown, rows
from storage.rules.pack_set import SHIPPED

FRAMEWORKS = {
    one["id"]: Framework.model_validate(one).as_item()
    for one in tomllib.loads((SHIPPED / "frameworks.toml").read_text("utf-8"))["frameworks"]
}
AMONG = known(FRAMEWORKS.values())


def test_the_shipped_frameworks_have_the_counts_the_sources_give() -> None:
    counts = {name: (len(one["statements"]), len(one["levels"])) for name, one in FRAMEWORKS.items()}
    assert counts == {
        "pcf": (9, 9),
        "kss-cf": (10, 0),
        "ecs": (0, 0),
        "kss-adults": (10, 0),
        "swe": (6, 0),
        "pqs-cf": (8, 0),
        "pqs-adults": (8, 0),
        "values": (0, 0),
    }


def test_titles_not_seen_in_a_source_are_marked() -> None:
    assert meant("pcf.knowledge", AMONG).words == "5 Knowledge ? unverified"
    assert meant("pcf.professionalism", AMONG).words == "1 Professionalism"
    assert meant("pqs-adults.5", AMONG).words == "5 Title not found ? unverified"
    assert FRAMEWORKS["pcf"]["unverified"] == "10 of 18 titles"
    assert FRAMEWORKS["kss-cf"]["unverified"] == ""


def test_an_old_number_means_what_it_meant() -> None:
    assert meant("kss-cf.7", AMONG).id == "kss-cf.analysis-decisions"
    assert meant("gone.3", AMONG).words == "gone.3 ? unverified"


@pytest.mark.parametrize(
    ("name", "on", "words"),
    [
        ("kss-cf", date(2027, 3, 31), "in force"),
        ("kss-cf", date(2027, 4, 1), "no longer in force"),
        ("pcf", date(2026, 11, 20), "in force"),
        ("ecs", date(2027, 4, 1), "content not known"),
    ],
)
def test_where_a_framework_stands_on_a_day(name: str, on: date, words: str) -> None:
    assert standing(FRAMEWORKS[name], on) == words


def test_a_framework_is_not_in_force_before_its_day_or_when_switched_off() -> None:
    begins = {**FRAMEWORKS["kss-cf"], "valid_from": "2027-04-01", "valid_to": None}
    assert [in_force(begins, date(2027, 3, 31)), in_force(begins, date(2027, 4, 1))] == [False, True]
    assert standing(begins, date(2027, 3, 31)) == "not yet in force"
    assert standing({**begins, "active": False}, date(2028, 1, 1)) == "switched off"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"statements": []}, "at least one is needed"),
        ({"statements": [{"id": "other.a", "title": "A"}]}, "does not begin with 'own.'"),
        ({"statements": [{"id": "own.a", "title": "A"}, {"id": "own.b", "title": "B", "also": ["own.a"]}]}, "twice"),
        ({"valid_from": date(2027, 1, 2), "valid_to": date(2027, 1, 1)}, "it cannot end before it begins"),
        ({"basis": "published"}, "needs a citation"),
    ],
)
def test_a_fault_in_a_framework_is_told(change: dict[str, Any], words: str) -> None:
    own = {"id": "own", "title": "Ours", "basis": "local", "statements": [{"id": "own.a", "title": "A"}], **change}
    pack = {"kind": "frameworks", "id": "x", "title": "X", "version": "1", "frameworks": [own]}
    found, problems = read_frameworks(pack, "own.toml")
    assert found is None
    assert words in problems[0].message


# progression --------------------------------------------------------------------------------------------------------

CRITERIA = [
    {"id": "accounts", "title": "Accounts", "kinds": ["reflection"], "domains": ["pcf.a", "pcf.b"], "each": True},
    {"id": "observed", "title": "Observed", "needs": 2, "kinds": ["observation"]},
    {"id": "other", "title": "Other"},
]


def shown(kind: str, *domains: str, criterion: str | None = None) -> Shown:
    return Shown(1, date(2026, 5, 4), kind, "T", domains, criterion)


def test_a_criterion_for_each_capability_is_not_met_by_one_of_them_twice() -> None:
    accounts, observed, other = rows(CRITERIA, [shown("reflection", "pcf.a"), shown("reflection", "pcf.a")])
    assert (accounts.gap, accounts.missing, accounts.state) == (1, ("pcf.b",), "due")
    assert (observed.gap, observed.state) == (2, "late")
    assert (other.gap, other.state) == (1, "late")


def test_evidence_that_names_its_criterion_counts_there_alone() -> None:
    accounts, observed, other = rows(CRITERIA, [shown("observation", "pcf.a", criterion="other"), shown("observation")])
    assert (accounts.gap, observed.gap, other.state) == (2, 1, "held")
