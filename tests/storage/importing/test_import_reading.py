"""Tables in every shape they arrive in: encodings, delimiters, torn quotation marks, ragged rows, workbooks, bombs."""

from __future__ import annotations

import datetime as dt
import io
import itertools
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from domain.core.errors import BadInput, Cancelled
from domain.core.formulas import disarm, rearm
from domain.core.text import clean
from storage.importing.files import patience, workbooks
from storage.importing.files.day_columns import Days
from storage.importing.files.headings import heading_key
from storage.importing.files.patience import Patience
from storage.importing.files.tables import Table, read_tables
from storage.importing.files.text_files import decode, sniff

ROWS = "Case ref,Name,Date\nC-1,Żaneta O’Brien,01/02/2026\nC-2,Siân Ó Sé,02/02/2026\n"


def read(tmp_path: Path, content: str | bytes, name: str = "a.csv", known: frozenset[str] = frozenset()) -> Table:
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    (table,) = read_tables(path, known)
    return table


def texts(table: Table) -> list[list[str]]:
    return [cells for _, cells in table.rows]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_the_encoding_is_found(tmp_path: Path, encoding: str) -> None:
    assert texts(read(tmp_path, ROWS.encode(encoding)))[0] == ["C-1", "Żaneta O’Brien", "01/02/2026"]


def test_a_file_from_an_old_windows_program_is_read_as_cp1252(tmp_path: Path) -> None:
    table = read(tmp_path, "Case ref,Name\nC-1,Siân O’Brien £\n".encode("cp1252"))
    assert texts(table) == [["C-1", "Siân O’Brien £"]]
    assert "cp1252" in table.notes[0]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(tmp_path: Path, delimiter: str) -> None:
    content = ROWS.replace(",", delimiter)
    assert sniff(content) == delimiter
    assert texts(read(tmp_path, content))[1][0] == "C-2"


def test_a_separator_line_of_excel_is_heeded_and_rows_keep_their_numbers(tmp_path: Path) -> None:
    table = read(tmp_path, "sep=;\nCase ref;Name\nC-1;Ann, Lee\n")
    assert table.rows == [(3, ["C-1", "Ann, Lee"])]


def test_titles_above_the_headings_are_passed_over(tmp_path: Path) -> None:
    content = "Caseload report,,\nPrinted 1 May,,\n\nCase ref,Name,Team\nC-1,Ann,North\n"
    table = read(tmp_path, content, known=frozenset({"caseref", "name", "team"}))
    assert table.rows == [(5, ["C-1", "Ann", "North"])]


def test_blank_lines_are_not_rows(tmp_path: Path) -> None:
    table = read(tmp_path, "Ref,Name\n\nC-1,Ann\n,\n\nC-2,Bob\n")
    assert [number for number, _ in table.rows] == [3, 6]
    assert table.read == 2


@pytest.mark.parametrize("row", ["C-1,Ann", "C-1,Ann,North,more"])
def test_a_ragged_row_is_set_aside_with_its_number(tmp_path: Path, row: str) -> None:
    table = read(tmp_path, f"Ref,Name,Team\nC-0,Bob,North\n{row}\nC-2,Cy,North\n")
    assert [cells[0] for cells in texts(table)] == ["C-0", "C-2"]
    assert [(p.row, "cells" in p.message) for p in table.problems] == [(3, True)]


def test_an_unclosed_quotation_mark_costs_one_row_only(tmp_path: Path) -> None:
    table = read(tmp_path, 'Ref,Name\nC-1,"Ann\nC-2,Bob\nC-3,"Cy, ""C"""\nC-4,"Di\nC-5,Ed\n')
    assert [cells[0] for cells in texts(table)] == ["C-2", "C-3", "C-5"]
    assert [p.row for p in table.problems] == [2, 5]
    assert texts(table)[1][1] == 'Cy, "C"'


