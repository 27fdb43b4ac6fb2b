"""The Standard Safeguarding Dataset: a folder of CSV files named after its tables, any of which may be missing."""

from __future__ import annotations

from datetime import date

from domain.core.enums import Pathway
from storage.importing.extract import Extract
from storage.importing.files.tables import Table
from storage.importing.sources import ssd_care, ssd_cases, ssd_people
from storage.importing.sources import ssd_tables as tables
from storage.importing.sources.ssd_dataset import Dataset, table_of
from storage.importing.sources.ssd_work import SOURCE, Work

SPEAKS_FOR = {
    tables.CIN_EPISODES.name: Pathway.CHILD_IN_NEED,
    tables.CIN_ASSESSMENTS.name: Pathway.ASSESSMENT,
    tables.CP_PLANS.name: Pathway.CHILD_PROTECTION,
    tables.CLA_EPISODES.name: Pathway.LOOKED_AFTER,
    tables.CARE_LEAVERS.name: Pathway.CARE_LEAVER,
    tables.PRE_PROCEEDINGS.name: Pathway.PRE_PROCEEDINGS,
    tables.PERMANENCE.name: Pathway.ADOPTION,
    tables.LEGAL_STATUS.name: Pathway.SHORT_BREAKS,
}


def is_dataset(extracted: list[Table]) -> bool:
    """Whether any of the tables belongs to the dataset."""
    return any(table_of(table) for table in extracted)


def read(extracted: list[Table], *, today: date, team: str | None = None) -> Extract:
    """Return what the tables of an extract say."""
    data = Dataset(extracted)
    extract = Extract(SOURCE, speaks_for=frozenset(p for name, p in SPEAKS_FOR.items() if data.has(name)))
    _take(Work(data, extract, today, team))
    extract.missing_tables = data.missing()
    for name, parts in data.tables.items():
        extract.absorb(parts, tables.fields()[name])
        if name in tables.UNUSED:
            extract.notes.append(f"ssd_{name} is not needed here; nothing was taken from it.")
    for table in data.others:
        extract.notes.append(f"{table.file} is none of the dataset's tables; it was left alone.")
    return extract


def _take(work: Work) -> None:
    """Take the tables in the order in which they lean on each other."""
    ssd_people.read_teams(work)
    ssd_people.read_workers(work)
    ssd_cases.read_people(work)
    ssd_cases.read_referrals(work)
    work.take_tables(tables.CIN_ASSESSMENTS, tables.CIN_PLANS, tables.CIN_VISITS)
    ssd_cases.read_enquiries(work)
    work.take_tables(tables.CP_PLANS, tables.CP_VISITS, tables.CP_REVIEWS)
    ssd_care.read_episodes(work)
    ssd_care.read_placements(work)
    work.take_tables(tables.CLA_REVIEWS, tables.CLA_VISITS)
    ssd_care.read_legal_statuses(work)
    ssd_care.read_health(work)
    work.take_tables(tables.MISSING)
    ssd_care.read_permanence(work)
    ssd_care.read_pre_proceedings(work)
    ssd_care.read_care_leavers(work)
    ssd_people.read_involvements(work)
    work.make_cases()
