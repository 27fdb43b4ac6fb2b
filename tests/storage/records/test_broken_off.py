"""A refusal leaves a unit able to go on; what ends its transaction is said as it is, and nothing goes on after it."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from domain.core.errors import BadInput, StorageProblem
from storage.database.errors import guard
from storage.records.database import Database
from storage.records.undo import undo
from storage.records.unit import Unit
from tests.conftest import TODAY
from tests.units import amend, get, record, remove

PEER = {"staff_id": "W9", "name": "Peer, Ann", "team": "North", "grade": "children-sw"}


def raw(unit: Unit) -> sqlite3.Connection:
    driver: Any = unit.transaction.connection.driver_connection
    found: sqlite3.Connection = driver
    return found


@pytest.fixture
def group(team: Database) -> Database:
    """A group session of Okafor's, with Begum."""
    session = {"worker": "W2", "supervisor": "W1", "on": "2026-11-25", "kind": "group"}
    with team.unit("A. Hughes", TODAY) as unit:
        record(unit, "worker", PEER)
        record(unit, "session", session)
        record(unit, "attendance", {"session": 1, "worker": "W3"})
        unit.finish("Booked")
    return team


def test_after_a_refused_amendment_the_unit_goes_on(group: Database) -> None:
    with group.unit("A. Hughes", TODAY) as unit:
        other = record(unit, "attendance", {"session": 1, "worker": "W9"}).id
        with pytest.raises(BadInput, match="already one with this session and worker"):
            amend(unit, "attendance", other, {"worker": "W3"})
        assert get(unit, "attendance", other).worker == "W9"
        amend(unit, "worker", "W3", {"fte": 80})
        unit.finish("Went on")
    assert group.reader().lookup("SELECT staff_id, fte FROM worker")["W3"] == 80
    assert group.reader().values("SELECT worker FROM attendance ORDER BY id") == ["W3", "W9"]


def test_after_a_refused_record_the_unit_goes_on(group: Database) -> None:
    with group.unit("A. Hughes", TODAY) as unit:
        with pytest.raises(BadInput):
            record(unit, "attendance", {"session": 1, "worker": "W3"})
        record(unit, "attendance", {"session": 1, "worker": "W9"})
        unit.finish("Went on")
    assert group.reader().value("SELECT count(*) FROM attendance") == 2


def test_no_room_left_is_said_where_a_record_does_not_fit(team: Database) -> None:
    before = team.reader().value("SELECT count(*) FROM event")
    with pytest.raises(StorageProblem, match="no room left"), guard(team.path), team.unit("A. Hughes", TODAY) as unit:
        fill(unit)
    assert team.reader().value("SELECT count(*) FROM event") == before


def fill(unit: Unit) -> None:
    pages = raw(unit).execute("PRAGMA page_count").fetchone()[0]
    raw(unit).execute(f"PRAGMA max_page_count={pages + 2}")
    for _ in range(100):
        visit = {"case": "C-1001", "kind": "lac_visit", "on": "2026-05-01", "note": "x" * 3000}
        record(unit, "event", visit)


@contextlib.contextmanager
def interrupted(unit: Unit) -> Iterator[None]:
    """Have the engine break off the next statement that writes, as it does where a disk fails: all is taken back."""
    writes = False

    def heed(statement: str) -> None:
        nonlocal writes
        writes = statement.startswith(("INSERT", "UPDATE", "DELETE"))

    own = raw(unit)
    own.set_trace_callback(heed)
    own.set_progress_handler(lambda: writes, 1)
    try:
        yield
    finally:
        own.set_trace_callback(None)
        own.set_progress_handler(None, 1)


@pytest.mark.parametrize(
    "doing",
    [
        lambda unit: record(unit, "worker", {**PEER, "staff_id": "W10"}),
        lambda unit: amend(unit, "worker", "W3", {"fte": 80}),
        lambda unit: remove(unit, "event", 1),
        undo,
    ],
    ids=["record", "amend", "remove", "undo"],
)
def test_what_ends_the_transaction_is_said_itself_and_nothing_more_is_written(
    team: Database, doing: Callable[[Unit], object]
) -> None:
    with team.unit("A. Hughes", TODAY) as unit:
        amend(unit, "worker", "W3", {"fte": 100})
        unit.finish("To full time")
    with team.unit("A. Hughes", TODAY) as unit:
        record(unit, "worker", PEER)
        with pytest.raises(OperationalError, match="interrupted"), interrupted(unit):
            doing(unit)
        with pytest.raises(StorageProblem, match="broken off"):
            unit.finish("Recorded workers")
        with pytest.raises(StorageProblem, match="broken off"):
            record(unit, "worker", {**PEER, "staff_id": "W11"})
    assert team.reader().value("SELECT count(*) FROM worker") == 3
    assert team.reader().value("SELECT count(*) FROM change_set") == 2
    with team.unit("A. Hughes", TODAY) as unit:
        record(unit, "worker", PEER)
        unit.finish("Recorded a worker")
    assert team.reader().value("SELECT count(*) FROM worker") == 4
