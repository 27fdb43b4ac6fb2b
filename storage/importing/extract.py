"""What a source says, in our words but not yet compared with anything: the same shape for every source."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from domain.core.enums import Pathway
from domain.core.errors import Problem
from domain.core.text import plural
from storage.importing.files.headings import said_of
from storage.importing.files.quoting import quoted
from storage.importing.files.tables import Table


class Item(NamedTuple):
    """One thing an extract says: field data, and the file and row it stands in. ``ref`` is the source's own number."""

    data: dict[str, Any]
    file: str
    row: int
    ref: str = ""


@dataclass(frozen=True, slots=True)
class Ambiguity:
    """A heading that may mean several things: the choices are fields that a mapping file can name."""

    file: str
    heading: str
    choices: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.file}: {self.heading} may mean {', '.join(self.choices)}"


@dataclass(slots=True)
class Extract:
    """Everything taken from a source. Kinds are those of the unit of work; ``data`` dicts are fields to validate.

    ``speaks_for`` are the pathways this source knows about: it may end those, never others. ``current_since`` gives
    the day since which a case is open again. ``whole`` says that a worker named here replaces the one before.
    """

    source: str
    items: dict[str, list[Item]] = field(
        default_factory=lambda: {kind: [] for kind in ("team", "worker", "case", "allocation", "event", "council-date")}
    )
    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    ambiguities: list[Ambiguity] = field(default_factory=list)
    unknown_columns: dict[str, list[str]] = field(default_factory=dict)
    missing_tables: list[str] = field(default_factory=list)
    read: int = 0
    aside: set[tuple[str, int]] = field(default_factory=set)
    speaks_for: frozenset[Pathway] = frozenset()
    current_since: dict[str, date] = field(default_factory=dict)
    replaces_worker: bool = False
    meant: dict[str, str] = field(default_factory=dict)  # what somebody said that headings mean

    def add(self, kind: str, data: dict[str, Any], file: str, row: int, ref: str = "") -> None:
        """Take one thing."""
        self.items[kind].append(Item(data, file, row, ref))

    def event(
        self,
        case: str,
        kind: str,
        on: date,
        origin: tuple[str, int],
        details: dict[str, Any] | None = None,
        ref: str = "",
    ) -> None:
        """Take an event of a case."""
        data = {"case": case, "kind": kind, "on": on, "details": details or {}, "source": self.source}
        self.items["event"].append(Item(data, origin[0], origin[1], ref))

    def council_date(
        self, case: str, kind: str, due: date, origin: tuple[str, int], held: date | None = None, ref: str = ""
    ) -> None:
        """Take a due date of the council's own."""
        data = {"case": case, "kind": kind, "due": due, "source": self.source}
        if held is not None:
            data["held"] = held
        self.items["council-date"].append(Item(data, origin[0], origin[1], ref))

    def set_aside(self, origin: tuple[str, int], column: str, value: str, message: str) -> None:
        """Leave a whole row out, and say why."""
        self.aside.add(origin)
        self.fault(origin, column, value, message)

    def fault(self, origin: tuple[str, int | None], column: str, value: str, message: str) -> None:
        """Note something wrong in a row that is otherwise taken."""
        self.problems.append(Problem(*origin, column, quoted(self.meant.get(column, column), value), message))

    def unknown(self, table: Table, headings: list[str]) -> None:
        """Note the columns of a table that nobody knows the meaning of."""
        said, more = said_of(headings, len(table.columns) - len(headings))
        if said:
            self.unknown_columns[table.file] = said
        if more:
            kept = "is" if more == 1 else "are"
            self.notes.append(f"{table.file}: {plural(more, 'further column')} {kept} not known and left out.")

    def absorb(self, tables: Iterable[Table], known: Iterable[str] | None = None) -> None:
        """Take over what reading the tables found: rows read, rows set aside, notes, and columns without a meaning."""
        used = None if known is None else frozenset(known)
        for table in tables:
            self.read += table.read
            self.problems.extend(table.problems)
            self.notes.extend(table.notes)
            self.aside.update((table.file, row) for row in table.aside)
            if used is not None:
                unknown = [table.headings[place] for key, place in table.columns.items() if key not in used]
                self.unknown(table, unknown)
