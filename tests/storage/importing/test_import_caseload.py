"""A team's own spreadsheet: headings by alias or mapping, workers by name, days in any form."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from domain.core.errors import BadInput
from domain.core.text import clean_line
from storage.importing import Diff, plan_import, read_mapping, template
from storage.records.database import Database
from tests.conftest import TODAY

Sheet, Take, Events = Callable[..., Path], Callable[..., Diff], Callable[[str], list[tuple[str, str]]]

NORTH = (
    "Case No,Child's Name,DOB,Team,Allocated Worker,Case Type,Date became LAC,Last LAC review,Last visit,"
    "Next review due\n"
    'C-1,"Doe, Ada",04/05/2012,North,"Okafor, Chidi",LAC,02/03/2026,30/03/2026,01/05/2026,30/06/2026\n'
    'C-2,"Roe, Bo",01/02/2015,North,Chidi Okafor,CP,,,12/05/2026,\n'
    'C-3,"Poe, Cy",01/02/2014,North,Unallocated,CIN,,,,\n'
)


def one(database: Database, query: str) -> Any:
    return database.reader().raw.execute(query).fetchall()


def test_a_plain_sheet_goes_in(sheet: Sheet, take: Take, events: Events, database: Database) -> None:
    diff = take(sheet(NORTH))
    assert (diff.source, diff.problems, diff.rows) == ("caseload", [], (3, 3, 0))
    assert events("C-1") == [
        ("became_looked_after", "2026-03-02"),
        ("lac_review_held", "2026-03-30"),
        ("lac_visit", "2026-05-01"),
    ]
    assert events("C-2") == [("cp_visit", "2026-05-12")]
    assert one(database, "SELECT kind, due FROM council_date") == [("lac_review_held", "2026-06-30")]
    assert one(database, "SELECT staff_id, name FROM worker") == [("okafor-chidi", "Okafor, Chidi")]
    assert one(database, 'SELECT "case", worker FROM allocation ORDER BY "case"') == [
        ("C-1", "okafor-chidi"),
        ("C-2", "okafor-chidi"),
    ]
    assert one(database, "SELECT pathways FROM cases ORDER BY reference") == [
        ('["looked_after"]',),
        ('["child_protection"]',),
        ('["child_in_need"]',),
    ]


def test_a_second_run_changes_nothing_not_even_a_month_later(sheet: Sheet, take: Take) -> None:
    take(sheet(NORTH))
    assert take(sheet(NORTH)).empty
    assert take(sheet(NORTH), today=dt.date(2026, 12, 20)).empty


def test_a_worker_on_file_is_found_by_name_and_a_new_worker_takes_over(
    sheet: Sheet, take: Take, team: Database
) -> None:
    diff = take(
        sheet("Case ref,Worker,Type,Allocated date\nC-1001,Nasreen Begum,LAC,01/06/2026\n"), mapping={"Type": "pathway"}
    )
    assert diff.new == {"team": 0, "worker": 0, "case": 0, "allocation": 1, "event": 0, "council-date": 0}
    assert one(team, "SELECT worker, starts, ends FROM allocation ORDER BY starts") == [
        ("W2", "2026-03-16", "2026-06-01"),
        ("W3", "2026-06-01", None),
    ]


def test_what_the_sheet_leaves_out_is_not_blanked(sheet: Sheet, take: Take, team: Database) -> None:
    diff = take(sheet("Case ref,Name,DOB,Case type\nC-1001,,,LAC\n"))
    assert diff.empty
    assert one(team, "SELECT name, born, team FROM cases") == [("Jamie Doe", "2019-05-04", "North")]


def test_a_changed_case_is_shown_field_by_field(sheet: Sheet, take: Take, team: Database) -> None:
    diff = take(sheet("Case ref,Name,Case type\nC-1001,Jamie Doe-Roe,CP\n"))
    lines = {(line.change, line.field, line.before, line.after, line.personal) for line in diff.lines()}
    assert ("changed", "name", "Jamie Doe", "Jamie Doe-Roe", True) in lines
    assert ("changed", "pathways", "looked_after", "child_protection", False) in lines


def test_a_case_missing_from_the_teams_sheet_is_reported(sheet: Sheet, plan: Take, team: Database) -> None:
    diff = plan(sheet("Case ref,Team,Case type,Opened\nC-7,North,CIN,01/02/2026\n"))
    assert diff.missing == ["C-1001"]


@pytest.mark.parametrize(
    ("row", "column", "value"),
    [
        (",Ann,LAC,02/03/2026", "Ref no", ""),
        ("C-9,Ann,Wizardry,02/03/2026", "Case type", "Wizardry"),
        ("C-9,Ann,,", "Case type", ""),
        ("C-1,Bob,CP,02/03/2026", "Ref no", "C-1"),
        ("C-9,Ann", "", ""),
        (f"{'9' * 70},Ann,LAC,02/03/2026", "reference", "9" * 59 + "…"),
        (f"C-9,{'A' * 100_000},LAC,02/03/2026", "name", ""),
    ],
)
def test_a_row_that_cannot_be_taken_is_set_aside_with_its_place(
    sheet: Sheet, take: Take, row: str, column: str, value: str
) -> None:
    diff = take(
        sheet(f"Ref no,Name,Case type,Opened\nC-1,Ada,LAC,01/02/2026\n{row}\nC-2,Cy,CIN,01/02/2026\n"),
        mapping={"Ref no": "reference"},
    )
    assert [(p.row, p.column, p.value) for p in diff.problems] == [(3, column, value)]
    assert diff.rows == (3, 2, 1)
    assert diff.new["case"] == 2


def test_a_bad_day_loses_the_day_and_not_the_case(sheet: Sheet, take: Take, events: Events) -> None:
    diff = take(
        sheet("Case ref,Case type,Opened,Last visit\nC-1,LAC,01/02/2026,31/02/2026\nC-2,LAC,01/02/2026,21/11/2026\n")
    )
    assert [(p.row, p.column) for p in diff.problems] == [(2, "Last visit"), (3, "Last visit")]
    assert diff.rows == (2, 2, 0)
    assert events("C-1") == events("C-2") == []


def test_a_birth_after_closing_and_closing_before_opening_are_refused(sheet: Sheet, take: Take) -> None:
    diff = take(
        sheet(
            "Case ref,Case type,Opened,Closed,DOB\nC-1,LAC,01/02/2026,01/01/2026,\n"
            "C-2,CP,01/02/2020,01/03/2020,01/01/2024\n"
        )
    )
    assert [(p.row, p.column) for p in diff.problems] == [(2, "closed"), (3, "born")]
    assert [p.value for p in diff.problems] == ["2026-01-01", ""]
    assert (diff.new["case"], diff.rejected) == (0, 2)


def test_an_unclear_heading_is_asked_about_and_a_mapping_answers(
    sheet: Sheet, plan: Take, take: Take, events: Events, tmp_path: Path
) -> None:
    path = sheet("Case ref,Case type,Opened,Review date\nC-1,LAC,01/02/2026,01/03/2026\n")
    diff = plan(path)
    assert [(a.heading, a.choices) for a in diff.ambiguities] == [("Review date", ("last_review", "next_review"))]
    assert "mapping file" in diff.problems[0].message
    said = tmp_path / "map.toml"
    said.write_text('[columns]\n"Review date" = "last_review"\n')
    assert take(path, mapping=read_mapping(said)).problems == []
    assert events("C-1") == [("lac_review_held", "2026-03-01")]


def test_a_mapping_names_columns_in_the_teams_own_words(sheet: Sheet, take: Take, events: Events) -> None:
    path = sheet("Kid,Sort,Since,Core grp\nC-1,CP,01/02/2026,01/03/2026\n")
    columns = {"Kid": "reference", "Sort": "pathway", "Since": "cp_plan_started", "Core grp": "core_group_held"}
    take(path, mapping=columns)
    assert events("C-1") == [("cp_plan_started", "2026-02-01"), ("core_group_held", "2026-03-01")]


@pytest.mark.parametrize("text", ["x = [", "[other]\na = 1\n", '[columns]\n"A" = "nonsense"\n', "[columns]\nA = 1\n"])
def test_a_mapping_that_says_nothing_is_refused(sheet: Sheet, plan: Take, tmp_path: Path, text: str) -> None:
    path = tmp_path / "map.toml"
    path.write_text(text)
    with pytest.raises(BadInput) as caught:
        plan(sheet(NORTH), mapping=read_mapping(path))
    assert caught.value.field == "mapping"


def test_a_sheet_without_references_is_refused_with_its_headings(sheet: Sheet, plan: Take) -> None:
    with pytest.raises(BadInput, match="these are known: Day"):
        plan(sheet("Soup,Day\nleek,Mon\n"))


def test_the_lists_that_inspectors_ask_for_go_in(sheet: Sheet, take: Take, events: Events) -> None:
    text = (
        "ChildUniqueID,Gender,Ethnicity,DateOfBirth,Age,LookedoAfterStartDate,LegalStatus,LatestStatutoryReviewDate,"
        "LastSocialWorkVisitDate,LastHealthAssessmentDate,LastDentalCheckDate,AllocatedTeam,AllocatedWorker\n"
        "C-1,F,WBRI,04/05/2012,14,02/03/2026,C2,30/03/2026,01/05/2026,10/03/2026,11/03/2026,North,Okafor\n"
    )
    diff = take(sheet(text))
    assert diff.problems == []
    assert [kind for kind, _ in events("C-1")] == [
        "became_looked_after",
        "health_assessment_held",
        "dental_check",
        "lac_review_held",
        "lac_visit",
    ]


def test_a_workbook_with_real_days_and_serial_numbers_goes_in(tmp_path: Path, take: Take, events: Events) -> None:
    book = Workbook()
    page = book.active
    assert page is not None
    page.append(["Caseload of team North"])
    page.append([])
    page.append(["Case ref", "Case type", "Became looked after", "Last review"])
    page.append(["C-1", "LAC", dt.datetime(2026, 3, 2), 46111])
    page.append([2, "LAC", dt.datetime(2026, 3, 3), None])
    book.save(tmp_path / "a.xlsx")
    diff = take(tmp_path / "a.xlsx")
    assert diff.problems == []
    assert events("C-1") == [("became_looked_after", "2026-03-02"), ("lac_review_held", "2026-03-30")]
    assert events("2") == [("became_looked_after", "2026-03-03")]


def test_the_template_is_understood_to_the_last_heading_and_its_examples_are_passed_over(
    sheet: Sheet, take: Take
) -> None:
    path = sheet(template() + "C-1,,,North,,,LAC,01/02/2026,,,,,,,,,,,\n")
    diff = take(path)
    assert (diff.problems, diff.ambiguities, diff.unknown_columns) == ([], [], {})
    assert diff.new == {"team": 1, "worker": 0, "case": 1, "allocation": 0, "event": 0, "council-date": 0}


@pytest.mark.parametrize(
    "hostile", ["[/x]", "[red]A", "[10%]", "\x1b]0;pwn\x07Ann", "A\x00B", "A\u202eB", "=cmd|' /C'!A0"]
)
def test_hostile_names_are_cleaned_and_kept_literally(
    sheet: Sheet, take: Take, database: Database, hostile: str
) -> None:
    take(sheet(f'Case ref,Name,Case type,Opened\nC-1,"{hostile}",LAC,01/02/2026\n'))
    assert one(database, "SELECT name FROM cases") == [(clean_line(hostile),)]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cells=st.lists(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=30), min_size=5, max_size=5))
def test_no_content_makes_an_import_fall_over(cells: list[str], sheet: Sheet, database: Database) -> None:
    text = "Case ref,Name,Case type,Opened,Worker\n" + ",".join('"' + c.replace('"', '""') + '"' for c in cells) + "\n"
    try:
        diff = plan_import(database.reader(), sheet(text), today=TODAY)
    except BadInput:
        return
    assert diff.read == diff.rows.applied + diff.rows.rejected
    json.dumps(diff.as_json(applied=False))


def test_the_smallest_useful_row_goes_in(sheet: Sheet, take: Take, database: Database) -> None:
    text = (
        "Person ID,Name,DOB,Team,Worker,RAG,Team allocated date,Worker allocated date,Status\n"
        "C-1,Ada,04/05/2012,North,Chidi Okafor,Red,01/02/2026,03/02/2026,Open\n"
        "C-2,Bea,04/05/1942,North,Chidi Okafor,Green,01/02/2026,03/02/2026,Active\n"
    )
    diff = take(sheet(text))
    assert diff.problems == []
    assert one(database, "SELECT opened, pathways FROM cases ORDER BY reference") == [
        ("2026-02-01", '["child_in_need"]'),
        ("2026-02-01", '["care_act"]'),
    ]
    assert one(database, "SELECT starts FROM allocation") == [("2026-02-03",), ("2026-02-03",)]
    assert any("Case type" in note for note in diff.notes)


def test_a_child_on_two_lists_of_one_workbook_is_one_case(tmp_path: Path, take: Take, database: Database) -> None:
    book = Workbook()
    page = book.active
    assert page is not None
    page.append(["ChildUniqueID", "DateOfBirth", "CINStartDate", "DateChildLastSeen", "AllocatedWorker"])
    page.append(["C-1", "04/05/2012", "01/02/2026", "01/03/2026", "Okafor"])
    other = book.create_sheet("List 8")
    other.append(["ChildUniqueID", "DateOfBirth", "LookedAfterStartDate", "LastSocialWorkVisitDate", "AllocatedWorker"])
    other.append(["C-1", "04/05/2012", "01/04/2026", "03/04/2026", "Okafor"])
    book.save(tmp_path / "lists.xlsx")
    diff = take(tmp_path / "lists.xlsx")
    assert (diff.problems, diff.new["case"], diff.new["allocation"]) == ([], 1, 1)
    assert one(database, "SELECT opened, pathways FROM cases") == [("2026-02-01", '["looked_after", "child_in_need"]')]
    assert take(tmp_path / "lists.xlsx").empty


def test_a_case_that_closed_earlier_than_was_said_takes_its_allocations_with_it(
    sheet: Sheet, take: Take, database: Database
) -> None:
    head = "Case ref,Case type,Opened,Closed,Worker,Allocated on\n"
    for closed, ends in (("", None), ("01/10/2026", "2026-10-01"), ("01/09/2026", "2026-09-01")):
        take(sheet(f"{head}C-1,LAC,01/02/2026,{closed},Ann Lee,02/02/2026\n"))
        assert database.reader().values("SELECT ends FROM allocation") == [ends]


def test_whoever_was_given_a_case_that_turns_out_to_have_closed_before_never_held_it(
    sheet: Sheet, take: Take, database: Database
) -> None:
    head = "Case ref,Case type,Opened,Closed,Worker\n"
    take(sheet(f"{head}C-1,LAC,01/02/2026,,Ann Lee\n"))  # held from the day of the import, as no day is given
    take(sheet(f"{head}C-1,LAC,01/02/2026,01/10/2026,Ann Lee\n"))
    assert database.reader().values("SELECT ends = starts FROM allocation") == [1]
