"""Another file's content comes into the open file itself: seen at the next question, left alone, well once back."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from domain.core.errors import StorageProblem
from domain.people.people import TeamFields
from storage.opening import make_database, open_database
from storage.records.database import Database
from tests.clocks import CLOCK


def read(database: Database) -> object:
    return database.reader().values("SELECT name FROM team")


def record(database: Database) -> object:
    with database.unit("A. Hughes") as unit:
        unit.record(TeamFields(name="East"))
        return unit.finish("Recorded a team")


def write(database: Database) -> object:
    with database.writing() as conn:
        return conn.put("meta", ("key",), {"key": "note", "value": "x"})


def _another(path: Path, aside: Path) -> None:
    shutil.copyfile(make_database(aside / "other.db", CLOCK), path)


def _emptied(path: Path, _: Path) -> None:
    path.write_bytes(b"")


@pytest.mark.parametrize("ask", [read, record, write])
@pytest.mark.parametrize("loaded", [True, False])
@pytest.mark.parametrize("put", [_another, _emptied])
def test_what_was_put_into_the_file_is_refused_and_left_alone(
    team: Database,
    tmp_path: Path,
    put: Callable[[Path, Path], None],
    ask: Callable[[Database], object],
    *,
    loaded: bool,
) -> None:
    if loaded:
        record(team)
    kept = team.path.read_bytes()
    before = read(team)
    put(team.path, tmp_path)
    strange = team.path.read_bytes()
    for _ in range(2):
        with pytest.raises(StorageProblem, match=r"replaced|damaged"):
            ask(team)
    assert team.path.read_bytes() == strange
    team.path.write_bytes(kept)
    assert read(team) == before
    if not loaded:
        record(team)
        assert "East" in team.reader().values("SELECT name FROM team")


def test_an_earlier_copy_of_the_same_database_is_gone_on_with(team: Database) -> None:
    earlier = team.path.read_bytes()
    record(team)
    team.path.write_bytes(earlier)
    assert "East" not in team.reader().values("SELECT name FROM team")
    record(team)
    with open_database(team.path, CLOCK) as again:
        assert "East" in again.reader().values("SELECT name FROM team")
