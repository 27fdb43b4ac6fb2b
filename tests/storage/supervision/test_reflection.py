"""Reflection beside updates: counts by pair, for the pair and nobody else."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from domain.due.timeliness import Period
from storage.records.database import Database
from storage.supervision.reflection import Balance, balances
from tests.conftest import TODAY
from tests.units import record

YEAR = Period(date(2025, 11, 21), TODAY)


@pytest.fixture
def reflected(team: Database) -> Database:
    """W2 and W1 filled in two updates and one analysis in two sessions; W3 and W1 one reflection; a year ago more."""
    with team.unit("A. Hughes", TODAY) as unit:

        def talk(worker: str, on: str, **said: Any) -> None:
            held = {"worker": worker, "supervisor": "W1", "state": "held", "on": on}
            kept = record(unit, "session", held)
            record(unit, "discussion", {"session": kept.id, "topic": "learning", **said})

        talk("W2", "2026-10-01", answers={"update": "Well", "analysis": "Because", "next": "  "})
        talk("W2", "2026-11-01", answers={"update": "Still well"})
        talk("W2", "2026-11-02", answers={"reflection": "Parked"}, parked="No time")
        talk("W3", "2026-11-03", answers={"reflection": "Hm"})
        talk("W2", "2025-11-01", answers={"reflection": "Long ago"})
        unit.finish("Talked")
    return team


def test_a_pair_sees_its_own_counts_and_no_words(reflected: Database) -> None:
    (own,) = balances(reflected.reader(), "W2", YEAR)
    assert own == Balance("W2", "W1", 2, 1, 2)
    assert own.percent == 33.3


def test_a_supervisor_sees_each_pair_they_are_half_of(reflected: Database) -> None:
    assert [(b.worker, b.percent) for b in balances(reflected.reader(), "W1", YEAR)] == [("W2", 33.3), ("W3", 100.0)]


def test_nobody_else_sees_anything(reflected: Database) -> None:
    assert {b.worker for b in balances(reflected.reader(), "W3", YEAR)} == {"W3"}
    assert balances(reflected.reader(), None, YEAR) == []
