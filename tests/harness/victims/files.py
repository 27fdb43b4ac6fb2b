"""Files that are written whole: calendars, feeds, exports, settings; each with a careless twin to be caught."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from storage.calendar import files
from storage.calendar.feeds import feed_files, feed_tokens
from storage.files import settings
from storage.files.outgoing import Outgoing
from storage.records.database import Database
from tests.harness.checks import fault_in
from tests.harness.victims.scene import ALIVE, FIRST, TODAY, Scene, opened, seconds
from tests.units import record

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
_TEAM = "team:North"


class Calendars(Scene):
    """The team's calendar is written again and again, a case more in it each time."""

    def begin(self) -> None:
        """Start a new life, and see how long it takes to write one."""
        super().begin()
        self.out = self.folder / "out"
        with opened(self.path) as database:
            self.longest = 2.5 * seconds(lambda: self.write(database))

    def work(self, chance: random.Random) -> Iterator[object]:
        """Record a case, write the calendar."""
        with opened(self.path) as database:
            yield ALIVE
            while True:
                with database.unit("A. Hughes", TODAY) as unit:
                    reference = f"C-{chance.randrange(10**9)}"
                    case = {"reference": reference, "team": "North", "pathway": "looked_after", "opened": FIRST}
                    record(unit, "case", case)
                    record(unit, "event", {"case": reference, "kind": "became_looked_after", "on": FIRST})
                    unit.finish("Opened")
                yield self.write(database)

    def write(self, database: Database) -> object:
        """Write the calendar, and return how many entries it holds."""
        self.out.mkdir(exist_ok=True)
        (written,) = files.export(database, [(_TEAM, self.out / "north.ics")], TODAY, now=NOW, overwrite=True)
        return written.events

    def fault(self, acknowledged: Sequence[str]) -> str | None:
        """The calendar is whole and holds no less than it was said to, and than the database says it did."""
        calendars = sorted(self.out.glob("*.ics"))
        found = [entries(path) for path in calendars]
        if None in found:
            return "torn: a calendar is not whole"
        most = max((count for count in found if count is not None), default=0)
        with opened(self.path) as database:
            noted = database.reader().value("SELECT coalesce(max(events), 0) FROM calendar_export")
        if most < max([noted, *map(int, acknowledged)]):
            return f"lost: {most} entries; {noted} noted, said {acknowledged[-1:]}"
        return fault_in(self.path)


def entries(path: Path) -> int | None:
    """How many entries a calendar holds; None where it is not whole."""
    text = path.read_bytes()
    begun, ended = text.count(b"BEGIN:VEVENT\r\n"), text.count(b"END:VEVENT\r\n")
    whole = text.startswith(b"BEGIN:VCALENDAR\r\n") and text.endswith(b"END:VCALENDAR\r\n") and b"\0" not in text
    return begun if whole and begun == ended else None


class CarelessCalendars(Calendars):
    """The file is written where it stands."""

    def write(self, database: Database) -> object:
        """Write it over, a piece at a time."""
        self.out.mkdir(exist_ok=True)
        beside = self.folder / "beside.ics"
        (written,) = files.export(database, [(_TEAM, beside)], TODAY, now=NOW)
        with (self.out / "north.ics").open("wb", buffering=0) as file:
            for line in beside.read_bytes().splitlines(keepends=True):
                file.write(line)
        return written.events


class Feeds(Calendars):
    """The team's feed is published again and again; each time the worker's address ends and a new one begins."""

    def begin(self) -> None:
        """Give the team and the worker an address."""
        super(Calendars, self).begin()
        self.out = self.folder / "feeds"
        with opened(self.path) as database:
            for recipient in (_TEAM, "W1"):
                feed_tokens.issue(database, recipient, "A. Hughes", TODAY, NOW)
            self.gone: list[str] = []
            self.longest = 2.5 * seconds(lambda: self.write(database))

    def work(self, chance: random.Random) -> Iterator[object]:
        """As with calendars, and say which files are no more."""
        for said in super().work(chance):
            yield said if said == ALIVE else f"{said} {','.join(self.gone)}"

    def write(self, database: Database) -> object:
        """Publish; end the worker's address and give another."""
        feed_files.publish(database, self.out, TODAY, now=NOW)
        live = feed_tokens.live(database.reader(), TODAY)
        feed_tokens.rotate(database, "W1", "A. Hughes", TODAY, NOW)
        self.gone.append(live["W1"])
        return entries(self.out / f"{live[_TEAM]}.ics")

    def fault(self, acknowledged: Sequence[str]) -> str | None:
        """As with calendars; and what nobody was to read any more has not come back."""
        counts, gone = zip(*(said.split(" ") for said in acknowledged), strict=True) if acknowledged else ((), ("",))
        if back := set(",".join(gone).split(",")) & {path.stem for path in self.out.glob("*.ics")}:
            return f"back: {len(back)} feeds that had ended"
        return super().fault(counts)


class Exporting(Scene):
    """A list is written over the one before, and another beside it."""

    def begin(self) -> None:
        """Start with a folder."""
        super().begin()
        self.out = self.folder / "out"
        self.out.mkdir()

    def work(self, chance: random.Random) -> Iterator[object]:
        """Write, each time with a greater number in every line."""
        number = max([0, *filter(None, map(said_in, self.out.glob("*.csv")))])
        yield ALIVE
        while True:
            number += 1
            for name in ("cases.csv", f"cases-{number}.csv"):
                self.write(self.out / name, f"Ref,{number}\n".encode() * 3000)
                yield f"{name} {number}"

    def write(self, path: Path, data: bytes) -> None:
        """Write one."""
        Outgoing(self.path, overwrite=True).write(path, data, "csv")

    def fault(self, acknowledged: Sequence[str]) -> str | None:
        """Each file is whole, of one moment, and no older than was said."""
        found = {path.name: said_in(path) for path in self.out.glob("*.csv")}
        if None in found.values():
            return "torn: a list is not whole"
        for name, number in (said.split() for said in acknowledged):
            if (found.get(name) or 0) < int(number):
                return f"lost: {name} says {found.get(name)}, not {number}"
        return None


def said_in(path: Path) -> int | None:
    """The number that every line of a list gives; None where it is not whole."""
    lines = path.read_bytes().splitlines(keepends=True)
    if len(lines) != 3000 or len(set(lines)) != 1 or not lines[0].endswith(b"\n"):
        return None
    return int(lines[0].split(b",")[1])


class CarelessExporting(Exporting):
    """Each file is written where it stands."""

    def write(self, path: Path, data: bytes) -> None:
        """Write it over, a piece at a time."""
        with path.open("wb", buffering=0) as file:
            for at in range(0, len(data), 512):
                file.write(data[at : at + 512])


class Setting(Scene):
    """A person changes settings again and again."""

    def begin(self) -> None:
        """Start without any."""
        super().begin()
        self.file = self.folder / "almoner" / "settings.json"

    def work(self, chance: random.Random) -> Iterator[object]:
        """Change one."""
        yield ALIVE
        while True:
            chosen = settings.load(self.file)
            chosen.actor = str(int(chosen.actor or 0) + 1)
            chosen.keys = {f"key-{n}": chosen.actor for n in range(200)}
            chosen.save()
            yield chosen.actor

    def fault(self, acknowledged: Sequence[str]) -> str | None:
        """The settings are those of one moment, no older than was said."""
        found = settings.load(self.file)
        if found.note or set(found.keys.values()) - {found.actor}:
            return f"torn: {found.note}"
        wanted = max([0, *map(int, acknowledged)])
        return f"lost: {found.actor}, not {wanted}" if int(found.actor or 0) < wanted else None
