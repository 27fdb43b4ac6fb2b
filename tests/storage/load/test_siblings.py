"""Brothers and sisters whom nobody has weighed: one of them counts as the first, the others as further ones."""

from __future__ import annotations

from datetime import timedelta

import pytest

from storage.cases.steps import give
from storage.load.load_lines import load_lines
from storage.records.database import Database
from storage.records.undo import undo
from tests.conftest import TODAY
from tests.units import amend, record

LESS = 100  # what a child weighs less who is not the first of a family, by the starter scheme


@pytest.fixture
def family(team: Database) -> Database:
    """Three children of one family, and one of nobody's."""
    with team.unit("A. Hughes", TODAY) as unit:
        amend(unit, "team", "North", {"scheme": "starter-children"})
        for number, group in enumerate(("S-1", "S-1", "S-1", "")):
            opened = TODAY - timedelta(days=30 - number)
            record(unit, "case", {"reference": f"F-{number}", "team": "North", "pathway": "child_in_need",
                                  "opened": opened, "sibling_group": group})  # fmt: skip
            give(unit, f"F-{number}", "W2", opened)
        unit.finish("A family")
    return team


def points(database: Database) -> list[int]:
    query = """SELECT "case", points FROM case_points WHERE "case" LIKE 'F-%' ORDER BY "case" """
    return list(database.reader().lookup(query).values())


def change(database: Database, case: str, **fields: object) -> None:
    with database.unit("A. Hughes", TODAY) as unit:
        amend(unit, "case", case, fields)
        unit.finish("Changed")


def test_the_first_of_a_family_weighs_as_first_and_the_others_as_further_ones(family: Database) -> None:
    first = points(family)[0]
    assert points(family) == [first, first - LESS, first - LESS, first]
    lines = {line.case: line for line in load_lines(family.reader(), "W2", TODAY)}
    answers = {case: next(f.value for f in line.factors if f.factor == "family") for case, line in lines.items()
               if case.startswith("F-")}  # fmt: skip
    assert answers == {"F-0": "first", "F-1": "sibling", "F-2": "sibling", "F-3": "first"}
    assert all(line.points == sum(f.points for f in line.factors) for line in lines.values())


def test_when_the_first_closes_the_next_is_the_first_and_undo_takes_it_back(family: Database) -> None:
    before = points(family)
    change(family, "F-0", closed=TODAY, close_reason="Home")
    assert points(family)[1:] == [before[0], before[0] - LESS, before[0]]
    with family.unit("A. Hughes", TODAY) as unit:
        undo(unit)
    assert points(family) == before


def test_who_leaves_a_family_lets_another_be_the_first(family: Database) -> None:
    whole = points(family)[0]
    change(family, "F-0", sibling_group="")
    assert points(family) == [whole, whole, whole - LESS, whole]
    change(family, "F-3", sibling_group="S-1")
    assert points(family) == [whole, whole, whole - LESS, whole - LESS]


def test_doctor_finds_nothing_to_weigh_otherwise(family: Database) -> None:
    from storage.load.case_points import Points

    change(family, "F-0", closed=TODAY, close_reason="Home")
    assert Points().differences(family.reader(), family.packs()) == []
