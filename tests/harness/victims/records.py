"""Work on records: recorded one by one, or taken in from a sheet."""

from __future__ import annotations

import contextlib
import random
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path

from domain.core.errors import AlmonerError, StorageProblem
from storage import importing
from storage.migrations import runner
from storage.records import unit  # noqa: F401 - imported once, before any fork
from storage.records.database import Database
from storage.records.undo import undo
from tests.clocks import CLOCK
from tests.harness import writing
from tests.harness.checks import fault_in
from tests.harness.victims.scene import ALIVE, FIRST, TODAY, Scene, an_event, opened, seconds
from tests.raw import connect
from tests.units import amend, record


class Recording(Scene):
    """People record events one after the other, amend them, and undo now and then."""

    steps = 30

    def work(self, chance: random.Random) -> Iterator[object]:
        """Record."""
        with opened(self.path) as database:
            while True:
                with contextlib.suppress(StorageProblem), database.unit(f"worker {chance.random()}", TODAY) as work:
                    for _ in range(chance.randrange(1, 4)):
                        event = record(work, "event", an_event(chance))
                    if chance.random() < 0.3:
                        amend(work, "event", event.id, {"note": "amended " * chance.choice((1, 100))})
                    work.finish("Recorded")
                    yield work.number
                if chance.random() < 0.1:
                    with contextlib.suppress(AlmonerError), database.unit(work.actor, TODAY) as last:
                        undo(last)


class Importing(Scene):
    """Caseload sheets are taken in one after the other, each with a hundred cases to make or change."""

    steps = 3

    def begin(self) -> None:
        """Start a new life, and see how long an import takes on this machine."""
        super().begin()
        with opened(self.path) as database:
            diff = self.difference(database, random.Random(4))
            self.longest = 2.5 * seconds(lambda: self.take_in(database, diff))

    def work(self, chance: random.Random) -> Iterator[object]:
        """Import."""
        with opened(self.path) as database:
            while True:
                diff = self.difference(database, chance)
                yield ALIVE
                with contextlib.suppress(AlmonerError):  # the other writer was quicker
                    yield self.take_in(database, diff)

    def difference(self, database: Database, chance: random.Random) -> importing.Diff:
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
        return importing.plan_import(database.reader(), sheet, today=TODAY)

    def take_in(self, database: Database, diff: importing.Diff) -> int | str:
        """Import once."""
        with database.unit("A. Hughes", TODAY) as work:
            return importing.apply(work, diff) or ALIVE


class CarelessRecording(Scene):
    """The same kind of work without a journal."""

    lives = 1

    def prepare(self, path: Path) -> None:
        """Make a database with a team and cases and nothing else."""
        runner.build(path, CLOCK)
        with contextlib.closing(connect(path)) as own:
            writing.lay_out(own.execute)

    def work(self, chance: random.Random) -> Iterator[object]:
        """Record."""
        own = connect(self.path)
        for pragma in ("journal_mode=OFF", "synchronous=OFF", "cache_size=5"):
            own.execute(f"PRAGMA {pragma}")
        yield from writing.work(own.execute, 100_000, chance)

    def fault(self, acknowledged: Sequence[str]) -> str | None:
        """As for records, but nothing is derived here."""
        return fault_in(self.path, [int(number) for number in acknowledged])
