"""The difference between an extract and the database: what would be new, changed and closed, and what was set aside."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import date
from enum import Enum
from pathlib import Path
from typing import Any, NamedTuple

from domain.core.errors import BadInput, Problem, StorageProblem
from domain.core.formulas import disarm
from domain.core.text import clean_line, plural
from storage.files.outgoing import Outgoing
from storage.importing.extract import Ambiguity

KINDS = ("team", "worker", "case", "allocation", "event", "council-date")
PERSONAL = frozenset({"name", "born", "expected_birth"})
_KEYS = {
    "team": ("name",),
    "worker": ("staff_id",),
    "case": ("reference",),
    "allocation": ("case", "worker", "role"),
    "event": ("case", "kind", "on"),
    "council-date": ("case", "kind", "due"),
}


class Change(NamedTuple):
    """A record that changes: its number, its full set of fields before and after, and whether that ends it."""

    id: int
    before: dict[str, Any]
    after: dict[str, Any]
    closes: bool = False


class DiffLine(NamedTuple):
    """One line of the difference for a screen; ``personal`` values are hidden when names are."""

    kind: str
    key: str
    change: str
    field: str = ""
    before: str = ""
    after: str = ""
    personal: bool = False


class Rows(NamedTuple):
    """How many rows were read, taken and set aside."""

    read: int
    applied: int
    rejected: int


@dataclass(slots=True)
class Diff:
    """What an extract would do, worked out and checked: nothing is written yet.

    ``missing`` are open cases that the extract leaves out; they are reported and never closed. ``as_of`` is the newest
    change that was known, so that a plan that has gone stale is not applied.
    """

    source: str
    today: date
    as_of: int = 0
    read: int = 0
    rejected: int = 0
    additions: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: {kind: [] for kind in KINDS})
    changes: dict[str, list[Change]] = field(default_factory=lambda: {kind: [] for kind in KINDS})
    unchanged: dict[str, int] = field(default_factory=lambda: dict.fromkeys(KINDS, 0))
    missing: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    ambiguities: list[Ambiguity] = field(default_factory=list)
    unknown_columns: dict[str, list[str]] = field(default_factory=dict)
    missing_tables: list[str] = field(default_factory=list)

    @property
    def rows(self) -> Rows:
        """Rows read, taken and set aside."""
        return Rows(self.read, self.read - self.rejected, self.rejected)

    @property
    def new(self) -> dict[str, int]:
        """How many records of each kind are new."""
        return {kind: len(rows) for kind, rows in self.additions.items()}

    @property
    def changed(self) -> dict[str, int]:
        """How many records of each kind change and go on."""
        return {kind: sum(not change.closes for change in found) for kind, found in self.changes.items()}

    @property
    def closed(self) -> dict[str, int]:
        """How many records of each kind end: cases that close, allocations that end."""
        return {kind: sum(change.closes for change in found) for kind, found in self.changes.items()}

    @property
    def empty(self) -> bool:
        """Whether there is nothing to apply."""
        return not any(self.additions.values()) and not any(self.changes.values())

    @property
    def steps(self) -> int:
        """How many records applying it writes."""
        return sum(self.new.values()) + sum(len(found) for found in self.changes.values())

    def summary(self) -> str:
        """Return what it does in one sentence, without a name."""
        parts = [
            f"{plural(count, _TITLES[kind])} {word}"
            for word, counts in (("new", self.new), ("changed", self.changed), ("closed", self.closed))
            for kind, count in counts.items()
            if count
        ]
        return ", ".join(parts) if parts else "nothing changes"

    def lines(self) -> Iterator[DiffLine]:
        """Yield the difference line by line: changes first, then what is new, then what is missing."""
        for kind in KINDS:
            for change in self.changes[kind]:
                yield from _changed_lines(kind, change)
        for kind in KINDS:
            for row in self.additions[kind]:
                yield DiffLine(kind, _key(kind, row), "new", after=_headline(kind, row))
        for reference in self.missing:
            yield DiffLine("case", reference, "missing")

    def grouped_problems(self) -> list[tuple[Problem, int]]:
        """Return one problem of each sort with how many there are, most frequent first."""
        first: dict[tuple[str, str, str], Problem] = {}
        counts: Counter[tuple[str, str, str]] = Counter()
        for problem in self.problems:
            sort = (problem.file, problem.column, problem.message)
            first.setdefault(sort, problem)
            counts[sort] += 1
        return [(first[sort], count) for sort, count in counts.most_common()]

    def as_json(self, *, applied: bool) -> dict[str, Any]:
        """Return what `almoner import --json` prints."""
        return {
            "source": self.source,
            "rows": self.rows._asdict(),
            "new": self.new,
            "changed": self.changed,
            "closed": self.closed,
            "unchanged": dict(self.unchanged),
            "missing": list(self.missing),
            "problems": [asdict(problem) for problem in self.problems],
            "notes": list(self.notes),
            "unclear": [asdict(ambiguity) for ambiguity in self.ambiguities],
            "unknown_columns": self.unknown_columns,
            "missing_tables": list(self.missing_tables),
            "applied": applied,
        }


_TITLES = {"council-date": "council date"} | {kind: kind for kind in KINDS if kind != "council-date"}


def _key(kind: str, row: dict[str, Any]) -> str:
    return " ".join(show(row[name]) for name in _KEYS[kind])


def _headline(kind: str, row: dict[str, Any]) -> str:
    match kind:
        case "case":
            return ", ".join(p.value for p in row["pathways"])
        case "worker":
            return f"{row['team']}, {row['grade']}"
        case "allocation":
            return f"from {show(row['starts'])}" + (f" to {show(row['ends'])}" if row["ends"] else "")
        case _:
            return ""


def _changed_lines(kind: str, change: Change) -> Iterator[DiffLine]:
    word = "closed" if change.closes else "changed"
    for name, after in change.after.items():
        before = change.before.get(name)
        if before != after:
            yield DiffLine(kind, _key(kind, change.before), word, name, show(before), show(after), name in PERSONAL)


def show(value: Any) -> str:
    """Return a field's value as text."""
    if value is None:
        return ""
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, tuple | list):
        return ", ".join(show(item) for item in value)
    if isinstance(value, dict):
        return ", ".join(f"{name}: {show(item)}" for name, item in sorted(value.items()))
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value.isoformat() if isinstance(value, date) else str(value)


def _cell(text: str) -> str:
    return disarm(clean_line(text))


def rejected_csv(diff: Diff) -> str:
    """Return what was set aside as CSV: file, row, column, value and reason, safe to open in a spreadsheet."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(["file", "row", "column", "value", "reason"])
    for p in diff.problems:
        row = "" if p.row is None else p.row
        writer.writerow([_cell(p.file), row, _cell(p.column), _cell(p.value), _cell(p.message)])
    return out.getvalue()


def write_rejected(diff: Diff, path: Path, away: Outgoing | None = None) -> None:
    """Write what was set aside to ``path``; raises BadInput when it may not or cannot be written."""
    try:
        (away or Outgoing()).write(path, rejected_csv(diff).encode("utf-8-sig"), "csv")
    except StorageProblem as fault:
        raise BadInput(
            f"The rows set aside cannot be written. {fault.message}", field="--rejected", hint=fault.hint
        ) from None
