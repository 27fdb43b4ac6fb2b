"""A caseload sheet before its rows are judged: what each column means, and rows by meaning."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from domain.core.identifiers import identifier
from storage.importing.extract import Ambiguity, Extract
from storage.importing.files import aliases
from storage.importing.files.day_columns import Days
from storage.importing.files.tables import Table

DAY_FIELDS = ("born", "expected_birth", "opened", "closed", "threshold_met", "allocated_on")
LATEST = {"last_review": "review", "last_visit": "visit", "next_review": "review", "next_visit": "visit"}
IGNORE = "ignore"
IDENTIFYING = ("reference", "team", "worker_id")


def known_headings() -> frozenset[str]:
    """Return the heading keys by which a caseload's heading row is found."""
    return frozenset(aliases.headings()) | aliases.ignored()


def is_caseload(table: Table, mapping: Mapping[str, str]) -> bool:
    """Whether a table has a column of case references, or one that may be."""
    names = aliases.headings()
    return any(mapping.get(key, "") == "reference" or "reference" in names.get(key, ()) for key in table.columns)


@dataclass(slots=True)
class Sheet:
    """The sheets while they are being read."""

    extract: Extract
    today: date
    team: str | None
    mapping: Mapping[str, str]
    known_workers: Mapping[str, str]
    known_cases: frozenset[str]
    days: Days = field(default_factory=Days)
    teams: set[str] = field(default_factory=set)
    workers: dict[str, str] = field(default_factory=dict)
    seen: dict[tuple[str, str], tuple[Any, ...]] = field(default_factory=dict)
    cases: dict[str, dict[str, Any]] = field(default_factory=dict)
    guessed: int = 0


@dataclass(slots=True)
class SheetRow:
    """One row: texts and days by meaning."""

    origin: tuple[str, int]
    texts: dict[str, str]
    days: dict[str, date]
    headings: dict[str, str]


def meanings_of(sheet: Sheet, table: Table) -> dict[str, str]:
    """Return the heading key of each meaning: from the mapping, else from the aliases; what is unclear is asked."""
    names = aliases.headings()
    found: dict[str, list[str]] = defaultdict(list)
    unknown = []
    for key in table.columns:
        said = sheet.mapping.get(key)
        choices = (said,) if said else names.get(key, ())
        heading = table.headings[table.columns[key]]
        if not choices and key not in aliases.ignored():
            unknown.append(heading)
        elif len(choices) > 1:
            sheet.extract.ambiguities.append(Ambiguity(table.file, heading, tuple(map(_plain, choices))))
        elif choices and choices[0] != IGNORE:
            found[choices[0]].append(key)
        if said:
            sheet.extract.meant[heading] = said
    sheet.extract.unknown(table, unknown)
    return {meaning: _one_of(sheet, table, meaning, keys) for meaning, keys in found.items()}


def _plain(meaning: str) -> str:
    return meaning.removeprefix("event:")


def _one_of(sheet: Sheet, table: Table, meaning: str, keys: list[str]) -> str:
    """The column a meaning is taken from: the first the alias table lists, or what the mapping said."""
    said = [key for key in keys if sheet.mapping.get(key) == meaning]
    rest = [key for key in keys if key != (said or keys)[0]]
    for key in rest:
        heading = table.headings[table.columns[key]]
        chosen = table.headings[table.columns[(said or keys)[0]]]
        sheet.extract.ambiguities.append(Ambiguity(table.file, heading, (_plain(meaning), IGNORE)))
        sheet.extract.notes.append(
            f"{table.file}: both {chosen} and {heading} may be the {_plain(meaning)}; {chosen} was used."
        )
    return (said or keys)[0]


def lines(sheet: Sheet, table: Table, meanings: dict[str, str]) -> list[SheetRow]:
    dated = {m: key for m, key in meanings.items() if m in DAY_FIELDS or m in LATEST or ":" in m}
    columns = {m: sheet.days.column(table, key) for m, key in dated.items()}
    plain = {m: table.columns[key] for m, key in meanings.items() if m not in dated}
    headings = {m: table.headings[table.columns[key]] for m, key in meanings.items()}
    return [
        SheetRow(
            (table.file, number),
            {m: identifier(cells[place]) if m in IDENTIFYING else cells[place] for m, place in plain.items()},
            {m: day for m, column in columns.items() if (day := column[index]) is not None},
            headings,
        )
        for index, (number, cells) in enumerate(table.rows)
    ]
