"""What is being done while the kill comes, and what must hold afterwards; each with a careless twin to be caught."""

from __future__ import annotations

import contextlib
import json
import random
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from domain.errors import AlmonerError, StorageProblem
from storage import backup, imports, packs, projections, unit  # noqa: F401 - unit: imported once, before any fork
from storage import database as db
from storage.database import Database, connect, open_database
from storage.migrations import runner
from tests.harness import writing
from tests.harness.checks import fault_in

Say = Callable[[object], object]
ALIVE = "alive"
TODAY = date(2026, 11, 20)
FIRST = date(2026, 3, 2)
PACKS = packs.load()


class Scene:
    """A folder with a database, work on it that never ends, and what must hold once the worker is dead."""

    lives = 20  # kills before everything begins afresh
    longest = 0.12  # seconds between the first sign of life and the kill

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

    def work(self, chance: random.Random, say: Say) -> None:
        """Work until killed, saying what has been saved."""
        raise NotImplementedError

    def fault(self, acknowledged: Sequence[str]) -> str | None:
        """Return what is wrong now, or None."""
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
            work.record("team", {"name": "North", "scheme": "three-factor"})
            worker = {"team": "North", "grade": "children-sw", "started": "2024-01-08"}
            work.record("worker", {**worker, "staff_id": "W1", "name": "Okafor, Chidi"})
            for n in range(4):
                case = {"reference": f"C-{n}", "team": "North", "pathway": "looked_after", "opened": FIRST}
                work.record("case", case)
                work.record("event", {"case": f"C-{n}", "kind": "became_looked_after", "on": FIRST})
            work.finish("Set up")
        return path.read_bytes()


def opened(path: Path, *, create: bool = False) -> Database:
    """Open with the packs read already."""
    database = open_database(path, create=create)
    database._packs = PACKS
    return database


def derived_fault(path: Path) -> str | None:
    """What is derived is written with what it is derived from, or not at all."""
    with contextlib.closing(connect(path)) as connection:
        different = projections.differences(connection, PACKS)
    return f"torn: derived differently: {different[:3]}" if different else None


class Recording(Scene):
    """People record events one after the other, amend them, and undo now and then."""

    def work(self, chance: random.Random, say: Say) -> None:
        """Record."""
        database = opened(self.path)
        while True:
            with contextlib.suppress(StorageProblem), database.unit(f"worker {chance.random()}", TODAY) as work:
                for _ in range(chance.randrange(1, 4)):
                    event = work.record("event", an_event(chance))
                if chance.random() < 0.3:
                    work.amend("event", event.id, {"note": "amended " * chance.choice((1, 100))})
                say(work.finish("Recorded"))
            if chance.random() < 0.1:
                with contextlib.suppress(AlmonerError), database.unit(work.actor, TODAY) as last:
                    last.undo()


class Importing(Scene):
    """Caseload sheets are taken in one after the other, each with a hundred cases to make or change."""

    def begin(self) -> None:
        """Start a new life, and see how long an import takes on this machine."""
        super().begin()
        with opened(self.path) as database:
            diff = self.difference(database, random.Random(4))
            self.longest = 2.5 * seconds(lambda: self.take_in(database, diff))

    def work(self, chance: random.Random, say: Say) -> None:
        """Import."""
        database = opened(self.path)
        while True:
            diff = self.difference(database, chance)
            say(ALIVE)
            with contextlib.suppress(AlmonerError):  # the other writer was quicker
                say(self.take_in(database, diff))

    def difference(self, database: Database, chance: random.Random) -> imports.Diff:
        """Work out what a sheet would change."""
        sheet = self.folder / f"sheet-{chance.randrange(10**9)}.csv"
        lines = [
            "Case reference,Team,Allocated worker,Case type,Case opened,Became looked after,Last review,Last visit"
        ]
        for _ in range(100):
            day = FIRST + timedelta(days=chance.randrange(100))
            last = f"{day + timedelta(days=chance.randrange(100)):%d/%m/%Y}"
            opened_on = f"{day:%d/%m/%Y}"
            number, worker = chance.randrange(1000), chance.randrange(9)
            lines.append(f'S-{number},North,"Worker, {worker}",Looked after,{opened_on},{opened_on},{last},{last}')
        sheet.write_text("\n".join(lines))
        return imports.plan_import(database.reader(), sheet, today=TODAY)

    def take_in(self, database: Database, diff: imports.Diff) -> int | str:
        """Import once."""
        with database.unit("A. Hughes", TODAY) as work:
            return imports.apply(work, diff) or ALIVE


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


