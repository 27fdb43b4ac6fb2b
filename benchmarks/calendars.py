"""Calendar files of 400 workers against what icalendar takes to write out the same events.

The obligations are put in as they would be derived, so that every worker has the same number of them.
"""

from __future__ import annotations

import contextlib
import gc
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from icalendar import Calendar

from benchmarks.measure import Ratio
from storage.calendar.files import export
from storage.calendar.recipients import team_targets
from storage.opening import open_database
from storage.records.database import Database
from tests.clocks import CLOCK

TODAY = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
WHOLE, QUICK = 400, 20
CASES, DUE, SESSIONS = 25, 3, 12  # for each worker; a session stands in two calendars
_TEAM = 20
_RULES = ("lac_review", "lac_visit", "cp_core_group")


def made(folder: Path, workers: int) -> Path:
    """Return a database with so many workers in teams of 20, making it when it is not there yet."""
    path = folder / f"calendars-{workers}.db"
    if not path.exists():
        with open_database(path, CLOCK, create=True) as database:
            _staff(database, workers)
            _caseloads(database, workers)
        with contextlib.closing(open_database(path, CLOCK)) as database:
            _obligations(database, workers)
    return path


def _put(database: Database, kind: str, rows: Iterator[dict[str, Any]]) -> None:
    with database.unit("Bench", TODAY) as unit:
        unit.put(kind, [unit.kinds.named(kind).read(row).model_dump() for row in rows])
        unit.finish(f"Put in: {kind}")


def _team(worker: int) -> str:
    return f"Team {worker // _TEAM + 1}"


def _staff(database: Database, workers: int) -> None:
    teams = sorted({_team(n) for n in range(workers)})
    given = {"scheme": "three-factor", "full_time_points": 10_000}
    _put(database, "team", ({"name": name, **given} for name in teams))
    staff = {"grade": "children-sw", "started": date(2024, 1, 8)}
    _put(
        database,
        "worker",
        ({"staff_id": f"W{n}", "name": f"Worker {n:03}", "team": _team(n), **staff} for n in range(workers)),
    )


def _caseloads(database: Database, workers: int) -> None:
    numbers = range(workers * CASES)
    opened = date(2026, 3, 2)
    case = {"pathway": "looked_after", "opened": opened}
    _put(database, "case", ({"reference": f"C-{n}", "team": _team(n // CASES), **case} for n in numbers))
    held = {"role": "allocated_worker", "starts": opened}
    _put(database, "allocation", ({"case": f"C-{n}", "worker": f"W{n // CASES}", **held} for n in numbers))
    _put(
        database,
        "session",
        (
            {"worker": f"W{n}", "supervisor": f"W{(n + 1) % workers}", "on": _month(k), "start": "10:00"}
            for n in range(workers)
            for k in range(SESSIONS)
        ),
    )


def _month(k: int) -> date:
    return TODAY + timedelta(weeks=4 * k + 1)


def _obligations(database: Database, workers: int) -> None:
    from storage.calendar.said_entries import writing

    rng = Random(7)
    with writing(database) as conn:
        conn.execute("DELETE FROM obligation")
        rows = (
            (f"{case:06}-{k}", f"C-{case}", rule, rule, str(TODAY + timedelta(days=rng.randint(-29, 540))))
            for case in range(workers * CASES)
            for k, rule in enumerate(_RULES[:DUE])
        )
        conn.executemany(
            """INSERT INTO obligation (id, subject_kind, subject, series, rule, cycle, legal_due, plan_by, anchor_event)
               VALUES (?1, 'case', ?2, ?3, ?4, 0, ?5, ?5, 'became_looked_after')""",
            rows,
        )


def files(folder: Path, workers: int = WHOLE, times: int = 1) -> Iterator[Ratio]:
    """Exporting everybody's calendar for the first time, against writing out the same events with icalendar."""
    path = made(folder, workers)
    ours, floors = [], []
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        for number in range(times):
            out = Path(scratch, str(number))
            out.mkdir()
            ours.append(_exported(Path(shutil.copy(path, out / "almoner.db")), out))
            calendars = [Calendar.from_ical(file.read_bytes()) for file in sorted(out.glob("*.ics"))]
            floors.append(_timed(lambda some=calendars: [one.to_ical() for one in some]))
            events = sum(len(one.events) for one in calendars)
    name = f"export {workers} calendars, {events:,} events / icalendar"
    yield Ratio(name, statistics.median(ours), statistics.median(floors), "ms", 1.5)


def quick(folder: Path) -> Iterator[Ratio]:
    """The same with one team's workers."""
    yield from files(folder, QUICK, 3)


def _exported(path: Path, out: Path) -> float:
    with contextlib.closing(open_database(path, CLOCK)) as database:
        teams = [name for (name,) in database.reader().raw.execute("SELECT name FROM team")]
        database.packs()
        targets = [one for team in teams for one in team_targets(database.reader(), team, out, TODAY)]
        return _timed(lambda: export(database, targets, TODAY, now=NOW))


def _timed(call: Callable[[], object]) -> float:
    gc.collect()
    start = time.perf_counter()
    call()
    return (time.perf_counter() - start) * 1000
