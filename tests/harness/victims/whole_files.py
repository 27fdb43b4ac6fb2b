"""Work on whole databases: made, brought to a newer form, copied, put back; each with a careless twin to be caught."""

from __future__ import annotations

import contextlib
import json
import random
import shutil
import sqlite3
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from domain.core.errors import AlmonerError, StorageProblem
from storage.database import sqlite
from storage.migrations import runner
from storage.records.database import Database
from storage.safety import backup
from tests.clocks import CLOCK
from tests.harness.checks import fault_in
from tests.harness.victims.scene import ALIVE, TODAY, Scene, an_event, note, opened, seconds
from tests.raw import connect

_NOW = sqlite.FORMAT
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
    steps = 1
    events = 1500

    def prepare(self, path: Path) -> None:
        """Make a database with enough in it that the step takes a while, and the step."""
        super().prepare(path)
        with opened(path) as database, database.unit("A. Hughes", TODAY) as work:
            chance = random.Random(3)
            work.put("event", [an_event(chance) for _ in range(self.events)])
            work.finish("Imported")
        self.ahead = self.fresh.parent / "steps"
        shutil.copytree(runner.HERE, self.ahead, ignore=shutil.ignore_patterns("__pycache__", "runner.py"))
        (self.ahead / "versions" / f"{runner.revision_of(_NOW + 1)}_step.py").write_text(_STEP)
        self.before = contents(path)

    def work(self, chance: random.Random) -> Iterator[object]:
        """Bring up to date."""
        yield ALIVE
        self.upgrade()
        yield "migrated"
        time.sleep(60)

    def upgrade(self) -> None:
        """Do as the next version of Almoner does."""
        then = runner.HERE, sqlite.FORMAT
        runner.HERE, sqlite.FORMAT = self.ahead, _NOW + 1
        try:
            runner.upgrade(self.path, lambda: backup.automatic(self.path, "before-format", CLOCK.real()))
        finally:
            runner.HERE, sqlite.FORMAT = then

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
        return self._fault_of_way_back(version, acknowledged) or self.fault_when_tried_again()

    def _fault_of_way_back(self, version: int, acknowledged: Sequence[str]) -> str | None:
        copies = there(self.folder / "backups")
        if acknowledged and version == _NOW:
            return "lost: what was brought up to date is not any more"
        if version > _NOW and not copies:
            return "lost: there is no backup of the old form"
        return fault_of_copies(copies)

    def fault_when_tried_again(self) -> str | None:
        """What keeps the next start from finishing the work."""
        try:
            self.longest = max(self.longest, 0.8 * seconds(self.upgrade))
        except StorageProblem as problem:
            return f"stuck: {problem}"
        return None if contents(self.path) == self.before else "lost: records were lost the second time"


def contents(path: Path) -> str:
    """Everything the records say, whatever the form of their tables."""
    with contextlib.closing(connect(path)) as own:
        queries = ('SELECT id, "case", kind, "on", note FROM event', "SELECT id, reference FROM cases")
        return json.dumps([own.execute(f"{query} ORDER BY id").fetchall() for query in queries])


class SmallMigrating(Migrating):
    """The same with little in it: a power cut needs no time to come."""

    events = 60


class CarelessMigrating(Migrating):
    """Alembic as most people run it: the driver commits as it goes along."""

    def work(self, chance: random.Random) -> Iterator[object]:
        """Bring up to date."""

        @contextlib.contextmanager
        def as_it_goes(path: Path) -> Any:
            engine = sa.create_engine("sqlite://", creator=lambda: connect(path))
            with engine.connect() as connection:
                connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
                yield connection

        runner.rebuilding = as_it_goes
        yield from super().work(chance)


def there(folder: Path) -> dict[str, Path]:
    """What stands in a folder of copies under a final name."""
    return {path.name: path for path in folder.glob("*.db") if not path.name.startswith(".")}


def fault_of_copies(copies: dict[str, Path]) -> str | None:
    """Whatever has a final name is whole, and its description says so."""
    for path in copies.values():
        if backup.described(path) is None:
            return f"torn: nothing describes {path.name}"
        try:
            backup.verify(path)
        except StorageProblem as problem:
            return f"torn: {problem}"
    return None