class CarelessRecording(Scene):
    """The same kind of work without a journal."""

    def prepare(self, path: Path) -> None:
        """Make a database with a team and cases and nothing else."""
        runner.build(path)
        with contextlib.closing(connect(path)) as own:
            writing.lay_out(own.execute)

    lives = 1

    def work(self, chance: random.Random, say: Say) -> None:
        """Record."""
        own = connect(self.path)
        for pragma in ("journal_mode=OFF", "synchronous=OFF", "cache_size=5"):
            own.execute(f"PRAGMA {pragma}")
        for number in writing.work(own.execute, 100_000, chance):
            say(number)

    def fault(self, acknowledged: Sequence[str]) -> str | None:
        """As for records, but nothing is derived here."""
        return fault_in(self.path, [int(number) for number in acknowledged])


_NOW = db.SCHEMA_VERSION
_STEP = f"""
import sqlalchemy as sa
from alembic import op
revision, down_revision = "{runner.revision_of(_NOW + 1)}", "{runner.revision_of(_NOW)}"
ROWS_MAY_CHANGE = frozenset()
def upgrade():
    op.execute("CREATE TABLE second (id INTEGER PRIMARY KEY) STRICT")
    for name in ("event", "cases"):
        with op.batch_alter_table(name, recreate="always") as table:
            table.add_column(sa.Column("colour", sa.Text))
"""


class Migrating(Scene):
    """A database of thousands of events is brought to a newer form, tables copied and all."""

    lives = 1

    def prepare(self, path: Path) -> None:
        """Make a database with enough in it that the step takes a while, and the step."""
        super().prepare(path)
        with opened(path) as database, database.unit("A. Hughes", TODAY) as work:
            chance = random.Random(3)
            work.put("event", [an_event(chance) for _ in range(1500)])
            work.finish("Imported")
        self.steps = self.fresh.parent / "steps"
        shutil.copytree(runner.HERE, self.steps, ignore=shutil.ignore_patterns("__pycache__", "runner.py"))
        (self.steps / "versions" / f"{runner.revision_of(_NOW + 1)}_step.py").write_text(_STEP)
        self.before = contents(path)

    def work(self, chance: random.Random, say: Say) -> None:
        """Bring up to date, over and over, from the start."""
        self.look_ahead()
        run = runner._run

        def run_and_say(connection: sa.Connection) -> None:
            say(ALIVE)  # the backup is made, the step begins
            run(connection)

        runner._run = run_and_say
        runner.upgrade(self.path)
        time.sleep(60)

    def look_ahead(self) -> None:
        """Pretend to be the next version of Almoner. Done in the victim only."""
        runner.HERE, db.SCHEMA_VERSION = self.steps, _NOW + 1

    def fault(self, acknowledged: Sequence[str]) -> str | None:
        """Either the old form whole or the new one whole, with everything in it; and it can be tried again."""
        if fault := fault_in(self.path):
            return fault
        with contextlib.closing(connect(self.path)) as own:
            version = own.execute("PRAGMA user_version").fetchone()[0]
            step = own.execute("SELECT version_num FROM alembic_version").fetchone()[0]
            marks = own.execute("SELECT count(*) FROM sqlite_schema WHERE sql LIKE '%colour%' OR name = 'second'")
            if (version, step, marks.fetchone()[0]) not in (
                (_NOW, runner.revision_of(_NOW), 0),
                (_NOW + 1, runner.revision_of(_NOW + 1), 3),
            ):
                return f"torn: version {version}, step {step}"
        if contents(self.path) != self.before:
            return "lost: the records are not what they were"
        return self.fault_when_tried_again()

    def fault_when_tried_again(self) -> str | None:
        """What keeps the next start from finishing the work."""
        then = runner.HERE, db.SCHEMA_VERSION
        self.look_ahead()
        try:
            self.longest = max(self.longest, 0.8 * seconds(lambda: runner.upgrade(self.path)))
        except StorageProblem as problem:
            return f"stuck: {problem}"
        finally:
            runner.HERE, db.SCHEMA_VERSION = then
        return None if contents(self.path) == self.before else "lost: records were lost the second time"


def contents(path: Path) -> str:
    """Everything the records say, whatever the form of their tables."""
    with contextlib.closing(connect(path)) as own:
        queries = ('SELECT id, "case", kind, "on", note FROM event', "SELECT id, reference FROM cases")
        return json.dumps([own.execute(f"{query} ORDER BY id").fetchall() for query in queries])


class CarelessMigrating(Migrating):
    """Alembic as most people run it: the driver commits as it goes along."""

    def work(self, chance: random.Random, say: Say) -> None:
        """Bring up to date."""
        self.look_ahead()

        @contextlib.contextmanager
        def as_it_goes(path: Path) -> Any:
            engine = sa.create_engine("sqlite://", creator=lambda: runner._without_foreign_keys(path))
            with engine.connect() as connection:
                yield connection

        runner._transaction = as_it_goes
        super().work(chance, say)


