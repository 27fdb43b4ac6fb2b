"""What every test may use: a real database file, and a small team to put into it."""

from __future__ import annotations

import gc
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from storage.cases.steps import give
from storage.opening import open_database
from storage.records.database import Database
from tests.clocks import CLOCK
from tests.units import record

TODAY = date(2026, 11, 20)

# A busy machine is no fault in the code: no example is timed.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


def pytest_collection_finish() -> None:
    """Leave what collecting made out of every later search for rubbish: it stays till the end."""
    gc.collect()
    gc.freeze()


@pytest.fixture
def today() -> date:
    return TODAY


@pytest.fixture(scope="session")
def _blank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("blank") / "almoner.db"
    open_database(path, CLOCK, create=True).close()
    return path


@pytest.fixture(scope="session")
def _small_team(_blank: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = Path(shutil.copy(_blank, tmp_path_factory.mktemp("team") / "almoner.db"))
    with open_database(path, CLOCK) as database:
        _fill(database)
    return path


def _fill(database: Database) -> None:
    with database.unit("A. Hughes", TODAY) as unit:
        record(unit, "team", {"name": "North", "scheme": "three-factor", "full_time_points": 10_000})
        worker: dict[str, Any] = {"team": "North", "grade": "children-sw", "started": "2024-01-08"}
        record(unit, "worker", {**worker, "staff_id": "W1", "name": "Hughes, Ann", "grade": "team-manager"})
        record(unit, "worker", {**worker, "staff_id": "W2", "name": "Okafor, Chidi", "supervisor": "W1"})
        record(unit, "worker", {**worker, "staff_id": "W3", "name": "Begum, Nasreen", "supervisor": "W1", "fte": 60})
        case = {"reference": "C-1001", "team": "North", "pathway": "looked_after", "opened": "2026-03-02"}
        record(unit, "case", {**case, "name": "Jamie Doe", "born": "2019-05-04"})
        record(unit, "event", {"case": "C-1001", "kind": "became_looked_after", "on": "2026-03-16"})
        give(unit, "C-1001", "W2", date(2026, 3, 16))
        unit.finish("Set up the team")


@pytest.fixture
def database(_blank: Path, tmp_path: Path) -> Iterator[Database]:
    """An empty database in a file of its own."""
    with open_database(shutil.copy(_blank, tmp_path / "almoner.db"), CLOCK) as database:
        yield database


@pytest.fixture
def team(_small_team: Path, tmp_path: Path) -> Iterator[Database]:
    """The database with team North: Hughes, who manages, Okafor and Begum, and C-1001, looked after, with Okafor."""
    with open_database(shutil.copy(_small_team, tmp_path / "almoner.db"), CLOCK) as database:
        yield database
