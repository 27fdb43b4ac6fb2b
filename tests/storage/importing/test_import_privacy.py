"""Errors of an import carry file, row, column and the kind of fault, and nothing of a person, whatever is wrong."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.core.errors import BadInput
from storage.importing import Diff
from storage.importing.diff import rejected_csv
from storage.importing.files import aliases
from storage.importing.files.quoting import quoted
from storage.importing.sources import ssd_tables
from tests.storage.importing.conftest import Tables
from tests.tui.shell import Shell

Plan = Callable[..., Diff]
Sheet = Callable[..., Path]
SECRETS = ("Zqueller", "31/02/2019", "Zora", "zora@zq.example")
NOT_A_DAY = "31/02/2019"
ABOUT_PEOPLE = ("name", "forename", "surname", "born", "expected_birth", "worker", "co_worker", "personal_adviser")
PAGES = {
    "html": "<html><table><tr><td>Case ref</td><td>Zqueller, Zora</td><td>31/02/2019</td></tr></table></html>",
    "doctype": "\ufeff<!DOCTYPE html>\n<table><tr><td>Zqueller, Zora</td></tr></table>",
    "comment": "<!-- made by Zqueller --><table><tr><td>Zora</td></tr></table>",
    "xml": '<?xml version="1.0"?><Workbook><Cell>Zqueller, Zora</Cell></Workbook>',
    "mhtml": "MIME-Version: 1.0\nContent-Type: multipart/related\n\n<table><td>Zqueller, Zora</td></table>",
    "rtf": "{\\rtf1 Zqueller, Zora 31/02/2019}",
}


def said(diff: Diff) -> str:
    """All that an import says of what was wrong."""
    return json.dumps(diff.as_json(applied=False)) + rejected_csv(diff)


def silent(text: str) -> bool:
    return not any(secret.casefold() in text.casefold() for secret in SECRETS)


@pytest.mark.parametrize(
    "rows",
    [
        '1001,"Zqueller, Zora",31/02/2019,Okafor\n1002,"Roe, Sam",05/06/2018,Begum\n',
        "Zqueller,Zora,31/02/2019\nRoe,Sam,05/06/2018\n",
        "Zqueller,Reference\nRoe,C-1\n",  # a cell that happens to be called like a column
        "Zqueller,Zqueller,Case ref\nRoe,Roe,C-1\n",
        "31/02/2019;zora@zq.example;Reference\n05/06/2018;x@y.example;C-1\n",
    ],
)
@pytest.mark.parametrize("source", ["auto", "caseload", "ssd", "ssda903"])
def test_a_list_without_headings_tells_nobody(rows: str, source: str, sheet: Sheet, plan: Plan) -> None:
    try:
        told = said(plan(sheet(rows), source=source))
    except BadInput as refused:
        told = str(refused)
    assert silent(told), told


@pytest.mark.parametrize("name", ["list.xls", "list.csv", "list.xlsx"])
@pytest.mark.parametrize("page", PAGES)
def test_a_page_saved_as_a_list_is_refused_in_words(page: str, name: str, sheet: Sheet, plan: Plan) -> None:
    with pytest.raises(BadInput, match=r"save it as \.xlsx or as CSV") as refused:
        plan(sheet(PAGES[page], name))
    assert silent(str(refused.value))


@pytest.mark.parametrize("meaning", ABOUT_PEOPLE)
def test_no_column_about_people_is_said_back_however_it_is_called(meaning: str) -> None:
    for spelling in [meaning, *aliases.tables()["fields"][meaning]]:
        for secret in SECRETS:
            assert quoted(spelling, secret) == "", spelling
            assert quoted(spelling.upper(), secret) == "", spelling


@pytest.mark.parametrize(
    ("column", "value", "shown"),
    [
        ("Case type", "Wizardry", "Wizardry"), ("Case type", "Zqueller, Zora", ""), ("Case type", "Zora Zqueller", ""),
        ("Opened", "31/02/2026", "31/02/2026"), ("Opened", "zora@zq.example", ""), ("Opened", "Zora", ""),
        ("Case ref", "C-1", "C-1"), ("Case ref", "Zqueller", ""), ("Staff id", "zora-zqueller", ""),
        ("prof_professional_job_title", "Senior Social Worker", "Senior Social Worker"), ("pers_dob", "31/02/2019", ""),
        ("pers_death_date", "31/02/2019", ""), ("LS", "Z9" * 80, "Z9" * 29 + "Z…"),
        ("DECOM", "\x1b[2J31/02/2026", "31/02/2026"),
    ],
)  # fmt: skip
def test_a_value_is_said_back_where_it_is_what_its_column_holds(column: str, value: str, shown: str) -> None:
    assert quoted(column, value) == shown


@given(column=st.text(max_size=30))
def test_a_column_that_nobody_knows_is_not_said_back(column: str) -> None:
    if "_" not in column and ":" not in column:
        assert quoted(f"{column} zq", "Zqueller") == ""


def test_a_caseload_with_every_cell_about_people_at_fault_tells_none(sheet: Sheet, plan: Plan) -> None:
    columns = {"Case ref": "C-1", "Opened": "soon", "Case type": "LAC"}
    columns |= dict.fromkeys(ABOUT_PEOPLE, "Zqueller") | {"born": NOT_A_DAY, "expected_birth": NOT_A_DAY}
    rows = [list(columns.values()), ["C-1", *list(columns.values())[1:-1], "Zora"], ["", *list(columns.values())[1:]]]
    text = "\n".join(",".join(row) for row in [list(columns), *rows])
    diff = plan(sheet(text))
    assert len(diff.problems) >= 5
    assert all(silent(str(problem)) for problem in diff.problems)
    assert silent(rejected_csv(diff))


def test_a_return_with_bad_birth_dates_in_every_file_tells_none(write: Callable[[Tables], Path], plan: Plan) -> None:
    child = {"CHILD": "101", "SEX": "1", "DOB": NOT_A_DAY, "MC_DOB": NOT_A_DAY, "MOTHER": "Zqueller"}
    diff = plan(
        write(
            {
                "header": [child, {**child, "CHILD": "102", "DOB": "Zqueller, Zora"}],
                "episodes": [
                    {**child, "DECOM": "Zqueller", "RNE": "S", "LS": "C2", "PLACE": "U1", "DEC": "", "REC": ""},
                    {**child, "DECOM": "01/02/2026", "RNE": "S", "LS": "Z9", "PLACE": "U1", "DEC": "soon", "REC": ""},
                ],
                "reviews": [{**child, "REVIEW": "soon", "REVIEW_CODE": "PN1"}],
                "missing": [{**child, "MISSING": "M", "MIS_START": "Zora", "MIS_END": ""}],
            }
        )
    )
    faults = [str(problem) for problem in diff.problems]
    assert any("DOB" in fault for fault in faults)
    assert any("LS (Z9)" in fault for fault in faults)
    assert silent(said(diff)), faults


def test_a_dataset_with_every_cell_at_fault_tells_none(write: Callable[[Tables], Path], plan: Plan) -> None:
    def row(table: ssd_tables.DatasetTable) -> dict[str, str]:
        return {column: "P1" if column in table.person else "Zqueller" for column in table.columns}

    diff = plan(write({f"ssd_{table.name}": [row(table)] for table in ssd_tables.TABLES}))
    assert {p.column for p in diff.problems if not silent(str(p))} == {
        "prof_professional_job_title",
        "invo_professional_role_id",
    }


def test_the_command_is_as_silent(sheet: Sheet, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    almoner = Shell(capsys, tmp_path / "new.db")
    for content, name in [("1001,Zqueller,31/02/2019\n", "a.csv"), (PAGES["html"], "a.xls")]:
        for words in ((), ("--no-names",), ("--json",)):
            answer = almoner("import", str(sheet(content, name)), *words)
            assert answer.code == 2
            assert silent(answer.out + answer.err), answer