def test_a_file_of_quotation_marks_alone_is_not_called_empty(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no headings that can be read"):
        read(tmp_path, '"' * 300_000)
    with pytest.raises(BadInput, match="is empty"):
        read(tmp_path, '"",""\n')


def test_a_line_break_within_quotation_marks_belongs_to_the_cell(tmp_path: Path) -> None:
    table = read(tmp_path, 'Ref,Note\nC-1,"one\ntwo"\nC-2,x\n')
    assert table.rows == [(2, ["C-1", "one two"]), (3, ["C-2", "x"])]


def test_a_cell_beyond_the_field_limit_costs_one_row_only(tmp_path: Path) -> None:
    table = read(tmp_path, f'Ref,Note\nC-1,"{"x" * 200_000}"\nC-2,y\n')
    assert texts(table) == [["C-2", "y"]]
    assert [p.row for p in table.problems] == [2]


def test_a_heading_that_stands_twice_is_reported(tmp_path: Path) -> None:
    table = read(tmp_path, "Ref,Date,date\nC-1,a,b\n")
    assert table.columns == {"ref": 0, "date": 1}
    assert table.problems[0].column == "date"


@pytest.mark.parametrize(
    ("content", "name", "says"),
    [
        (b"", "a.csv", "empty"),
        (b"\x00\x00", "a.csv", "empty"),
        (b"\n\n\n", "a.csv", "empty"),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "a.xls", "password"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(32)) * 20, "a.csv", "not a table"),
        (b"PK\x03\x04rubbish", "a.xlsx", "damaged"),
        (b"a," * 300, "a.csv", "columns"),
    ],
)
def test_what_cannot_be_read_is_refused_in_words(tmp_path: Path, content: bytes, name: str, says: str) -> None:
    with pytest.raises(BadInput) as caught:
        read(tmp_path, content, name)
    assert says in str(caught.value)
    assert name in caught.value.message


def test_headings_are_recognised_without_case_spaces_and_brackets() -> None:
    assert heading_key(" Date of Birth (dd/mm/yyyy) ") == heading_key("DateOfBirth") == "dateofbirth"
    assert heading_key("(ref)") == "ref"


@settings(max_examples=300)
@given(st.text())
def test_what_was_disarmed_comes_back_exactly(text: str) -> None:
    if not any(line.startswith("'") for line in text.split("\n")):
        assert rearm(disarm(text)) == text


@pytest.mark.parametrize("text", ["=1+1", " +44", "-2", "@x", "|x", "%x", "＝x", "ok\n=cmd", "\t=x"])
def test_formulas_are_disarmed_on_every_line(text: str) -> None:
    assert disarm(text).count("'") == 1


def test_an_ordinary_apostrophe_stays() -> None:
    assert rearm("'Abd al-Rahman") == "'Abd al-Rahman"


@settings(max_examples=150, deadline=None)
@given(st.lists(st.text(max_size=60), min_size=1, max_size=4), st.sampled_from(["utf-8", "utf-16", "utf-8-sig"]))
def test_no_text_breaks_the_reader_and_nothing_hostile_gets_through(
    tmp_path_factory: pytest.TempPathFactory, cells: list[str], encoding: str
) -> None:
    path = tmp_path_factory.mktemp("x") / "a.csv"
    body = "Ref,Name\n" + "\n".join(f"C-{n},{cell}" for n, cell in enumerate(cells))
    path.write_bytes(body.encode(encoding, errors="replace"))
    try:
        tables = read_tables(path)
    except BadInput:
        return
    for cell in (cell for table in tables for _, row in table.rows for cell in row):
        assert clean(cell) == cell


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_decode_to_text(data: bytes) -> None:
    text, _ = decode(data)
    assert isinstance(text, str)


# Days ------------------------------------------------------------------------------------------------------------


def column(tmp_path: Path, *values: str) -> tuple[list[dt.date | None], Table]:
    table = read(tmp_path, "Ref,Last visit\n" + "".join(f"C-{n},{v}\n" for n, v in enumerate(values)))
    return Days().column(table, "lastvisit"), table


def test_days_are_read_in_the_forms_people_use(tmp_path: Path) -> None:
    found, table = column(tmp_path, "16/03/2026", "2026-03-16", "16 Mar 2026", "2026-03-16T00:00:00.000", "16.3.2026")
    assert found == [dt.date(2026, 3, 16)] * 5
    assert table.problems == []


@pytest.mark.parametrize("nothing", ["", "NULL", "n/a", "1900-01-01", "31/12/9999"])
def test_what_stands_for_no_day_is_none(tmp_path: Path, nothing: str) -> None:
    found, table = column(tmp_path, nothing)
    assert (found, table.problems) == ([None], [])


