"""Workbooks for spreadsheets: what is text stays text."""

from __future__ import annotations

import io
from datetime import date

import pytest
from openpyxl import load_workbook

from storage.files.spreadsheet import workbook


def cells(data: bytes) -> list[list[object]]:
    sheet = load_workbook(io.BytesIO(data)).active
    assert sheet is not None
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


@pytest.mark.parametrize("hostile", ["=1+1", "+44 20", "-2", "@SUM(A1)", "=cmd|'/c calc'!A1", "[/x] [10%]"])
def test_nothing_runs_as_a_formula(hostile: str) -> None:
    data = workbook("due", ["What"], [[hostile]])
    sheet = load_workbook(io.BytesIO(data)).active
    assert sheet is not None
    assert (sheet["A2"].value, sheet["A2"].data_type) == (hostile, "s")


def test_numbers_and_days_keep_their_kind() -> None:
    rows = cells(workbook("due", ["Case", "Points", "Due"], [["C-1", 7.5, date(2026, 11, 27)], ["C-2", None, None]]))
    assert rows[0] == ["Case", "Points", "Due"]
    assert rows[1][:2] == ["C-1", 7.5]
    assert str(rows[1][2]).startswith("2026-11-27")
    assert rows[2] == ["C-2", None, None]


def test_what_a_terminal_or_a_spreadsheet_cannot_take_is_cleaned() -> None:
    assert cells(workbook("due", ["What"], [["a\x1b[2Jb\x00" + "x" * 40_000]]))[1][0] == "ab" + "x" * 31_998