class BackingUp(Scene):
    """Verified copies are made one after the other, some over older ones."""

    lives = 10

    def begin(self) -> None:
        """Start a new life with a place for the copies."""
        super().begin()
        (self.folder / "out").mkdir()
        with opened(self.path) as database:
            self.longest = 2.5 * seconds(lambda: self.copy(database, self.folder / "out" / "first.db"))

    def work(self, chance: random.Random, say: Say) -> None:
        """Copy."""
        database = opened(self.path)
        say(ALIVE)
        while True:
            target = self.folder / "out" / f"copy-{chance.randrange(10**6) if chance.random() < 0.3 else 0}.db"
            self.copy(database, target)
            say(target.name)

    def copy(self, database: Database, target: Path) -> None:
        """Make one copy."""
        backup.backup(database, target)

    def fault(self, acknowledged: Sequence[str]) -> str | None:
        """Whatever has a final name is whole, and whatever was said to be made is there."""
        there = {path.name: path for path in (self.folder / "out").glob("*.db") if not path.name.startswith(".")}
        if missing := set(acknowledged) - set(there):
            return f"lost: {sorted(missing)[:3]}"
        for path in there.values():
            try:
                backup.verify(path)
            except StorageProblem as problem:
                return f"torn: {problem}"
        return fault_in(self.path)


class CarelessBackingUp(BackingUp):
    """The file is copied under its final name, a piece at a time."""

    def copy(self, database: Database, target: Path) -> None:
        """Make one copy."""
        with database.path.open("rb") as source, target.open("wb", buffering=0) as copy:
            while piece := source.read(4096):
                copy.write(piece)


class Restoring(Scene):
    """A backup is put back over and over."""

    lives = 5

    def begin(self) -> None:
        """Start a new life with a backup beside the database."""
        super().begin()
        backup.copy(self.path, self.folder / "kept.db")
        self.longest = 2.5 * seconds(lambda: backup.restore(self.folder / "kept.db", self.path))

    def work(self, chance: random.Random, say: Say) -> None:
        """Restore."""
        say(ALIVE)
        while True:
            backup.restore(self.folder / "kept.db", self.path)

    def fault(self, acknowledged: Sequence[str]) -> str | None:
        """There is always a database, and it is whole; so is all that was moved aside."""
        if not self.path.exists():
            return "lost: there is no database any more"
        asides = self.folder.glob("almoner-replaced-*.db")
        return fault_in(self.path) or next((fault for path in asides if (fault := fault_in(path))), None)


class Creating(Scene):
    """New databases are made."""

    lives = 1

    def begin(self) -> None:
        """Start a new life with an empty folder."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir()

    def work(self, chance: random.Random, say: Say) -> None:
        """Make one after the other."""
        time.sleep(chance.uniform(0, 0.02))
        say(ALIVE)
        for number in range(1000):
            self.create(self.folder / f"{number}.db")

    def create(self, path: Path) -> None:
        """Make one."""
        opened(path, create=True).close()

    def fault(self, acknowledged: Sequence[str]) -> str | None:
        """What has a name can be opened; a draft never stands in the way."""
        names = [path for path in self.folder.glob("*.db") if not path.name.startswith(".")]
        for path in (*names, self.folder / f"{len(names)}.db"):
            try:
                opened(path, create=True).close()
            except AlmonerError as problem:
                return f"torn: {problem}"
            if fault := fault_in(path):
                return fault
        return None


_MADE = "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'"


class CarelessCreating(Creating):
    """The tables are made one by one in the file itself."""

    def create(self, path: Path) -> None:
        """Make one."""
        with contextlib.closing(sqlite3.connect(self.fresh)) as whole:
            statements = [sql for (sql,) in whole.execute(_MADE)]
        with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as own:
            own.execute(f"PRAGMA application_id={db.APPLICATION_ID}")
            for statement in statements:
                own.execute(statement)
            own.execute("INSERT INTO meta VALUES ('namespace', 'x')")
            own.execute(f"PRAGMA user_version={db.SCHEMA_VERSION}")


SCENES: dict[str, type[Scene]] = {
    "record": Recording,
    "import": Importing,
    "record-carelessly": CarelessRecording,
    "migrate": Migrating,
    "migrate-carelessly": CarelessMigrating,
    "backup": BackingUp,
    "backup-carelessly": CarelessBackingUp,
    "restore": Restoring,
    "create": Creating,
    "create-carelessly": CarelessCreating,
}
