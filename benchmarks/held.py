"""Supervision held by its due date over 24 months: 400 workers against 40, which is to cost ten times as much."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from random import Random

from benchmarks.measure import Ratio
from tests.clocks import CLOCK
from tests.units import record

TODAY = date(2026, 11, 20)
MONTHS = 24
SUPERVISES = 8  # workers for each supervisor
GRADES = ("children-sw", "children-sw", "children-sw", "asye", "non-registered")
RUNS = 5


def staffed(path: Path, workers: int) -> Path:
    """Return a database of so many workers with two years of supervision: kept, late and missed in turn."""
    if path.exists():
        return path
    from domain.people.people import WorkerFields
    from domain.supervision.sessions import SessionFields
    from storage.opening import open_database

    rng = Random(workers)
    with open_database(path, CLOCK, create=True) as database, database.unit("Bench", TODAY) as unit:
        record(unit, "team", {"name": "North"})
        staff = [f"W{number:03}" for number in range(workers)]
        worker = {"team": "North", "started": TODAY - timedelta(days=800)}
        unit.put(
            "worker",
            [
                WorkerFields.model_validate(
                    {**worker, "staff_id": who, "name": f"Worker {who}", "grade": rng.choice(GRADES)}
                ).model_dump()
                for who in staff
            ],
        )
        unit.put(
            "session",
            [
                SessionFields.model_validate(one).model_dump()
                for place, who in enumerate(staff)
                for one in _sessions(who, staff[place // SUPERVISES * SUPERVISES - SUPERVISES], rng)
            ],
        )
        unit.finish("Staffed")
    return path


def _sessions(worker: str, supervisor: str, rng: Random) -> Iterator[dict[str, object]]:
    on = TODAY - timedelta(days=MONTHS * 30 + 30)
    while on < TODAY:
        on += timedelta(days=rng.randint(22, 40))
        state = "missed" if rng.random() < 0.1 else "held"
        if on <= TODAY and worker != supervisor:
            missed = {"reason": "Court", "reason_code": "court"} if state == "missed" else {"held_on": on}
            yield {"worker": worker, "supervisor": supervisor, "on": on, "state": state, **missed}


def compliance(folder: Path) -> Iterator[Ratio]:
    """A worker's share of the figures for 400 workers, against 40."""
    from domain.due.timeliness import Period
    from storage.opening import open_database
    from storage.supervision.compliance import compliance as count

    period = Period(date(2024, 11, 20), TODAY - timedelta(days=1))
    taken = {}
    for workers in (40, 400):
        with open_database(staffed(folder / f"held-{workers}.db", workers), CLOCK) as database:
            packs, conn = database.packs(), database.reader()
            runs = []
            for _ in range(RUNS + 1):
                start = time.perf_counter()
                lines = count(conn, packs, period, by="worker")
                runs.append((time.perf_counter() - start) * 1000 / workers)
            assert len(lines) == workers
            taken[workers] = statistics.median(runs[1:])
        print(f"  {workers} workers: {taken[workers] * workers:,.0f} ms")
    yield Ratio("compliance over 24 months a worker, 400 / 40 workers", taken[400], taken[40], "ms", 1.25)
