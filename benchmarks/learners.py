"""The board of learners at 200 against 20: the command as a person runs it, and one read for each learner."""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from benchmarks.measure import Ratio, command, in_turn, python
from storage.opening import open_database
from storage.records.database import Database
from tests.clocks import CLOCK
from tests.units import record

TODAY = date(2026, 11, 20)
FEW, MANY = 20, 200
_STARTS = date(2026, 9, 7)
_DAYS = 40


def _fill(database: Database, learners: int) -> None:
    """Put half of the learners on a placement with 40 days recorded, half into a newly qualified year."""
    with database.unit("Bench", TODAY) as unit:
        record(unit, "team", {"name": "North", "scheme": "three-factor", "full_time_points": 10_000})
        for number in range(1, learners + 1):
            staff = {"staff_id": f"W{number}", "name": f"Learner {number:03}", "team": "North"}
            record(unit, "worker", {**staff, "grade": "asye", "started": _STARTS})
        unit.finish("Learners")
    with database.unit("Bench", TODAY) as unit:
        for number in range(1, learners + 1):
            kind = "placement-70" if number % 2 else "asye"
            record(unit, "programme", {"worker": f"W{number}", "kind": kind, "starts": _STARTS})
        unit.put("placement-day", [row for number in range(1, learners + 1, 2) for row in _days(number)])
        unit.finish("Programmes")


def _days(programme: int) -> Iterator[dict[str, Any]]:
    for n in range(_DAYS):
        on = _STARTS + timedelta(weeks=n // 5, days=n % 5)
        yield {"programme": programme, "on": on, "kind": "attended", "part": 100, "hours": None, "note": ""}


def made(folder: Path, learners: int) -> Path:
    """Return a database with so many learners, making it when it is not there yet."""
    path = folder / f"learners-{learners}.db"
    if not path.exists():
        with open_database(path, CLOCK, create=True) as database:
            _fill(database, learners)
    return path


def board(folder: Path) -> Iterator[Ratio]:
    """The board's command and its read, at 200 learners against 20."""
    from storage.learning.board import board as read

    paths = {learners: made(folder, learners) for learners in (FEW, MANY)}
    taken = {}
    for learners, path in paths.items():
        arguments = python("-m", "tui", "report", "learning", "--database", str(path), "--json", "--today", str(TODAY))
        command(arguments)
        taken[learners] = statistics.median(command(arguments)[0] for _ in range(7))
    yield Ratio("report learning --json, 200 / 20 learners", taken[MANY], taken[FEW], "ms", 1.5)
    with open_database(paths[MANY], CLOCK) as many, open_database(paths[FEW], CLOCK) as few:
        ours, floor = in_turn(
            lambda: read(many.reader(), "North", TODAY), lambda: read(few.reader(), "North", TODAY), 15
        )
    yield Ratio("learner board, one learner of 200 / of 20", ours / MANY, floor / FEW, "ms", 1.5)
