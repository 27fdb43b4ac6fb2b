"""The Standard Safeguarding Dataset: a folder of CSV files named after its tables, any of which may be missing."""

from __future__ import annotations

from datetime import date

from domain.ids import Pathway
from storage.imports import ssd_care, ssd_cases, ssd_people
from storage.imports.extract import Extract
from storage.imports.reading import Table
from storage.imports.ssd_tables import UNUSED, Dataset, fields, table_of
from storage.imports.ssd_work import SOURCE, Work

SPEAKS_FOR = {
    "cin_episodes": Pathway.CHILD_IN_NEED,
    "cin_assessments": Pathway.ASSESSMENT,
    "cp_plans": Pathway.CHILD_PROTECTION,
    "cla_episodes": Pathway.LOOKED_AFTER,
    "care_leavers": Pathway.CARE_LEAVER,
    "pre_proceedings": Pathway.PRE_PROCEEDINGS,
    "permanence": Pathway.ADOPTION,
    "legal_status": Pathway.SHORT_BREAKS,
}


def is_dataset(tables: list[Table]) -> bool:
    """Whether any of the tables belongs to the dataset."""
    return any(table_of(table) for table in tables)


def read(
    tables: list[Table], *, today: date, team: str | None = None, known_cases: frozenset[str] = frozenset()
) -> Extract:
    """Return what the tables of an extract say; ``known_cases`` are references that are on file already."""
    data = Dataset(tables)
    extract = Extract(SOURCE, speaks_for=frozenset(p for name, p in SPEAKS_FOR.items() if data.has(name)))
    work = Work(data, extract, today, team, known_cases)
    ssd_people.read_teams(work)
    ssd_people.read_workers(work)
    ssd_cases.read(work)
    ssd_care.read(work)
    ssd_people.read_involvements(work)
    work.make_cases()
    extract.missing_tables = data.missing()
    for name, parts in data.tables.items():
        extract.absorb(parts, fields()[name])
        if name in UNUSED:
            extract.notes.append(f"ssd_{name} is not needed here; nothing was taken from it.")
    for table in data.others:
        extract.notes.append(f"{table.file} is none of the dataset's tables; it was left alone.")
    return extract
