"""An extract that brings a child, a worker or a team a second time: said, never refused, never merged by itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from domain.people.similar_keys import alike, those_alike
from storage.cases import likely_duplicates
from storage.cases.merging import merge_cases
from storage.importing.apply import apply
from storage.importing.diff import Diff
from storage.importing.importing import plan_import
from storage.records.database import Database
from storage.safety.doctor import examine
from tests.conftest import TODAY
from tests.units import change, keep

HEAD = "reference,team,pathway,opened,name,born,staff id,worker\n"


def imported(database: Database, tmp_path: Path, *rows: str) -> Diff:
    path = tmp_path / "caseload.csv"
    path.write_text(HEAD + "\n".join(rows) + "\n")
    return plan_import(database.reader(), path, today=TODAY)


def said(diff: Diff) -> list[tuple[int | None, str, str]]:
    return [(one.row, one.column, one.message) for one in diff.problems]


@pytest.mark.parametrize("other", ["c-1001", "C1001", "C 1001", "C-01001", "C/1001", "C_1001"])
def test_alike_are_keys_that_differ_in_how_they_are_typed(other: str) -> None:
    assert alike(other) == alike("C-1001")


@pytest.mark.parametrize("other", ["C-1002", "C-10010", "D-1001", "C-1001a", "1001"])
def test_others_are_not(other: str) -> None:
    assert alike(other) != alike("C-1001")
    assert those_alike(["C-1001", other]) == []


def test_a_reference_alike_is_said_and_taken(team: Database, tmp_path: Path) -> None:
    diff = imported(team, tmp_path, "c01001,North,court,2026-10-01,,,,")
    (line,) = said(diff)
    assert line[:2] == (2, "reference")
    assert "may be the same child as C-1001 (references alike)" in line[2]
    assert diff.new["case"] == 1
    assert "C-1001" in str(diff.as_json(applied=False)["problems"])


def test_the_same_name_and_birth_date_is_said_without_saying_them(team: Database, tmp_path: Path) -> None:
    diff = imported(team, tmp_path, "X-9,North,court,2026-10-01,JAMIE DOE,2019-05-04,,")
    (line,) = said(diff)
    assert "may be the same child as C-1001 (same name and birth date)" in line[2]
    assert "Jamie" not in str(line)


def test_a_twin_is_another_child(team: Database, tmp_path: Path) -> None:
    assert said(imported(team, tmp_path, "X-9,North,court,2026-10-01,Robin Doe,2019-05-04,,")) == []
    assert said(imported(team, tmp_path, "X-9,North,court,2026-10-01,Jamie Doe,2019-05-05,,")) == []


def test_what_is_on_file_already_says_nothing(team: Database, tmp_path: Path) -> None:
    assert said(imported(team, tmp_path, "C-1001,North,looked_after,2026-03-02,Jamie Doe,2019-05-04,,")) == []


def test_a_row_of_what_was_merged_is_read_as_the_other(team: Database, tmp_path: Path) -> None:
    keep(team, "case", reference="c1001", team="North", pathway="looked_after", opened="2026-02-02")
    with team.unit("A. Hughes", TODAY) as unit:
        merge_cases(unit, "c1001", "C-1001")
    diff = imported(team, tmp_path, "c1001,North,court,2026-02-01,,,,")
    assert (diff.new["case"], diff.changed["case"]) == (0, 1)
    with team.unit("A. Hughes", TODAY) as unit:
        apply(unit, diff)
    assert team.reader().values("SELECT reference FROM cases") == ["C-1001"]
    assert team.reader().value("SELECT opened FROM cases") == "2026-02-01"


def test_a_row_under_a_corrected_reference_is_read_as_that_case(team: Database, tmp_path: Path) -> None:
    change(team, "case", "C-1001", reference="C-7")
    diff = imported(team, tmp_path, "C-1001,North,court,2026-02-01,,,,")
    assert (diff.new["case"], diff.changed["case"]) == (0, 1)


def test_a_new_team_with_the_workers_of_another_is_said(team: Database, tmp_path: Path) -> None:
    rows = ["X-1,Noth,court,2026-10-01,,,W2,", "X-2,Noth,court,2026-10-01,,,W3,"]
    assert any("has the workers of 'North'" in message for _, _, message in said(imported(team, tmp_path, *rows)))
    rows = ["X-1,north,court,2026-10-01,,,W2,"]
    assert any("is like the team 'North'" in message for _, _, message in said(imported(team, tmp_path, *rows)))


def test_workers_who_are_probably_one_are_found(team: Database) -> None:
    worker = {"team": "North", "grade": "children-sw"}
    keep(team, "worker", staff_id="w-02", name="Other, One", **worker)
    keep(team, "worker", staff_id="X1", name="Begum, NASREEN", **worker)
    keep(team, "worker", staff_id="X2", name="Married, Name", registration="sw 123", **worker)
    keep(team, "worker", staff_id="X3", name="Maiden, Name", registration="SW123", **worker)
    keep(team, "worker", staff_id="X4", name="Some, One", email="a@example.org", **worker)
    keep(team, "worker", staff_id="X5", name="Some, Two", email="A@example.org", **worker)
    found = {(one.one, one.other): one.by for one in likely_duplicates.workers(team.reader())}
    assert found == {
        ("W2", "w-02"): "staff_id", ("W3", "X1"): "name", ("X2", "X3"): "registration", ("X4", "X5"): "email",
    }  # fmt: skip
    (line,) = examine(team, TODAY, ("one worker twice",))
    assert line.state == "note"
    assert "4 pairs of workers" in line.message
    assert "almoner worker merge" in line.hint


def test_doctor_says_one_child_twice_and_nothing_else(team: Database) -> None:
    assert [one.state for one in examine(team, TODAY, ("one child twice",))] == ["ok"]
    keep(team, "case", reference="c1001", team="North", pathway="court", opened="2026-02-02")
    (line,) = examine(team, TODAY, ("one child twice",))
    assert "C-1001 and c1001 (references alike)" in line.message


def test_two_closed_cases_are_no_caseload(team: Database) -> None:
    closed = {"team": "North", "pathway": "court", "opened": "2026-02-02", "closed": "2026-03-01"}
    keep(team, "case", reference="Z-1", **closed)
    keep(team, "case", reference="z1", **closed)
    assert likely_duplicates.cases(team.reader(), TODAY) == []
    assert len(likely_duplicates.cases(team.reader())) == 1
