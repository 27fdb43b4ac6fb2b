"""Small teams to plan for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from storage.records.database import Database
from tests.storage.planning.plankit import Make, north


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Make]:
    """Make a team North of workers and cases, weighed by plain points."""
    opened: list[Database] = []

    def made(workers: Mapping[str, Any], cases: Mapping[str, Any], **more: Mapping[str, Any]) -> Database:
        opened.append(north(tmp_path, workers, cases, **more))
        return opened[-1]

    yield made
    for database in opened:
        database.close()
