"""Making the demonstration database: beside its place, and put there when it is whole."""

from __future__ import annotations

import contextlib
import sqlite3
from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from domain.errors import StorageProblem
from storage.database import Database, check_file, connect, guard, open_database, path_of
from storage.demo import SCALES, Batch, batches

if TYPE_CHECKING:
    from storage.unit import Unit

ACTOR = "Demonstration"
_COMPANIONS = ("", "-journal", "-wal", "-shm")

Progress = Callable[[int, int], None]


def make(path: Path, scale: str, seed: int, today: date, progress: Progress | None = None) -> dict[str, int]:
    """Make a demonstration database at ``path`` and return how many records of each kind it holds.

    Only an earlier demonstration is replaced. Raises StorageProblem for anything else that stands there.
    """
    path = path_of(path)
    with guard(path):
        _refuse_other(path)
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = path.with_name(f".{path.name}.making")
        _clear(draft)
        try:
            counts = _fill(draft, scale, seed, today, progress)
            _clear(path, companions_only=True)
            draft.replace(path)
        finally:
            _clear(draft)
    return counts


def is_demo(path: Path) -> bool:
    """Whether a demonstration stands at ``path``."""
    check_file(path)
    with contextlib.closing(connect(path, read_only=True)) as conn:
        try:
            return bool(conn.execute("SELECT value FROM meta WHERE key = 'demo'").fetchone() == ("1",))
        except sqlite3.OperationalError:
            return False


def _refuse_other(path: Path) -> None:
    if path.exists() and not is_demo(path):
        raise StorageProblem(
            f"{path} holds a database that is no demonstration; it was left as it is.",
            hint="Name another place with --path.",
            title="Not overwritten",
        )


def _clear(path: Path, *, companions_only: bool = False) -> None:
    for suffix in _COMPANIONS[companions_only:]:
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def _fill(path: Path, scale: str, seed: int, today: date, progress: Progress | None) -> dict[str, int]:
    counts: Counter[str] = Counter()
    with open_database(path, create=True, actor=ACTOR) as database:
        _prepare(database)
        for batch in batches(scale, seed, today):
            _keep(database, batch, today)
            counts.update({kind: len(rows) for kind, rows in batch})
            if progress is not None:
                progress(counts["case"], SCALES[scale].cases)
        _postpone_one(database, today)
        with contextlib.closing(connect(path)) as conn:
            conn.execute("INSERT OR REPLACE INTO meta (key, value) VALUES ('demo', '1')")
            conn.execute("ANALYZE")
    return dict(counts)


def _prepare(database: Database) -> None:
    """Write down the packs in force before anything is worked out from them."""
    from storage.projections import bring_up_to_date

    bring_up_to_date(database)


def _keep(database: Database, batch: Batch, today: date) -> None:
    from storage.kinds import kind_of

    with database.unit(ACTOR, today) as unit:
        for kind, rows in batch:
            left_out = kind_of(kind).defaults
            unit.put(kind, [{**left_out, **row} for row in rows])
        made = [team["name"] for team in batch.rows["team"]]
        unit.finish(f"Made the demonstration team {made[0]}" if made else "Made those who learn in the first team")


def _postpone_one(database: Database, today: date) -> None:
    """Put off one review of the first team that is due soon, with a reason, so that this can be seen too."""
    query = """SELECT o.subject, o.rule, o.cycle FROM obligation o JOIN cases c ON c.reference = o.subject
               WHERE o.subject_kind = 'case' AND o.legal_due > ? AND c.team LIKE 'North:%'
               AND o.series = 'lac_review' ORDER BY o.legal_due, o.subject LIMIT 1"""
    row = database.reader().execute(query, (today.isoformat(),)).fetchone()
    if row is None:
        return
    with database.unit(ACTOR, today) as unit:
        _postpone(unit, row, today)
        unit.finish(f"Put off a review on {row[0]}")


def _postpone(unit: Unit, row: tuple[Any, ...], today: date) -> None:
    from datetime import timedelta

    case, rule, cycle = row
    reason = "The carers are away; the chair has agreed"
    unit.record(
        "postponement", {"case": case, "rule": rule, "cycle": cycle, "to": today + timedelta(days=21), "reason": reason}
    )
