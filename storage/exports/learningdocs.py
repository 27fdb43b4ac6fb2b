"""Papers of learning as Word and CSV: attendance register, supervision log, frame of a first year, CPD, application.

A paper names the learner and those who teach them, never a person served: what is written in notes stays out of it.
Its file is called by kind, number and day.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from domain.errors import BadInput
from domain.filing import Filed, Table
from domain.formulas import disarm
from domain.text import clean_line, slug

if TYPE_CHECKING:
    import sqlite3

REGISTER, LOG, SUPPORT, CPD, APPLICATION = "register", "log", "support", "cpd", "application"
TITLES = {
    REGISTER: "Placement attendance register",
    LOG: "Supervision log",
    SUPPORT: "Record of support and progressive assessment: frame",
    CPD: "CPD draft",
    APPLICATION: "Application for progression",
}
OF_PROGRAMME = (REGISTER, LOG, SUPPORT)
WORD, SHEET = "docx", "csv"
ENDINGS = (WORD, SHEET)


class Paper(NamedTuple):
    """A paper: the whole of it as a document, and its one table for a spreadsheet."""

    filed: Filed
    table: Table

    @property
    def stem(self) -> str:
        """What its file is called, without an ending: its kind, a staff id, a number and a day, never a name."""
        numbered = f"-{self.filed.session}" if self.filed.session else ""
        return f"{self.filed.kind}-{slug(self.filed.about, 64)}{numbered}-{self.filed.on.isoformat()}"

    def content(self, ending: str) -> bytes:
        """Return the content of its file."""
        if ending == SHEET:
            return as_csv(self.table)
        from storage.exports.word import document

        return document(self.filed)


def paper(conn: sqlite3.Connection, what: str, about: str | int, today: date) -> Paper:
    """Return one paper of a programme (by number) or of a worker (by staff id); raises NotFound, BadInput."""
    return _making(what)(conn, about, today)


def _making(what: str) -> Callable[[sqlite3.Connection, str | int, date], Paper]:
    import storage.exports.growthpapers as growthpapers
    import storage.exports.placementpapers as placementpapers

    making: Mapping[str, Callable[..., Paper]] = {
        REGISTER: placementpapers.register,
        LOG: placementpapers.log,
        SUPPORT: growthpapers.support,
        CPD: growthpapers.cpd,
        APPLICATION: growthpapers.application,
    }
    if what not in making:
        raise BadInput(f"{clean_line(what)[:60]!r} is no paper.", field="paper", hint="Known: " + ", ".join(TITLES))
    return making[what]


def write_paper(made: Paper, folder: Path, endings: Sequence[str] = ENDINGS) -> list[Path]:
    """Write a paper into ``folder``, each file whole or not at all; one of the same name is replaced.

    Raises BadInput where the folder cannot be one, StorageProblem where it cannot be written.
    """
    from storage.exports.atomic import ready_folder, write_atomically

    ready_folder(folder)
    paths = [folder / f"{made.stem}.{ending}" for ending in endings]
    for path, ending in zip(paths, endings, strict=True):
        write_atomically(path, made.content(ending))
    return paths


def as_csv(table: Table) -> bytes:
    """Return a table as CSV that a spreadsheet opens with its accents, and of which it runs nothing."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    for row in (table.headings, *table.rows):
        writer.writerow([disarm(clean_line(cell)) for cell in row])
    return out.getvalue().encode("utf-8-sig")
