"""The alias tables: documented, free of contradictions, and speaking only of what exists."""

from __future__ import annotations

import csv
import tomllib
from pathlib import Path

import pytest

import domain
from domain.core.enums import Pathway, Role
from storage.importing.files import aliases
from storage.importing.files.headings import heading_key
from storage.importing.files.tables import Table
from storage.importing.sources import ssd_tables, ssda903

HOME = Path(domain.__file__).parents[1]
FIELDS = HOME.parent / "shared" / "data" / "ssd" / "fields.csv"


def test_every_heading_is_documented() -> None:
    text = (HOME / "docs" / "importing.md").read_text("utf-8")
    for group in ("fields", "events", "due", "pathways", "roles"):
        for name, spellings in aliases.tables()[group].items():
            assert f"{name}` | {', '.join(spellings)} |" in text, f"{group}.{name}: run the table through the document"


def test_no_heading_has_two_meanings_by_accident() -> None:
    meant: dict[str, str] = {}
    for group in ("fields", "events", "due"):
        for name, spellings in aliases.tables()[group].items():
            for spelling in spellings:
                assert meant.setdefault(heading_key(spelling), f"{group}.{name}") == f"{group}.{name}", spelling
    clear = set(meant)
    assert not clear & {heading_key(s) for s in aliases.tables()["unclear"]}
    assert not clear & aliases.ignored()


def test_events_pathways_roles_and_grades_named_here_exist() -> None:
    packs = HOME / "domain" / "packs"
    events = {e["kind"] for e in tomllib.loads((packs / "events.toml").read_text("utf-8"))["events"]}
    assert {*aliases.tables()["events"], *aliases.tables()["due"], *aliases.tables()["health"]} <= events
    assert set(aliases.tables()["pathways"]) == {*Pathway, "open", "closed"}
    assert set(aliases.tables()["roles"]) == {*Role, "none"}
    grades = {g["id"] for g in tomllib.loads((packs / "grades.toml").read_text("utf-8"))["grades"]}
    assert {t["grade"] for t in aliases.tables()["titles"]} | {aliases.FALLBACK_GRADE} <= grades


def test_every_unclear_choice_is_a_meaning_that_a_mapping_can_name() -> None:
    for choices in aliases.tables()["unclear"].values():
        assert {aliases.meaning(choice) for choice in choices} <= aliases.meanings()


@pytest.mark.parametrize(
    ("words", "pathway"),
    [
        ("LAC", "looked_after"),
        ("CP - Neglect", "child_protection"),
        ("Looked After (s20)", "looked_after"),
        ("Gardening", None),
    ],
)
def test_case_types_are_known_by_word(words: str, pathway: str | None) -> None:
    assert aliases.pathway(words) == pathway


@pytest.mark.parametrize(
    ("title", "grade"),
    [
        ("Team Manager", "team-manager"),
        ("Newly Qualified Social Worker", "asye"),
        ("Advanced Social Worker", "children-advanced-sw"),
        ("Social Worker", "children-sw"),
        ("Personal Advisor", "personal-adviser"),
        ("Beekeeper", None),
    ],
)
def test_a_job_title_points_to_a_grade(title: str, grade: str | None) -> None:
    assert aliases.grade(title) == grade


@pytest.mark.skipif(not FIELDS.is_file(), reason="the list of dataset fields is not beside this checkout")
def test_every_field_of_the_dataset_is_known() -> None:
    with FIELDS.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            assert heading_key(row["field"]) in ssd_tables.fields()[row["table"].removeprefix("ssd_")]


def test_files_of_the_return_are_told_apart_by_their_headings() -> None:
    headings = {
        "header": "CHILD SEX DOB ETHNIC UPN MOTHER MC_DOB",
        "episodes": "CHILD DECOM RNE LS CIN PLACE DEC REC",
        "reviews": "CHILD DOB REVIEW REVIEW_CODE",
        "prev_perm": "CHILD DOB PREV_PERM LA_PERM DATE_PERM",
        "ad1": "CHILD DOB DATE_INT DATE_MATCH FOSTER_CARE",
        "oc3": "CHILD DOB IN_TOUCH ACTIV ACCOM",
    }
    for kind, names in headings.items():
        table = Table("x.csv", names.split(), [], {heading_key(n): i for i, n in enumerate(names.split())})
        assert ssda903.kind_of(table) == kind
