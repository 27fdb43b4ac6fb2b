"""What is being done while a kill or a power cut comes, and what must hold afterwards."""

from __future__ import annotations

import random
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from storage.opening import open_database
from storage.records.database import Database
from storage.rules import pack_set
from tests.clocks import CLOCK
from tests.harness.checks import fault_in
from tests.units import record

ALIVE = "alive"
TODAY = date(2026, 11, 20)
FIRST = date(2026, 3, 2)
PACKS = pack_set.load()


class Scene:
    """A folder with a database, work on it that never ends, and what must hold once the worker is dead."""

    lives = 20  # kills before everything begins afresh
    longest = 0.12  # seconds between the first sign of life and the kill
    steps = 8  # how much is done while a power cut may come

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "scene"
        self.fresh = folder / "fresh.db"
        self.path = self.folder / "almoner.db"
        self.prepare(self.fresh)

    def prepare(self, path: Path) -> None:
        """Make the database that every life begins with."""
        path.write_bytes(_begun())

    def begin(self) -> None:
        """Start a new life."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir()
        shutil.copy(self.fresh, self.path)

    def work(self, chance: random.Random) -> Iterator[object]:
        """Work on and on; yield ALIVE when it begins, and what has been saved, each as soon as it is."""
        raise NotImplementedError

    def fault(self, acknowledged: Sequence[str]) -> str | None:
        """Return what is wrong now, its kind first (lost, torn, corrupt, stuck), or None."""
        return fault_in(self.path, [int(number) for number in acknowledged]) or derived_fault(self.path)

    def journal_is_hot(self) -> bool:
        """Whether the dead left a transaction to be taken back."""
        journal = self.path.with_name(self.path.name + "-journal")
        return journal.exists() and journal.stat().st_size > 0


@cache
def _begun() -> bytes:
    """A database with a worker and four cases, made once however many kinds of work begin with it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "begun.db"
        with opened(path, create=True) as database, database.unit("A. Hughes", TODAY) as work:
            record(work, "team", {"name": "North", "scheme": "three-factor"})
            worker = {"team": "North", "grade": "children-sw", "started": "2024-01-08"}
            record(work, "worker", {**worker, "staff_id": "W1", "name": "Okafor, Chidi"})
            for n in range(4):
                case = {"reference": f"C-{n}", "team": "North", "pathway": "looked_after", "opened": FIRST}
                record(work, "case", case)
                record(work, "event", {"case": f"C-{n}", "kind": "became_looked_after", "on": FIRST})
            work.finish("Set up")
        return path.read_bytes()


def opened(path: Path, *, create: bool = False) -> Database:
    """Open with the packs read already."""
    database = open_database(path, CLOCK, create=create)
    database._packs = PACKS
    return database


def derived_fault(path: Path) -> str | None:
    """What is derived is written with what it is derived from, or not at all."""
    with opened(path) as database:
        different = database.differences()
    return f"torn: derived differently: {different[:3]}" if different else None


def seconds(do: Callable[[], object]) -> float:
    """How long it takes."""
    start = time.perf_counter()
    do()
    return time.perf_counter() - start


def an_event(chance: random.Random) -> dict[str, Any]:
    """An event such as an import hands over: whole and validated."""
    return {
        "case": f"C-{chance.randrange(4)}",
        "kind": chance.choice(("lac_visit", "lac_review_held", "case_note")),
        "on": FIRST + timedelta(days=chance.randrange(200)),
        "details": {},
        "note": "n" * chance.choice((0, 20, 2000)),
        "source": "",
    }


def note(database: Database, text: str) -> int:
    """Record an event that says ``text``, and return the number of its change set."""
    with database.unit("A. Hughes", TODAY) as work:
        record(work, "event", {"case": "C-1", "kind": "case_note", "on": FIRST, "note": text})
        work.finish("Noted")
    return work.number or 0
