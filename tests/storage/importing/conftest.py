"""Extracts made up for the tests, and a way to take them in."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from storage.importing import Diff, apply, plan_import
from storage.records.database import Database
from tests.conftest import TODAY

Tables = Mapping[str, Sequence[Mapping[str, str]]]


@pytest.fixture
def write(tmp_path: Path) -> Callable[[Tables], Path]:
    """Write tables as CSV files, one a name, with the columns the rows name; returns their folder."""

    def writing(tables: Tables) -> Path:
        folder = tmp_path / "extract"
        folder.mkdir(exist_ok=True)
        for name, rows in tables.items():
            columns = list(dict.fromkeys(column for row in rows for column in row))
            with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
                writer = csv.DictWriter(file, columns, restval="")
                writer.writeheader()
                writer.writerows(rows)
        return folder

    return writing


@pytest.fixture
def sheet(tmp_path: Path) -> Callable[..., Path]:
    """Write one caseload sheet from text or bytes."""

    def writing(content: str | bytes, name: str = "caseload.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return writing


@pytest.fixture
def plan(database: Database) -> Callable[..., Diff]:
    """Work out what an import would do on the test's day."""

    def planning(path: Path, **options: Any) -> Diff:
        return plan_import(database.reader(), path, **{"today": TODAY, **options})

    return planning


@pytest.fixture
def take(database: Database) -> Callable[..., Diff]:
    """Import an extract and return the difference that went in."""

    def taking(path: Path, **options: Any) -> Diff:
        diff = plan_import(database.reader(), path, **{"today": TODAY, **options})
        with database.unit("A. Hughes", diff.today) as unit:
            apply(unit, diff)
        return diff

    return taking


@pytest.fixture
def events(database: Database) -> Callable[[str], list[tuple[str, str]]]:
    """The events of a case, in order of day."""

    def reading(case: str) -> list[tuple[str, str]]:
        query = 'SELECT kind, "on" FROM event WHERE "case" = ? ORDER BY "on", id'
        return database.reader().raw.execute(query, (case,)).fetchall()

    return reading
