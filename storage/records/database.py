"""An open database: connections for reading, units of work for changing records, and the packs in force."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from domain.core.clock import Clock
from storage.database.derived_days import changed_since_settled, settle, settled_day
from storage.database.errors import read_only_problem
from storage.database.file import DatabaseFile

if TYPE_CHECKING:
    from collections.abc import Callable

    from storage.database.connection import Connection
    from storage.records.derivation import Derivation, Progress, Subjects
    from storage.records.kind import Kinds
    from storage.records.unit import Unit
    from storage.rules.pack_set import PackSet


@dataclass(frozen=True)
class Parts:
    """What the subjects bring, handed in by `storage/opening.py`; what is heavy is made when it is first asked for."""

    kinds: Callable[[], Kinds]
    derivations: Callable[[], Sequence[Derivation]]
    subjects: Callable[[], Subjects]
    unit: Callable[[Database, str, date | None], Unit]
    recount: Callable[[Database, Connection, Progress | None], None]


class Database(DatabaseFile):
    """One open database."""

    packs_changed: bool = False  # since it was opened last, or something has come in force since
    as_of: date | None = None  # where it shows what had been recorded by the end of an earlier day: that day

    def __init__(
        self, path: Path, clock: Clock, parts: Parts, *, read_only: bool = False, actor: str = "", login: str = ""
    ) -> None:
        super().__init__(path, clock, read_only=read_only, actor=actor, login=login)
        self._parts = parts
        self._packs: PackSet | None = None

    def unit(self, actor: str = "", today: date | None = None) -> Unit:
        """Begin a unit of work: all of it is kept when it is finished, none of it otherwise."""
        if self.read_only:
            raise read_only_problem(self.path)
        return self._parts.unit(self, actor or self.actor, today)

    @property
    def kinds(self) -> Kinds:
        """The kinds of record there are."""
        return self._parts.kinds()

    @property
    def derivations(self) -> Sequence[Derivation]:
        """What is worked out from the records and kept."""
        return self._parts.derivations()

    @property
    def subjects(self) -> Subjects:
        """What gives cases and workers as the rules see them."""
        return self._parts.subjects()

    def differences(self) -> list[str]:
        """Return what a full working out would give differently from what is kept, in words; empty when nothing."""
        conn, packs = self.reader(), self.packs()
        return sorted({words for one in self.derivations for words in one.differences(conn, packs)})

    @property
    def pack_folders(self) -> list[Path]:
        """The folders of the council's own packs."""
        from storage.rules.pack_set import folders_beside

        return folders_beside(self.path)

    def pack_digest(self) -> str:
        """Return what tells the packs now on disk from others."""
        from storage.rules.pack_set import digest

        return digest(self.pack_folders)

    def packs(self) -> PackSet:
        """Return the packs in force: read anew when their files are not those that were read before."""
        from storage.rules.pack_set import load

        if self._packs is None or self._packs.digest != self.pack_digest():
            self._packs = load(self.pack_folders)
        return self._packs

    def packs_in_force(self, conn: Connection, progress: Progress | None = None) -> PackSet:
        """Return the packs in force, inside a transaction that writes.

        Where what is derived came from others, or from another day (the database says from which), it is worked out
        afresh first: all of it, or what hangs on whom something of has come in force since.
        """
        packs, today = self.packs(), self.clock.today()
        others = conn.value("SELECT value FROM meta WHERE key = 'packs'") != packs.digest
        changed = {} if others else changed_since_settled(conn, today)
        if settled_day(conn) != today:
            settle(conn, today)
        if others:
            self._parts.recount(self, conn, progress)
            conn.put("meta", ("key",), {"key": "packs", "value": packs.digest})
        for derivation in self.derivations if changed else ():
            derivation.refresh(conn, packs, changed)
        return packs
