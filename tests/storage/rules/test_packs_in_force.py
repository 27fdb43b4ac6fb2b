"""Whoever writes goes by the packs in force now, however long ago they opened the database."""

from __future__ import annotations

from pathlib import Path

import pytest

from storage.opening import open_database
from storage.records.database import Database
from storage.rules import kept_packs
from tests.clocks import CLOCK
from tests.conftest import TODAY
from tests.storage.due.test_pack_diff import TIGHTER, pack
from tests.units import amend, keep

AFTER_6_WEEKS, AFTER_4_WEEKS = "2026-05-01", "2026-04-17"


@pytest.fixture
def long_open(team: Database) -> Database:
    """The team's database, opened and its packs read before the council adopts a pack; C-1001 was visited."""
    keep(team, "event", case="C-1001", kind="placement_started", on="2026-03-16")
    keep(team, "event", case="C-1001", kind="lac_visit", on="2026-03-20")
    assert due(team) == AFTER_6_WEEKS
    return team


def adopt(database: Database) -> None:
    pack(folder(database), TIGHTER)


def folder(database: Database) -> Path:
    return database.path.with_suffix(".packs")


def due(database: Database) -> str:
    query = "SELECT legal_due FROM obligation WHERE subject = 'C-1001' AND rule = 'visit_standard'"
    found: str = database.reader().value(query)
    return found


def correct_a_name(database: Database) -> None:
    with database.unit("A. Hughes", TODAY) as unit:
        amend(unit, "case", "C-1001", {"name": "Jamie Dough"})
        unit.finish("Corrected a name")


def test_a_correction_by_whoever_opened_before_keeps_the_dates_of_the_rules_in_force(long_open: Database) -> None:
    adopt(long_open)
    with open_database(long_open.path, CLOCK) as another:
        assert due(another) == AFTER_4_WEEKS
        correct_a_name(long_open)
        assert due(another) == AFTER_4_WEEKS
        assert another.differences() == long_open.differences() == []


def test_the_first_to_write_after_a_pack_changed_counts_everything_by_it(long_open: Database) -> None:
    adopt(long_open)
    correct_a_name(long_open)
    assert due(long_open) == AFTER_4_WEEKS
    assert kept_packs.Packs(long_open.reader()).get("rule", "visit_standard")["pack"] == "own"
    assert long_open.differences() == []


def test_a_pack_that_was_taken_away_counts_no_more(long_open: Database) -> None:
    adopt(long_open)
    correct_a_name(long_open)
    (folder(long_open) / "own.toml").unlink()
    keep(long_open, "case", reference="C-2", team="North", pathway="court", opened="2026-03-02")
    assert due(long_open) == AFTER_6_WEEKS


def test_what_is_not_finished_leaves_the_dates_as_they_were(long_open: Database) -> None:
    adopt(long_open)
    with long_open.unit("A. Hughes", TODAY) as unit:
        amend(unit, "case", "C-1001", {"name": "Jamie Dough"})
    assert due(long_open) == AFTER_6_WEEKS
    correct_a_name(long_open)
    assert due(long_open) == AFTER_4_WEEKS


def test_reading_goes_by_the_packs_in_force_too(long_open: Database) -> None:
    before = long_open.packs()
    assert long_open.packs() is before
    adopt(long_open)
    assert "own" in {one.id for one in long_open.packs().packs}