def test_a_bad_day_is_reported_with_row_column_and_value_and_the_rest_taken(tmp_path: Path) -> None:
    found, table = column(tmp_path, "16/03/2026", "31/02/2026", "soon")
    assert found == [dt.date(2026, 3, 16), None, None]
    assert [(p.row, p.value) for p in table.problems] == [(3, "31/02/2026"), (4, "")]


def test_a_column_that_puts_the_month_first_is_refused_whole(tmp_path: Path) -> None:
    found, table = column(tmp_path, "01/02/2026", "03/16/2026", "04/05/2026", "12/31/2026")
    assert found == [None] * 4
    assert len(table.problems) == 1
    assert "3, 5" in table.problems[0].message


def test_spreadsheet_numbers_are_days_only_when_the_whole_column_is(tmp_path: Path) -> None:
    found, table = column(tmp_path, "46097", "", "46098.5")
    assert found == [dt.date(2026, 3, 16), None, dt.date(2026, 3, 17)]
    assert table.notes
    found, table = column(tmp_path, "46097", "16/03/2026")
    assert found == [None, dt.date(2026, 3, 16)]
    assert len(table.problems) == 1


def test_a_birth_date_never_stands_in_a_message(tmp_path: Path) -> None:
    table = read(tmp_path, "Ref,DOB\nC-1,31/02/2019\n")
    Days().column(table, "dob")
    assert [p.value for p in table.problems] == [""]


@given(
    st.dates(dt.date(1900, 1, 2), dt.date(2199, 12, 31)),
    st.sampled_from(["%d/%m/%Y", "%Y-%m-%d", "%d %b %Y", "%d.%m.%Y"]),
)
def test_a_day_is_the_same_in_every_form(day: dt.date, form: str) -> None:
    text = day.strftime(form)
    table = Table("a.csv", ["When"], [(2, [text])], {"when": 0})
    assert Days().column(table, "when") == [day]


# Workbooks -------------------------------------------------------------------------------------------------------


def workbook(path: Path, *rows: list[object], sheets: int = 1) -> Path:
    book = Workbook()
    for n in range(sheets):
        page = book.active if n == 0 else book.create_sheet(f"S{n}")
        assert page is not None
        for row in rows:
            page.append(row)
    book.save(path)
    return path


def test_a_workbook_gives_days_numbers_and_texts_as_typed(tmp_path: Path) -> None:
    rows = [
        ["Ref", "When", "N", "S"],
        ["00123", dt.datetime(2026, 3, 16), 7.0, True],
        [123, dt.date(2026, 3, 1), 0.6, None],
    ]
    (table,) = read_tables(workbook(tmp_path / "a.xlsx", *rows))
    assert texts(table) == [["00123", "2026-03-16", "7", "yes"], ["123", "2026-03-01", "0.6", ""]]
    assert table.file == "a.xlsx"


def test_each_filled_sheet_is_a_table(tmp_path: Path) -> None:
    tables = read_tables(workbook(tmp_path / "a.xlsx", ["Ref"], ["C-1"], sheets=2))
    assert [table.file for table in tables] == ["a.xlsx [Sheet]", "a.xlsx [S1]"]


