"""Grades as shipped: two families, honest about where a figure comes from."""

import copy
import json
import tomllib
from pathlib import Path
from typing import Any

import pytest

import domain
from domain.load.capacity import Contract, capacity
from domain.load.grades import Grade, GradePack, SuperviseeKind, read_grades

SHIPPED = Path(domain.__file__).parent / "packs" / "grades.toml"


@pytest.fixture(scope="module")
def written() -> dict[str, Any]:
    return tomllib.loads(SHIPPED.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def grades(written) -> dict[str, Grade]:
    pack, problems = read_grades(written, "grades.toml")
    assert problems == ()
    return {grade.id: grade for grade in pack.grades}


def test_both_families_and_the_shared_grades_are_there(grades) -> None:
    assert {grade.id for grade in grades.values() if grade.family == "adults"} == {
        "adults-sw", "adults-senior-sw", "care-officer", "occupational-therapist",
    }  # fmt: skip
    assert {"children-sw", "children-advanced-sw"} <= {g.id for g in grades.values() if g.family == "children"}
    assert {"asye", "senior-practitioner", "student", "team-manager", "non-registered", "personal-adviser"} <= set(
        grades
    )


def test_a_newly_qualified_worker_carries_ninety_percent_by_a_published_scheme(grades) -> None:
    asye = grades["asye"]
    assert (asye.capacity_percent, asye.basis, asye.newly_qualified) == (90, "published", True)
    assert capacity(100_00, Contract.of(100), asye.capacity_percent, []).today == 90_00


def test_a_figure_other_than_full_is_cited_or_local(grades) -> None:
    for grade in grades.values():
        if grade.capacity_percent not in (0, 100):
            assert grade.citations, grade.id
        if not grade.citations:
            assert grade.basis == "local", grade.id


def test_a_team_manager_holds_no_cases_only_as_a_local_starting_point(grades) -> None:
    assert (grades["team-manager"].capacity_percent, grades["team-manager"].basis) == (0, "local")


@pytest.mark.parametrize(
    ("supervisor", "may", "may_not"),
    [
        ("adults-sw", ["student", "non-registered"], ["asye", "adults-sw"]),
        ("adults-senior-sw", ["student", "asye"], ["adults-sw", "senior-practitioner"]),
        ("children-sw", ["student", "personal-adviser"], ["asye", "children-sw"]),
        ("children-advanced-sw", ["asye", "children-sw"], ["senior-practitioner", "team-manager"]),
        ("senior-practitioner", ["student", "asye", "adults-sw"], ["team-manager"]),
        ("team-manager", ["senior-practitioner", "children-advanced-sw", "asye"], []),
        ("student", [], ["student", "asye", "adults-sw"]),
    ],
)
def test_who_may_supervise_whom_differs_by_grade(grades, supervisor, may, may_not) -> None:
    assert [grades[supervisor].may_supervise(grades[other]) for other in may] == [True] * len(may)
    assert [grades[supervisor].may_supervise(grades[other]) for other in may_not] == [False] * len(may_not)


def test_what_a_grade_is_to_its_supervisor(grades) -> None:
    assert grades["student"].kind is SuperviseeKind.STUDENT
    assert grades["asye"].kind is SuperviseeKind.NEWLY_QUALIFIED
    assert grades["personal-adviser"].kind is SuperviseeKind.NON_REGISTERED
    assert grades["adults-senior-sw"].kind is SuperviseeKind.SOCIAL_WORKER


def test_a_pack_survives_being_kept_as_json(written) -> None:
    pack, _ = read_grades(written, "grades.toml")
    assert GradePack.model_validate(json.loads(pack.model_dump_json())) == pack


@pytest.mark.parametrize(
    ("change", "place", "message"),
    [
        ({"capacity_percent": 101}, "grades.student.capacity_percent", "write 100 or less"),
        ({"citations": []}, "grades.student", "needs a citation"),
        ({"newly_qualified": True}, "grades.student", "registered"),
        ({"salary": 1}, "grades.student.salary", "unknown key"),
        ({"id": "asye"}, "", "asye is there twice"),
        ({"supervises": ["everybody"]}, "grades.student.supervises.0", "student"),
    ],
)
def test_faults_are_named(written, change, place, message) -> None:
    draft = copy.deepcopy(written)
    draft["grades"][0] |= change
    pack, (problem,) = read_grades(draft, "council.toml")
    assert pack is None
    assert problem.column == place
    assert message in problem.message
