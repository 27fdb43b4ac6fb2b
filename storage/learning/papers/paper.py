"""What a paper of learning is: its kinds, and how its file is named and written."""

from __future__ import annotations

import csv
import io
from typing import NamedTuple

from domain.core.formulas import disarm
from domain.core.text import clean_line, slug
from domain.supervision.written_record import Filed, Table
from storage.files.word import document

REGISTER, LOG, SUPPORT, CPD, APPLICATION = "register", "log", "support", "cpd", "application"
WORD, SHEET = "docx", "csv"
TITLES = {
    REGISTER: "Placement attendance register",
    LOG: "Supervision log",
    SUPPORT: "Record of support and progressive assessment: frame",
    CPD: "CPD draft",
    APPLICATION: "Application for progression",
}
OF_PROGRAMME = (REGISTER, LOG, SUPPORT)
ENDINGS = (WORD, SHEET)


class Paper(NamedTuple):
    """A paper: all of it as a document, and its one table for a spreadsheet."""

    filed: Filed
    table: Table

    @property
    def stem(self) -> str:
        """The name of its file without an ending: kind, staff id, number and day, never a person's name."""
        numbered = f"-{self.filed.session}" if self.filed.session else ""
        return f"{self.filed.kind}-{slug(self.filed.about, 64)}{numbered}-{self.filed.on.isoformat()}"

    def content(self, ending: str) -> bytes:
        """Return the content of its file."""
        if ending == SHEET:
            return as_csv(self.table)

        return document(self.filed)


def as_csv(table: Table) -> bytes:
    """Return a table as CSV in which a spreadsheet shows accents and runs no formula."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    for row in (table.headings, *table.rows):
        writer.writerow([disarm(clean_line(cell)) for cell in row])
    return out.getvalue().encode("utf-8-sig")
