"""A list of workers with the day on which each was last supervised, before the program was in use."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from domain.core.errors import BadInput
from domain.core.identifiers import identifier
from storage.importing.files.day_columns import Days
from storage.importing.files.tables import Table, read_tables
from storage.supervision.acts.last_held import LastHeld

WORKER, ON, BY = ("worker", "staffid"), ("lastheld", "heldon", "on", "date"), ("supervisor", "heldby")
_HINT = "Give it the headings worker and last_held, and supervisor where it was somebody else than theirs."


def read_last_held(path: Path) -> list[LastHeld]:
    """Return the days in a CSV file or workbook; rows without a day are left out. Raises BadInput, naming the row."""
    (table, *_) = read_tables(path, frozenset((*WORKER, *ON, *BY)))
    worker, on = _column(table, WORKER), _column(table, ON)
    if worker is None or on is None:
        missing = "the worker" if worker is None else "the day last held"
        raise BadInput(f"{table.file} has no column for {missing}.", field="--from", hint=_HINT)
    found = list(_rows(table, worker, on, _column(table, BY)))
    if table.problems:
        first = table.problems[0]
        where = f"{table.file}, row {first.row}" if first.row else table.file
        raise BadInput(f"{first.message}.", field=first.column, where=where)
    return found


def _column(table: Table, names: tuple[str, ...]) -> str | None:
    return next((name for name in names if name in table.columns), None)


def _rows(table: Table, worker: str, on: str, by: str | None) -> Iterator[LastHeld]:
    days = Days().column(table, on)
    for (number, cells), day in zip(table.rows, days, strict=True):
        who, where = identifier(cells[table.columns[worker]]), f"{table.file}, row {number}"
        if day is None:
            continue
        if not who:
            raise BadInput("a day without a worker.", field="worker", where=where)
        held_by = identifier(cells[table.columns[by]]) if by else ""
        yield LastHeld(who, day, held_by or None, where)
