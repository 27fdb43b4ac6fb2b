"""A table as an XLSX workbook: texts stay texts (nothing runs as a formula), numbers and days keep their kind."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from datetime import date

from domain.core.text import clean_line

Value = str | int | float | date | None
WIDEST = 60  # characters
CELL_LIMIT = 32_000  # characters a cell holds
_LONGEST_TITLE = 31
_NO_TITLE = re.compile(r"[\[\]:*?/\\]")  # what a sheet may not be called


def workbook(title: str, headings: Sequence[str], rows: Sequence[Sequence[Value]]) -> bytes:
    """Return one sheet with a heading line that stays in view."""
    from openpyxl import Workbook
    from openpyxl.utils import get_column_letter

    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = _NO_TITLE.sub(" ", clean_line(title))[:_LONGEST_TITLE].strip(" '") or "List"
    for at, row in enumerate([headings, *rows], 1):
        for column, value in enumerate(row, 1):
            cell = sheet.cell(at, column)
            if isinstance(value, str):
                cell.value, cell.data_type = clean_line(value)[:CELL_LIMIT], "s"
            else:
                cell.value = value
    for column, heading in enumerate(headings, 1):
        longest = max([len(heading), *(len(str(row[column - 1] or "")) for row in rows)])
        sheet.column_dimensions[get_column_letter(column)].width = min(longest, WIDEST) + 2
    sheet.freeze_panes = "A2"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
