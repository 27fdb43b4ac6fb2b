"""One way to read a table, whatever file it comes in: headings, cleaned rows, and the rows set aside with a reason."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path

from domain.core.errors import BadInput, Problem
from domain.core.formulas import rearm
from domain.core.text import clean, clean_line
from storage.importing.files import aliases, text_files, workbooks
from storage.importing.files.headings import heading_key
from storage.importing.files.patience import Patience
from storage.importing.files.quoting import quoted

TABLE_SUFFIXES = (".csv", ".tsv", ".txt", ".xlsx", ".xlsm")

_OLD_OFFICE = b"\xd0\xcf\x11\xe0"
_ZIP = b"PK\x03\x04"
# What programs save under the names of workbooks and lists: HTML, XML, a page with its pictures, rich text.
_WEB_PAGE = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<!--.{0,2000}?-->\s*)*(?:<(?:!doctype|\?xml|html|head|meta|body|table|style|div)\b|mime-version:|\{\\rtf)",
    re.IGNORECASE | re.DOTALL,
)
_UNUSUAL = re.compile("[^\t\n\r -~]")


@dataclass(slots=True)
class Table:
    """A table as read: ``columns`` gives each heading's place, ``rows`` the row numbers and cleaned cells.

    ``problems`` tell of the rows set aside, which ``read`` counts too; ``faulty`` holds (row, heading) of refused days.
    """

    file: str
    headings: list[str]
    rows: list[tuple[int, list[str]]]
    columns: dict[str, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    aside: set[int] = field(default_factory=set)
    read: int = 0

    def fault(self, row: int | None, column: str, value: str, message: str) -> None:
        """Note a fault in one cell, with its value where that says nothing of a person."""
        self.problems.append(Problem(self.file, row, column, quoted(column, value), message))

    def reject(self, row: int, column: str, value: str, message: str) -> None:
        """Set a whole row aside."""
        self.aside.add(row)
        self.fault(row, column, value, message)


def read_tables(path: Path, known: Collection[str] = (), patience: Patience | None = None) -> list[Table]:
    """Return the tables of one file: one for a text file, one for each filled sheet of a workbook.

    ``known`` are heading keys by which the heading row is found when titles stand above it.
    Raises BadInput when the file cannot be read at all.
    """
    patience = patience or Patience()
    patience.begin()
    data = _content(path)
    name = clean(path.name)
    if data.startswith(_OLD_OFFICE):
        raise BadInput(
            f"{name} is an old .xls workbook or one protected by a password.",
            field="path",
            hint="Open it in the spreadsheet program and save it as .xlsx without a password, or as CSV.",
        )
    if _WEB_PAGE.match(data):
        raise BadInput(
            f"{name} is a web page or another kind of page, whatever its name ends in.",
            field="path",
            hint="Open it in the spreadsheet program and save it as .xlsx or as CSV.",
        )
    if data.startswith(_ZIP):
        return _from_workbook(data, name, known, patience)
    return [_from_text(data, name, known, patience)]


def _content(path: Path) -> bytes:
    name = clean(path.name)
    try:
        if not path.is_file():
            raise BadInput(f"{name} is not an ordinary file.", field="path")
        if path.stat().st_size > text_files.MAX_BYTES:
            raise BadInput(
                f"{name} is larger than {text_files.MAX_BYTES // 1_000_000} MB.",
                field="path",
                hint="Export fewer years or one team at a time.",
            )
        data = path.read_bytes()
    except OSError as why:
        raise BadInput(f"{name} cannot be opened: {why.strerror or 'it cannot be read'}.", field="path") from None
    if not data.strip(b"\x00 \r\n\t"):
        raise BadInput(f"{name} is empty.", field="path", hint="Export it again and check that it holds rows.")
    return data


def _from_text(data: bytes, name: str, known: Collection[str], patience: Patience) -> Table:
    text, encoding = text_files.decode(data)
    if text_files.looks_binary(text):
        raise BadInput(f"{name} is not a table.", field="path", hint="CSV and .xlsx files can be read.")
    row, headings, rows, torn = text_files.records(text, lambda top: _heading_row(top, known), name, patience)
    plain = not _UNUSUAL.search(text)
    tidy = plain and not any(mark in text for mark in ("'", '"', "  "))
    table = _table(name, row, headings, rows, tidy=tidy, padded=False)
    for number, why in torn:
        table.reject(number, "", "", why)
    table.read += len(torn)
    if encoding not in ("utf-8", "utf-8-sig") and not plain:
        table.notes.append(f"{name} was read as {encoding}: check that accented names look right.")
    return table


def _from_workbook(data: bytes, name: str, known: Collection[str], patience: Patience) -> list[Table]:
    tables = []
    for title, rows in workbooks.sheets(data, name, patience):
        filled = [(number, cells) for number, cells in rows if any(cells)]
        if filled:
            at = _heading_row([cells for _, cells in filled[: text_files.LOOK_FOR_HEADINGS]], known)
            number, headings = filled[at]
            label = f"{name} [{clean(title)}]"
            tables.append(_table(label, number, headings, filled[at + 1 :], tidy=False, padded=True))
    if not tables:
        raise BadInput(f"{name} is empty.", field="path", hint="Export it again and check that it holds rows.")
    return tables if len(tables) > 1 else [_renamed(tables[0], name)]


def _renamed(table: Table, name: str) -> Table:
    table.file = name
    table.problems = [Problem(name, p.row, p.column, p.value, p.message) for p in table.problems]
    return table


def _heading_row(top: list[list[str]], known: Collection[str]) -> int:
    """The row with the most known headings, else the first that is not blank."""
    scores = [sum(heading_key(cell) in known for cell in row if cell) for row in top]
    best = max(scores, default=0)
    if best >= 2:
        return scores.index(best)
    return next((i for i, row in enumerate(top) if any(cell.strip() for cell in row)), 0)


def _table(
    name: str, heading_row: int, headings: list[str], rows: list[tuple[int, list[str]]], *, tidy: bool, padded: bool
) -> Table:
    shown = [clean_line(heading) for heading in headings]
    table = Table(name, shown, [])
    for place, heading in enumerate(shown):
        key = heading_key(heading)
        if not key:
            continue
        if key in table.columns:
            said = heading if key in aliases.headings() else f"column {place + 1}"
            table.fault(heading_row, said, "", "this heading appears twice; the first was used")
        else:
            table.columns[key] = place
    _take_rows(table, rows, tidy=tidy, padded=padded)
    return table


def _take_rows(table: Table, rows: list[tuple[int, list[str]]], *, tidy: bool, padded: bool) -> None:
    width = len(table.headings)
    least = max(table.columns.values(), default=0) + 1
    for number, raw in rows:
        cells = [v.strip() for v in raw] if tidy else [clean_line(rearm(v)) for v in raw]
        if not any(cells):
            continue
        table.read += 1
        if len(cells) != width:
            if len(cells) < least and not padded:
                table.reject(number, "", "", f"the row has {len(cells)} cells, the headings {width}")
                continue
            if any(cells[width:]):
                table.reject(number, "", "", f"the row has {len(cells)} cells, the headings {width}")
                continue
            cells = (cells + [""] * width)[:width]
        table.rows.append((number, cells))