def test_a_workbook_under_a_false_name_is_read_by_its_content(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", ["Ref"], ["C-1"]).rename(tmp_path / "a.csv")
    assert texts(read_tables(path)[0]) == [["C-1"]]


def rezipped(path: Path, change: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in {*old.namelist(), *change}:
            new.writestr(name, change.get(name) or old.read(name))
    return out.getvalue()


SHEET = "xl/worksheets/sheet1.xml"
HEAD = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
FOOT = b"</sheetData></worksheet>"


@pytest.mark.parametrize(
    ("part", "content", "says"),
    [
        (SHEET, HEAD + b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>' + FOOT, "reaches down to row"),
        (SHEET, HEAD + b'<row r="1"><c r="XFD1"><v>1</v></c></row>' + FOOT, "columns"),
        (SHEET, HEAD + b" " * 30_000_000 + FOOT, "unpacks"),
        ("xl/sharedStrings.xml", b"<sst>" + b"ab" * 40_000_000 + b"</sst>", "unpacks"),
        (SHEET, b'<!DOCTYPE x [<!ENTITY a "b">]>' + HEAD + FOOT, "definitions"),
        (SHEET, b"<worksheet", "spreadsheet"),
    ],
)
def test_a_workbook_that_would_do_harm_is_stopped(tmp_path: Path, part: str, content: bytes, says: str) -> None:
    data = rezipped(workbook(tmp_path / "a.xlsx", ["Ref"], ["C-1"]), {part: content})
    with pytest.raises(BadInput, match=says):
        list(workbooks.sheets(data, "a.xlsx"))


def test_a_workbook_of_a_thousand_parts_is_stopped(tmp_path: Path) -> None:
    data = rezipped(workbook(tmp_path / "a.xlsx", ["Ref"]), {f"xl/x{n}.xml": b"<x/>" for n in range(1_001)})
    with pytest.raises(BadInput, match="parts"):
        workbooks.look_over(data, "a.xlsx")


def test_other_office_files_are_refused_with_what_to_do(tmp_path: Path) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as new:
        new.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        new.writestr("content.xml", "<x/>")
    with pytest.raises(BadInput) as caught:
        read(tmp_path, out.getvalue(), "a.ods")
    assert "save it as .xlsx" in caught.value.hint


# files made to be slow ------------------------------------------------------------------------------------------------


def stepwise(seconds: float) -> Callable[[], float]:
    """A clock on which every look takes ``seconds``."""
    return itertools.count(0.0, seconds).__next__


@pytest.mark.parametrize(
    "content",
    [
        b"<c " * 600_000,
        b"<row " * 390_000,
        b"<x:c " * 390_000,
        b"<row r=" * 280_000,
        b'<c r="' * 320_000,
        b"<" + b"w" * 1_900_000,
    ],
    ids=["cells", "rows", "prefixed", "rows with a place", "cells with a place", "one name"],
)
def test_a_small_workbook_of_tags_without_end_is_looked_over_in_one_go(tmp_path: Path, content: bytes) -> None:
    data = rezipped(workbook(tmp_path / "a.xlsx", ["Ref"], ["C-1"]), {SHEET: HEAD + content})
    assert len(data) < 20_000
    with pytest.raises(BadInput, match=r"spreadsheet|cells"):
        list(workbooks.sheets(data, "a.xlsx", Patience(longest=20.0)))


def test_one_row_of_a_million_cells_is_stopped(tmp_path: Path) -> None:
    row = b'<row r="1">' + b"<c/>" * 400_000 + b"</row>"
    data = rezipped(workbook(tmp_path / "a.xlsx", ["Ref"], ["C-1"]), {SHEET: HEAD + row + FOOT})
    with pytest.raises(BadInput, match="a row of more than"):
        workbooks.look_over(data, "a.xlsx")


def test_a_place_across_two_pieces_of_a_part_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbooks, "CHUNK", 64)
    cell = b'<row r="1"><c s="1" t="inlineStr" cm="1" ' + b" " * 100 + b'r="XFD1"><v>1</v></c></row>'
    data = rezipped(workbook(tmp_path / "a.xlsx", ["Ref"], ["C-1"]), {SHEET: HEAD + cell + FOOT})
    with pytest.raises(BadInput, match="columns"):
        workbooks.look_over(data, "a.xlsx")


def test_an_extract_that_takes_too_long_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = workbook(tmp_path / "a.xlsx", ["Ref"], *([f"C-{n}"] for n in range(100)))
    monkeypatch.setattr(patience, "monotonic", stepwise(2.0))
    with pytest.raises(BadInput, match=r"a\.xlsx takes longer"):
        read_tables(path)


def test_reading_stops_when_the_person_says_so(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", ["Ref"], *([f"C-{n}"] for n in range(100)))
    asked = itertools.count()
    with pytest.raises(Cancelled):
        read_tables(path, (), Patience(stopped=lambda: next(asked) > 20))
    assert next(asked) < 25


def test_a_heading_of_brackets_that_are_never_closed_is_read_in_one_go(tmp_path: Path) -> None:
    assert read(tmp_path, "(" * 120_000 + ",Ref\nx,C-1\n").columns == {"ref": 1}


def test_a_file_torn_in_every_row_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("Ref,Name,Team\n" + 'C-1,"x\n' * 2_200 + "C-2,y,North\n")
    with pytest.raises(BadInput, match="torn rows"):
        read_tables(path)