class BackingUp(Scene):
    """Verified copies are made one after the other, some over older ones, some dated, with more in each."""

    lives = 10

    def begin(self) -> None:
        """Start a new life with a place for the copies."""
        super().begin()
        self.out = self.folder / "out"
        self.out.mkdir()
        with opened(self.path) as database:
            self.longest = 6 * seconds(lambda: self.copy(database, self.out / "first.db"))

    def work(self, chance: random.Random) -> Iterator[object]:
        """Copy."""
        with opened(self.path) as database:
            yield ALIVE
            while True:
                number = note(database, "one more")
                if chance.random() < 0.3:
                    made = backup.automatic(self.path, "daily", CLOCK.real()).path
                else:
                    made = self.out / f"copy-{chance.randrange(10**6) if chance.random() < 0.3 else 0}.db"
                    self.copy(database, made)
                yield f"{made.relative_to(self.folder)} {number}"

    def copy(self, database: Database, target: Path) -> None:
        """Make one copy."""
        backup.backup(database, target)

    def fault(self, acknowledged: Sequence[str]) -> str | None:
        """Whatever has a final name is whole, and whatever was said to be made is there and holds what it did."""
        copies = there(self.out) | there(self.folder / "backups")
        made = {Path(name).name: int(number) for name, number in (said.split() for said in acknowledged)}
        kept = {name for name in made if "-daily" not in name or name in list(made)[-3:]}  # old dated ones go
        if missing := kept - set(copies):
            return f"lost: {sorted(missing)[:3]}"
        if fault := fault_of_copies(copies):
            return fault
        for name in kept:
            if (rows := backup.verify(copies[name]).rows["change_set"]) < made[name]:
                return f"lost: {name} holds {rows} changes of {made[name]}"
        return fault_in(self.path)


class CarelessBackingUp(BackingUp):
    """The file is copied under its final name, a piece at a time."""

    def copy(self, database: Database, target: Path) -> None:
        """Make one copy."""
        with database.path.open("rb") as source, target.open("wb", buffering=0) as copy:
            while piece := source.read(4096):
                copy.write(piece)


class Restoring(Scene):
    """Something is recorded, and a backup from before put back, over and over."""

    lives = 5
    steps = 6

    def begin(self) -> None:
        """Start a new life with a backup beside the database."""
        super().begin()
        backup.copy(self.path, self.folder / "kept.db", CLOCK.real())
        self.longest = max(Scene.longest, 2.5 * seconds(self.restore))

    def work(self, chance: random.Random) -> Iterator[object]:
        """Record and restore."""
        yield ALIVE
        while True:
            mark = f"mark-{chance.randrange(10**9)}"
            with opened(self.path) as database:
                note(database, mark)
            yield f"recorded {mark}"
            self.restore()
            yield f"restored {mark}"

    def restore(self) -> None:
        """Put the backup back."""
        backup.restore(self.folder / "kept.db", self.path, CLOCK.real())

    def fault(self, acknowledged: Sequence[str]) -> str | None:
        """There is always a whole database; what it held before a restore lies beside it, whole as well."""
        if not self.path.exists():
            return "lost: there is no database any more"
        held = [self.path, *self.folder.glob("almoner-replaced-*.db")]
        if fault := next((fault for path in held if (fault := fault_in(path))), None):
            return fault
        recorded = {mark for did, mark in map(str.split, acknowledged) if did == "recorded"}
        if missing := recorded - set().union(*map(marks, held)):
            return f"lost: {sorted(missing)[:3]} is neither in the database nor in what was moved aside"
        did, _, mark = acknowledged[-1].partition(" ") if acknowledged else ("", "", "")
        return "lost: the restored database is not there" if did == "restored" and mark in marks(self.path) else None


def marks(path: Path) -> set[str]:
    """What was recorded between restores."""
    with contextlib.closing(connect(path)) as own:
        return {text for (text,) in own.execute("SELECT note FROM event WHERE note LIKE 'mark-%'")}


class CarelessRestoring(Restoring):
    """The backup is written over the database."""

    def restore(self) -> None:
        """Copy it there."""
        shutil.copyfile(self.folder / "kept.db", self.path)


class Creating(Scene):
    """New databases are made."""

    lives = 1
    steps = 2

    def begin(self) -> None:
        """Start a new life with an empty folder."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir()

    def work(self, chance: random.Random) -> Iterator[object]:
        """Make one after the other."""
        time.sleep(chance.uniform(0, 0.02))
        yield ALIVE
        for number in range(1000):
            yield from self.create(self.folder / f"{number}.db")

    def create(self, path: Path) -> Iterator[str]:
        """Make one, and open it, which puts more into it."""
        runner.build(path, CLOCK)
        yield path.name
        opened(path).close()

    def fault(self, acknowledged: Sequence[str]) -> str | None:
        """What was made is there, and what has a name can be opened; a draft never stands in the way."""
        names = there(self.folder)
        if missing := set(acknowledged) - set(names):
            return f"lost: {sorted(missing)}"
        for path in (*names.values(), self.folder / f"{len(names)}.db"):
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

    def create(self, path: Path) -> Iterator[str]:
        """Make one."""
        with contextlib.closing(sqlite3.connect(self.fresh)) as whole:
            statements = [sql for (sql,) in whole.execute(_MADE)]
        with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as own:
            own.execute(f"PRAGMA application_id={sqlite.APPLICATION_ID}")
            for statement in statements:
                own.execute(statement)
            own.execute("INSERT INTO meta VALUES ('namespace', 'x')")
            own.execute(f"PRAGMA user_version={sqlite.FORMAT}")
        yield path.name
